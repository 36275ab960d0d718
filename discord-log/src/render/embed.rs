//! One event as one embed: title, description, fields and footer share the room that the message gives it.

use jiff::Timestamp;
use serde::Serialize;

use super::budget::{Size, share};
use super::fields::{self, Field, Fields};
use super::headline::Headline;
use super::passage::{Passage, Place, Written};
use super::{Repeat, Settings, description, facts, group, headline, limits};
use crate::event::{Event, Role, Severity};
use crate::reduce::Shown;

/// An embed as Discord takes it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Embed {
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    color: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    footer: Footer,
    timestamp: String,
    #[serde(skip)]
    cut: usize,
}

#[derive(Clone, Debug, Serialize)]
struct Image {
    url: String,
}

#[derive(Clone, Debug, Serialize)]
struct Footer {
    text: String,
}

impl Embed {
    /// Renders an event so that it takes no more than a room.
    pub(super) fn of(settings: &Settings, shown: &Shown, repeat: Repeat, room: Size) -> Self {
        let entry = &shown.entry;
        let event = &entry.event;
        let headline = Headline::of(&settings.service, event);
        let edge = room.part(limits::PARTS_OF_AN_EMBED);
        let title = title(shown, headline.clone(), edge);
        let footer =
            Footer { text: footer(settings, &entry.id.to_string(), repeat.is_possible() || entry.may_repeat, edge) };
        let room = room.without(Size::of(&title.text) + Size::of(&footer.text));
        let Inner { mut description, fields } = inner(settings, shown, &headline, room);
        let taken = Size::of(&description.text) + fields.size();
        description::add_backtrace(&mut description, event, room.without(taken));
        Self {
            cut: title.cut + description.cut + fields.cut + attached_bytes(event),
            title: title.text,
            description: description.text,
            color: color(shown),
            fields: fields.list,
            image: None,
            footer,
            timestamp: timestamp(event.occurred_at()),
        }
    }

    /// Makes an embed of a finished title and text, which tells of several events.
    pub(super) fn listing(title: String, description: String, color: u32, footer: String, at: Timestamp) -> Self {
        let footer = Footer { text: footer };
        Self { title, description, color, fields: Vec::new(), image: None, footer, timestamp: timestamp(at), cut: 0 }
    }

    /// Adds finished fields.
    pub(super) fn with_fields(self, fields: Vec<Field>) -> Self {
        Self { fields, ..self }
    }

    /// Shows a picture that goes with the message.
    ///
    /// Source: <https://discord.com/developers/docs/reference#uploading-files>.
    pub(super) fn with_picture(self, file: &str) -> Self {
        Self { image: Some(Image { url: format!("attachment://{file}") }), ..self }
    }

    /// Says how many bytes of what it should tell are not in it.
    pub(super) const fn cut(&self) -> usize {
        self.cut
    }

    /// Counts the text that Discord counts.
    pub(super) fn size(&self) -> Size {
        let edges = Size::of(&self.title) + Size::of(&self.description) + Size::of(&self.footer.text);
        self.fields.iter().map(Field::size).fold(edges, |sum, size| sum + size)
    }
}

/// What stands between title and footer.
#[derive(Debug)]
struct Inner {
    description: Written,
    fields: Fields,
}

/// Writes the headline with how often it happened, which is never cut.
fn title(shown: &Shown, headline: Headline<'_>, room: Size) -> Written {
    let headline = if group::is_over(shown) { headline.over() } else { headline };
    let times = group::times(shown);
    let room = room.min(Size::characters(limits::TITLE_CHARACTERS)).without(Size::of(&times));
    let title = Passage::of(headline.line()).put(Place::Line, room);
    Written { text: title.text + &times, cut: title.cut }
}

/// Writes description and fields; neither is cut as long as the other leaves it enough. The values of a group take what
/// is left.
fn inner(settings: &Settings, shown: &Shown, headline: &Headline<'_>, room: Size) -> Inner {
    let event = &shown.entry.event;
    let group = group::told(shown);
    let is_counted = group.is_some_and(group::is_counted);
    let mut facts: Vec<_> = group.map(group::facts).unwrap_or_default();
    let place_of_values = facts.len();
    facts.extend(facts::facts(settings, event, headline, is_counted));
    let variables = group.map_or(0, |group| group.variables().count());
    let most = limits::FIELDS - variables;
    let left_out = has_left_out_fields(event);
    let mut description = description::write(event, room);
    let mut fields = fields::write(&facts, left_out, most, room);
    let wanted = [Size::of(&description.text), fields.size()];
    if !wanted.iter().copied().sum::<Size>().fits(room) {
        description = description::write(event, share(&wanted, room));
        fields = fields::write(&facts, left_out, most, room.without(Size::of(&description.text)));
    }
    if let Some(group) = group {
        let values = group::values(group, variables, room.without(Size::of(&description.text) + fields.size()));
        let at = place_of_values.min(fields.list.len());
        fields.list.splice(at..at, values.list);
        fields.cut += values.cut;
    }
    Inner { description, fields }
}

/// Counts what is told in the file alone.
fn attached_bytes(event: &Event) -> usize {
    event.entries().of(Role::Attached).map(|text| text.as_text().len()).sum()
}

/// Says whether the event was so full that whole fields are missing; a text that was cut says so itself.
fn has_left_out_fields(event: &Event) -> bool {
    let cut = event.entries().iter().filter_map(|entry| Some((entry.full_length()?, entry.as_text().len())));
    let told = cut.map(|(full, kept)| full.saturating_sub(kept as u64));
    event.left_out() > told.sum()
}

/// Says whose events these are and which. Service, environment and host may be cut, the event's name never.
pub(super) fn footer(settings: &Settings, name: &str, may_repeat: bool, room: Size) -> String {
    let tail = format!("{name}{}", if may_repeat { " · possible repeat" } else { "" });
    let service = match &settings.release {
        Some(release) => format!("{} {release}", settings.service),
        None => settings.service.clone(),
    };
    // What speaks for a machine has its name.
    let host = settings.host.as_ref().filter(|host| **host != settings.service);
    let parts = [Some(&service), settings.environment.as_ref(), host];
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
fn timestamp(at: Timestamp) -> String {
    format!("{:.3}", at.max(limits::EARLIEST))
}

fn color(shown: &Shown) -> u32 {
    if group::is_over(shown) {
        return GREEN;
    }
    match group::severity(shown) {
        Severity::Error if headline::has_recovered(&shown.entry.event) => AMBER,
        severity => color_of(severity),
    }
}

/// The colour of the bar beside an embed.
pub(super) const fn color_of(severity: Severity) -> u32 {
    match severity {
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
