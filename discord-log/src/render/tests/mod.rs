//! What every message promises, held against events of any text.

mod body;
mod inert;
mod look;
mod packing;

use std::error::Error;
use std::fmt;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value as Json;

use super::budget::Size;
use super::clean::{Lines, clean};
use super::passage::{Passage, Place};
use super::{Body, File, Mentions, Post, Repeat, Settings, edit, line, post};
use crate::event::{Amount, Callsite, Channel, Currency, Event, Severity};
use crate::record::{Entry, EventId, Seq};
use crate::reduce::{Form, Shown};

fn settings() -> Settings {
    Settings {
        service: "billing".to_owned(),
        environment: Some("production".to_owned()),
        release: Some("1.4.2".to_owned()),
        host: Some("web-1".to_owned()),
        currency: Currency::EUR,
        source_url: None,
        mentions: Mentions::default(),
    }
}

fn alone(events: impl IntoIterator<Item = Event>) -> Vec<Shown> {
    entries(events).into_iter().map(Shown::alone).collect()
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

/// Text that somebody could mean badly, in pieces that only do harm together.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(NASTY.to_vec()).prop_map(str::to_owned),
        2 => "[a-z_:.0-9]{1,8}",
        1 => any::<char>().prop_map(String::from),
        1 => "\\PC{1,6}",
        1 => ("[`*_~|# ]", 1_usize..80).prop_map(|(text, times)| text.repeat(times)),
    ];
    let text = prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat());
    prop_oneof![12 => text.clone(), 1 => (text, 1_usize..200).prop_map(|(text, times)| text.repeat(times))]
}

fn any_event() -> impl Strategy<Value = Event> {
    let fields = prop::collection::vec((any_text(), any_text()), 0..12);
    let parts = (0_usize..22, any_text(), any_text(), fields, prop::option::of(any_text()));
    let aside = (prop::option::of(prop::sample::select(Severity::ALL.to_vec())), any::<bool>(), any::<i64>());
    let failure = (prop::option::of(any_text()), prop::option::of(any_text()), prop_oneof![Just(0), any::<u64>()]);
    (parts, aside, failure).prop_map(|((kind, one, other, fields, actor), (severity, has_place, at), failure)| {
        let mut event = of_kind(kind, &one, &other);
        for (name, value) in &fields {
            event = event.field(name, value);
        }
        if let Some(actor) = actor {
            event = event.actor(actor);
        }
        if let Some(severity) = severity {
            event = event.with_severity(severity);
        }
        let (recovered, after, repeats) = failure;
        event = recovered.iter().fold(event, |event, function| event.recovered_in(function));
        after.iter().for_each(|earlier| event.set_after(earlier));
        if repeats > 0 {
            event = event.repeated(repeats);
        }
        if has_place {
            event = event.at_callsite(&PLACE);
        }
        event.stamp(Timestamp::from_second(at % 300_000_000_000).unwrap_or(Timestamp::MIN));
        event
    })
}

fn of_kind(kind: usize, one: &str, other: &str) -> Event {
    match kind {
        0 => Event::invoice_created(one, other, one),
        1 => Event::invoice_updated(one, other),
        2 => Event::payment_received(one, Amount::from(other), other),
        3 => Event::btw_calculation(one, f64::NAN, other),
        4 => Event::high_value_transaction(one, 1e300, other),
        5 => Event::system_event(one, other),
        6 => Event::startup(),
        7 => Event::shutdown(one),
        8 => Event::database_operation(one, other, u64::MAX),
        9 => Event::file_operation(one, other),
        10 => Event::slow_call(one, std::time::Duration::MAX, std::time::Duration::ZERO),
        11 => Event::performance_warning(one, f64::INFINITY, other, other),
        12 => Event::daily_summary(),
        13 => Event::error(&Failure::of([one, other, one].map(str::to_owned).into_iter()), other).while_doing(one),
        14 => Event::panicked(one, other),
        15 => Event::validation_error(one, other),
        16 => Event::critical(one, other),
        17 => Event::user_action(one),
        18 => Event::file_upload(one, 1),
        19 => Event::file_download(one, u64::MAX),
        20 => Event::form_submission(one).in_channel(Channel::named(other)),
        _ => Event::activity(one, other, std::time::Duration::from_nanos(1)),
    }
}

static PLACE: Callsite = Callsite::new("create_*invoice*", "billing", "src/@everyone/*x*.rs", 42);

const NASTY: [&str; 44] = [
    "@everyone",
    "@here",
    "@Everyone",
    "<@1>",
    "<@!1>",
    "<@&1>",
    "<#1>",
    "<:a:1>",
    "<a:b:1>",
    "<t:0:R>",
    "</a:1>",
    "<id:home>",
    "```",
    "``",
    "`",
    "```rs\n",
    "**",
    "*",
    "__",
    "_",
    "~~",
    "||",
    "[a](https://b.example)",
    "](",
    "[",
    "# ",
    "### ",
    "-# ",
    "- ",
    "> ",
    ">>> ",
    "1. ",
    "\n",
    "\r\n",
    "\\",
    "\u{202e}",
    "\u{200b}",
    "\u{200d}",
    "\u{301}",
    "\u{1b}[31m",
    "\0",
    "https://a.example/x_y_",
    ":key:",
    "👩‍👩‍👧‍👦",
];

proptest! {
    #[test]
    fn discord_takes_any_message_and_nothing_in_it_is_alive(
        events in prop::collection::vec(any_event(), 1..13),
        service in any_text(),
        host in prop::option::of(any_text()),
        is_repeat in any::<bool>(),
    ) {
        let settings = Settings { service, host: host.clone(), environment: host, ..settings() };
        let repeat = if is_repeat { Repeat::Possible } else { Repeat::First };
        for (message, _) in messages(&settings, &alone(events), repeat) {
            body::assert_valid(&message);
            inert::assert_inert(&message);
            for embed in message["embeds"].as_array().into_iter().flatten() {
                let footer = embed["footer"]["text"].as_str().unwrap_or_default();
                prop_assert_eq!(footer.ends_with("possible repeat"), is_repeat, "{}", footer);
            }
        }
    }

    #[test]
    fn an_edit_holds_all_of_its_message_whatever_was_added(
        events in prop::collection::vec((any_event(), any_event()), 1..11),
        service in any_text(),
    ) {
        let settings = Settings { service, ..settings() };
        let (reports, later): (Vec<_>, Vec<_>) = events.into_iter().unzip();
        let mut shown = alone(reports);
        let (_, _, count) = posted(&settings, &shown, Form::Embeds, Repeat::First);
        shown.truncate(count);
        shown.iter_mut().zip(entries(later)).for_each(|(shown, later)| shown.entry.show(&later));
        let (edit, files) = edited(&settings, &shown, Repeat::First);
        body::assert_valid_edit(&edit);
        body::assert_files(&edit, &files);
        inert::assert_inert(&edit);
        prop_assert_eq!(edit["embeds"].as_array().map(Vec::len), Some(count));
    }

    #[test]
    fn a_reader_sees_what_was_written(text in any_text()) {
        let cleaned = clean(&text, Lines::Kept, usize::MAX).text;
        let sent = Passage::of(text).write(Place::Body, Size::characters(usize::MAX));
        prop_assert_eq!(inert::shown(&sent), cleaned);
    }

    #[test]
    fn a_line_is_one_line_without_anything_invisible(event in any_event()) {
        let line = line(&settings(), &event);
        prop_assert!(!line.chars().any(char::is_control), "{line:?}");
        prop_assert!(!line.contains(['\u{202e}', '\u{2066}', '\u{2028}', '\u{200b}']), "{line:?}");
    }
}
