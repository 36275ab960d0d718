//! Messages that may still change: those of the last minute that tell of failures which functions around them may have
//! more to say about, and what came for them since they were posted.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use super::reports::tells_of;
use crate::event::{Event, FailureId, Severity};
use crate::record::Entry;

/// A message as it was posted, and as it should be by now.
#[derive(Debug)]
pub(crate) struct Posted {
    /// Discord's name for it.
    pub(crate) id: String,
    /// All that it tells, since an edit sends all of it again; settled long since.
    pub(crate) entries: Vec<Entry>,
    /// It said that it may be a repeat.
    pub(crate) may_repeat: bool,
    at: Instant,
    /// What came since, and is not shown yet.
    later: Vec<Entry>,
    /// Failures of it that may be told more about.
    open: BTreeSet<FailureId>,
}

/// The messages of a lane that may still change, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Messages {
    posted: VecDeque<Posted>,
}

impl Messages {
    /// Notes a message that was posted; gives what came for others and can be shown no more.
    pub(super) fn post(&mut self, id: String, entries: &[Entry], may_repeat: bool, now: Instant) -> Vec<Entry> {
        let failures = entries.iter().filter(|entry| entry.is_open()).filter_map(|entry| entry.event.failure());
        let open: BTreeSet<_> = failures.map(|failure| failure.id).collect();
        if open.is_empty() {
            return Vec::new();
        }
        let entries = entries.iter().map(Entry::told).collect();
        self.posted.push_back(Posted { id, entries, may_repeat, at: now, later: Vec::new(), open });
        let mut unshown = Vec::new();
        while self.posted.len() > MOST_MESSAGES || (self.bytes() > MOST_BYTES && self.posted.len() > 1) {
            unshown.extend(self.posted.pop_front().into_iter().flat_map(|posted| posted.later));
        }
        unshown
    }

    /// Keeps what was told later for the message that tells of its failure; gives it back if there is none, or nothing
    /// to show.
    pub(super) fn complete(&mut self, id: FailureId, later: Entry) -> Result<(), Entry> {
        let Some(posted) = self.posted.iter_mut().find(|posted| posted.open.contains(&id)) else { return Err(later) };
        posted.open.remove(&id);
        if let Some(entry) = posted.entries.iter_mut().find(|entry| tells_of(entry, id))
            && says_something(&later.event, entry.event.severity())
        {
            entry.show(&later);
            posted.later.push(later);
            return Ok(());
        }
        self.posted.retain(Posted::may_change);
        Err(later)
    }

    /// Gives the message that should be edited next.
    pub(super) fn next(&self) -> Option<&Posted> {
        self.posted.iter().find(|posted| !posted.later.is_empty())
    }

    /// Takes what an edit of a message has shown.
    pub(super) fn edited(&mut self, id: &str) -> Vec<Entry> {
        let posted = self.posted.iter_mut().find(|posted| posted.id == id);
        let shown = posted.map(|posted| std::mem::take(&mut posted.later)).unwrap_or_default();
        self.posted.retain(Posted::may_change);
        shown
    }

    /// Takes what came for a message that cannot be edited.
    pub(super) fn forget(&mut self, id: &str) -> Vec<Entry> {
        let at = self.posted.iter().position(|posted| posted.id == id);
        at.and_then(|at| self.posted.remove(at)).map(|posted| posted.later).unwrap_or_default()
    }

    /// Takes what came for messages that are too old by now.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<Entry> {
        let old = self.posted.iter().take_while(|posted| posted.expires_at() <= now).count();
        self.posted.drain(..old).flat_map(|posted| posted.later).collect()
    }

    /// Says when something that came is too late to be shown.
    pub(super) fn expires_at(&self) -> Option<Instant> {
        self.next().map(Posted::expires_at)
    }

    /// Takes everything out that is not shown.
    pub(super) fn drain(&mut self) -> Vec<Entry> {
        self.posted.drain(..).flat_map(|posted| posted.later).collect()
    }

    fn bytes(&self) -> usize {
        self.posted.iter().flat_map(|posted| &posted.entries).map(|entry| entry.event.entries().spilled()).sum()
    }
}

impl Posted {
    fn may_change(&self) -> bool {
        !self.open.is_empty() || !self.later.is_empty()
    }

    fn expires_at(&self) -> Instant {
        self.at + EDITED_WITHIN
    }
}

/// Says whether a message would change by what was told later; at the end of a failure there is often nothing to add.
fn says_something(later: &Event, known: Severity) -> bool {
    later.severity() > known || later.entries().iter().next().is_some()
}

/// How long a message is changed: a reader has seen it by then.
const EDITED_WITHIN: Duration = Duration::from_secs(60);
/// Messages of a lane that are remembered, and bytes of long texts in them.
const MOST_MESSAGES: usize = 20;
const MOST_BYTES: usize = 512 * 1024;
