//! How much is allowed: the settings ([`Limits`]), one counting window ([`window`]) and the limiter over all of them
//! ([`limiter`]). In comes who asks for what and when; out comes a grant or what to wait for. The clock is an argument.

mod limiter;
mod window;

use std::time::Duration;

pub(crate) use limiter::{Ask, Blocked, Limited, RateLimiter, Scope};
pub(crate) use window::Standing;

/// A number of requests in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many requests one window takes.
    pub requests: u32,
    /// How long a window lasts.
    pub per: Duration,
}

impl Rate {
    /// So many requests in so long a window.
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests, per }
    }
}

/// What the server allows: Discord's numbers by default.
///
/// A rate that is `None` is not enforced, and its headers are not sent.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use discord_log_preview::{Limits, Rate};
///
/// let limits = Limits::default().channel(Rate::new(3, Duration::from_secs(60)));
/// assert_ne!(limits, Limits::unlimited());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) bucket: Option<Rate>,
    pub(crate) channel: Option<Rate>,
    pub(crate) edits_use_channel: bool,
    pub(crate) global: Option<Rate>,
    pub(crate) old_edits: Option<Rate>,
    pub(crate) old_after: Duration,
    pub(crate) invalid_requests: Option<Rate>,
    pub(crate) ban: Duration,
    pub(crate) unknown_webhook: Option<Rate>,
    pub(crate) restriction: Duration,
    pub(crate) file_bytes: usize,
    pub(crate) request_bytes: usize,
    pub(crate) text_bytes: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        Self {
            bucket: Some(Rate::new(5, Duration::from_secs(2))),
            channel: Some(Rate::new(30, minutes(1))),
            edits_use_channel: false,
            global: Some(Rate::new(50, Duration::from_secs(1))),
            old_edits: Some(Rate::new(3, Duration::from_secs(6))),
            old_after: minutes(60),
            invalid_requests: Some(Rate::new(10_000, minutes(10))),
            ban: minutes(60),
            unknown_webhook: Some(Rate::new(10, minutes(10))),
            restriction: minutes(10),
            file_bytes: 10 * 1024 * 1024,
            request_bytes: 25 * 1024 * 1024,
            text_bytes: Some(10_170),
        }
    }
}

impl Limits {
    /// No rate limits and no bans; what a message may hold stays limited. For measuring throughput.
    pub fn unlimited() -> Self {
        Self {
            bucket: None,
            channel: None,
            global: None,
            old_edits: None,
            invalid_requests: None,
            unknown_webhook: None,
            ..Self::default()
        }
    }

    /// Sets what each webhook may do on each route: 5 in 2 s.
    #[must_use]
    pub fn bucket(self, rate: impl Into<Option<Rate>>) -> Self {
        Self { bucket: rate.into(), ..self }
    }

    /// Sets what all webhooks of a channel may post together, which no header tells: 30 in 60 s.
    #[must_use]
    pub fn channel(self, rate: impl Into<Option<Rate>>) -> Self {
        Self { channel: rate.into(), ..self }
    }

    /// Lets edits count toward the hidden channel limit too. Whether Discord does so is unknown; off by default.
    #[must_use]
    pub fn edits_use_channel(self, counted: bool) -> Self {
        Self { edits_use_channel: counted, ..self }
    }

    /// Sets what the whole server takes from one address: 50 in 1 s.
    #[must_use]
    pub fn global(self, rate: impl Into<Option<Rate>>) -> Self {
        Self { global: rate.into(), ..self }
    }

    /// Sets how often messages over an hour old may be edited in one channel: 3 in 6 s.
    #[must_use]
    pub fn old_edits(self, rate: impl Into<Option<Rate>>) -> Self {
        Self { old_edits: rate.into(), ..self }
    }

    /// Sets how many answers of 401, 403 and 429 (but those of scope `shared`) lead to a ban by Cloudflare:
    /// 10,000 in 10 minutes.
    #[must_use]
    pub fn invalid_requests(self, rate: impl Into<Option<Rate>>) -> Self {
        Self { invalid_requests: rate.into(), ..self }
    }

    /// Sets how long that ban lasts: one hour.
    #[must_use]
    pub fn ban(self, lasts: Duration) -> Self {
        Self { ban: lasts, ..self }
    }

    /// Sets how often one webhook that does not exist may be called before the caller is restricted:
    /// 10 in 10 minutes. Discord documents the restriction, not its number.
    #[must_use]
    pub fn unknown_webhook(self, rate: impl Into<Option<Rate>>) -> Self {
        Self { unknown_webhook: rate.into(), ..self }
    }

    /// Sets how many bytes one file may have: 10 MiB.
    #[must_use]
    pub fn file_bytes(self, bytes: usize) -> Self {
        Self { file_bytes: bytes, ..self }
    }

    /// Sets how many bytes one request may have: 25 MiB.
    #[must_use]
    pub fn request_bytes(self, bytes: usize) -> Self {
        Self { request_bytes: bytes, ..self }
    }

    /// Sets the hidden ceiling on the UTF-8 bytes of all text of a message, above which Discord answers 500: 10,170.
    #[must_use]
    pub fn text_bytes(self, bytes: impl Into<Option<usize>>) -> Self {
        Self { text_bytes: bytes.into(), ..self }
    }
}
