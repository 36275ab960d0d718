//! Delivery.

mod webhook_url;

use std::time::Duration;

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
