//! Times a call, if anybody wants to know.

use std::time::Duration;

use crate::event::Kind;
use crate::logger::{self, Tick};

/// The time of one call; a future is timed from its first poll.
#[derive(Debug)]
pub(crate) enum Stopwatch {
    Fresh,
    /// Nobody listened when the call began, or it was told already.
    Idle,
    Running(Tick),
}

impl Stopwatch {
    /// Begins to count at the first call, if somebody listens.
    #[inline]
    pub(crate) fn start(&mut self, kind: Kind) {
        if matches!(self, Self::Fresh) {
            *self = if logger::listens(kind) { Self::Running(Tick::now()) } else { Self::Idle };
        }
    }

    /// Gives the time once; nothing if nobody listened or it was given already.
    #[inline]
    pub(crate) fn stop(&mut self) -> Option<Duration> {
        match std::mem::replace(self, Self::Idle) {
            Self::Running(tick) => Some(tick.elapsed()),
            Self::Fresh | Self::Idle => None,
        }
    }
}
