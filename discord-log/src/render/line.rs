//! One event as one line for the local log: everything that it carries, for a reader and for `grep`.
//!
//! Nothing in it can end the line, move the cursor or colour the terminal.

use super::Settings;
use super::clean::{Lines, clean};
use super::facts::{error_type, repeated, told_fields};
use super::headline::Headline;
use super::readable::{self, Digits};
use super::request;
use crate::event::{Event, Field, Role, Value};

/// Writes in one line what was told later of a failure that stands in the log already; nothing where it only came
/// further.
pub(crate) fn addition(event: &Event) -> Option<String> {
    let function = event.entries().of(Role::Recovered).next()?;
    Some(format!("[{}] ↳ recovered in {}", event.channel(), text_of(function)))
}

/// Writes an event as one line.
pub(crate) fn line(settings: &Settings, event: &Event) -> String {
    let headline = Headline::of(&settings.service, event).line();
    let mut line = format!("[{}] {}", event.channel(), inert(&headline));
    for text in said(event) {
        line.push_str(": ");
        line.push_str(&text);
    }
    for cause in event.entries().of(Role::Cause) {
        line.push_str(" ↳ ");
        line.push_str(&text_of(cause));
    }
    for fact in facts(settings, event) {
        line.push_str(" | ");
        line.push_str(&fact);
    }
    line
}

/// The running text and the error's own, whichever there are.
fn said(event: &Event) -> impl Iterator<Item = String> {
    let texts = event.entries().of(Role::Text).chain(event.entries().of(Role::ErrorMessage));
    texts.map(text_of).filter(|text| !text.is_empty())
}

fn facts(settings: &Settings, event: &Event) -> Vec<String> {
    let named = |name: &str, value: &str| format!("{}={value}", inert(name));
    let mut facts: Vec<_> = told_fields(event).map(|field| named(field.name(), &value_of(settings, field))).collect();
    let error_type = event.error_report().and_then(|report| error_type(report.type_name()));
    facts.extend(error_type.map(|name| named("error_type", &inert(name))));
    let contexts: Vec<_> = event.entries().of(Role::Context).map(text_of).collect();
    if contexts.len() > 1 {
        facts.push(named("trail", &contexts.join(" ‹ ")));
    }
    facts.extend(event.entries().of(Role::After).map(|earlier| named("after", &text_of(earlier))));
    facts.extend(event.entries().of(Role::Recovered).map(|function| named("recovered_in", &text_of(function))));
    facts.extend(Some(event.repeats()).filter(|calls| *calls > 0).map(repeated));
    facts.extend(request::named(settings, event).iter().map(|(name, value)| named(name, &inert(value))));
    facts.extend(event.who().map(|who| named("actor", &inert(who))));
    facts.extend(event.place().map(|place| {
        let position = format!("{}:{}", inert(place.file), place.line);
        place.function.map_or_else(|| format!("at {position}"), |function| format!("at {} {position}", inert(function)))
    }));
    if event.left_out() > 0 {
        facts.push(format!("left_out={} bytes", readable::grouped(event.left_out())));
    }
    facts
}

fn value_of(settings: &Settings, field: Field<'_>) -> String {
    match field.value() {
        Value::Text(_) => text_of(field),
        value => inert(&readable::value(value, settings.currency, Digits::AsGiven)),
    }
}

fn text_of(field: Field<'_>) -> String {
    let text = inert(field.as_text());
    match field.full_length() {
        Some(bytes) => format!("{text} … ({} bytes in all)", readable::grouped(bytes)),
        None => text,
    }
}

/// Writes the headline of an event, for a place that has one line.
#[cfg(feature = "journal")]
pub(crate) fn headline(service: &str, event: &Event) -> String {
    inert(&Headline::of(service, event).line())
}

/// Writes a text for a place that has one line.
#[cfg(feature = "journal")]
pub(crate) fn one_line(text: &str) -> String {
    inert(text)
}

fn inert(text: &str) -> String {
    clean(text, Lines::Kept, usize::MAX).text.replace('\n', " ⏎ ")
}
