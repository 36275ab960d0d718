//! The journal: what was accepted and is not yet delivered.
//!
//! The recorder appends and persists; the sender takes entries to deliver them, and settles each one. Until then an
//! entry is *waiting*, whether it was taken or not. Invariants:
//!
//! - sequence numbers grow and are never reused;
//! - an entry that was appended is settled or lost exactly once, and whoever ends it counts it;
//! - neither side waits for the other: a call holds the lock for a few moves and never does I/O under it; all I/O is
//!   the recorder's, in [`Journal::persist`].

mod archive;
mod backlog;
mod chunk;
mod closed;
mod counts;
mod entry;
mod history;
mod home;
mod memory;
mod on_disk;
mod open_messages;
#[cfg(feature = "journal")]
pub(crate) mod outside;
mod runs;
mod storage;
mod strand;
mod summaries;

use std::fmt::Debug;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use self::chunk::Ending;

pub(crate) use self::closed::{Closure, Closures};
pub(crate) use self::counts::{Counts, FunctionCounts};
pub(crate) use self::entry::{Entry, EventId, Seq};
pub(crate) use self::history::{History, Past, PastEvent};
pub(crate) use self::memory::MemoryJournal;
pub(crate) use self::on_disk::DiskJournal;
pub(crate) use self::runs::Run;
pub(crate) use self::storage::{Disk, Lock};
#[cfg(test)]
pub(crate) use self::storage::{Failing, PowerCut, Storage};
pub(crate) use self::summaries::{Claim, Summaries};

use crate::event::{Channel, Event};

/// What this step needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Most undelivered messages that a channel keeps in memory.
    pub(crate) queue_size: usize,
    /// Where files are kept; nowhere: in memory alone.
    pub(crate) dir: Option<PathBuf>,
    /// Whose events these are; nothing is adopted across it.
    pub(crate) namespace: String,
    /// Most bytes of files.
    pub(crate) most_bytes: u64,
    /// How long what has ended is kept, and at the most what has not.
    pub(crate) retention: Duration,
}

impl Settings {
    /// Most events that a channel keeps in memory.
    fn events_in_memory(&self) -> usize {
        self.queue_size.saturating_mul(EVENTS_PER_MESSAGE)
    }
}

/// Events that one message can carry, so that a setting in messages bounds events.
const EVENTS_PER_MESSAGE: usize = 10;

/// The time, on both clocks: intervals by the one that never jumps, names and ages by the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) instant: Instant,
    pub(crate) wall: Timestamp,
}

/// Names the directory of a process in the journal: no other has had the same, and the oldest come first.
pub(crate) fn instance(now: Timestamp) -> String {
    let (at, process, random) = (now.as_millisecond(), std::process::id(), fastrand::u32(..));
    format!("{at:013}-{process}-{random:08x}")
}

/// What came of a look at the files.
#[derive(Debug, Default)]
pub(crate) struct Persisted {
    /// When there is something to do next.
    pub(crate) again: Option<Instant>,
    /// Something can be taken, or was settled for good, that could not before.
    pub(crate) is_news: bool,
    /// Events of earlier processes that wait here from now on; they can be taken from the next look on, so that
    /// whoever counts them has counted them by then.
    pub(crate) adopted: u64,
    /// Earlier processes that ended without saying so.
    pub(crate) unclean: usize,
    /// Events that had to go for want of room.
    pub(crate) evicted: u64,
    /// Events that were damaged.
    pub(crate) damaged: u64,
    /// What people should know.
    pub(crate) troubles: Vec<String>,
}

/// What waits in one channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Load {
    pub(crate) channel: Channel,
    pub(crate) events: u64,
    /// When the oldest of those in memory occurred; those in files alone are younger, but for what was just adopted.
    pub(crate) oldest: Option<Timestamp>,
}

/// Names a moment in the order in which entries were settled.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Ticket(u64);

/// Keeps undelivered events; the same interface whether they are kept in memory or on disk.
pub(crate) trait Journal: Debug + Send + Sync {
    /// Keeps events, and gives back how many older or lesser ones had to go for them.
    fn append(&self, events: &mut dyn Iterator<Item = Event>, now: Instant) -> u64;

    /// Keeps an event under a name that was given to it before.
    fn append_named(&self, _id: EventId, event: Event, now: Instant) -> u64 {
        self.append(&mut std::iter::once(event), now)
    }

    /// Does what is due on the disk, or all of it. May take as long as the disk does, and is called by the recorder
    /// alone.
    fn persist(&self, _now: Now, _all: bool) -> Persisted {
        Persisted::default()
    }

    /// Ends the journal of this process; nothing may be asked of it any more.
    fn end(&self) {}

    /// Says whether earlier processes' events are known, and which webhooks are closed.
    fn is_ready(&self) -> bool {
        true
    }

    /// Says whether what waits is still there for the next process.
    fn outlives_the_process(&self) -> bool {
        false
    }

    /// Says whether everything accepted so far would outlive this process.
    fn is_written(&self) -> bool {
        true
    }

    /// Lists the channels that have entries which can be taken now, the one with the most severe first.
    fn backlog(&self) -> Vec<Channel>;

    /// Hands out the next entries of a channel, about `most`; errors and critical events first, with a share for the
    /// rest, but finance in order.
    fn take(&self, channel: Channel, most: usize) -> Vec<Entry>;

    /// Ends entries that were taken, with what has joined them, and says how; without an ending they were given up.
    fn settle(&self, entries: Vec<Entry>, ending: Option<&Ending>) -> Ticket;

    /// Says whether what was settled up to then would not be delivered again by the next process.
    fn is_kept(&self, _ticket: Ticket) -> bool {
        true
    }

    /// Says which webhooks are closed.
    fn closures(&self) -> Closures {
        Closures::new()
    }

    /// Remembers that webhooks are closed.
    fn close(&self, _closures: Closures) {}

    /// Keeps for the next process what a message tells that may still change, or forgets it; before anything is settled
    /// that it tells.
    fn keep_open(&self, _message: &str, _state: Option<Vec<u8>>) {}

    /// Takes what earlier processes kept of messages that may still change, each once, by their names.
    fn take_open(&self) -> Vec<(String, Vec<u8>)> {
        Vec::new()
    }

    /// Gives what processes of this service have noted of problems, as far as it is kept.
    fn problems(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Notes lines about problems for later processes.
    fn note_problems(&self, _lines: Vec<u8>) {}

    /// Says how much waits in each channel, taken or not; asked by whoever wants to know how the logger is.
    fn load(&self) -> Vec<Load>;

    /// Gives how the last process of this service ended, if it noted that. Each is asked for once.
    fn last_run(&self) -> Option<Run> {
        None
    }

    /// Notes how this process ended, for the next one.
    fn note_run(&self, _run: &Run) {}

    /// Notes in the history how the counters of this process changed; says whether that need not be tried again. May take
    /// as long as the disk does, and is called by the recorder alone.
    fn note_counts(&self, _counts: &Counts) -> bool {
        true
    }

    /// Gives what was delivered, where that is kept.
    fn history(&self) -> Option<History> {
        None
    }

    /// Gives who has summarised what, where there is a history.
    fn summaries(&self) -> Option<Summaries> {
        None
    }

    /// Gives the number of the newest entry.
    fn last(&self) -> Seq;

    /// Lists the channels that have an entry, taken or not, with a number up to `upto`.
    fn waiting(&self, upto: Seq) -> Vec<Channel>;
}
