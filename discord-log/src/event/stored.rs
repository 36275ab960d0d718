//! An event as the journal writes it: text that people can read, from which the same event can be made again.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::entries::{Role, Shape};
use super::{Amount, Channel, Entries, Event, Failure, Kind, Origin, Place, Severity, Value};

/// An event that can be written and read with serde.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredEvent<'a> {
    /// RFC 3339, to the nanosecond.
    at: String,
    kind: Kind,
    severity: Severity,
    channel: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<StoredPlace>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    entries: Vec<StoredEntry<'a>>,
    #[serde(default, skip_serializing_if = "is_zero")]
    left_out: u64,
}

/// A place in the source that was read back, so that it is no static any more.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredPlace {
    function: Option<String>,
    module: Option<String>,
    file: String,
    line: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredEntry<'a> {
    role: Role,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    name: Cow<'a, str>,
    #[serde(flatten)]
    value: StoredValue<'a>,
    /// Bytes that the text had, where it was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    full_length: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoredValue<'a> {
    Amount {
        number: String,
        currency: Option<String>,
    },
    AmountAsGiven {
        text: String,
        currency: Option<String>,
    },
    Bool(bool),
    /// Seconds and nanoseconds.
    Duration(u64, u32),
    /// As text, since JSON knows neither infinity nor what is no number.
    Float(String),
    Integer(i64),
    Text(Cow<'a, str>),
    Unsigned(u64),
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl<'a> From<&'a Event> for StoredEvent<'a> {
    fn from(event: &'a Event) -> Self {
        let entries = event.entries.iter().map(|entry| StoredEntry {
            role: entry.role(),
            name: Cow::Borrowed(entry.name()),
            value: entry.value().into(),
            full_length: entry.full_length(),
        });
        Self {
            at: event.occurred_at.to_string(),
            kind: event.kind,
            severity: event.severity,
            channel: Cow::Owned(event.channel.name().to_owned()),
            place: event.place().map(StoredPlace::from),
            failure: event.failure,
            entries: entries.collect(),
            left_out: event.entries.left_out(),
        }
    }
}

impl From<StoredEvent<'_>> for Event {
    fn from(stored: StoredEvent<'_>) -> Self {
        let mut entries = Entries::new();
        for StoredEntry { role, name, value, full_length } in stored.entries {
            let (shape, bytes) = value.encode();
            entries.restore(role, &name, shape, &bytes, full_length);
        }
        Self {
            kind: stored.kind,
            severity: stored.severity,
            channel: Channel::named(&stored.channel),
            occurred_at: stored.at.parse().unwrap_or(Timestamp::UNIX_EPOCH),
            failure: stored.failure,
            backtrace: None,
            origin: stored.place.map_or(Origin::Unknown, |place| Origin::Stored(Arc::new(place))),
            entries: entries.leaving_out(stored.left_out),
        }
    }
}

impl From<Place<'_>> for StoredPlace {
    fn from(place: Place<'_>) -> Self {
        Self {
            function: place.function.map(str::to_owned),
            module: place.module.map(str::to_owned),
            file: place.file.to_owned(),
            line: place.line,
        }
    }
}

impl StoredPlace {
    pub(super) fn place(&self) -> Place<'_> {
        Place { function: self.function.as_deref(), module: self.module.as_deref(), file: &self.file, line: self.line }
    }
}

impl<'a> From<Value<'a>> for StoredValue<'a> {
    fn from(value: Value<'a>) -> Self {
        match value {
            Value::Amount(amount) => {
                let currency = amount.currency().map(|currency| currency.to_string());
                match amount.number() {
                    Some(number) => Self::Amount { number: number.to_string(), currency },
                    None => Self::AmountAsGiven { text: amount.given().to_owned(), currency },
                }
            }
            Value::Bool(value) => Self::Bool(value),
            Value::Duration(value) => Self::Duration(value.as_secs(), value.subsec_nanos()),
            Value::Float(value) => Self::Float(value.to_string()),
            Value::Integer(value) => Self::Integer(value),
            Value::Text(text) => Self::Text(text),
            Value::Unsigned(value) => Self::Unsigned(value),
        }
    }
}

impl StoredValue<'_> {
    fn encode(self) -> (Shape, Vec<u8>) {
        let value = match self {
            Self::Amount { number, currency } => Value::Amount(in_currency(exact(&number), currency)),
            Self::AmountAsGiven { text, currency } => Value::Amount(in_currency(Amount::as_given(&text), currency)),
            Self::Bool(value) => Value::Bool(value),
            Self::Duration(seconds, nanos) => Value::Duration(Duration::new(seconds, nanos)),
            Self::Float(value) => Value::Float(value.parse().unwrap_or(f64::NAN)),
            Self::Integer(value) => Value::Integer(value),
            Self::Text(text) => return (Shape::Text, text.into_owned().into_bytes()),
            Self::Unsigned(value) => Value::Unsigned(value),
        };
        let (shape, bytes) = value.encode();
        (shape, bytes.to_vec())
    }
}

/// The same number with the same decimals; a text that is none was not written here.
fn exact(number: &str) -> Amount {
    number.parse::<Decimal>().map_or_else(|_| Amount::as_given(number), Amount::from)
}

fn in_currency(amount: Amount, currency: Option<String>) -> Amount {
    match currency {
        Some(code) => amount.in_currency(code),
        None => amount,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::{FailureId, Stage};

    fn stored_and_read(event: &Event) -> Event {
        let text = serde_json::to_string(&StoredEvent::from(event)).expect("an event can be written");
        assert!(!text.contains('\n'), "one line an event: {text}");
        serde_json::from_str::<StoredEvent<'_>>(&text).expect("what was written can be read").into()
    }

    fn told(event: &Event) -> String {
        let (place, failure) = (event.place(), event.failure());
        format!("{event:?} {place:?} {failure:?} at {}, left out {}", event.occurred_at(), event.left_out())
    }

    #[test]
    fn one_of_each_kind_comes_back_as_it_was() {
        static CALLSITE: crate::Callsite = crate::Callsite::new("pay", "billing", "src/billing.rs", 7);
        let places = [Event::at_callsite as fn(Event, _) -> Event, |event, _| event];
        for (mut event, place) in Event::one_of_each().into_iter().zip(places.iter().cycle()) {
            event.stamp(Timestamp::new(1_777_629_600, 123_456_789).expect("a moment"));
            let event = place(event, &CALLSITE);
            assert_eq!(told(&stored_and_read(&event)), told(&event));
        }
    }

    #[test]
    fn values_that_json_does_not_know_come_back() {
        let mut event = Event::system_event("odd", "values")
            .field("nothing", f64::NAN)
            .field("endless", f64::NEG_INFINITY)
            .field("small", 5e-324)
            .field("large", u64::MAX)
            .field("exact", Amount::from("1234.50 EUR"))
            .field("given", Amount::from(f64::NAN).in_currency("USD"))
            .field("long", Duration::MAX)
            .field("lines", "a\nb\u{2028}\u{0}\"\\")
            .of_failure(FailureId::new(), Stage::Raised)
            .repeated(u64::MAX)
            .in_channel(Channel::named("deploys"));
        event.set_after("another");
        assert_eq!(told(&stored_and_read(&event)), told(&event));
    }

    #[test]
    fn a_text_that_was_cut_still_says_how_long_it_was() {
        let event = Event::system_event("long", "é".repeat(300_000)).field("after", "gone");
        let read = stored_and_read(&event);
        assert_eq!(told(&read), told(&event));
        let lengths = |event: &Event| event.entries().iter().map(|entry| entry.full_length()).collect::<Vec<_>>();
        assert_eq!(lengths(&read), lengths(&event));
        assert!(lengths(&read).iter().any(Option::is_some));
    }

    proptest! {
        #[test]
        fn whatever_is_in_an_event_comes_back(
            title in ".{0,40}",
            fields in prop::collection::vec((".{0,20}", ".{0,60}"), 0..8),
            numbers in prop::collection::vec(any::<f64>(), 0..4),
        ) {
            let mut event = Event::user_action(&title);
            for (name, text) in &fields {
                event = event.field(name, text.as_str());
            }
            for number in &numbers {
                event = event.field("number", *number);
            }
            prop_assert_eq!(told(&stored_and_read(&event)), told(&event));
        }
    }
}
