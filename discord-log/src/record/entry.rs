//! One event in the journal.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use ulid::Ulid;

use crate::event::Event;

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

    /// All 26 characters, of which the first ten tell the time.
    pub(super) fn whole(self) -> String {
        let mut buffer = [0; ulid::ULID_LEN];
        self.0.array_to_str(&mut buffer).to_owned()
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
}

impl Entry {
    pub(crate) fn new(seq: Seq, id: EventId, event: Event) -> Self {
        Self { seq, id, event: Arc::new(event), may_repeat: false }
    }
}
