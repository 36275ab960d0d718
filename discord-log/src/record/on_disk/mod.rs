//! The journal on disk: what is undelivered is files, and the listing of a directory is all there is to know.
//!
//! ```text
//! <journal>/v1/<service>@<environment>/<instance>/
//!     lock          whose directory this is
//!     state.json    what of a chunk is settled already
//!     <channel>/<first>-<events>-<most severe>.jsonl
//! ```
//!
//! An event is in memory alone for at most 100 ms; an error is written and synced at once, the rest is synced within
//! 500 ms. A chunk is written under another name, renamed, and removed when all of it is settled: removing works on a
//! full disk. Memory holds the oldest events of a channel; what has no room there waits in its file. When files cannot
//! be written, the journal goes on in memory and tries again every 30 s.

mod look;
mod state;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use self::look::Look;
use self::state::State;
use super::archive::Archive;
use super::closed::Closures;
use super::storage::Storage;
use super::{
    Counts, Ending, Entry, EventId, History, Journal, Load, Now, Persisted, Run, Seq, Settings, Summaries, Ticket, home,
};
use crate::event::{Channel, Event};

/// Keeps undelivered events in files.
#[derive(Debug)]
pub(crate) struct DiskJournal {
    storage: Arc<dyn Storage>,
    settings: Settings,
    /// `<journal>/v1`.
    root: PathBuf,
    /// `<journal>/v1/<service>@<environment>`.
    service: PathBuf,
    instance: String,
    adopts: bool,
    state: Mutex<State>,
}

impl DiskJournal {
    /// Prepares the journal of a process under `dir`, with a name that no other process has; touches no file before
    /// [`persist`](Journal::persist) is called.
    pub(crate) fn new(storage: Arc<dyn Storage>, dir: &Path, instance: String, settings: &Settings) -> Self {
        let root = dir.join("v1");
        let service = root.join(&settings.namespace);
        let state = Mutex::new(State::new(settings));
        Self { storage, settings: settings.clone(), root, service, instance, adopts: true, state }
    }

    /// Writes one event for the next process, which adopts it with what others left; says whether it is on the disk.
    pub(crate) fn keep(mut self, event: Event, now: Now) -> bool {
        self.adopts = false;
        self.append(&mut std::iter::once(event), now.instant);
        self.persist(now, true);
        let is_kept = self.is_written() && self.outlives_the_process();
        self.end();
        is_kept
    }

    /// No user code runs under the lock, and no I/O.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most events that any strand has in memory, ready to be taken.
    #[cfg(test)]
    pub(crate) fn most_hot(&self) -> usize {
        self.state().most_hot()
    }

    fn archive(&self) -> Archive {
        Archive::of(&self.service)
    }
}

impl Journal for DiskJournal {
    fn append(&self, events: &mut dyn Iterator<Item = Event>, now: Instant) -> u64 {
        let mut state = self.state();
        events
            .map(|event| {
                let id = EventId::new(event.occurred_at(), fastrand::u128(..));
                state.append(id, event, now)
            })
            .sum()
    }

    fn append_named(&self, id: EventId, event: Event, now: Instant) -> u64 {
        self.state().append(id, event, now)
    }

    fn persist(&self, now: Now, all: bool) -> Persisted {
        Look { journal: self, now, all, persisted: Persisted::default() }.run()
    }

    fn end(&self) {
        let homes = self.state().end();
        for mut home in homes {
            home.end();
            let _ = home::save(&*self.storage, home.saved());
            home::clear(&*self.storage, home.dir());
        }
    }

    fn is_ready(&self) -> bool {
        self.state().is_ready()
    }

    fn outlives_the_process(&self) -> bool {
        self.state().is_writable()
    }

    fn is_written(&self) -> bool {
        let state = self.state();
        !state.is_writable() || state.is_written()
    }

    fn backlog(&self) -> Vec<Channel> {
        self.state().backlog()
    }

    fn take(&self, channel: Channel, most: usize) -> Vec<Entry> {
        self.state().take(channel, most)
    }

    fn settle(&self, entries: Vec<Entry>, ending: Option<&Ending>) -> Ticket {
        self.state().settle(entries, ending)
    }

    fn is_kept(&self, ticket: Ticket) -> bool {
        self.state().is_kept(ticket)
    }

    fn closures(&self) -> Closures {
        self.state().closures.clone()
    }

    fn close(&self, closures: Closures) {
        self.state().close(closures);
    }

    fn keep_open(&self, message: &str, state: Option<Vec<u8>>) {
        self.state().open.insert(message.to_owned(), state);
    }

    fn take_open(&self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut self.state().found_open)
    }

    fn problems(&self) -> Vec<u8> {
        std::mem::take(&mut self.state().problems)
    }

    fn note_problems(&self, lines: Vec<u8>) {
        let mut state = self.state();
        // While nothing can be written, what is not noted is not known when it comes back.
        if state.noted_problems.len() < state::MOST_NOTED {
            state.noted_problems.extend(lines);
        }
    }

    fn load(&self) -> Vec<Load> {
        self.state().load()
    }

    fn last_run(&self) -> Option<Run> {
        self.state().last_run.take()
    }

    fn note_run(&self, run: &Run) {
        // What is not noted is not told.
        let _ = self.archive().note_run(&*self.storage, run);
    }

    fn note_counts(&self, counts: &Counts) -> bool {
        // Tried again with what is counted by then.
        if !self.outlives_the_process() {
            return false;
        }
        let noted = self.archive().note_counts(&*self.storage, counts);
        noted.is_ok_and(|bytes| {
            self.state().archived += bytes;
            true
        })
    }

    fn history(&self) -> Option<History> {
        Some(History::of(Arc::clone(&self.storage), &self.service))
    }

    fn summaries(&self) -> Option<Summaries> {
        Some(Summaries::of(Arc::clone(&self.storage), &self.service))
    }

    fn last(&self) -> Seq {
        self.state().last()
    }

    fn waiting(&self, upto: Seq) -> Vec<Channel> {
        self.state().waiting(upto)
    }
}
