//! The lines of one file, read a piece at a time. What is damaged costs its own line: reading goes on behind it.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crate::event::{Event, StoredEvent};
use crate::record::storage::Storage;
use crate::record::{Ending, EventId, chunk};

/// One line of a file of the journal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// Where it begins in its file, in bytes.
    pub offset: u64,
    /// How many bytes it has, with its end.
    pub bytes: u64,
    /// What stands in it.
    pub content: Content,
}

/// What stands in a line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Content {
    /// Something that was not written so: its checksum is another.
    Damaged,
    /// An event.
    Event(Box<Record>),
    /// Something else, as JSON: what this version does not know.
    Other(String),
}

/// An event as the journal keeps it.
#[derive(Clone, Debug)]
pub struct Record {
    pub(crate) id: EventId,
    pub(crate) event: Event,
    pub(crate) fate: Fate,
    pub(crate) json: Box<str>,
}

/// What became of an event.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fate {
    /// Discord refused it for good.
    Buried {
        /// When.
        at: Timestamp,
        /// What Discord said.
        reason: String,
    },
    /// A message tells its number among those of the same problem; this line stands for all that were counted with it.
    Counted {
        /// When Discord confirmed the message.
        at: Timestamp,
        /// The message.
        message: Option<String>,
        /// How many occurrences this line stands for.
        occurrences: u64,
    },
    /// A message tells it.
    Delivered {
        /// When Discord confirmed the message.
        at: Timestamp,
        /// The message; none where the local log told it.
        message: Option<String>,
    },
    /// It is on its way.
    Waiting,
}

impl Record {
    fn of(json: &[u8]) -> Option<Self> {
        // Twice over the same text: half the cost of one structure that holds both.
        let named: Named = serde_json::from_slice(json).ok()?;
        let stored: StoredEvent<'_> = serde_json::from_slice(json).ok()?;
        let json = std::str::from_utf8(json).ok()?.into();
        Some(Self { id: named.id.parse().ok()?, event: stored.into(), fate: named.ending.into(), json })
    }

    /// Gives the event.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Says what became of it.
    #[must_use]
    pub fn fate(&self) -> &Fate {
        &self.fate
    }

    /// Gives the whole line without its checksum: everything that is known, as one JSON object.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Gives the 26 characters that name the event, of which the first ten tell the time.
    #[must_use]
    pub fn id(&self) -> String {
        self.id.whole()
    }

    /// Gives the ten characters that name it in the footer of its message.
    #[must_use]
    pub fn short_id(&self) -> String {
        self.id.to_string()
    }
}

#[derive(Deserialize)]
struct Named {
    id: String,
    #[serde(default)]
    ending: Option<Ending>,
}

impl Fate {
    /// Says when it ended; nothing while it waits.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Buried { at, .. } | Self::Counted { at, .. } | Self::Delivered { at, .. } => Some(*at),
            Self::Waiting => None,
        }
    }

    /// Gives the message that tells it, where there is one.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Counted { message, .. } | Self::Delivered { message, .. } => message.as_deref(),
            Self::Buried { .. } | Self::Waiting => None,
        }
    }
}

impl From<Option<Ending>> for Fate {
    fn from(ending: Option<Ending>) -> Self {
        match ending {
            Some(Ending::Buried { at, reason }) => Self::Buried { at, reason },
            Some(Ending::Counted { at, message, occurrences }) => Self::Counted { at, message, occurrences },
            Some(Ending::Delivered { at, message }) => Self::Delivered { at, message },
            None => Self::Waiting,
        }
    }
}

/// Walks over the lines of a file from a place in it on.
///
/// Holds a quarter of a MiB and the line that is being read, whatever the file is. At the end of the file it gives `None`,
/// and goes on when it is asked again after more was written. A file that is gone gives nothing more.
#[derive(Debug)]
pub struct Lines {
    storage: Arc<dyn Storage>,
    path: PathBuf,
    /// Where the buffer begins in the file.
    offset: u64,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are read.
    read: usize,
    /// Bytes of a line too long to be one, which ends behind the buffer.
    passed: u64,
    /// Lines whose events are settled, and are not told.
    settled: BTreeSet<usize>,
    place: usize,
    /// The file was written whole: what follows its last line is one.
    is_whole: bool,
}

impl Lines {
    pub(super) fn new(storage: Arc<dyn Storage>, path: PathBuf, offset: u64) -> Self {
        let (buffer, settled) = (Vec::new(), BTreeSet::new());
        Self { storage, path, offset, buffer, read: 0, passed: 0, settled, place: 0, is_whole: false }
    }

    pub(super) fn of_whole_file(self, settled: BTreeSet<usize>) -> Self {
        Self { is_whole: true, settled, ..self }
    }

    /// Says where the next line begins; reading may go on there later.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset + self.read as u64 - self.passed
    }

    /// Says how many bytes stand behind the last whole line: one that is being written, or was when its process died.
    #[must_use]
    pub fn unfinished(&self) -> u64 {
        self.rest().len() as u64 + self.passed
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.read..).unwrap_or_default()
    }

    /// Reads on; says whether there was more.
    fn refill(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.read);
        self.offset += self.read as u64;
        self.read = 0;
        if self.buffer.len() > LONGEST_LINE {
            self.passed += self.buffer.len() as u64;
            self.offset += self.buffer.len() as u64;
            self.buffer.clear();
        }
        let from = self.offset + self.buffer.len() as u64;
        let more = super::if_there(self.storage.read_part(&self.path, from, PIECE))?;
        self.buffer.extend_from_slice(&more);
        Ok(!more.is_empty())
    }

    /// Takes a line of so many bytes, of which the end is one or none.
    fn take(&mut self, length: usize, end: usize) -> Option<Line> {
        let (offset, place) = (self.offset(), self.place);
        let content = if std::mem::take(&mut self.passed) > 0 {
            Content::Damaged
        } else {
            let line = self.rest().get(..length).unwrap_or_default();
            let content = content_of(line);
            if let (Content::Damaged, Some(start)) = (&content, next_start(line)) {
                // A process died while it wrote; the next one wrote on in the same line.
                self.read += start;
                return Some(Line { offset, bytes: start as u64, content });
            }
            content
        };
        self.read += length + end;
        self.place += 1;
        let bytes = self.offset() - offset;
        let is_told = !self.settled.contains(&place) && bytes > end as u64;
        is_told.then_some(Line { offset, bytes, content })
    }
}

impl Iterator for Lines {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        let mut searched = 0;
        loop {
            let end = self.rest().iter().skip(searched).position(|byte| *byte == b'\n');
            if let Some(end) = end {
                match self.take(searched + end, 1) {
                    Some(line) => return Some(Ok(line)),
                    None => searched = 0,
                }
                continue;
            }
            searched = self.rest().len();
            match self.refill() {
                Ok(true) => searched = searched.min(self.buffer.len()),
                Ok(false) if self.is_whole && self.unfinished() > 0 => {
                    let length = self.rest().len();
                    return self.take(length, 0).map(Ok);
                }
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn content_of(line: &[u8]) -> Content {
    let Some(json) = chunk::checked(line) else { return Content::Damaged };
    match Record::of(json) {
        Some(record) => Content::Event(Box::new(record)),
        None => Content::Other(String::from_utf8_lossy(json).into_owned()),
    }
}

/// Finds where within a damaged line a whole one begins.
fn next_start(line: &[u8]) -> Option<usize> {
    let begins = line.windows(2).enumerate().filter(|(_, two)| *two == b" {").map(|(space, _)| space + 1);
    let starts = begins.filter_map(|json| json.checked_sub(chunk::SUM)).filter(|start| *start > 0);
    starts.take(MOST_STARTS).find(|start| line.get(*start..).is_some_and(|rest| chunk::checked(rest).is_some()))
}

/// Bytes that are read at once.
const PIECE: usize = 256 * 1024;
/// Bytes of the longest line: a text of 256 KiB of which every character is escaped, and what has joined it.
const LONGEST_LINE: usize = 4 * 1024 * 1024;
/// Places at which a damaged line is looked at again: each costs a checksum of the rest.
const MOST_STARTS: usize = 16;
