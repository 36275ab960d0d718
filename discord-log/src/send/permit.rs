//! What goes out of the engine and comes back: the right to send a request, why there is none, and what has to become
//! of a message.

use std::time::Instant;

/// Which lane; as long as the engine lives.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct LaneId(pub(super) usize);

/// The right to send one request; given back through [`Engine::complete`](super::Engine::complete), or unused.
#[derive(Debug)]
#[must_use = "a lane sends nothing more before its permit is given back"]
pub(crate) struct Permit {
    pub(super) lane: LaneId,
    pub(super) at: Instant,
    pub(super) url: String,
}

impl Permit {
    pub(crate) const fn lane(&self) -> LaneId {
        self.lane
    }

    /// Gives the address to call, token and all.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

/// The right to ask once which Discord channel a webhook belongs to; given back through
/// [`Engine::introduced`](super::Engine::introduced).
#[derive(Debug)]
#[must_use = "the channel of a webhook is learnt from the answer alone"]
pub(crate) struct Introduction {
    pub(super) lane: LaneId,
    pub(super) url: String,
}

impl Introduction {
    pub(crate) const fn lane(&self) -> LaneId {
        self.lane
    }

    /// Gives the address to call, token and all.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

/// Why there is no permit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Denied {
    /// Not before an answer that is on its way: the lane's own, or that of another one on which it depends.
    Busy,
    /// The webhook is gone.
    Closed,
    /// Not before this moment.
    Until(Instant),
}

/// What a permit was used for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sent {
    /// A message was changed, which is in a thread or not.
    Edit { in_thread: bool },
    /// A message was posted, which tells so many events, to a thread or not.
    Post { events: usize, in_thread: bool },
}

impl Sent {
    pub(super) const fn is_in_thread(self) -> bool {
        match self {
            Self::Edit { in_thread } | Self::Post { in_thread, .. } => in_thread,
        }
    }
}

/// A message that Discord has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Stored {
    /// Discord's name for it.
    pub(crate) id: String,
    /// The channel or thread that it is in.
    pub(crate) channel: Option<String>,
}

/// What is wrong with the place of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Misplaced {
    /// Its thread takes no changes any more: a new message there wakes it.
    Archived,
    /// Its thread is gone, or locked.
    Gone,
    /// The channel is a forum, in which every message is in a thread.
    NeedsThread,
    /// The channel is no forum, and opens no threads.
    NoForum,
}

/// What has to become of the message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// Send it again when there is a permit; with `may_repeat` it may have arrived already, with `is_fault` the message
    /// itself may be what breaks the server.
    Again { may_repeat: bool, is_fault: bool },
    /// The webhook is gone: nothing more goes there.
    Closed { reason: String },
    /// Discord has it, under this id if it said so.
    Delivered { message: Option<Stored> },
    /// It cannot be where it was to be.
    Misplaced(Misplaced),
    /// It will never be taken as it is.
    Refused { reason: String },
    /// The webhook takes nothing for a while, which people have to mend; send it again when there is a permit.
    Suspended { reason: String },
    /// The message that was to be changed is there no more.
    Vanished,
}

impl Outcome {
    /// The message did not arrive, and nothing is wrong with it.
    pub(super) const AGAIN: Self = Self::Again { may_repeat: false, is_fault: false };
}
