//! What the index keeps of one event.

use discord_log::journal::{Fate, Record};
use jiff::Timestamp;

/// What the index keeps of one event.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) key: Key,
    pub(super) offset: u64,
    pub(super) channel: String,
    pub(super) severity: i64,
    /// Milliseconds from when it occurred until Discord confirmed its message.
    pub(super) delay: Option<i64>,
    pub(super) occurrences: i64,
    pub(super) problem: Option<i64>,
    pub(super) text: String,
}

/// Microseconds since the Unix epoch, with room for many events in each.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Key(pub(super) i64);

impl Key {
    pub(super) fn of(at: Timestamp) -> Self {
        Self(at.as_microsecond().clamp(0, LAST) << ROOM)
    }

    pub(super) fn at(self) -> Timestamp {
        Timestamp::from_microsecond(self.0 >> ROOM).unwrap_or_default()
    }
}

/// Gives the key of an event, without the place among those of its microsecond.
pub(super) fn key_of(record: &Record) -> Key {
    Key::of(record.event().occurred_at())
}

/// The same without its place.
pub(super) fn moment(key: i64) -> i64 {
    key >> ROOM << ROOM
}

impl Item {
    pub(super) fn of(record: &Record, service: &str, offset: u64) -> Self {
        let event = record.event();
        let delay = match record.fate() {
            Fate::Delivered { at, .. } => Some(at.duration_since(event.occurred_at()).as_millis() as i64),
            _ => None,
        };
        let occurrences = match record.fate() {
            Fate::Counted { occurrences, .. } => i64::try_from(*occurrences).unwrap_or(i64::MAX),
            _ => 1,
        };
        let problem = record.fingerprint().and_then(|problem| number_of(&problem));
        let mut text = record.headline(service);
        text.push('\n');
        text.push_str(&record.short_id());
        text.push('\n');
        text.push_str(&record.text());
        Self {
            key: key_of(record),
            offset,
            channel: event.channel().name().to_owned(),
            severity: event.severity() as i64,
            delay: delay.map(|delay| delay.max(0)),
            occurrences,
            problem,
            text,
        }
    }
}

/// The number behind the 16 digits of a problem, in the integers that SQLite has.
pub(super) fn number_of(problem: &str) -> Option<i64> {
    u64::from_str_radix(problem, 16).ok().map(u64::cast_signed)
}

/// Events that a microsecond has room for, in bits: the rest holds until the year 2041.
const ROOM: u32 = 12;
const LAST: i64 = i64::MAX >> ROOM;
