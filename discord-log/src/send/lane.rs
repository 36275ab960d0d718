//! One webhook's way out: at most one request at a time, its bucket, its channel's budget, and how it is.

use std::time::{Duration, Instant};

use super::Settings;
use super::answer::Response;
use super::backoff::is_down;
use super::rate_limit::{Bucket, Window};
use super::webhook_url::WebhookUrl;
use crate::health::{WebhookHealth, WebhookState};

/// One webhook's way out.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) webhook: WebhookUrl,
    bucket: Bucket,
    channel: Window,
    paused_until: Option<Instant>,
    failures: u32,
    pub(super) is_busy: bool,
    closed: Option<String>,
    delivered: u64,
    limited: u64,
    trouble: String,
}

impl Lane {
    pub(super) fn new(webhook: WebhookUrl, settings: &Settings) -> Self {
        Self {
            webhook,
            bucket: Bucket::new(),
            channel: Window::of_channel(settings.rate_limit),
            paused_until: None,
            failures: 0,
            is_busy: false,
            closed: None,
            delivered: 0,
            limited: 0,
            trouble: String::new(),
        }
    }

    /// Gives when the next request may go, if not now.
    pub(super) fn ready_at(&self, now: Instant) -> Option<Instant> {
        let paused = self.paused_until.filter(|until| *until > now);
        paused.max(self.bucket.ready_at(now)).max(self.channel.ready_at(now))
    }

    /// Takes what an answer tells of the limits, whatever else it says. Counted when the answer came: later than
    /// Discord counted it, so that no window of Discord's ever holds more.
    pub(super) fn learn(&mut self, response: &Response, now: Instant) {
        self.bucket.learn(&response.headers, now);
        self.channel.record(now);
    }

    pub(super) fn succeed(&mut self, events: usize) {
        self.failures = 0;
        self.trouble.clear();
        self.delivered += events as u64;
    }

    /// Counts a failure, and gives how many there were in a row.
    pub(super) fn fail(&mut self, trouble: String) -> u32 {
        self.failures = self.failures.saturating_add(1);
        self.trouble = trouble;
        self.failures
    }

    pub(super) fn limit(&mut self) {
        self.limited += 1;
    }

    pub(super) fn pause(&mut self, until: Instant) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    pub(super) fn close(&mut self, reason: &str) {
        self.closed = Some(reason.to_owned());
        reason.clone_into(&mut self.trouble);
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    pub(super) fn health(&self, retry_attempts: u32) -> WebhookHealth {
        WebhookHealth {
            id: self.webhook.id().to_owned(),
            delivered: self.delivered,
            limited: self.limited,
            state: match (&self.closed, is_down(retry_attempts, self.failures)) {
                (Some(_), _) => WebhookState::Closed,
                (None, true) => WebhookState::Down,
                (None, false) => WebhookState::Up,
            },
            trouble: self.trouble.clone(),
        }
    }
}

/// How long a webhook rests that takes nothing at the moment, such as one of a forum that wants a thread.
pub(super) const SUSPENSION: Duration = Duration::from_secs(15 * 60);
