//! The settings: read from the environment, made in code, or both; checked once, all mistakes told together.
//!
//! [`ConfigBuilder`] collects them and composes the settings that each step has for itself; no step reads them from
//! here.

mod builder;
mod commit;
mod environment;
mod journal;
mod problem;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use self::builder::ConfigBuilder;
pub use self::problem::{ConfigError, Problem};

use crate::event::Channel;
use crate::send::WebhookUrl;
use crate::{context, filter, record, reduce, render, send};

/// Checked settings, ready for [`init_with`](crate::init_with).
///
/// `Debug` shows no token.
///
/// # Examples
///
/// ```no_run
/// use discord_log::{Channel, Config};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::from_env()                  // the environment, and `.env` beneath it
///     .service("billing")                          // code wins over both
///     .rate_limit(20)
///     .build()?;
/// let _guard = discord_log::init_with(config)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) enabled: bool,
    /// Whether the system channel is told of starts and stops.
    pub(crate) lifecycle: bool,
    /// How often the message is updated that says who is alive, if there is to be one.
    pub(crate) heartbeat: Option<Duration>,
    pub(crate) webhooks: BTreeMap<Channel, WebhookUrl>,
    pub(crate) shutdown_timeout: Duration,
    pub(crate) context: context::Settings,
    pub(crate) filter: filter::Settings,
    pub(crate) record: record::Settings,
    pub(crate) reduce: reduce::Settings,
    /// Channels that are forums.
    pub(crate) forums: BTreeSet<Channel>,
    pub(crate) render: render::Settings,
    pub(crate) send: send::Settings,
}

impl Config {
    /// Starts from the defaults alone, without reading the environment.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::{Channel, Config};
    ///
    /// let config = Config::builder()
    ///     .webhook(Channel::Errors, "https://discord.com/api/webhooks/1/token")
    ///     .service("billing")
    ///     .build();
    /// assert!(config.is_ok());
    /// ```
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// Starts from the process environment and, beneath it, the file `.env` of the working directory or a folder
    /// above it.
    ///
    /// Only reads: the process environment is never changed. What is wrong is told by
    /// [`build`](ConfigBuilder::build).
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Config;
    ///
    /// // Code wins over the environment.
    /// let builder = Config::from_env().environment("production");
    /// # let _ = builder;
    /// ```
    pub fn from_env() -> ConfigBuilder {
        ConfigBuilder::from_env()
    }

    /// Says whether any channel has a webhook; without one everything goes to the local log.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::{Channel, Config};
    ///
    /// # fn main() -> Result<(), discord_log::ConfigError> {
    /// let config = Config::builder().webhook(Channel::Errors, "https://discord.com/api/webhooks/1/token").build()?;
    /// assert!(config.has_webhooks());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn has_webhooks(&self) -> bool {
        !self.webhooks.is_empty() || self.send.shared_webhook.is_some()
    }

    /// Every webhook there is, the one that serves several channels as well.
    pub(crate) fn all_webhooks(&self) -> impl Iterator<Item = &WebhookUrl> {
        self.webhooks.values().chain(&self.send.shared_webhook)
    }

    /// Says whether a webhook posts to a forum.
    pub(crate) fn is_forum(&self, webhook: &WebhookUrl) -> bool {
        self.forums.iter().any(|channel| self.webhook(*channel) == Some(webhook))
    }

    /// Gives the webhook of a channel: its own, or the one that serves every channel without one.
    pub(crate) fn webhook(&self, channel: Channel) -> Option<&WebhookUrl> {
        self.webhooks.get(&channel).or(self.send.shared_webhook.as_ref())
    }
}
