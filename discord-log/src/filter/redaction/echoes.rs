//! What a secret field holds and another text of the event repeats: a context of `Login {pin}`, or an error that quotes.

use smallvec::SmallVec;

use super::text::BY_NAME;
use crate::event::{Event, Field};

/// The values of an event's secret fields.
pub(super) struct Echoes<'e> {
    values: SmallVec<[&'e str; 0]>,
    /// Some field is secret, whatever its value.
    pub(super) has_source: bool,
}

impl<'e> Echoes<'e> {
    pub(super) fn of(event: &'e Event, is_secret: impl Fn(&Field<'e>) -> bool) -> Self {
        let mut echoes = Self { values: SmallVec::new(), has_source: false };
        for field in event.fields().filter(is_secret) {
            echoes.has_source = true;
            let text = field.as_text();
            if text.len() >= LEAST && text != BY_NAME && echoes.values.len() < MOST {
                echoes.values.push(text);
            }
        }
        echoes
    }

    /// Gives the text without them, if one stands in it as a word.
    pub(super) fn mask(&self, text: &str) -> Option<String> {
        let mut masked: Option<String> = None;
        for value in &self.values {
            let current = masked.as_deref().unwrap_or(text);
            if let Some(next) = without(current, value) {
                masked = Some(next);
            }
        }
        masked
    }
}

fn without(text: &str, value: &str) -> Option<String> {
    let mut masked = String::new();
    let mut taken = 0;
    for (start, found) in text.match_indices(value) {
        let end = start + found.len();
        let is_word = !text.get(..start)?.ends_with(is_inside) && !text.get(end..)?.starts_with(is_inside);
        if is_word && !BY_NAME.contains(value) {
            masked.push_str(text.get(taken..start)?);
            masked.push_str(BY_NAME);
            taken = end;
        }
    }
    if taken == 0 {
        return None;
    }
    masked.push_str(text.get(taken..)?);
    Some(masked)
}

fn is_inside(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_')
}

/// Shorter ones stand in a text by chance.
const LEAST: usize = 4;
/// So many fields are looked for, so that the work stays bounded.
const MOST: usize = 8;
