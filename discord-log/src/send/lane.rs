//! One webhook's way out: at most one request at a time, its bucket, which budget it draws on, and how it is.

use std::time::{Duration, Instant};

use super::answer::LimitHeaders;
use super::backoff::is_down;
use super::permit::Sent;
use super::rate_limit::Bucket;
use super::webhook_url::WebhookUrl;
use crate::health::{Webhook, WebhookState};

/// One webhook's way out.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) webhook: WebhookUrl,
    /// The guild that it belongs to, once Discord has said it.
    pub(super) guild: Option<String>,
    /// Which of the engine's channel budgets.
    pub(super) budget: usize,
    bucket: Bucket,
    /// Discord counts edits by themselves.
    edits: Bucket,
    paused_until: Option<Instant>,
    introduces_at: Option<Instant>,
    failures: u32,
    /// When it took nothing for the first time since it took something.
    failing_since: Option<Instant>,
    /// It refuses everything until people mend it.
    is_suspended: bool,
    /// Answers in a row that know no such address.
    missing: u32,
    pub(super) is_busy: bool,
    closed: Option<String>,
    delivered: u64,
    delivered_at: Option<Instant>,
    limited: u64,
    trouble: String,
}

impl Lane {
    pub(super) fn new(webhook: WebhookUrl, budget: usize) -> Self {
        Self {
            webhook,
            guild: None,
            budget,
            bucket: Bucket::new(),
            edits: Bucket::new(),
            paused_until: None,
            introduces_at: None,
            failures: 0,
            failing_since: None,
            is_suspended: false,
            missing: 0,
            is_busy: false,
            closed: None,
            delivered: 0,
            delivered_at: None,
            limited: 0,
            trouble: String::new(),
        }
    }

    /// Gives when the next request may go, if not now.
    pub(super) fn ready_at(&self, now: Instant) -> Option<Instant> {
        let paused = self.paused_until.filter(|until| *until > now);
        paused.max(self.bucket.ready_at(now))
    }

    /// Gives when the next edit may go, if not as soon as any request may.
    pub(super) fn edits_at(&self, now: Instant) -> Option<Instant> {
        self.edits.ready_at(now)
    }

    /// Takes what an answer tells of the webhook's limits, whatever else it says.
    pub(super) fn learn(&mut self, sent: Sent, headers: &LimitHeaders, now: Instant) {
        match sent {
            Sent::Edit { .. } => self.edits.learn(headers, now),
            Sent::Post { .. } => self.bucket.learn(headers, now),
        }
    }

    /// Says whether Discord may be asked now which channel the webhook belongs to.
    pub(super) fn introduces(&self, now: Instant) -> bool {
        !self.is_closed() && self.introduces_at.is_none_or(|at| at <= now)
    }

    /// Asks no more for a while, in case the question just asked goes unanswered, or was not heard.
    pub(super) fn rest_from_introductions(&mut self, was_heard: bool, now: Instant) {
        let rest = if was_heard { BETWEEN_INTRODUCTIONS } else { UNHEARD_INTRODUCTION };
        self.introduces_at = Some(now + rest);
    }

    /// Counts whether an answer knew no such address, and gives the shortest wait that follows.
    pub(super) fn miss(&mut self, is_missing: bool) -> Duration {
        self.missing = if is_missing { self.missing.saturating_add(1) } else { 0 };
        if self.missing >= TOLERATED_MISSES { MISSING_PAUSE } else { Duration::ZERO }
    }

    /// Counts what Discord confirmed.
    pub(super) fn succeed(&mut self, events: usize, now: Instant) {
        self.failures = 0;
        self.failing_since = None;
        self.is_suspended = false;
        self.missing = 0;
        self.delivered_at = Some(now);
        self.trouble.clear();
        self.delivered += events as u64;
    }

    /// Counts a failure, and gives how many there were in a row.
    pub(super) fn fail(&mut self, trouble: String, now: Instant) -> u32 {
        self.failing_since.get_or_insert(now);
        self.failures = self.failures.saturating_add(1);
        self.trouble = trouble;
        self.failures
    }

    /// Lets the webhook rest that refuses everything.
    pub(super) fn suspend(&mut self, reason: String, now: Instant) {
        self.fail(reason, now);
        self.is_suspended = true;
        self.pause(now + SUSPENSION);
    }

    pub(super) fn limit(&mut self) {
        self.limited += 1;
    }

    pub(super) fn pause(&mut self, until: Instant) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    pub(super) fn close(&mut self, reason: &str, since: Instant) {
        self.failing_since.get_or_insert(since);
        self.closed = Some(reason.to_owned());
        reason.clone_into(&mut self.trouble);
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    /// Says how the webhook is; which channels it serves is known elsewhere.
    pub(super) fn health(&self, retry_attempts: u32) -> Webhook {
        let is_down = self.is_suspended || is_down(retry_attempts, self.failures);
        let state = match (&self.closed, is_down) {
            (Some(_), _) => WebhookState::Closed,
            (None, true) => WebhookState::Down,
            (None, false) => WebhookState::Up,
        };
        Webhook {
            id: self.webhook.id().to_owned(),
            channels: Vec::new(),
            forum: None,
            delivered: self.delivered,
            delivered_at: self.delivered_at,
            limited: self.limited,
            state,
            down_since: self.failing_since.filter(|_| state != WebhookState::Up),
            trouble: self.trouble.clone(),
        }
    }
}

/// How long a webhook rests that takes nothing at the moment, such as one of a forum that wants a thread.
pub(super) const SUSPENSION: Duration = Duration::from_secs(15 * 60);

/// How long a webhook that did not tell its channel is not asked again; without the channel it has a budget of its own.
const BETWEEN_INTRODUCTIONS: Duration = Duration::from_secs(10 * 60);
/// The same where the question did not reach Discord.
const UNHEARD_INTRODUCTION: Duration = Duration::from_secs(15);

/// Answers 404 that do not come from Discord, such as those of a proxy that is being set up, and how long a webhook
/// rests once there were so many in a row.
///
/// Source: repeated calls of what is not there earn a restriction of their own,
/// <https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>.
const TOLERATED_MISSES: u32 = 3;
const MISSING_PAUSE: Duration = Duration::from_secs(10 * 60);
