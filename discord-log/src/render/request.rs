//! Lists what is known of the request or the job that an event belongs to: what was asked for, by whom, in which spans,
//! and what was logged before an error.

use super::budget::Size;
use super::facts::{Fact, humanised};
use super::passage::{Passage, Place};
use super::readable::{self, Digits};
use super::{Settings, limits};
use crate::event::{Event, Field, Role, Value};

/// Lists it in the order in which a reader asks.
pub(super) fn facts<'a>(settings: &Settings, event: &'a Event) -> Vec<Fact<'a>> {
    let text = |name: &str| event.request(name).map(|field| field.as_text()).filter(|text| !text.is_empty());
    let fact = |label: &'static str, lines: Vec<String>| {
        (!lines.is_empty()).then(|| Fact::new(label, Passage::of(lines.join("\n"))))
    };
    let client = [
        text("client_ip").map(str::to_owned),
        text("session").map(|session| format!("session {session}")),
        text("user_agent").map(str::to_owned),
        text("referrer").map(|page| format!("from {page}")),
    ];
    let trace = [text("trace_id").map(str::to_owned), text("span_id").map(|span| format!("span {span}"))];
    let mut facts: Vec<_> = [
        fact("Request", request(settings, event, text)),
        fact("Client", client.into_iter().flatten().collect()),
        fact("Request ID", text("request_id").map(str::to_owned).into_iter().collect()),
        fact("Trace", trace.into_iter().flatten().collect()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let others = event.entries().of(Role::Request).filter(|field| !TOLD.contains(&field.name()));
    facts.extend(others.map(|field| Fact::new(humanised(field.name()), Passage::of(value(settings, field)))));
    facts.extend(fact("Spans", spans(event).into_iter().collect()));
    facts
}

/// Lists what was logged before, the latest first, since what stands first is cut last.
pub(super) fn breadcrumbs(event: &Event) -> Option<Fact<'_>> {
    let breadcrumb = |entry: Field<'_>| format!("{}  {}", entry.name(), entry.as_text().replace('\n', " "));
    let mut lines: Vec<_> = event.entries().of(Role::Breadcrumb).map(breadcrumb).collect();
    lines.reverse();
    let list = Passage::of(lines.join("\n"));
    let table = list.put(Place::Code, Size::characters(limits::FIELD_VALUE_CHARACTERS));
    let live = (table.cut == 0).then_some(table.text);
    (!lines.is_empty()).then(|| Fact { live, ..Fact::new("Before", list) })
}

/// Names each for the local log.
pub(super) fn named(settings: &Settings, event: &Event) -> Vec<(String, String)> {
    let request = event.entries().of(Role::Request).map(|field| (field.name().to_owned(), value(settings, field)));
    request.chain(spans(event).map(|spans| ("spans".to_owned(), spans))).collect()
}

fn request<'a>(settings: &Settings, event: &Event, text: impl Fn(&str) -> Option<&'a str>) -> Vec<String> {
    let (route, path) = (text("route"), text("path"));
    let asked = [text("method"), path.or(route)];
    let asked: Vec<_> = asked.into_iter().flatten().collect();
    let route = route.filter(|route| path.is_some_and(|path| path != *route));
    let answer: Vec<_> =
        ["status", "took"].into_iter().filter_map(|name| Some(value(settings, event.request(name)?))).collect();
    let lines = [asked.join(" "), route.unwrap_or_default().to_owned(), answer.join(" after ")];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

fn spans(event: &Event) -> Option<String> {
    let names: Vec<_> = event.entries().of(Role::Span).map(|span| span.name()).collect();
    (!names.is_empty()).then(|| names.join(" › "))
}

fn value(settings: &Settings, field: Field<'_>) -> String {
    match field.value() {
        Value::Text(text) => text.into_owned(),
        value => readable::value(value, settings.currency, Digits::AsGiven).to_string(),
    }
}

/// Parts of a request that are told together.
const TOLD: [&str; 12] = [
    "client_ip",
    "method",
    "path",
    "referrer",
    "request_id",
    "route",
    "session",
    "span_id",
    "status",
    "took",
    "trace_id",
    "user_agent",
];
