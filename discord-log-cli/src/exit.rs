//! How the process ends: what its code means, and what is said when a command cannot do what it was asked.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::output::{BAD, BOLD};

/// What the help says of the codes.
pub(crate) const MEANING: &str = "\
Exit codes:
  0  fine
  1  something is wrong, and was told
  2  the command line is wrong
  3  not delivered yet: it waits in the journal for the next delivery
  `run` ends as its command does: with its code, or with 128 and the number of the signal";

/// How the process ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// Everything is as it should be.
    Fine,
    /// Something is wrong, and was told.
    Wrong,
    /// It waits in the journal for the next delivery.
    Waits,
    /// As the command ended that was run.
    Command(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Wrong => 1,
            Exit::Waits => 3,
            Exit::Command(code) => code,
        })
    }
}

/// Why a command ends before it is done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody reads any more, as behind `| head`: the end, and no failure.
    NobodyReads,
    /// What went wrong, and what to do about it: one sentence or two.
    Told(String),
}

impl Failure {
    /// Says what went wrong, where, and what to do.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self::Told(text.into())
    }

    /// Says it in words.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::NobodyReads => "nobody reads any more",
            Self::Told(text) => text,
        }
    }

    /// Says it on stderr, and how the process ends.
    pub(crate) fn tell(&self) -> Exit {
        match self {
            Self::NobodyReads => Exit::Fine,
            Self::Told(text) => {
                warn(text);
                Exit::Wrong
            }
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::Told(format!("the output cannot be written: {error}")),
        }
    }
}

/// Says something on stderr, where it is no part of what a command gives.
pub(crate) fn warn(text: impl Display) {
    // Without a place to say it, the exit code alone tells.
    let _ = writeln!(anstream::stderr(), "{BOLD}discord-log:{BOLD:#} {BAD}{text}{BAD:#}");
}
