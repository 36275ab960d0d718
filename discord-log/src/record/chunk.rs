//! A chunk: one file of undelivered events of a strand, one line an event, each with its checksum.
//!
//! ```text
//! errors/00000000000000000041-3-error.jsonl      number of the first event, how many, the most severe
//!
//! 8d3f2a10 {"id":"01KB…","at":"2026-05-01T10:00:00Z","kind":"error", …}
//! ```
//!
//! The name says what counting, ordering and eviction need, so that these read no file. Damage costs the damaged
//! lines.

use std::fmt;
use std::io::Write;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{Entry, EventId, Seq};
use crate::event::{Event, Severity, StoredEvent};

/// What a chunk's name says.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct ChunkName {
    /// The number of the first event in the process that wrote it.
    pub(super) first: Seq,
    pub(super) events: usize,
    pub(super) top: Severity,
}

impl ChunkName {
    /// Names the chunk of some events; nothing for none.
    pub(super) fn of(entries: &[Entry]) -> Option<Self> {
        let top = entries.iter().map(|entry| entry.event.severity()).max()?;
        Some(Self { first: entries.first()?.seq, events: entries.len(), top })
    }
}

impl fmt::Display for ChunkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:020}-{}-{}.jsonl", self.first.0, self.events, self.top.name())
    }
}

impl FromStr for ChunkName {
    type Err = NotAChunk;

    fn from_str(name: &str) -> Result<Self, NotAChunk> {
        let mut parts = name.strip_suffix(".jsonl").ok_or(NotAChunk)?.splitn(3, '-');
        let mut part = || parts.next().ok_or(NotAChunk);
        let first = part()?.parse().map(Seq).map_err(|_| NotAChunk)?;
        let events = part()?.parse().map_err(|_| NotAChunk)?;
        let top = part()?.parse().map_err(|_| NotAChunk)?;
        // A name that somebody made up must not make us count to a billion.
        if events == 0 || events > MOST_EVENTS { Err(NotAChunk) } else { Ok(Self { first, events, top }) }
    }
}

/// Most events of a chunk: few enough that a repeat is short, and that a usual file stays below 256 KiB.
pub(super) const MOST_EVENTS: usize = 100;

/// Bytes of a line before its JSON.
pub(super) const SUM: usize = 9;

/// A file in the journal that is no chunk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct NotAChunk;

/// One line of a file, and what it says beside the event.
#[derive(Debug, Serialize, Deserialize)]
struct Line<'a, Mark> {
    id: String,
    #[serde(flatten)]
    mark: Mark,
    #[serde(flatten)]
    event: StoredEvent<'a>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Waiting {}

/// How an event ended, as its line in the history or among the dead says it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// A message tells that the problem of which it is occurred again.
    #[non_exhaustive]
    Counted {
        /// When Discord said so.
        at: Timestamp,
        /// Discord's id of the message, if it said one.
        message: Option<String>,
        /// How many occurrences ended together with it.
        occurrences: u64,
    },
    /// A message tells it.
    #[non_exhaustive]
    Delivered {
        /// When Discord said so.
        at: Timestamp,
        /// Discord's id of the message, if it said one.
        message: Option<String>,
    },
    /// Discord refused it for good.
    #[non_exhaustive]
    Buried {
        /// When Discord said so.
        at: Timestamp,
        /// What Discord said.
        reason: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Ended {
    ending: Ending,
}

/// Writes a chunk's content.
pub(super) fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    entries.iter().for_each(|entry| encode_line(&mut bytes, entry.id, Waiting {}, &entry.event));
    bytes
}

/// Writes the line of an event that ended.
pub(super) fn encode_ended(bytes: &mut Vec<u8>, entry: &Entry, ending: &Ending) {
    encode_line(bytes, entry.id, Ended { ending: ending.clone() }, &entry.event);
}

fn encode_line<Mark: Serialize>(bytes: &mut Vec<u8>, id: EventId, mark: Mark, event: &Event) {
    let line = Line { id: id.whole(), mark, event: StoredEvent::from(event) };
    // Text, numbers and lists: there is nothing in a line that JSON cannot hold, nor a write to memory that fails.
    encode_json(bytes, &serde_json::to_vec(&line).unwrap_or_default());
}

/// Writes a line of JSON with its checksum.
pub(super) fn encode_json(bytes: &mut Vec<u8>, json: &[u8]) {
    let _ = write!(bytes, "{:08x} ", crc32fast::hash(json));
    bytes.extend_from_slice(json);
    bytes.push(b'\n');
}

/// Reads a chunk's content as far as it is whole: its events, each with its place.
pub(super) fn decode(bytes: &[u8]) -> Vec<(usize, EventId, Event)> {
    let lines = bytes.split(|byte| *byte == b'\n').take(MOST_EVENTS).enumerate();
    lines.filter_map(|(place, line)| decode_line(line).map(|(id, event)| (place, id, event))).collect()
}

/// Takes the checksum off a line, if it is the one of the rest.
pub(super) fn checked(line: &[u8]) -> Option<&[u8]> {
    let (sum, json) = line.split_at_checked(SUM)?;
    let sum = std::str::from_utf8(sum).ok()?.strip_suffix(' ')?;
    (u32::from_str_radix(sum, 16).ok()? == crc32fast::hash(json)).then_some(json)
}

/// Reads the event of a line that says how it ended, without its checksum.
pub(super) fn decode_ended(json: &[u8]) -> Option<Event> {
    let line: Line<'_, Ended> = serde_json::from_slice(json).ok()?;
    Some(line.event.into())
}

fn decode_line(line: &[u8]) -> Option<(EventId, Event)> {
    let json = checked(line)?;
    let line: Line<'_, Waiting> = serde_json::from_slice(json).ok()?;
    Some((EventId(Ulid::from_string(&line.id).ok()?), line.event.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry> {
        let events = Event::one_of_each().into_iter().zip(1_u64..);
        events
            .map(|(event, seq)| Entry::new(Seq(seq), EventId::new(Timestamp::UNIX_EPOCH, seq.into()), event))
            .collect()
    }

    #[test]
    fn a_name_says_what_it_was_made_of() {
        let name = ChunkName::of(&entries()).expect("a name");
        assert_eq!(name.to_string(), format!("{:020}-{}-critical.jsonl", 1, entries().len()));
        assert_eq!(name.to_string().parse(), Ok(name));
        for other in
            ["", "lock", "1-2-info.json", "1-2-loud.jsonl", "1-0-info.jsonl", "1-101-info.jsonl", "x-1-info.jsonl"]
        {
            assert_eq!(other.parse::<ChunkName>(), Err(NotAChunk), "{other}");
        }
    }

    /// Cutting a file costs the lines that were cut, and no other.
    #[test]
    fn a_cut_at_every_byte_costs_what_was_cut() {
        let entries = entries();
        let bytes = encode(&entries);
        let ends: Vec<_> = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect();
        for cut in 0..=bytes.len() {
            let read = decode(&bytes[..cut]);
            let whole = ends.iter().filter(|end| **end <= cut).count();
            assert_eq!(read.len(), whole, "cut at {cut}");
            for (place, id, event) in read {
                assert_eq!(id, entries[place].id);
                assert_eq!(format!("{event:?}"), format!("{:?}", entries[place].event));
            }
        }
    }

    /// A byte that flips costs the line it is in; a new line in the midst of one costs that line, and those after it
    /// keep their numbers or are lost, but nothing is read that was not written.
    #[test]
    fn a_flip_of_any_byte_reads_nothing_that_was_not_written() {
        let entries = entries();
        let bytes = encode(&entries);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            let read = decode(&damaged);
            let written = |id: &EventId| entries.iter().any(|entry| entry.id == *id);
            assert!(read.iter().all(|(_, id, _)| written(id)), "byte {at}");
            assert!(read.len() >= entries.len() - 2, "byte {at} costs {}", entries.len() - read.len());
        }
    }
}
