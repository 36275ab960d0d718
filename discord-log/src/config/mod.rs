//! The settings: read from the environment, made in code, or both; checked once, all mistakes told together.
//!
//! [`ConfigBuilder`] collects them and composes the settings that each step has for itself; no step reads them from
//! here.

mod beside;
mod builder;
mod commit;
mod environment;
mod journal;
mod parse;
mod problem;
mod summaries;
mod told_ends;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use self::builder::ConfigBuilder;
pub use self::problem::{ConfigError, Problem};

pub(crate) use self::told_ends::ToldEnds;

use crate::event::Channel;
use crate::send::WebhookUrl;
use crate::{context, filter, record, reduce, render, send, summary};

/// Gives the directory of the journal that the environment and `.env` name, or the usual one; none for `memory`.
#[cfg(feature = "journal")]
pub(crate) fn journal_directory() -> Option<std::path::PathBuf> {
    journal::directory(environment::Environment::read().take("DISCORD_JOURNAL").as_deref())
}

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
    /// When the day is summarised, and whose day it is.
    pub(crate) summaries: summary::Settings,
    /// Who is told how events end.
    pub(crate) told_ends: Option<ToldEnds>,
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

    /// Says whether what is logged to a channel goes to Discord: by a webhook of its own, or by the one for all.
    #[must_use]
    pub fn has_webhook(&self, channel: Channel) -> bool {
        self.webhook(channel).is_some()
    }

    /// Lists the channels that have a webhook: the built-in ones first, then those with a webhook of their own, by name.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::{Channel, Config};
    ///
    /// # fn main() -> Result<(), discord_log::ConfigError> {
    /// let config = Config::builder().webhook(Channel::named("deploys"), "https://discord.com/api/webhooks/1/t").build()?;
    /// assert_eq!(config.channels(), [Channel::named("deploys")]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn channels(&self) -> Vec<Channel> {
        let own: BTreeSet<_> = Channel::BUILT_IN.iter().chain(self.webhooks.keys()).copied().collect();
        own.into_iter().filter(|channel| self.webhook(*channel).is_some()).collect()
    }

    /// Says whether anything is logged at all: `DISCORD_LOGGING_ENABLED`.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.enabled
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
