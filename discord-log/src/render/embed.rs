//! One event as one embed: title, description, fields and footer share the room that the message gives it.

use serde::Serialize;

use super::budget::{Size, share};
use super::fields::{self, Field};
use super::headline::Headline;
use super::passage::{Passage, Place};
use super::{Repeat, Settings, description, headline, limits};
use crate::event::{Event, Severity};
use crate::record::Entry;

/// An embed as Discord takes it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Embed {
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    color: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    footer: Footer,
    timestamp: String,
}

#[derive(Clone, Debug, Serialize)]
struct Footer {
    text: String,
}

impl Embed {
    /// Renders an event so that it takes no more than a room.
    pub(super) fn of(settings: &Settings, entry: &Entry, repeat: Repeat, room: Size) -> Self {
        let event = &entry.event;
        let headline = Headline::of(settings, event);
        let edge = room.part(limits::PARTS_OF_AN_EMBED);
        let title_room = edge.min(Size::characters(limits::TITLE_CHARACTERS));
        let title = Passage::of(headline.line()).write(Place::Line, title_room);
        let footer = Footer { text: footer(settings, entry, repeat, edge) };
        let room = room.without(Size::of(&title) + Size::of(&footer.text));
        let (mut description, fields) = body(settings, event, &headline, room);
        let taken = Size::of(&description) + fields.iter().map(Field::size).sum();
        description::add_backtrace(&mut description, event, room.without(taken));
        Self { title, description, color: color(event), fields, footer, timestamp: timestamp(event) }
    }

    /// Counts the text that Discord counts.
    pub(super) fn size(&self) -> Size {
        let edges = Size::of(&self.title) + Size::of(&self.description) + Size::of(&self.footer.text);
        self.fields.iter().map(Field::size).fold(edges, |sum, size| sum + size)
    }
}

/// Writes description and fields; neither is cut as long as the other leaves it enough.
fn body(settings: &Settings, event: &Event, headline: &Headline<'_>, room: Size) -> (String, Vec<Field>) {
    let facts = fields::facts(settings, event, headline);
    let left_out = has_left_out_fields(event);
    let description = description::write(event, room);
    let fields = fields::write(&facts, left_out, room);
    let wanted = [Size::of(&description), fields.iter().map(Field::size).sum()];
    if wanted.iter().copied().sum::<Size>().fits(room) {
        return (description, fields);
    }
    let share = share(&wanted, room);
    let description = description::write(event, share);
    let fields = fields::write(&facts, left_out, room.without(Size::of(&description)));
    (description, fields)
}

/// Says whether the event was so full that whole fields are missing; a text that was cut says so itself.
fn has_left_out_fields(event: &Event) -> bool {
    let cut = event.entries().iter().filter_map(|entry| Some((entry.full_length()?, entry.as_text().len())));
    let told = cut.map(|(full, kept)| full.saturating_sub(kept as u64));
    event.left_out() > told.sum()
}

/// Says whose event this is and which one. Service, environment and host may be cut, the event's name never.
fn footer(settings: &Settings, entry: &Entry, repeat: Repeat, room: Size) -> String {
    let repeat = if repeat == Repeat::Possible || entry.may_repeat { " · possible repeat" } else { "" };
    let tail = format!("{}{repeat}", entry.id);
    let service = match &settings.release {
        Some(release) => format!("{} {release}", settings.service),
        None => settings.service.clone(),
    };
    let parts = [Some(&service), settings.environment.as_ref(), settings.host.as_ref()];
    let parts: Vec<_> = parts.into_iter().flatten().map(|part| Passage::of(part.as_str())).collect();
    let room = room.min(Size::characters(limits::FOOTER_CHARACTERS)).without(Size::of(&tail));
    let write = |part: &Passage<'_>, room: Size| {
        let text = part.write(Place::Plain, room.without(Size::of(DOT)));
        if text.is_empty() { text } else { text + DOT }
    };
    let wanted: Vec<_> = parts.iter().map(|part| Size::of(&write(part, room))).collect();
    let share = share(&wanted, room);
    parts.iter().map(|part| write(part, share)).chain([tail]).collect()
}

/// Milliseconds are enough, and more digits than microseconds are refused.
fn timestamp(event: &Event) -> String {
    format!("{:.3}", event.occurred_at().max(limits::EARLIEST))
}

/// The colour of the bar beside an embed.
fn color(event: &Event) -> u32 {
    match event.severity() {
        Severity::Error if headline::has_recovered(event) => AMBER,
        Severity::Info => BLUE,
        Severity::Success => GREEN,
        Severity::Warning => AMBER,
        Severity::Error => RED,
        Severity::Critical => MAGENTA,
    }
}

/// Stands between the parts of a footer.
const DOT: &str = " · ";

// Told apart on a dark and on a light background, also by most who do not see red and green alike.
const AMBER: u32 = 0xf0_a0_20;
const BLUE: u32 = 0x4a_90_d9;
const GREEN: u32 = 0x2e_b8_6e;
const MAGENTA: u32 = 0xe0_1e_8c;
const RED: u32 = 0xd8_3a_3a;
