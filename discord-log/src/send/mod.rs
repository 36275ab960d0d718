//! Delivery: when a webhook may be called, and what its answer means.
//!
//! [`Engine`] decides: a plain state machine to which time is an argument. [`Client`] is the only code that talks HTTP.
//! In between goes plain data: a [`Permit`] out, an [`Answer`] back. [`Ledger`] is what the processes of a host tell each
//! other, so that all of them together keep to the limits.

mod answer;
mod backoff;
mod channel_budget;
mod client;
mod engine;
mod finished;
mod lane;
mod ledger;
#[cfg(feature = "check")]
mod look_up;
mod pause;
mod permit;
mod rate_limit;
mod tls;
mod verdict;
mod webhook_url;

use std::time::Duration;

pub(crate) use self::answer::Answer;
#[cfg(test)]
pub(crate) use self::answer::{LimitHeaders, Response, Scope};
pub(crate) use self::client::Client;
pub(crate) use self::engine::Engine;
pub(crate) use self::finished::Finished;
pub(crate) use self::ledger::{Ledger, Limits};
#[cfg(feature = "check")]
pub use self::look_up::WebhookAnswer;
#[cfg(feature = "check")]
pub(crate) use self::look_up::look_up;
pub(crate) use self::permit::Introduction;
pub(crate) use self::permit::{Denied, LaneId, Misplaced, Outcome, Permit, Sent, Stored};
#[cfg(feature = "bench")]
pub(crate) use self::rate_limit::ANY_PACE;
pub(crate) use self::webhook_url::{ApiBase, WebhookUrl};

/// What this step needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Serves every channel that has no webhook of its own.
    pub(crate) shared_webhook: Option<WebhookUrl>,
    /// Most messages a minute and channel.
    pub(crate) rate_limit: u32,
    /// Quick attempts before a webhook counts as down.
    pub(crate) retry_attempts: u32,
    /// First wait before another attempt.
    pub(crate) retry_delay: Duration,
    /// Longest a request may take.
    pub(crate) timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            shared_webhook: None,
            rate_limit: 28,
            retry_attempts: 3,
            retry_delay: Duration::from_secs(1),
            timeout: Duration::from_secs(10),
        }
    }
}
