//! Lists what an event tells beside its text: what, where, who, and then the user's own values, in that order for every
//! kind.

use std::borrow::Cow;

use super::Settings;
use super::budget::Size;
use super::clean::legible;
use super::headline::Headline;
use super::passage::{Passage, Place};
use super::readable::{self, Digits};
use super::request;
use crate::event::{Channel, Event, Field as Given, Kind, Role, Severity, Value};
use crate::summary::FIELD as FIGURES;

/// A named value before it is written.
#[derive(Debug)]
pub(super) struct Fact<'a> {
    pub(super) label: Cow<'a, str>,
    pub(super) value: Passage<'a>,
    /// The value with markup of our own, which is sent as it is or not at all.
    pub(super) live: Option<String>,
}

/// Lists what an event tells in fields; `is_counted` says that its group tells how often it happened.
pub(super) fn facts<'a>(
    settings: &Settings,
    event: &'a Event,
    headline: &Headline<'_>,
    is_counted: bool,
) -> Vec<Fact<'a>> {
    let given: Vec<_> = told_fields(event).collect();
    let (own, extras) = given.split_at_checked(own_count(event.kind(), &given)).unwrap_or((&given, &[]));
    let unit = unit_of(event.kind(), own);
    let needs_no_field = |field: &Given<'_>| headline.tells(field.name()) || is_unit(event.kind(), field);
    let own = own.iter().filter(|field| !needs_no_field(field)).map(|field| own_fact(settings, *field, unit));
    let extras = extras.iter().map(|field| extra_fact(settings, *field));
    let failed = error_facts(event, is_counted);
    let request = request::facts(settings, event);
    let what = own.chain(failed).chain(place_fact(settings, event)).chain(request);
    what.chain(actor_facts(event)).chain(extras).chain(request::breadcrumbs(event)).collect()
}

/// The fields for people; the figures of a summary are for the message that is made of them.
pub(super) fn told_fields(event: &Event) -> impl Iterator<Item = Given<'_>> {
    let is_for_people = |field: &Given<'_>| event.kind() != Kind::DailySummary || field.name() != FIGURES;
    event.fields().filter(is_for_people)
}

impl<'a> Fact<'a> {
    pub(super) fn new(label: impl Into<Cow<'a, str>>, value: Passage<'a>) -> Self {
        Self { label: label.into(), value, live: None }
    }

    /// Counts the bytes of what it tells.
    pub(super) fn length(&self) -> usize {
        self.label.len() + self.value.as_str().len()
    }
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
        | Kind::LogRecord
        | Kind::Error
        | Kind::ErrorRecord
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
        Some(unit) if field.name() != "metric" => {
            Fact::new(label, Passage::of(format!("{} {unit}", legible(value.as_str()))))
        }
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

fn error_facts(event: &Event, is_counted: bool) -> impl Iterator<Item = Fact<'_>> {
    let type_name = event.error_report().and_then(|report| error_type(report.type_name()));
    let mut trail: Vec<_> = event.entries().of(Role::Context).map(|context| context.as_text()).collect();
    trail.reverse();
    // The headline of an error names the innermost, any other none.
    let shortest = if matches!(event.kind(), Kind::Error | Kind::Panic) { 2 } else { 1 };
    let trail = (trail.len() >= shortest).then(|| Fact::new("Trail", Passage::of(trail.join(" › "))));
    let of = |role, label| event.entries().of(role).map(move |field| Fact::new(label, Passage::of_field(field)));
    let recovered = of(Role::Recovered, "Recovered in");
    let after = of(Role::After, "After");
    let repeats = Some(event.repeats()).filter(|calls| *calls > 0 && !is_counted);
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
fn place_fact<'a>(settings: &Settings, event: &'a Event) -> Option<Fact<'a>> {
    let is_routine = event.severity() <= Severity::Success && !is_about_the_service(event.kind());
    let place = event.place().filter(|_| !is_routine)?;
    let position = format!("{}:{}", place.file, place.line);
    let on_two_lines = |position: &str| match place.function {
        Some(function) => format!("{function}\n{position}"),
        None => position.to_owned(),
    };
    let escaped = |text: &str| Passage::of(text).write(Place::Body, Size::characters(usize::MAX));
    let link = settings.source_url.as_ref().and_then(|url| url.link(place.file, place.line));
    let live = link.map(|address| {
        let link = format!("[{}]({address})", escaped(&position));
        place.function.map_or_else(|| link.clone(), |function| format!("{}\n{link}", escaped(function)))
    });
    Some(Fact { live, ..Fact::new("Where", Passage::of(on_two_lines(&position))) })
}

const fn is_about_the_service(kind: Kind) -> bool {
    matches!(kind.channel(), Channel::System | Channel::Errors)
}

fn actor_facts(event: &Event) -> impl Iterator<Item = Fact<'_>> {
    event.entries().of(Role::Actor).map(|actor| Fact::new("Actor", Passage::of_field(actor)))
}

/// Writes `invoice_id` as `Invoice ID`; leaves alone what is no plain identifier.
pub(super) fn humanised(name: &str) -> Cow<'_, str> {
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

/// The field that carries the unit of a measured value.
const UNIT: &str = "unit";

/// The field that carries the size of a file.
const BYTES: &str = "bytes";

/// Words that are written in capitals.
const ABBREVIATIONS: [&str; 10] = ["api", "btw", "db", "http", "id", "ip", "sql", "uri", "url", "vat"];
