//! Reports of failures that the functions around them may have more to say about: held for a moment, so that what is told
//! right after stands in the same message. Pure: time is an argument, and whatever goes in comes out once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::event::{Channel, FailureId, Stage};
use crate::record::{Entry, Now};

/// The reports that are held, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Reports {
    held: VecDeque<Held>,
}

#[derive(Debug)]
struct Held {
    entry: Entry,
    until: Instant,
}

impl Reports {
    /// Holds an entry that may be told more about; gives back what goes at once: the entry itself, or the oldest report
    /// when there are too many.
    pub(super) fn hold(&mut self, entry: Entry, now: Now) -> Option<Entry> {
        let age = now.wall.duration_since(entry.event.occurred_at());
        let is_old = Duration::try_from(age).is_ok_and(|age| age > HOLD);
        if is_old || !entry.is_open() || entry.event.channel() == Channel::Finance {
            return Some(entry);
        }
        self.held.push_back(Held { entry, until: now.instant + HOLD });
        if self.held.len() > MOST_HELD { self.held.pop_front().map(|held| held.entry) } else { None }
    }

    /// Gives the report whose failure this tells of, with it; or gives it back.
    pub(super) fn complete(&mut self, id: FailureId, later: Entry) -> Result<Entry, Entry> {
        let held = self.held.iter().position(|held| tells_of(&held.entry, id)).and_then(|at| self.held.remove(at));
        let Some(Held { mut entry, .. }) = held else { return Err(later) };
        entry.absorb(later);
        Ok(entry)
    }

    /// Lets all reports go.
    pub(super) fn drain(&mut self) -> Vec<Entry> {
        self.held.drain(..).map(|held| held.entry).collect()
    }

    /// Lets the reports go that were held long enough.
    pub(super) fn release(&mut self, now: Instant) -> Vec<Entry> {
        let due = self.held.iter().take_while(|held| held.until <= now).count();
        self.held.drain(..due).map(|held| held.entry).collect()
    }

    /// Says when the next report goes.
    pub(super) fn release_at(&self) -> Option<Instant> {
        self.held.front().map(|held| held.until)
    }
}

/// Says whether an entry is the report of a failure, and not told more about yet.
pub(super) fn tells_of(entry: &Entry, id: FailureId) -> bool {
    entry.is_open() && entry.event.failure().is_some_and(|failure| failure.id == id)
}

/// Says of which failure an entry tells more.
pub(super) fn adds_to(entry: &Entry) -> Option<FailureId> {
    entry.event.failure().filter(|failure| failure.stage != Stage::Raised).map(|failure| failure.id)
}

/// Longest that a report waits for what the functions around it say: most of them end within it.
pub(super) const HOLD: Duration = Duration::from_millis(200);
/// Reports that a lane holds at a time.
const MOST_HELD: usize = 100;
