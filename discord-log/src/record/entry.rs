//! One event in the journal.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use ulid::Ulid;

use crate::event::{Event, Severity, Stage};

/// The place of an entry in the order in which this process got to know of it.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Seq(pub(crate) u64);

impl Seq {
    pub(crate) const fn next(self) -> Self {
        self.plus(1)
    }

    pub(super) const fn plus(self, entries: usize) -> Self {
        Self(self.0.saturating_add(entries as u64))
    }
}

/// Names an event for people: shown in the message's footer, so that a repeat can be told from a second event.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct EventId(pub(super) Ulid);

impl EventId {
    pub(crate) fn new(at: Timestamp, random: u128) -> Self {
        Self(Ulid::from_parts(u64::try_from(at.as_millisecond()).unwrap_or(0), random))
    }

    /// When it occurred, to the millisecond.
    pub(crate) fn at(self) -> Timestamp {
        let at = i64::try_from(self.0.timestamp_ms()).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
        at.unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// All 26 characters, of which the first ten tell the time.
    pub(crate) fn whole(self) -> String {
        let mut buffer = [0; ulid::ULID_LEN];
        self.0.array_to_str(&mut buffer).to_owned()
    }
}

impl FromStr for EventId {
    type Err = ulid::DecodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ulid::from_string(text).map(Self)
    }
}

/// The last ten of 26 characters, fifty random bits: short enough for a footer, unlike any other for years.
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = [0; ulid::ULID_LEN];
        f.write_str(self.0.array_to_str(&mut buffer).get(16..).unwrap_or_default())
    }
}

/// An event with its place and its name.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) seq: Seq,
    pub(crate) id: EventId,
    /// Shared by whoever delivers it and whoever writes it.
    pub(crate) event: Arc<Event>,
    /// An earlier process may have delivered it.
    pub(crate) may_repeat: bool,
    /// An earlier process, or an earlier guard of this one, accepted it.
    pub(crate) is_adopted: bool,
    /// Where the journal keeps it, whatever the event takes in later.
    pub(super) severity: Severity,
    /// What was told later of the same failure, and stands in the event by now.
    joined: Vec<Self>,
    /// The calls that it counts: what the event itself said, until others joined it.
    repeats: u64,
}

impl Entry {
    pub(crate) fn new(seq: Seq, id: EventId, event: Event) -> Self {
        let (severity, repeats) = (event.severity(), event.repeats());
        let event = Arc::new(event);
        Self { seq, id, event, may_repeat: false, is_adopted: false, severity, joined: Vec::new(), repeats }
    }

    /// Takes in what was told later of the same failure; from now on the two end together.
    pub(crate) fn absorb(&mut self, later: Self) {
        self.repeats += later.repeats;
        self.show(&later);
        self.joined.push(later);
    }

    /// Takes in only the content of what was told later.
    pub(crate) fn show(&mut self, later: &Self) {
        Arc::make_mut(&mut self.event).absorb(&later.event);
    }

    /// The entry as a message tells it, without what ends with it.
    pub(crate) fn told(&self) -> Self {
        Self { joined: Vec::new(), ..self.clone() }
    }

    /// Of an entry that is only counted the event is not kept: another of the same channel stands for it.
    pub(crate) fn lightened(self, like: &Arc<Event>) -> Self {
        Self { event: Arc::clone(like), ..self }
    }

    /// Gives the entry and what has joined it, each by itself; the entry first, so that a crash between the two leaves
    /// no report without what was told later.
    pub(super) fn flatten(mut self) -> impl Iterator<Item = Self> {
        let joined = std::mem::take(&mut self.joined);
        std::iter::once(self).chain(joined)
    }

    /// Says whether it only adds to the report of a failure.
    pub(crate) fn is_follow_up(&self) -> bool {
        self.event.failure().is_some_and(|failure| failure.stage != Stage::Raised)
    }

    /// Says whether its failure may be told more about.
    pub(crate) fn is_open(&self) -> bool {
        self.joined.is_empty() && self.event.failure().is_some_and(|failure| failure.stage == Stage::Raised)
    }

    /// How many calls failed alike and are told by this entry alone.
    pub(crate) const fn repeats(&self) -> u64 {
        self.repeats
    }

    /// How many events have joined it.
    pub(crate) fn joined(&self) -> u64 {
        self.joined.len() as u64
    }

    /// How many accepted events end with it.
    pub(crate) fn weight(&self) -> u64 {
        1 + self.joined() + self.repeats()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::FailureId;

    #[test]
    fn what_has_joined_an_entry_ends_with_it_and_is_counted_once() {
        let id = EventId::new(Timestamp::UNIX_EPOCH, 0);
        let failure = FailureId::new();
        let raised = Event::system_event("Import", "failed").of_failure(failure, Stage::Raised);
        let later = Event::startup().of_failure(failure, Stage::Recovered).recovered_in("retry").repeated(2);
        let mut entry = Entry::new(Seq(7), id, raised.repeated(3));
        assert!(entry.is_open() && !entry.is_follow_up());
        assert_eq!(entry.weight(), 4);
        let journalled = Arc::clone(&entry.event);
        entry.absorb(Entry::new(Seq(9), id, later.with_severity(Severity::Critical)));
        assert!(!entry.is_open());
        assert_eq!((entry.repeats(), entry.weight()), (5, 7));
        assert_eq!((entry.severity, entry.event.severity()), (Severity::Info, Severity::Critical));
        assert_eq!(journalled.repeats(), 3, "what the journal has stays as it was");
        let seqs: Vec<_> = entry.flatten().map(|entry| entry.seq.0).collect();
        assert_eq!(seqs, [7, 9], "the report first");
    }
}
