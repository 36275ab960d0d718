//! The limiter: the edge's bans, the global rate, each webhook's buckets, the channel limit that no header tells, and
//! the sub-limit of old edits.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::window::Window;
use super::{Limits, Standing};
use crate::api::Action;

/// Most unknown webhooks that are counted at a time.
const UNKNOWN_KEPT: usize = 1_024;

/// Who asks, and for what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) webhook: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) action: Action,
}

/// Whom a 429 is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    Global,
    Shared,
    User,
}

impl Scope {
    /// The word in `X-RateLimit-Scope`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Shared => "shared",
            Self::User => "user",
        }
    }
}

/// A 429 of Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limited {
    pub(crate) scope: Scope,
    pub(crate) retry_after: Duration,
    pub(crate) code: Option<u32>,
}

/// A 429 of Cloudflare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    pub(crate) retry_after: Duration,
    pub(crate) reason: &'static str,
}

/// Counts requests and says which are one too many.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    limits: Limits,
    global: Window,
    buckets: HashMap<(String, Action), Window>,
    channels: HashMap<String, Window>,
    old_edits: HashMap<String, Window>,
    invalid: VecDeque<Duration>,
    unknown: HashMap<String, Window>,
    blocked: Option<(Duration, &'static str)>,
}

impl RateLimiter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            global: Window::default(),
            buckets: HashMap::new(),
            channels: HashMap::new(),
            old_edits: HashMap::new(),
            invalid: VecDeque::new(),
            unknown: HashMap::new(),
            blocked: None,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The edge: is the caller blocked at the moment?
    pub(crate) fn pass_edge(&self, now: Duration) -> Result<(), Blocked> {
        match self.blocked {
            Some((until, reason)) if now < until => Err(Blocked { retry_after: until - now, reason }),
            _ => Ok(()),
        }
    }

    /// The global rate.
    pub(crate) fn pass_global(&mut self, now: Duration) -> Result<(), Limited> {
        let Some(rate) = self.limits.global else {
            return Ok(());
        };
        match self.global.take(rate, now) {
            Ok(_) => Ok(()),
            Err(standing) => Err(Limited { scope: Scope::Global, retry_after: standing.reset_after, code: None }),
        }
    }

    /// The webhook's bucket first, then the channel: so a request that the channel refuses has cost the webhook all
    /// the same. The standing is the bucket's in every case, as in Discord's headers.
    pub(crate) fn admit(&mut self, ask: Ask<'_>, now: Duration) -> (Option<Standing>, Result<(), Limited>) {
        let standing = match self.take_bucket(ask, now) {
            Ok(standing) => standing,
            Err(standing) => {
                let limited = Limited { scope: Scope::User, retry_after: standing.reset_after, code: None };
                return (Some(standing), Err(limited));
            }
        };
        let counts =
            ask.action == Action::Execute || (ask.action == Action::EditMessage && self.limits.edits_use_channel);
        if counts && let Some(rate) = self.limits.channel {
            let window = self.channels.entry(ask.channel.to_owned()).or_default();
            if let Err(full) = window.take(rate, now) {
                let limited = Limited { scope: Scope::Shared, retry_after: full.reset_after, code: None };
                return (standing, Err(limited));
            }
        }
        (standing, Ok(()))
    }

    /// One more edit of a message that is over an hour old.
    pub(crate) fn edit_old(&mut self, channel: &str, now: Duration) -> Result<(), Limited> {
        let Some(rate) = self.limits.old_edits else {
            return Ok(());
        };
        let window = self.old_edits.entry(channel.to_owned()).or_default();
        match window.take(rate, now) {
            Ok(_) => Ok(()),
            Err(full) => Err(Limited { scope: Scope::User, retry_after: full.reset_after, code: Some(30046) }),
        }
    }

    /// Counts an answer toward the ban: 401, 403, and 429 unless it was `shared`.
    pub(crate) fn count_answer(&mut self, status: u16, shared: bool, now: Duration) {
        let Some(rate) = self.limits.invalid_requests else {
            return;
        };
        if !matches!(status, 401 | 403 | 429) || shared || self.pass_edge(now).is_err() {
            return;
        }
        while self.invalid.front().is_some_and(|at| *at + rate.per <= now) {
            self.invalid.pop_front();
        }
        self.invalid.push_back(now);
        if self.invalid.len() >= rate.requests as usize {
            self.invalid.clear();
            self.blocked = Some((now + self.limits.ban, "too many invalid requests"));
        }
    }

    /// Counts a call of a webhook that does not exist; beyond the allowance the caller is restricted.
    pub(crate) fn count_unknown(&mut self, webhook: &str, now: Duration) {
        let Some(rate) = self.limits.unknown_webhook else {
            return;
        };
        if self.unknown.len() >= UNKNOWN_KEPT && !self.unknown.contains_key(webhook) {
            self.unknown.clear();
        }
        let window = self.unknown.entry(webhook.to_owned()).or_default();
        if window.take(rate, now).is_err() {
            let reason = "a webhook that does not exist was called again and again";
            self.blocked = Some((now + self.limits.restriction, reason));
        }
    }

    /// What is left of a webhook's bucket, if it is limited.
    pub(crate) fn bucket(&self, webhook: &str, action: Action, now: Duration) -> Option<Standing> {
        let rate = self.limits.bucket?;
        let key = (webhook.to_owned(), action);
        Some(self.buckets.get(&key).copied().unwrap_or_default().look(rate, now))
    }

    /// What is left of a channel's hidden limit, if it has one.
    pub(crate) fn channel(&self, channel: &str, now: Duration) -> Option<Standing> {
        let rate = self.limits.channel?;
        let window = self.channels.get(channel).copied().unwrap_or_default();
        Some(window.look(rate, now))
    }

    /// How many answers count toward the ban at the moment.
    pub(crate) fn invalid_count(&self, now: Duration) -> usize {
        let Some(rate) = self.limits.invalid_requests else {
            return 0;
        };
        let live = self.invalid.iter().filter(|at| **at + rate.per > now);
        live.count()
    }

    fn take_bucket(&mut self, ask: Ask<'_>, now: Duration) -> Result<Option<Standing>, Standing> {
        let Some(rate) = self.limits.bucket else {
            return Ok(None);
        };
        let key = (ask.webhook.to_owned(), ask.action);
        self.buckets.entry(key).or_default().take(rate, now).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rate_limit::Rate;

    fn post<'a>(webhook: &'a str, channel: &'a str) -> Ask<'a> {
        Ask { webhook, channel, action: Action::Execute }
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn the_sixth_post_in_two_seconds_is_refused_to_its_webhook_alone() {
        let mut limiter = RateLimiter::new(Limits::default());
        for _ in 0..5 {
            assert!(limiter.admit(post("1", "errors"), seconds(1)).1.is_ok());
        }
        let (standing, refused) = limiter.admit(post("1", "errors"), seconds(2));
        let refused = refused.unwrap_err();
        assert_eq!(refused.scope, Scope::User);
        assert_eq!(refused.retry_after, seconds(1));
        assert_eq!(standing.unwrap().remaining, 0);
        assert!(limiter.admit(post("2", "errors"), seconds(2)).1.is_ok());
        assert!(limiter.admit(post("1", "errors"), seconds(3)).1.is_ok());
    }

    #[test]
    fn routes_of_one_webhook_count_apart() {
        let mut limiter = RateLimiter::new(Limits::default());
        for _ in 0..5 {
            assert!(limiter.admit(post("1", "errors"), seconds(1)).1.is_ok());
        }
        let edit = Ask { action: Action::EditMessage, ..post("1", "errors") };
        assert!(limiter.admit(edit, seconds(1)).1.is_ok());
        assert!(limiter.admit(post("1", "errors"), seconds(1)).1.is_err());
    }

    #[test]
    fn the_channel_limit_is_shared_hidden_and_costs_the_webhook_its_window() {
        let mut limiter = RateLimiter::new(Limits::default());
        for n in 0..30_u64 {
            let webhook = if n % 2 == 0 { "1" } else { "2" };
            assert!(limiter.admit(post(webhook, "errors"), seconds(n)).1.is_ok());
        }
        let (standing, refused) = limiter.admit(post("3", "errors"), seconds(31));
        let refused = refused.unwrap_err();
        let standing = standing.unwrap();
        assert_eq!(refused.scope, Scope::Shared);
        assert_eq!(refused.retry_after, seconds(29));
        assert_eq!(standing.remaining, 4, "the headers show only the bucket");
        assert!(standing.reset_after <= seconds(2));
        let (standing, _) = limiter.admit(post("3", "errors"), seconds(31));
        assert_eq!(standing.unwrap().remaining, 3, "a refused request costs the window");
        assert!(limiter.admit(post("1", "finance"), seconds(31)).1.is_ok());
    }

    #[test]
    fn edits_leave_the_channel_limit_alone_unless_asked() {
        let one = Rate::new(1, seconds(60));
        let edit = Ask { action: Action::EditMessage, ..post("1", "errors") };
        let mut apart = RateLimiter::new(Limits::default().channel(one));
        assert!(apart.admit(edit, seconds(1)).1.is_ok());
        assert!(apart.admit(post("1", "errors"), seconds(1)).1.is_ok());
        let mut together = RateLimiter::new(Limits::default().channel(one).edits_use_channel(true));
        assert!(together.admit(edit, seconds(1)).1.is_ok());
        assert!(together.admit(post("1", "errors"), seconds(1)).1.is_err());
    }

    #[test]
    fn enough_invalid_answers_ban_for_an_hour_and_shared_ones_do_not_count() {
        let limits = Limits::default().invalid_requests(Rate::new(3, seconds(600)));
        let mut limiter = RateLimiter::new(limits);
        for _ in 0..10 {
            limiter.count_answer(429, true, seconds(1));
            limiter.count_answer(404, false, seconds(1));
            limiter.count_answer(200, false, seconds(1));
        }
        limiter.count_answer(401, false, seconds(1));
        limiter.count_answer(403, false, seconds(2));
        assert!(limiter.pass_edge(seconds(3)).is_ok());
        limiter.count_answer(429, false, seconds(700));
        assert!(limiter.pass_edge(seconds(700)).is_ok(), "old ones expire");
        limiter.count_answer(429, false, seconds(700));
        limiter.count_answer(429, false, seconds(700));
        let blocked = limiter.pass_edge(seconds(701)).unwrap_err();
        assert_eq!(blocked.retry_after, seconds(3_599));
        assert!(limiter.pass_edge(seconds(4_300)).is_ok());
    }

    #[test]
    fn hammering_a_webhook_that_is_gone_restricts_the_caller() {
        let mut limiter = RateLimiter::new(Limits::default());
        for _ in 0..10 {
            limiter.count_unknown("9", seconds(1));
            assert!(limiter.pass_edge(seconds(1)).is_ok());
        }
        limiter.count_unknown("9", seconds(1));
        assert!(limiter.pass_edge(seconds(2)).is_err());
        assert!(limiter.pass_edge(seconds(601)).is_ok());
    }

    #[test]
    fn old_edits_have_their_own_code() {
        let mut limiter = RateLimiter::new(Limits::default());
        for _ in 0..3 {
            assert!(limiter.edit_old("errors", seconds(1)).is_ok());
        }
        let refused = limiter.edit_old("errors", seconds(2)).unwrap_err();
        assert_eq!(refused.code, Some(30046));
        assert_eq!(refused.retry_after, seconds(5));
        assert!(limiter.edit_old("errors", seconds(7)).is_ok());
    }

    proptest! {
        #[test]
        fn a_client_that_waits_as_told_gets_every_post_through(
            count in 1_usize..80,
            webhooks in 1_usize..4,
        ) {
            let mut limiter = RateLimiter::new(Limits::default());
            let names = ["1", "2", "3"];
            let mut now = Duration::ZERO;
            for n in 0..count {
                let mut tries = 0;
                while let Err(limited) = limiter.admit(post(names[n % webhooks], "errors"), now).1 {
                    prop_assert!(limited.retry_after > Duration::ZERO);
                    prop_assert!(limited.retry_after <= seconds(60));
                    now += limited.retry_after;
                    tries += 1;
                    prop_assert!(tries <= 2, "one wait for each limit is enough");
                }
            }
            let windows = (count as u64 - 1) / 30;
            prop_assert!(now >= seconds(60 * windows));
        }
    }
}
