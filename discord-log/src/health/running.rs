//! What runs, and what waits for it, as far as whoever runs it has said.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;

use super::in_seconds;

/// The service that runs, and since when.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ServiceHealth {
    /// Its name: `DISCORD_SERVICE`.
    pub name: String,
    /// Its environment: `DISCORD_ENVIRONMENT`.
    pub environment: Option<String>,
    /// Its release: `DISCORD_RELEASE`.
    pub release: Option<String>,
    /// The short name of the commit: `DISCORD_COMMIT`, or that of the build.
    pub commit: Option<String>,
    /// The name of the machine.
    pub host: Option<String>,
    /// The number of the process.
    pub process: u32,
    /// When the logger was started.
    pub started_at: Timestamp,
    /// How long it has run; in seconds where it is serialised.
    #[serde(serialize_with = "in_seconds")]
    pub uptime: Duration,
}

/// Where what is not delivered is kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JournalHealth {
    /// The directory; nothing where the journal is in memory alone.
    pub directory: Option<String>,
    /// Whether files can be written now, so that what waits outlives the process. Never in memory.
    pub writable: bool,
}

/// What does not change about a service while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) environment: Option<String>,
    pub(crate) release: Option<String>,
    pub(crate) commit: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) process: u32,
    pub(crate) started_at: Timestamp,
}

/// A service that runs, and who knows what waits.
#[derive(Clone)]
pub(crate) struct Running {
    service: Service,
    started: Instant,
    ask: Arc<dyn Fn() -> Stock + Send + Sync>,
}

/// What waits, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stock {
    pub(crate) journal: Option<JournalHealth>,
    /// By the digits that name the webhook.
    pub(crate) waiting: BTreeMap<String, Waiting>,
}

/// What waits for one webhook.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Waiting {
    pub(crate) events: u64,
    pub(crate) oldest: Option<Timestamp>,
}

impl Running {
    /// Takes who can be asked for what waits; that is asked for each snapshot, and must not take long.
    pub(crate) fn new(service: Service, started: Instant, ask: Arc<dyn Fn() -> Stock + Send + Sync>) -> Self {
        Self { service, started, ask }
    }

    /// Says whether it runs in this process: a fork has its memory and none of its threads.
    pub(super) fn is_here(&self) -> bool {
        self.service.process == std::process::id()
    }

    pub(super) fn stock(&self) -> Stock {
        (self.ask)()
    }

    pub(super) fn health(self, now: Instant) -> ServiceHealth {
        let Service { name, environment, release, commit, host, process, started_at } = self.service;
        let uptime = now.saturating_duration_since(self.started);
        ServiceHealth { name, environment, release, commit, host, process, started_at, uptime }
    }
}

impl Waiting {
    /// Takes in what waits in another channel of the webhook.
    pub(crate) fn add(&mut self, events: u64, oldest: Option<Timestamp>) {
        self.events += events;
        self.oldest = self.oldest.into_iter().chain(oldest).min();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("service", &self.service).finish_non_exhaustive()
    }
}
