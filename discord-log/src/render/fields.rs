//! Lays out the named values of an event: what, where, who, and then the user's own, in that order for every kind.

use std::borrow::Cow;

use serde::Serialize;

use super::budget::{Size, pack, share};
use super::headline::Headline;
use super::passage::{Passage, Place};
use super::readable::{self, Digits};
use super::{Settings, limits, markdown};
use crate::event::{Channel, Event, Field as Given, Kind, Role, Severity, Value};

/// A field as Discord takes it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Field {
    name: String,
    value: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    inline: bool,
}

impl Field {
    pub(super) fn size(&self) -> Size {
        Size::of(&self.name) + Size::of(&self.value)
    }
}

/// A named value before it is written.
#[derive(Debug)]
pub(super) struct Fact<'a> {
    label: Cow<'a, str>,
    value: Passage<'a>,
}

/// Lists what an event tells in fields.
pub(super) fn facts<'a>(settings: &Settings, event: &'a Event, headline: &Headline<'_>) -> Vec<Fact<'a>> {
    let given: Vec<_> = event.fields().collect();
    let (own, extras) = given.split_at_checked(own_count(event.kind(), &given)).unwrap_or((&given, &[]));
    let unit = unit_of(event.kind(), own);
    let needs_no_field = |field: &Given<'_>| headline.tells(field.name()) || is_unit(event.kind(), field);
    let own = own.iter().filter(|field| !needs_no_field(field)).map(|field| own_fact(settings, *field, unit));
    let extras = extras.iter().map(|field| extra_fact(settings, *field));
    own.chain(error_facts(event)).chain(place_fact(event)).chain(actor_fact(event)).chain(extras).collect()
}

/// Writes the facts into a room, short ones whole, and says what did not fit.
pub(super) fn write(facts: &[Fact<'_>], left_out: bool, room: Size) -> Vec<Field> {
    let whole = |fact: &Fact<'_>| fact.write(Size::characters(usize::MAX));
    let mut fields: Vec<_> = facts.iter().take(limits::FIELDS).map(whole).collect();
    let sizes: Vec<_> = fields.iter().map(Field::size).collect();
    if !left_out && facts.len() <= limits::FIELDS && sizes.iter().copied().sum::<Size>().fits(room) {
        return fields;
    }
    let modest = Size::new(limits::MODEST_FIELD_CHARACTERS, limits::MODEST_FIELD_BYTES);
    let mut count = pack(&sizes, modest, room);
    let mut rest = None;
    if left_out || count < facts.len() {
        let reserved = Size::new(limits::OMITTED_CHARACTERS, limits::OMITTED_BYTES);
        count = pack(&sizes, modest, room.without(reserved)).min(limits::FIELDS - 1);
        let field = omitted(facts.get(count..).unwrap_or_default(), left_out, reserved.part(2));
        rest = Some(field).filter(|field| field.size().fits(room));
    }
    fields.truncate(count);
    let room = room.without(rest.as_ref().map(Field::size).unwrap_or_default());
    let share = share(sizes.get(..count).unwrap_or_default(), room);
    for (field, fact) in fields.iter_mut().zip(facts) {
        if !field.size().fits(share) {
            *field = fact.write(share);
        }
    }
    fields.extend(rest);
    fields
}

impl<'a> Fact<'a> {
    fn new(label: impl Into<Cow<'a, str>>, value: Passage<'a>) -> Self {
        Self { label: label.into(), value }
    }

    fn write(&self, room: Size) -> Field {
        let name_room = room.part(2).min(Size::characters(limits::FIELD_NAME_CHARACTERS));
        let name = or_blank(Passage::of(&*self.label).write(Place::Line, name_room));
        let value_room = room.without(Size::of(&name)).min(Size::characters(limits::FIELD_VALUE_CHARACTERS));
        let value = or_blank(self.value.write(Place::Body, value_room));
        let is_short = |text: &str| text.chars().nth(limits::INLINE_CHARACTERS).is_none() && !text.contains('\n');
        let inline = is_short(&name) && is_short(&value);
        Field { name, value, inline }
    }
}

/// Names the facts that found no room; `left_out` says that the event itself was full.
fn omitted(facts: &[Fact<'_>], left_out: bool, room: Size) -> Field {
    let name = match facts.len() {
        0 => "… more fields".to_owned(),
        1 => "… 1 more field".to_owned(),
        count => format!("… {} more fields", readable::grouped(count as u64)),
    };
    let labels: Vec<_> = facts.iter().take(limits::FIELDS).map(|fact| &*fact.label).collect();
    let mut names = Passage::of(labels.join(", ")).write(Place::Line, room);
    if left_out {
        let note = "that the event had no room for";
        names = if names.is_empty() { note.to_owned() } else { format!("{names}\nand some {note}") };
    }
    Field { name, value: or_blank(names), inline: false }
}

/// Says how many of the first fields belong to the kind itself.
fn own_count(kind: Kind, given: &[Given<'_>]) -> usize {
    let own: &[&str] = match kind {
        Kind::InvoiceCreated | Kind::PaymentReceived => &["invoice", "amount", "client"],
        Kind::InvoiceUpdated => &["invoice"],
        Kind::BtwCalculation => &["period", "turnover", "BTW"],
        Kind::HighValueTransaction => &["transaction", "amount", "client"],
        Kind::DatabaseOperation => &["operation", "table", "rows"],
        Kind::FileOperation => &["operation", "path"],
        Kind::SlowCall => &["took", "threshold", "busy"],
        Kind::PerformanceWarning => &["metric", "value", "threshold", UNIT],
        Kind::DailySummary => return given.len(),
        Kind::ValidationError => &["field"],
        Kind::FileUpload | Kind::FileDownload => &["file", "bytes"],
        Kind::FormSubmission => &["form"],
        Kind::Activity => &["outcome", "took"],
        Kind::SystemEvent
        | Kind::Startup
        | Kind::Shutdown
        | Kind::Error
        | Kind::Panic
        | Kind::Critical
        | Kind::UserAction => &[],
    };
    own.iter().zip(given).take_while(|(name, field)| **name == field.name()).count()
}

/// The unit of a measured value stands behind the number instead of in a field of its own.
fn unit_of<'a>(kind: Kind, own: &[Given<'a>]) -> Option<&'a str> {
    let unit = own.iter().find(|field| is_unit(kind, field))?.as_text().trim();
    (!unit.is_empty()).then_some(unit)
}

fn is_unit(kind: Kind, field: &Given<'_>) -> bool {
    kind == Kind::PerformanceWarning && field.name() == UNIT
}

fn own_fact<'a>(settings: &Settings, field: Given<'a>, unit: Option<&str>) -> Fact<'a> {
    let label = if field.name() == BYTES { "Size".into() } else { humanised(field.name()) };
    let value = written(settings, field, Digits::Grouped);
    match unit {
        Some(unit) if field.name() != "metric" => Fact::new(label, Passage::of(format!("{} {unit}", value.as_str()))),
        _ => Fact::new(label, value),
    }
}

fn extra_fact<'a>(settings: &Settings, field: Given<'a>) -> Fact<'a> {
    Fact::new(humanised(field.name()), written(settings, field, Digits::AsGiven))
}

fn written<'a>(settings: &Settings, field: Given<'a>, digits: Digits) -> Passage<'a> {
    let value = field.value();
    let bytes = match value {
        Value::Text(_) => return Passage::of_field(field),
        Value::Integer(number) => u64::try_from(number).ok(),
        Value::Unsigned(number) => Some(number),
        _ => None,
    };
    let is_size = field.name() == BYTES || field.name().ends_with("_bytes");
    match bytes.filter(|_| is_size) {
        Some(bytes) => Passage::of(readable::size(bytes)),
        None => Passage::of(readable::value(value, settings.currency, digits)),
    }
}

fn error_facts(event: &Event) -> impl Iterator<Item = Fact<'_>> {
    let type_name = event.error_report().and_then(|report| error_type(report.type_name()));
    let mut trail: Vec<_> = event.entries().of(Role::Context).map(|context| context.as_text()).collect();
    trail.reverse();
    let trail = (trail.len() > 1).then(|| Fact::new("Trail", Passage::of(trail.join(" › "))));
    let of = |role, label| event.entries().of(role).map(move |field| Fact::new(label, Passage::of_field(field)));
    let recovered = of(Role::Recovered, "Recovered in");
    let after = of(Role::After, "After");
    let repeats = Some(event.repeats()).filter(|calls| *calls > 0);
    let repeated = repeats.map(|calls| Fact::new("Repeated", Passage::of(repeated(calls))));
    let error_type = type_name.map(|name| Fact::new("Error type", Passage::of(name)));
    recovered.chain(after).chain(repeated).chain(error_type).chain(trail)
}

/// Says how many calls an event tells of beside its own.
pub(super) fn repeated(calls: u64) -> String {
    let noun = if calls == 1 { "call" } else { "calls" };
    format!("{} more {noun} failed alike", readable::grouped(calls))
}

/// Gives the name of an error's type where it says more than that it is an error.
pub(super) fn error_type(name: &str) -> Option<&str> {
    let name = name.trim_start_matches('&').trim();
    (!name.is_empty() && !name.contains("dyn ")).then_some(name)
}

/// Where it happened, for who has to look at the code: not for every invoice and every click that went well.
fn place_fact(event: &Event) -> Option<Fact<'_>> {
    let is_routine = event.severity() <= Severity::Success && !is_about_the_service(event.kind());
    let place = event.place().filter(|_| !is_routine)?;
    let position = format!("{}:{}", place.file, place.line);
    let text = place.function.map_or_else(|| position.clone(), |function| format!("{function}\n{position}"));
    Some(Fact::new("Where", Passage::of(text)))
}

const fn is_about_the_service(kind: Kind) -> bool {
    matches!(kind.channel(), Channel::System | Channel::Errors)
}

fn actor_fact(event: &Event) -> Option<Fact<'_>> {
    event.who().map(|who| Fact::new("Actor", Passage::of(who)))
}

/// Writes `invoice_id` as `Invoice ID`; leaves alone what is no plain identifier.
fn humanised(name: &str) -> Cow<'_, str> {
    let is_plain = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if !is_plain || name.trim_matches('_').is_empty() {
        return name.into();
    }
    let words = name.split('_').filter(|word| !word.is_empty()).enumerate().map(|(position, word)| {
        if ABBREVIATIONS.contains(&word) {
            word.to_uppercase()
        } else if position == 0 {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            first.to_uppercase() + rest
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ").into()
}

/// Discord refuses a field without something in both parts.
fn or_blank(text: String) -> String {
    if text.is_empty() { markdown::ZERO_WIDTH_SPACE.into() } else { text }
}

/// The field that carries the unit of a measured value.
const UNIT: &str = "unit";

/// The field that carries the size of a file.
const BYTES: &str = "bytes";

/// Words that are written in capitals.
const ABBREVIATIONS: [&str; 10] = ["api", "btw", "db", "http", "id", "ip", "sql", "uri", "url", "vat"];
