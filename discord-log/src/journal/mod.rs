//! Reads what the services of this host have journalled: what waits, what was delivered, what Discord refused, and who
//! is at it. From outside of their processes, and while they run.
//!
//! Everything here reads files and blocks as long as the disk does. Reading changes nothing and holds nothing up: the lock
//! of a process is asked for, never kept. A line that is damaged is told as such and costs nothing else; files that grow
//! or vanish meanwhile are expected. Memory is bounded by the longest line, however long a history is. What changes
//! something (to retry, to drop, to reopen, to prune) does it in one step that a crash cannot halve.
//!
//! # Examples
//!
//! ```no_run
//! use discord_log::journal::{Content, FileKind, Journal};
//!
//! # fn main() -> std::io::Result<()> {
//! let Some(journal) = Journal::from_env() else { return Ok(()) };
//! for service in journal.services()? {
//!     for file in service.files(FileKind::History)? {
//!         for line in file.lines() {
//!             if let Content::Event(record) = line?.content {
//!                 println!("{} {}: {}", record.event().occurred_at(), service.name(), record.headline(service.name()));
//!             }
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod problem;
mod told;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

pub use self::problem::Problem;
use crate::config::{self, Config};
use crate::event::Channel;
use crate::record::outside::{Root, Site};
use crate::record::{self, Disk, EventId};

pub use crate::record::outside::{
    Checked, Content, Fate, File, FileKind, Line, Lines, Process, ProcessState, Pruned, Record, Waiting,
};

/// The journal of a host: all services that share a directory.
#[derive(Clone, Debug)]
pub struct Journal {
    dir: PathBuf,
    root: Root,
}

/// What one service has journalled.
#[derive(Clone, Debug)]
pub struct Service {
    namespace: String,
    site: Site,
}

/// A webhook that Discord says is gone, and that nobody calls any more.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ClosedWebhook {
    /// A hash of its address.
    pub webhook: String,
    /// What Discord said.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// How the last run of a service ended that ended as it should.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LastRun {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Why.
    pub reason: String,
}

impl ClosedWebhook {
    /// Lists the channels that settings send there.
    #[must_use]
    pub fn channels(&self, config: &Config) -> Vec<Channel> {
        let named = config.webhooks.keys().copied().chain(Channel::BUILT_IN).collect::<BTreeSet<_>>().into_iter();
        let is_this =
            |channel: &Channel| config.webhook(*channel).is_some_and(|webhook| webhook.fingerprint() == self.webhook);
        named.filter(is_this).collect()
    }
}

impl Journal {
    /// Takes the journal in a directory, as `DISCORD_JOURNAL` names one. Touches no file.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        let dir = dir.into();
        Self { root: Root::of(Arc::new(Disk), &dir), dir }
    }

    /// Takes the journal that the environment and `.env` name, or the state directory; none for `DISCORD_JOURNAL=memory`.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        config::journal_directory().map(Self::at)
    }

    /// Takes the journal of settings; none where they keep it in memory.
    #[must_use]
    pub fn of(config: &Config) -> Option<Self> {
        config.record.dir.as_ref().map(Self::at)
    }

    /// Gives the directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Lists the services that have journalled anything, by name.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read; one that is missing holds no service.
    pub fn services(&self) -> io::Result<Vec<Service>> {
        let names = self.root.services()?;
        Ok(names.into_iter().map(|namespace| self.named(namespace)).collect())
    }

    /// Takes the service of settings, whether it has journalled anything or not.
    #[must_use]
    pub fn service_of(&self, config: &Config) -> Service {
        self.named(config.record.namespace.clone())
    }

    fn named(&self, namespace: String) -> Service {
        Service { site: self.root.site(&namespace), namespace }
    }

    /// Lists the webhooks that are closed.
    #[must_use]
    pub fn closed_webhooks(&self) -> Vec<ClosedWebhook> {
        let closures = self.root.closures().into_iter();
        closures.map(|(webhook, closure)| ClosedWebhook { webhook, reason: closure.reason, at: closure.at }).collect()
    }

    /// Forgets that a webhook is closed, so that it is called again by processes that start from now on; those that run
    /// have read the list. Says whether it was closed.
    ///
    /// # Errors
    ///
    /// When the list cannot be written, and [`WouldBlock`](io::ErrorKind::WouldBlock) while another process writes it.
    pub fn reopen_webhook(&self, webhook: &str) -> io::Result<bool> {
        self.root.reopen(webhook)?.ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }
}

impl Service {
    /// Gives the folder's name: the name of the service, `@`, and its environment.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Gives the name of the service; one with unusual characters as the folder's name spells it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.namespace.rsplit_once('@').map_or(&*self.namespace, |(name, _)| name)
    }

    /// Gives the environment, if it has one.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.namespace
            .rsplit_once('@')
            .map(|(_, environment)| environment)
            .filter(|environment| !environment.is_empty())
    }

    /// Lists the processes that have a directory: those that run, and those that left something.
    ///
    /// # Errors
    ///
    /// When the folder of the service cannot be read.
    pub fn processes(&self) -> io::Result<Vec<Process>> {
        self.site.processes()
    }

    /// Counts what waits, by channel. Reads the names of files, and of each channel a process's oldest.
    ///
    /// # Errors
    ///
    /// When the folder of the service cannot be read.
    pub fn waiting(&self) -> io::Result<Vec<Waiting>> {
        self.site.waiting()
    }

    /// Lists the files of one kind, the oldest first as far as their names tell.
    ///
    /// # Errors
    ///
    /// When their folder cannot be read; one that is missing is empty.
    pub fn files(&self, kind: FileKind) -> io::Result<Vec<File>> {
        self.site.files(kind)
    }

    /// Lists the problems that processes tell of, and those that are over and remembered, the newest first.
    ///
    /// # Errors
    ///
    /// When the folder of the service cannot be read.
    pub fn problems(&self) -> io::Result<Vec<Problem>> {
        problem::problems(&self.site, self.name())
    }

    /// Gives how the last run ended that ended as it should.
    #[must_use]
    pub fn last_run(&self) -> Option<LastRun> {
        let run = self.site.last_run()?;
        Some(LastRun { started_at: run.started_at, ended_at: run.ended_at, reason: run.reason })
    }

    /// Gives dead events back to be delivered again, by their whole ids; gives how many there were. A process of the
    /// service that runs takes them up within a minute, else the next that starts. One whose message Discord refuses
    /// again is dead again.
    ///
    /// # Errors
    ///
    /// When files cannot be moved, or one is damaged; those before it are given back.
    pub fn retry<Id: AsRef<str>>(&self, ids: impl IntoIterator<Item = Id>) -> io::Result<usize> {
        let ids: Vec<EventId> = ids.into_iter().filter_map(|id| id.as_ref().parse().ok()).collect();
        self.site.give_back(&ids, &record::instance(Timestamp::now()))
    }

    /// Removes a dead event for good, by its whole id; says whether there was one.
    ///
    /// # Errors
    ///
    /// When its file cannot be removed.
    pub fn drop_dead(&self, id: &str) -> io::Result<bool> {
        id.parse().map_or(Ok(false), |id| self.site.drop_dead(id))
    }

    /// Removes days of the history: those that were last added to before a moment, and then the oldest until no more
    /// than so many bytes are left. Nothing else is touched, and a day that a process goes on with begins anew.
    ///
    /// # Errors
    ///
    /// When a file cannot be removed; those before it are gone.
    pub fn prune(&self, before: Option<Timestamp>, most_bytes: Option<u64>) -> io::Result<Pruned> {
        self.site.prune(before, most_bytes)
    }
}
