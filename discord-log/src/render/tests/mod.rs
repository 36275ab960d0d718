//! What every message promises, held against events of any text.

mod any;
mod body;
mod forms;
mod heartbeat;
mod inert;
mod kept;
mod look;
mod packing;
mod promises;
mod summary;

use std::error::Error;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{Body, File, Mentions, Post, Repeat, Settings, edit, line, post};
use crate::event::{Callsite, Currency, Event};
use crate::record::{Entry, EventId, Seq};
use crate::reduce::{Back, Earlier, Form, Group, Shown};

fn settings() -> Settings {
    Settings {
        service: "billing".to_owned(),
        environment: Some("production".to_owned()),
        release: Some("1.4.2".to_owned()),
        commit: Some("8624a30".to_owned()),
        host: Some("web-1".to_owned()),
        currency: Currency::EUR,
        source_url: None,
        mentions: Mentions::default(),
    }
}

fn alone(events: impl IntoIterator<Item = Event>) -> Vec<Shown> {
    entries(events).into_iter().map(Shown::alone).collect()
}

/// Settings in which everything is set.
fn rich() -> Settings {
    Settings {
        source_url: super::SourceUrl::parse("https://ours.example/{file}#L{line}"),
        mentions: Mentions::parse("role:7,user:9").expect("mentions"),
        ..settings()
    }
}

/// Tells the last event as the newest of all; none of them is told by itself.
fn grouped(events: impl IntoIterator<Item = Event>) -> Shown {
    let mut entries = entries(events);
    let group = Group::of_all(&entries).expect("a problem");
    Shown { group: Some(group), ..Shown::alone(entries.pop().expect("an event")) }
}

/// Gives each a name of its own.
fn named(shown: Vec<Shown>) -> Vec<Shown> {
    let name = |(number, mut shown): (usize, Shown)| {
        shown.entry.id = EventId::new(Timestamp::UNIX_EPOCH, number as u128);
        shown
    };
    shown.into_iter().enumerate().map(name).collect()
}

fn with_history(shown: Shown, earlier: Option<Earlier>, back: Option<Back>, is_over: bool) -> Shown {
    Shown { group: shown.group.map(|group| group.with_history(earlier, back, is_over)), ..shown }
}

fn posted(settings: &Settings, shown: &[Shown], form: Form, repeat: Repeat) -> (Json, Vec<File>, usize) {
    let (Body { json, files }, count) = post(settings, shown, Post { form, repeat, thread: None });
    (serde_json::from_slice(&json).expect("JSON"), files, count)
}

fn edited(settings: &Settings, shown: &[Shown], repeat: Repeat) -> (Json, Vec<File>) {
    let Body { json, files } = edit(settings, shown, repeat);
    (serde_json::from_slice(&json).expect("JSON"), files)
}

fn entries(events: impl IntoIterator<Item = Event>) -> Vec<Entry> {
    let at: Timestamp = "2026-01-05T10:30:00.123456789Z".parse().expect("a time");
    let entry = |(number, mut event): (usize, Event)| {
        if event.occurred_at() == Timestamp::UNIX_EPOCH {
            event.stamp(at);
        }
        Entry::new(Seq(number as u64), EventId::new(at, number as u128), event)
    };
    events.into_iter().enumerate().map(entry).collect()
}

/// Renders all entries, a message at a time, as the sender does.
fn messages(settings: &Settings, mut rest: &[Shown], repeat: Repeat) -> Vec<(Json, usize)> {
    let mut messages = Vec::new();
    while !rest.is_empty() {
        let (message, files, count) = posted(settings, rest, Form::Embeds, repeat);
        assert!((1..=rest.len()).contains(&count), "{count} of {}", rest.len());
        body::assert_files(&message, &files);
        messages.push((message, count));
        rest = &rest[count..];
    }
    messages
}

fn rendered(events: impl IntoIterator<Item = Event>) -> Json {
    let mut messages = messages(&settings(), &alone(events), Repeat::First);
    assert_eq!(messages.len(), 1, "more than one message");
    messages.remove(0).0
}

fn embed(event: Event) -> Json {
    rendered([event])["embeds"][0].clone()
}

/// An error with a chain of causes.
#[derive(Debug)]
struct Failure {
    text: String,
    cause: Option<Box<Self>>,
}

impl Failure {
    fn of(texts: impl DoubleEndedIterator<Item = String>) -> Self {
        let chain = texts.rev().fold(None, |cause, text| Some(Box::new(Self { text, cause })));
        *chain.expect("a text")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// What notifies those whom the settings of some tests name.
const PINGED: &str = "<@&7> <@9> ";

static PLACE: Callsite = Callsite::new("create_*invoice*", "billing", "src/@everyone/*x*.rs", 42);
