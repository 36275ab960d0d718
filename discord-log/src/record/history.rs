//! The history as it is read: day by day, a line at a time, a piece of a file at a time. Files that grow meanwhile and
//! lines that are damaged are expected; lines of a kind that is not known here are passed over.
//!
//! A line says what it is about before its event is read, since most readers want few of them.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;

use super::archive;
use super::chunk::{self, Ending};
use super::counts::Counts;
use super::entry::EventId;
use super::storage::Storage;
use crate::event::{Event, Failure, Kind, Severity};

/// The folder of what was delivered.
#[derive(Clone, Debug)]
pub(crate) struct History {
    storage: Arc<dyn Storage>,
    folder: PathBuf,
}

/// A line of the history.
#[derive(Debug)]
pub(crate) enum Past<'a> {
    /// How the counters of a process changed.
    Counts(Counts),
    /// An event that is told in a message.
    Event(PastEvent<'a>),
}

/// What a line says of an event, before that is read.
#[derive(Debug)]
pub(crate) struct PastEvent<'a> {
    pub(crate) id: EventId,
    pub(crate) ending: Ending,
    pub(crate) kind: Kind,
    pub(crate) severity: Severity,
    pub(crate) channel: Cow<'a, str>,
    /// What it has to do with a failure that several events tell of.
    pub(crate) failure: Option<Failure>,
    json: &'a [u8],
}

impl PastEvent<'_> {
    /// Reads the event; nothing where it is damaged.
    pub(crate) fn event(&self) -> Option<Event> {
        chunk::decode_ended(self.json)
    }
}

/// As much of a line as says what it is.
#[derive(Debug, Deserialize)]
struct Head<'a> {
    #[serde(default)]
    counts: Option<Counts>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(default)]
    ending: Option<Ending>,
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    severity: Option<Severity>,
    #[serde(borrow, default)]
    channel: Option<Cow<'a, str>>,
    #[serde(default)]
    failure: Option<Failure>,
}

impl History {
    pub(super) fn of(storage: Arc<dyn Storage>, service: &Path) -> Self {
        Self { storage, folder: service.join(archive::HISTORY) }
    }

    /// Lists the days that have a file, by UTC, the oldest first.
    pub(crate) fn days(&self) -> io::Result<Vec<Date>> {
        let names = match self.storage.names(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            names => names?,
        };
        let mut days: Vec<Date> =
            names.iter().filter_map(|name| name.strip_suffix(archive::HISTORY_SUFFIX)?.parse().ok()).collect();
        days.sort_unstable();
        Ok(days)
    }

    /// Reads the lines of a day; gives how many are damaged. A file that is gone meanwhile has none.
    pub(crate) fn read(&self, day: Date, each: &mut dyn FnMut(Past<'_>)) -> io::Result<u64> {
        let file = self.folder.join(archive::history_name(day));
        let (mut offset, mut rest, mut damaged) = (0, Vec::new(), 0);
        loop {
            let part = match self.storage.read_part(&file, offset, PART) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(damaged),
                part => part?,
            };
            if part.is_empty() {
                // What has no end yet is being written, or was cut.
                return Ok(damaged);
            }
            offset += part.len() as u64;
            let Some(end) = part.iter().rposition(|byte| *byte == b'\n') else {
                rest.extend(part);
                if rest.len() > MOST_OF_A_LINE {
                    rest.clear();
                }
                continue;
            };
            let (lines, after) = part.split_at_checked(end + 1).unwrap_or((&part, &[]));
            rest.extend_from_slice(lines);
            for line in rest.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                match chunk::checked(line) {
                    Some(json) => {
                        if let Some(past) = past(json) {
                            each(past);
                        }
                    }
                    None => damaged += 1,
                }
            }
            rest = after.to_vec();
        }
    }
}

fn past(json: &[u8]) -> Option<Past<'_>> {
    let head: Head<'_> = serde_json::from_slice(json).ok()?;
    if let Some(counts) = head.counts {
        return Some(Past::Counts(counts));
    }
    Some(Past::Event(PastEvent {
        id: head.id?.parse().ok()?,
        ending: head.ending?,
        kind: head.kind?,
        severity: head.severity?,
        channel: head.channel?,
        failure: head.failure,
        json,
    }))
}

/// Bytes that are read at once.
const PART: usize = 1024 * 1024;
/// Bytes of a line, beyond which it is no line of ours: the text of an event is at most 256 KiB, six times that in JSON.
const MOST_OF_A_LINE: usize = 8 * 1024 * 1024;
