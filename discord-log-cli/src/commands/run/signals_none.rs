//! Where there are no signals to hand on.

use std::io;
use std::process::{Child, ExitStatus};

/// Nothing is caught.
pub(super) struct Forwarded;

impl Forwarded {
    pub(super) fn catch() -> Self {
        Self
    }

    /// Waits until the command has ended.
    pub(super) fn wait(self, child: &mut Child) -> io::Result<ExitStatus> {
        child.wait()
    }
}

/// No signal ends a process.
pub(super) fn signal_of(_: ExitStatus) -> Option<i32> {
    None
}

/// Names a signal.
pub(super) fn name_of(signal: i32) -> String {
    format!("signal {signal}")
}
