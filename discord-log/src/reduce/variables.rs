//! What differed between the occurrences of one problem: the blanks of its texts, and its fields.

use std::borrow::Cow;
use std::hash::Hasher;

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

use super::distinct::{Count, Distinct};
use super::fingerprint::{Piece, pieces, texts};
use crate::event::{Event, Value};

/// What differed, by field and by blank.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Variables {
    /// Few; as a list, since the keys of JSON are texts.
    slots: Vec<(Slot, Values)>,
}

/// Where a value stood.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(super) enum Slot {
    /// In this field.
    Field(String),
    /// In the texts, as the first blank or a later one.
    Blank(usize),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Values {
    distinct: Distinct,
    first: Vec<String>,
}

/// The different values that stood in one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable<'a> {
    /// The field's name; none where it was in a text.
    pub(crate) name: Option<&'a str>,
    /// The first different ones, at most [`SHOWN`](Self::SHOWN).
    pub(crate) values: &'a [String],
    /// How many different ones there were.
    pub(crate) distinct: Count,
}

impl Variable<'_> {
    /// Different values that are remembered by name.
    pub(crate) const SHOWN: usize = 20;
}

impl Variables {
    /// Takes in what stood in an occurrence.
    pub(super) fn insert(&mut self, values: &[(Slot, Cow<'_, str>)]) {
        for (slot, value) in values {
            let has_room = self.slots.len() < MOST_SLOTS;
            match self.slots.iter_mut().find(|(known, _)| known == slot) {
                Some((_, values)) => values.insert(value),
                None if has_room => {
                    let mut values = Values::default();
                    values.insert(value);
                    self.slots.push((slot.clone(), values));
                }
                None => {}
            }
        }
    }

    /// Walks over what was not always the same.
    pub(super) fn iter(&self) -> impl Iterator<Item = Variable<'_>> {
        self.slots.iter().filter(|(_, values)| values.first.len() > 1).map(|(slot, values)| Variable {
            name: match slot {
                Slot::Field(name) => Some(name),
                Slot::Blank(_) => None,
            },
            values: &values.first,
            distinct: values.distinct.count(),
        })
    }

    pub(super) fn bytes(&self) -> usize {
        let texts = self.slots.iter().flat_map(|(_, values)| &values.first).map(|text| text.len() + 64);
        texts.sum::<usize>() + self.slots.len() * 2_500
    }
}

impl Values {
    fn insert(&mut self, value: &str) {
        if self.distinct.insert(hash(value)) && self.first.len() < Variable::SHOWN {
            let value = shortened(value).to_owned();
            if !self.first.contains(&value) {
                self.first.push(value);
            }
        }
    }
}

/// Lists what may differ in an event: fields by their names, and the blanks of its texts that no field tells.
pub(super) fn values_of(event: &Event) -> Vec<(Slot, Cow<'_, str>)> {
    let mut values: Vec<(Slot, Cow<'_, str>)> = Vec::new();
    for field in event.fields() {
        let value = match field.value() {
            Value::Integer(number) => number.to_string().into(),
            Value::Text(text) => text,
            Value::Unsigned(number) => number.to_string().into(),
            // Amounts, times and measured numbers differ always and name nothing.
            _ => continue,
        };
        values.push((Slot::Field(field.name().to_owned()), value));
    }
    // One problem under a key has other texts each time, whose blanks have nothing to do with each other.
    if event.problem().is_some() {
        return values;
    }
    let mut blanks = 0;
    for text in texts(event) {
        let found = pieces(text).filter_map(|piece| match piece {
            Piece::Blank(value) => Some(value),
            Piece::Fixed(_) => None,
        });
        for value in found.take(MOST_SLOTS) {
            // A cause repeats what the error above it says.
            if !values.iter().any(|(_, known)| known == value) {
                values.push((Slot::Blank(blanks), value.into()));
                blanks += 1;
            }
        }
    }
    values
}

pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Cuts a value that is remembered to show it.
pub(super) fn shortened(value: &str) -> &str {
    value.char_indices().nth(VALUE_CHARACTERS).map_or(value, |(end, _)| value.get(..end).unwrap_or(value))
}

/// Places of which the values are remembered.
const MOST_SLOTS: usize = 8;
/// Characters of a value.
const VALUE_CHARACTERS: usize = 64;
