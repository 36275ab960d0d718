//! What became of every event, in numbers. A leaf: every step may count here, and nothing here calls anybody.

mod functions;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

pub(crate) use self::functions::Function;
pub use self::functions::{FunctionHealth, Latency, Polled, Tally};

/// Gives a snapshot of what became of every event since the process started.
///
/// Costs a few atomic loads and a short lock that no log call takes. May be called at any time, also before
/// [`init`](crate::init).
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
    COUNTERS.snapshot()
}

/// What became of every event since the process started, and how each webhook is.
///
/// `accepted = delivered + merged + waiting + buried + lost`, whenever it is read.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Health {
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
    /// The webhooks that were used so far.
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

/// How a webhook is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WebhookHealth {
    /// The digits that name the webhook; no secret.
    pub id: String,
    /// Events delivered through it.
    pub delivered: u64,
    /// Requests that Discord answered with 429.
    pub limited: u64,
    /// How it takes messages.
    pub state: WebhookState,
    /// What the last failed attempt said; empty after a success.
    pub trouble: String,
}

/// How a webhook takes messages.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum WebhookState {
    /// Gone for good: deleted, or its token is refused. Never called again.
    Closed,
    /// Does not answer; tried slowly until it does.
    Down,
    /// Takes messages.
    Up,
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

/// The built-in channels, and one for all others.
pub(crate) const CHANNELS: usize = 5;

/// The process's counters.
pub(crate) static COUNTERS: Counters = Counters::new();

/// Counts events in and out. Relaxed everywhere: each number is right by itself.
#[derive(Debug)]
pub(crate) struct Counters {
    accepted: AtomicU64,
    crossed: AtomicU64,
    written: AtomicU64,
    left: AtomicU64,
    delivered: AtomicU64,
    delivered_locally: AtomicU64,
    merged: AtomicU64,
    buried: AtomicU64,
    lost: [AtomicU64; Loss::ALL.len()],
    /// Of each built-in channel, and at last of all others or of none that is known.
    lost_of: [[AtomicU64; Loss::ALL.len()]; CHANNELS],
    webhooks: Mutex<Vec<WebhookHealth>>,
}

impl Counters {
    pub(crate) const fn new() -> Self {
        Self {
            accepted: AtomicU64::new(0),
            crossed: AtomicU64::new(0),
            written: AtomicU64::new(0),
            left: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            delivered_locally: AtomicU64::new(0),
            merged: AtomicU64::new(0),
            buried: AtomicU64::new(0),
            lost: [const { AtomicU64::new(0) }; Loss::ALL.len()],
            lost_of: [const { [const { AtomicU64::new(0) }; Loss::ALL.len()] }; CHANNELS],
            webhooks: Mutex::new(Vec::new()),
        }
    }

    /// Starts again at nothing, in a fork: what the parent counts is the parent's.
    pub(crate) fn reset(&self) {
        let own = [&self.accepted, &self.crossed, &self.written, &self.left, &self.delivered, &self.delivered_locally];
        own.into_iter()
            .chain([&self.merged, &self.buried])
            .chain(&self.lost)
            .chain(self.lost_of.iter().flatten())
            .for_each(|counter| counter.store(0, Ordering::Release));
        self.publish(Vec::new());
    }

    /// Counts an event before it is pushed: whoever sees it later has seen it counted.
    pub(crate) fn accept(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Acquire)
    }

    /// Counts an accepted event that needs no recorder any more: it has it, or nobody will.
    pub(crate) fn cross(&self, events: usize) {
        self.crossed.fetch_add(events as u64, Ordering::Release);
    }

    pub(crate) fn crossed(&self) -> u64 {
        self.crossed.load(Ordering::Acquire)
    }

    /// Notes that so many accepted events would outlive the process.
    pub(crate) fn write_upto(&self, crossed: u64) {
        self.written.fetch_max(crossed, Ordering::Release);
    }

    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Counts events that earlier processes left; those of an earlier guard of this process are counted already.
    pub(crate) fn adopt(&self, events: u64) {
        let own = self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| Some(left.saturating_sub(events)));
        let new = events.saturating_sub(own.unwrap_or_default());
        self.accepted.fetch_add(new, Ordering::Relaxed);
        self.crossed.fetch_add(new, Ordering::Release);
    }

    /// Notes that events wait in the journal for another process, or for another guard of this one.
    pub(crate) fn leave(&self, events: u64) {
        self.left.store(events, Ordering::Release);
    }

    pub(crate) fn left(&self) -> u64 {
        self.left.load(Ordering::Acquire)
    }

    /// Counts an event that one of our own threads made.
    pub(crate) fn accept_own(&self) {
        self.accept();
        self.cross(1);
    }

    pub(crate) fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Acquire)
    }

    pub(crate) fn deliver(&self, events: usize) {
        self.delivered.fetch_add(events as u64, Ordering::Release);
    }

    pub(crate) fn deliver_locally(&self, events: u64) {
        self.delivered_locally.fetch_add(events, Ordering::Relaxed);
        self.delivered.fetch_add(events, Ordering::Release);
    }

    /// Counts events that stand in the message of another one, or would say nothing beside it.
    pub(crate) fn merge(&self, events: u64) {
        self.merged.fetch_add(events, Ordering::Release);
    }

    pub(crate) fn bury(&self, events: u64) {
        self.buried.fetch_add(events, Ordering::Release);
    }

    pub(crate) fn lose(&self, loss: Loss, events: u64) {
        self.lose_of(loss, CHANNELS - 1, events);
    }

    /// Counts events of one channel as lost.
    pub(crate) fn lose_of(&self, loss: Loss, channel: usize, events: u64) {
        let of_channel = self.lost_of.get(channel.min(CHANNELS - 1)).and_then(|of| of.get(loss as usize));
        if let Some(counter) = of_channel {
            counter.fetch_add(events, Ordering::Relaxed);
        }
        if let Some(counter) = self.lost.get(loss as usize) {
            counter.fetch_add(events, Ordering::Release);
        }
    }

    /// Gives what was lost of a channel, by reason.
    pub(crate) fn losses_of(&self, channel: usize) -> [(Loss, u64); Loss::ALL.len()] {
        let count =
            |loss: Loss| self.lost_of.get(channel)?.get(loss as usize).map(|count| count.load(Ordering::Relaxed));
        Loss::ALL.map(|loss| (loss, count(loss).unwrap_or_default()))
    }

    pub(crate) fn lost(&self, loss: Loss) -> u64 {
        self.lost.get(loss as usize).map_or(0, |counter| counter.load(Ordering::Acquire))
    }

    /// Publishes how the webhooks are; called by the sender after each answer.
    pub(crate) fn publish(&self, webhooks: Vec<WebhookHealth>) {
        *self.webhooks.lock().unwrap_or_else(PoisonError::into_inner) = webhooks;
    }

    pub(crate) fn snapshot(&self) -> Health {
        // The ends are read before the beginning, so that an event which ends meanwhile still counts as waiting.
        let delivered = self.delivered();
        let merged = self.merged.load(Ordering::Acquire);
        let buried = self.buried.load(Ordering::Acquire);
        let lost: BTreeMap<_, _> = Loss::ALL.into_iter().map(|loss| (loss, self.lost(loss))).collect();
        let accepted = self.accepted();
        Health {
            accepted,
            delivered,
            delivered_locally: self.delivered_locally.load(Ordering::Relaxed).min(delivered),
            merged,
            waiting: accepted.saturating_sub(delivered + merged + buried + lost.values().sum::<u64>()),
            buried,
            lost: lost.into_iter().filter(|(_, count)| *count > 0).collect(),
            webhooks: self.webhooks.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            functions: functions::functions(),
        }
    }
}
