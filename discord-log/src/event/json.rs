//! The line of an event in a file, as [`StoredEvent`](super::StoredEvent) would write it and at a fraction of the cost:
//! no copies of texts, and the date of a second is worked out once.

use jiff::Timestamp;

use super::entries::{Field, Shape};
use super::stored::StoredValue;
use super::{Event, Origin, Place, Value};

/// Writes events as lines of JSON, one after the other.
#[derive(Debug, Default)]
pub(crate) struct JsonLines {
    second: Option<i64>,
    /// The last second, up to where its fraction begins.
    date: String,
}

impl JsonLines {
    /// Adds an event under a name, without the end of the line.
    pub(crate) fn write(&mut self, id: &str, event: &Event, json: &mut Vec<u8>) {
        json.extend_from_slice(b"{\"id\":");
        text(json, id.as_bytes());
        json.extend_from_slice(b",\"at\":\"");
        self.moment(json, event.occurred_at);
        json.extend_from_slice(b"\",\"kind\":");
        write(json, &event.kind);
        json.extend_from_slice(b",\"severity\":");
        write(json, &event.severity);
        json.extend_from_slice(b",\"channel\":");
        text(json, event.channel.name().as_bytes());
        if let Some(place) = event.place() {
            json.extend_from_slice(b",\"place\":");
            match &event.origin {
                Origin::Stored(stored) => write(json, &**stored),
                _ => self::place(json, place),
            }
        }
        if let Some(failure) = &event.failure {
            json.extend_from_slice(b",\"failure\":");
            write(json, failure);
        }
        json.extend_from_slice(b",\"entries\":[");
        for (position, entry) in event.entries.iter().enumerate() {
            json.extend_from_slice(if position == 0 { b"{\"role\":" } else { b",{\"role\":" });
            self::entry(json, entry);
        }
        json.push(b']');
        if event.left_out() > 0 {
            json.extend_from_slice(b",\"left_out\":");
            write(json, &event.left_out());
        }
        json.push(b'}');
    }

    fn moment(&mut self, json: &mut Vec<u8>, at: Timestamp) {
        let (second, nanos) = (at.as_second(), at.subsec_nanosecond());
        let Some(nanos) = u32::try_from(nanos).ok().filter(|_| second >= 0) else {
            json.extend_from_slice(at.to_string().as_bytes());
            return;
        };
        if self.second != Some(second) {
            self.date = Timestamp::from_second(second).map(|at| at.to_string()).unwrap_or_default();
            self.date.truncate(self.date.trim_end_matches('Z').len());
            self.second = Some(second);
        }
        json.extend_from_slice(self.date.as_bytes());
        if nanos > 0 {
            json.push(b'.');
            let mut rest = nanos;
            let mut unit = 100_000_000;
            while rest > 0 {
                json.push(b'0' + (rest / unit) as u8);
                rest %= unit;
                unit /= 10;
            }
        }
        json.push(b'Z');
    }
}

fn place(json: &mut Vec<u8>, place: Place<'_>) {
    json.extend_from_slice(b"{\"function\":");
    or_null(json, place.function);
    json.extend_from_slice(b",\"module\":");
    or_null(json, place.module);
    json.extend_from_slice(b",\"file\":");
    text(json, place.file.as_bytes());
    json.extend_from_slice(b",\"line\":");
    write(json, &place.line);
    json.push(b'}');
}

/// Writes what follows the key of the role.
fn entry(json: &mut Vec<u8>, entry: Field<'_>) {
    write(json, &entry.role());
    if !entry.name().is_empty() {
        json.extend_from_slice(b",\"name\":");
        text(json, entry.name().as_bytes());
    }
    json.push(b',');
    if entry.shape() == Shape::Text {
        json.extend_from_slice(b"\"text\":");
        text(json, entry.as_text().as_bytes());
    } else {
        value(json, entry.value());
    }
    if let Some(length) = entry.full_length() {
        json.extend_from_slice(b",\"full_length\":");
        write(json, &length);
    }
    json.push(b'}');
}

fn value(json: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Integer(number) => {
            json.extend_from_slice(b"\"integer\":");
            write(json, &number);
        }
        Value::Unsigned(number) => {
            json.extend_from_slice(b"\"unsigned\":");
            write(json, &number);
        }
        Value::Bool(value) => json.extend_from_slice(if value { b"\"bool\":true" } else { b"\"bool\":false" }),
        other => {
            let start = json.len();
            write(json, &StoredValue::from(other));
            // An object of one key: what stands between its braces.
            json.pop();
            json.remove(start);
        }
    }
}

fn or_null(json: &mut Vec<u8>, given: Option<&str>) {
    match given {
        Some(given) => text(json, given.as_bytes()),
        None => json.extend_from_slice(b"null"),
    }
}

/// Numbers and names in memory: there is nothing in here that could fail.
fn write(json: &mut Vec<u8>, value: &impl serde::Serialize) {
    let _ = serde_json::to_writer(json, value);
}

/// Writes a text between quotes. What needs no escape, which is nearly all, is looked at many bytes at a time.
fn text(json: &mut Vec<u8>, text: &[u8]) {
    json.push(b'"');
    let mut rest = text;
    loop {
        let plain = plain_length(rest);
        let (taken, after) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        json.extend_from_slice(taken);
        let Some((byte, after)) = after.split_first() else { break };
        escaped(json, *byte);
        rest = after;
    }
    json.push(b'"');
}

fn plain_length(text: &[u8]) -> usize {
    let is_special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    let blocks = text.chunks_exact(BLOCK);
    // Without a way out in the middle of a block, the compiler compares all of it at once.
    let plain = blocks.take_while(|block| block.iter().fold(0, |found, byte| found + u8::from(is_special(byte))) == 0);
    let start = plain.count() * BLOCK;
    let rest = text.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| is_special(byte)).unwrap_or(rest.len())
}

fn escaped(json: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            json.extend_from_slice(b"\\u00");
            json.extend([byte >> 4, byte & 0xf].map(|half| if half < 10 { b'0' + half } else { b'a' + half - 10 }));
            return;
        }
    };
    json.extend_from_slice(&[b'\\', short]);
}

/// Bytes that are compared at once.
const BLOCK: usize = 32;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::event::{Amount, Callsite, FailureId, Stage, StoredEvent};

    static CALLSITE: Callsite = Callsite::new("pay", "billing", "src/\"billing\".rs", 7);

    #[track_caller]
    fn same(lines: &mut JsonLines, event: &Event) {
        let mut json = Vec::new();
        lines.write("01KB", event, &mut json);
        let stored = serde_json::to_string(&StoredEvent::from(event)).expect("JSON");
        let expected = stored.replacen('{', "{\"id\":\"01KB\",", 1);
        assert_eq!(String::from_utf8(json).expect("text"), expected);
    }

    #[test]
    fn every_kind_and_shape_is_written_as_the_journal_writes_it() {
        let mut lines = JsonLines::default();
        for (number, event) in Event::one_of_each().into_iter().enumerate() {
            let mut event = event.at_callsite(&CALLSITE);
            event.stamp(Timestamp::new(1_777_629_600 + number as i64 / 2, number as i32 * 1_010).expect("a moment"));
            same(&mut lines, &event);
        }
        let odd = Event::system_event("odd", "é".repeat(300_000))
            .field("f", f64::NEG_INFINITY)
            .field("d", Duration::MAX)
            .field("a", Amount::from("1234.50 EUR"))
            .field("b", Amount::from(f64::NAN).in_currency("USD"))
            .of_failure(FailureId::new(), Stage::Raised)
            .repeated(u64::MAX)
            .in_channel(crate::event::Channel::named("deploys"));
        same(&mut lines, &odd);
        let stored = serde_json::to_string(&StoredEvent::from(&odd)).expect("JSON");
        same(&mut lines, &serde_json::from_str::<StoredEvent<'_>>(&stored).expect("an event").into());
        for at in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH, Timestamp::new(-1, -5).expect("a moment")] {
            let mut event = Event::startup().with_severity(crate::event::Severity::Critical);
            event.stamp(at);
            same(&mut lines, &event);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_written_as_the_journal_writes_it(
            texts in prop::collection::vec("[\\x00-\\x7f\"\\\\]{0,80}|.{0,80}", 1..4),
            second in any::<i32>(),
            nanos in 0_i32..1_000_000_000,
        ) {
            let mut event = Event::user_action(texts.concat());
            for text in &texts {
                event = event.field(text, text).field(text, second);
            }
            event.stamp(Timestamp::new(i64::from(second), nanos).expect("a moment"));
            same(&mut JsonLines::default(), &event);
        }
    }
}
