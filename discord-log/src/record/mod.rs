//! The journal: what was accepted and is not yet delivered.
//!
//! The recorder appends; the sender takes entries to deliver them, and acknowledges or buries each one. Until then an
//! entry is *waiting*, whether it was taken or not. Invariants:
//!
//! - sequence numbers grow and are never reused;
//! - an entry that was appended is acknowledged, buried, released or shed exactly once, and whoever ends it counts it;
//! - neither side waits for the other: a call holds the lock for a few moves and never does I/O under it.

mod entry;
mod memory;

use std::fmt::Debug;

pub(crate) use self::entry::{Entry, EventId, Seq};
pub(crate) use self::memory::MemoryJournal;

use crate::event::{Channel, Event};

/// What this step needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Most undelivered messages that a channel keeps in memory.
    pub(crate) queue_size: usize,
}

/// Keeps undelivered events; the same interface whether they are kept in memory or on disk.
pub(crate) trait Journal: Debug + Send + Sync {
    /// Keeps events, and gives back how many older or lesser ones had to go for them.
    fn append(&self, events: &mut dyn Iterator<Item = Event>) -> u64;

    /// Lists the channels that have entries which nobody took, with the most urgent first among equals.
    fn backlog(&self) -> Vec<Channel>;

    /// Hands out the next entries of a channel, at most `most`; errors and critical events first, but finance in order.
    fn take(&self, channel: Channel, most: usize) -> Vec<Entry>;

    /// Ends entries that were taken and are delivered, buried or given up.
    fn settle(&self, entries: &[Entry]);

    /// Gives the number of the entry appended last.
    fn last(&self) -> Seq;

    /// Lists the channels that have an entry, taken or not, with a number up to `upto`.
    fn waiting(&self, upto: Seq) -> Vec<Channel>;
}
