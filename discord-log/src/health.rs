//! What runs, and what became of every event, in numbers. A leaf: whoever knows something publishes it here, every step
//! may count here, and nothing here calls anybody.

mod counters;
#[cfg(feature = "axum")]
mod endpoint;
mod functions;
#[cfg(feature = "metrics")]
mod metrics;
mod running;
mod webhook;

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

pub(crate) use self::counters::{CHANNELS, COUNTERS, Counters, Totals};
#[cfg(feature = "axum")]
pub use self::endpoint::health_handler;
pub(crate) use self::functions::{BUCKETS, Function, Tallied, quantile, tallied};
pub use self::functions::{FunctionHealth, Latency, Polled, Tally};
#[cfg(feature = "metrics")]
pub use self::metrics::publish_metrics;
pub use self::running::{JournalHealth, ServiceHealth};
pub(crate) use self::running::{Running, Service, Stock};
pub(crate) use self::webhook::Webhook;
pub use self::webhook::{WebhookHealth, WebhookState};

/// Gives a snapshot of what runs, and of what became of every event since the process started.
///
/// Costs a few atomic loads and some short locks that no log call takes; never does I/O. May be called at any time, also
/// before [`init`](crate::init). Nothing in it is a secret: no address of a webhook, and no text of an event.
///
/// # Examples
///
/// ```
/// let health = discord_log::health();
/// let ended = health.delivered + health.merged + health.buried + health.lost.values().sum::<u64>();
/// assert_eq!(health.accepted, ended + health.waiting);
/// ```
#[must_use]
pub fn health() -> Health {
    COUNTERS.snapshot(Instant::now(), Timestamp::now())
}

/// What runs, what became of every event since the process started, and how each webhook is.
///
/// `accepted = delivered + merged + waiting + buried + lost`, whenever it is read.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// Whether everything gets to where it belongs.
    pub status: Status,
    /// What runs; nothing before `init` and after the guard is gone.
    pub service: Option<ServiceHealth>,
    /// Where what waits is kept; nothing while the logger does not run.
    pub journal: Option<JournalHealth>,
    /// Events that a log call took.
    pub accepted: u64,
    /// Events that stand in a message which Discord confirmed, or in the local log where a channel has no webhook.
    pub delivered: u64,
    /// Those of the delivered that went to the local log.
    pub delivered_locally: u64,
    /// Events that have no message of their own: calls that are counted in a message, and what was told later of a
    /// failure, once the message or the edit that holds it is confirmed. What came when its message could not be
    /// changed any more (a minute later, after a restart, or because a person had deleted it) says nothing that the
    /// report does not say, and counts here too.
    pub merged: u64,
    /// Events on their way.
    pub waiting: u64,
    /// Events that Discord refused for good; each was told in the local log with the reason.
    pub buried: u64,
    /// Events that could not be kept, by reason.
    pub lost: BTreeMap<Loss, u64>,
    /// When the oldest event occurred that waits in the journal.
    pub oldest_waiting: Option<Timestamp>,
    /// The webhooks that the settings name.
    pub webhooks: Vec<WebhookHealth>,
    /// The annotated functions that were called so far.
    pub functions: Vec<FunctionHealth>,
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lost: u64 = self.lost.values().sum();
        write!(
            f,
            "{} accepted = {} delivered + {} merged + {} waiting + {} buried + {lost} lost",
            self.accepted, self.delivered, self.merged, self.waiting, self.buried
        )?;
        self.lost.iter().try_for_each(|(loss, count)| write!(f, " ({loss}: {count})"))
    }
}

/// Whether everything gets to where it belongs.
///
/// What waits for a limit, and what was lost earlier, is no reason to be degraded.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// A webhook is down or closed, or the journal cannot be written.
    Degraded,
    /// Nothing is known to be wrong.
    Ok,
}

/// Why an event could not be kept.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Loss {
    /// Logged after the guard was dropped.
    AfterShutdown,
    /// Its line in the journal was damaged; the file is kept in `quarantine`.
    JournalDamaged,
    /// More severe or newer events needed its place in the journal.
    JournalFull,
    /// A thread of the logger's own panicked over it.
    LoggerPanicked,
    /// The events between the callers and the recorder were too many.
    QueueFull,
    /// Still waiting when the guard's time was over, with the journal in memory; written to the local log.
    Shutdown,
}

impl Loss {
    pub(crate) const ALL: [Self; 6] = [
        Self::AfterShutdown,
        Self::JournalDamaged,
        Self::JournalFull,
        Self::LoggerPanicked,
        Self::QueueFull,
        Self::Shutdown,
    ];
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AfterShutdown => "logged after shutdown",
            Self::JournalDamaged => "journal damaged",
            Self::JournalFull => "journal full",
            Self::LoggerPanicked => "logger panicked",
            Self::QueueFull => "queue full",
            Self::Shutdown => "not delivered in time at shutdown",
        })
    }
}

impl Loss {
    /// Gives the name that files and metrics spell.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AfterShutdown => "after_shutdown",
            Self::JournalDamaged => "journal_damaged",
            Self::JournalFull => "journal_full",
            Self::LoggerPanicked => "logger_panicked",
            Self::QueueFull => "queue_full",
            Self::Shutdown => "shutdown",
        }
    }
}

fn in_seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}
