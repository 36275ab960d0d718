//! The library as a command uses it: in the name of the settings, beside the service, and with an end of which each event
//! is told.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use discord_log::{
    Channel, Config, ConfigBuilder, ConfigError, Ending, Event, FlushError, Guard, InitError, Kind, WebhookState,
};
use jiff::Timestamp;

use crate::exit::Failure;
use crate::local_log;
use crate::progress::Progress;

/// A logger that runs for a command.
pub(crate) struct Delivery {
    guard: Guard,
    endings: Receiver<End>,
}

/// How an event ended.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) channel: Channel,
    pub(crate) kind: Kind,
    pub(crate) occurred_at: Timestamp,
    pub(crate) ending: Ending,
}

/// Gives the settings of the environment without what only a service does: a command neither starts nor is alive.
pub(crate) fn settings() -> ConfigBuilder {
    // Whose message it is: the service's, or else the machine's, since the command's own name says nothing.
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    Config::from_env().default_service(host).without("DISCORD_HEARTBEAT").without("DISCORD_LIFECYCLE")
}

/// Gives the settings of one who has something to tell and goes: in a part of the journal of its own, from which the next
/// one delivers what Discord did not take. What is told on purpose is told whatever the switches say.
pub(crate) fn settings_of_a_teller() -> ConfigBuilder {
    settings().journal_name(TELLER).log_system(true).log_errors(true)
}

impl Delivery {
    /// Starts the logger.
    pub(crate) fn start(settings: ConfigBuilder) -> Result<Self, Failure> {
        let (ended, endings) = channel();
        let tell = move |event: &Event, ending: &Ending| {
            let (channel, kind, occurred_at) = (event.channel(), event.kind(), event.occurred_at());
            // Whoever asked may be gone.
            let _ = ended.send(End { channel, kind, occurred_at, ending: ending.clone() });
        };
        let config = settings.on_ending(tell).build().map_err(|error| wrong_settings(&error))?;
        local_log::keep();
        let guard = discord_log::init_with(config).map_err(|error: InitError| Failure::new(error.to_string()))?;
        Ok(Self { guard, endings })
    }

    /// Waits until everything is delivered that can be; says whether that was in time. Stops waiting early where every
    /// webhook that still has something is down.
    pub(crate) fn wait(&self, at_most: Duration, progress: &mut Progress) -> bool {
        let until = Instant::now() + at_most;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match discord_log::flush(left.min(STEP)) {
                Ok(_) => return true,
                Err(FlushError::TimedOut { .. }) if !left.is_zero() => {
                    let health = discord_log::health();
                    let trouble = health.webhooks.iter().find(|webhook| !webhook.trouble.is_empty());
                    let ended = health.accepted.saturating_sub(health.waiting);
                    progress.set(ended, trouble.map_or("", |webhook| &webhook.trouble));
                    let mut waiting = health.webhooks.iter().filter(|webhook| webhook.waiting > 0).peekable();
                    if waiting.peek().is_some() && waiting.all(|webhook| webhook.state != WebhookState::Up) {
                        return false;
                    }
                }
                Err(_) => return false,
            }
        }
    }

    /// Takes how events have ended since this was asked last.
    pub(crate) fn endings(&self) -> Vec<End> {
        self.endings.try_iter().collect()
    }

    /// Says what keeps a channel's events from Discord, if something does.
    pub(crate) fn trouble(&self, channel: Channel) -> Option<String> {
        let webhooks = discord_log::health().webhooks;
        let webhook =
            webhooks.into_iter().find(|webhook| webhook.channels.iter().any(|name| name == channel.name()))?;
        Some(webhook.trouble).filter(|trouble| !trouble.is_empty())
    }

    /// Ends the logger; what was not delivered stays in the journal, if there is one.
    pub(crate) fn end(self, at_most: Duration) {
        self.guard.shutdown(at_most);
        local_log::take();
    }
}

/// Tells all that is wrong with the settings.
pub(crate) fn wrong_settings(error: &ConfigError) -> Failure {
    Failure::new(format!("{error}\n`discord-log doctor` says how to mend each"))
}

/// How long is waited before there is something to see.
const STEP: Duration = Duration::from_millis(250);
/// Whose part of the journal it is that a command tells from.
const TELLER: &str = "discord-log-send";
