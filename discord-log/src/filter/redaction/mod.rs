//! What may be said: an event comes in, and goes out with its secrets masked, by the names they stand under and by how
//! they look. It is pure, looks at each byte a bounded number of times whatever the text is, allocates nothing for an
//! event without a secret, and changes nothing when it is applied again.

mod addresses;
mod credentials;
mod echoes;
mod named;
mod names;
mod numbers;
mod prefixes;
mod scan;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;

use self::echoes::Echoes;
use self::names::Names;
use self::scan::Scan;
use self::text::{BY_NAME, CARD};
use crate::event::{Event, Field, Role, Value};

/// What is masked, ready for use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redaction {
    names: Names,
}

impl Redaction {
    /// Takes the names of further fields, separated by commas; none if one of them is no name.
    pub(crate) fn parse(names: &str) -> Option<Self> {
        Names::parse(names).map(|names| Self { names })
    }

    /// Masks what is secret in an event.
    pub(crate) fn apply(&self, event: &mut Event) {
        let rewritten = {
            let echoes = Echoes::of(event, |field| self.hides(field));
            event.entries().rewritten(|entry| self.entry(entry, &echoes))
        };
        if let Some(entries) = rewritten {
            event.set_entries(entries);
        }
    }

    /// Gives a text with what is secret in it masked, if something is; `is_cut` if its end is missing.
    pub(crate) fn text(&self, text: &str, is_cut: bool) -> Option<String> {
        let mut masked = Scan::new(text, is_cut, &self.names).run()?;
        // What was masked may have stood before what is now seen to be secret as well.
        for _ in 1..WALKS {
            let Some(next) = Scan::new(&masked, is_cut, &self.names).run() else { break };
            masked = next;
        }
        Some(masked)
    }

    /// Gives the name and value that stand in place of an entry's own, if one of them is secret.
    fn entry<'e>(&self, entry: &Field<'e>, echoes: &Echoes<'_>) -> Option<(Cow<'e, str>, Value<'e>)> {
        let name = if entry.name().is_empty() { None } else { self.text(entry.name(), false) };
        let value = self.value(entry, echoes);
        if name.is_none() && value.is_none() {
            return None;
        }
        Some((name.map_or(Cow::Borrowed(entry.name()), Cow::Owned), value.unwrap_or_else(|| entry.value())))
    }

    fn value<'e>(&self, entry: &Field<'e>, echoes: &Echoes<'_>) -> Option<Value<'e>> {
        let is_field = entry.role() == Role::Field;
        if is_field && echoes.has_source && self.hides(entry) {
            return Some(Value::from(BY_NAME));
        }
        match entry.value() {
            Value::Text(text) => {
                if is_field && is_number(&text) && names::is_reference(entry.name()) {
                    return None;
                }
                let masked = self.text(&text, entry.full_length().is_some());
                let told = masked.as_deref().unwrap_or(&text);
                let echoed = if is_field { None } else { echoes.mask(told) };
                echoed.or(masked).map(Value::from)
            }
            Value::Amount(amount) if amount.number().is_none() => self.text(amount.given(), false).map(Value::from),
            Value::Integer(number) => u64::try_from(number).ok().and_then(|number| card(entry.name(), number)),
            Value::Unsigned(number) => card(entry.name(), number),
            _ => None,
        }
    }

    /// Says whether the name of a field hides its value. Yes, no and how long something took tell nothing.
    fn hides(&self, field: &Field<'_>) -> bool {
        let may_be_secret = match field.value() {
            Value::Bool(_) | Value::Duration(_) => false,
            Value::Text(text) => !text.is_empty() && text != "–" && text != BY_NAME,
            _ => true,
        };
        may_be_secret && self.names.has(field.name())
    }
}

/// A card's number in a field; of what is as long as few other numbers, or stands under the name of a card.
fn card<'v>(name: &str, number: u64) -> Option<Value<'v>> {
    let length = numbers::is_card(number)?;
    let is_likely = names::is_card(name) || (matches!(length, 15 | 16) && !names::is_reference(name));
    is_likely.then(|| Value::from(CARD))
}

/// Most walks over a text in which something was masked; two are the rule.
const WALKS: usize = 4;

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'))
}
