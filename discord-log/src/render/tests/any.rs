//! Events and groups of any text.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Failure, PLACE, grouped, with_history};
use crate::event::{Amount, Channel, Event, Severity};
use crate::reduce::{Back, Earlier, Shown};

/// Text that somebody could mean badly, in pieces that only do harm together.
pub(super) fn any_text() -> impl Strategy<Value = String> {
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

pub(super) fn any_event() -> impl Strategy<Value = Event> {
    let fields = prop::collection::vec((any_text(), any_text()), 0..12);
    let parts = (0_usize..24, any_text(), any_text(), fields, prop::option::of(any_text()));
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
        10 => Event::slow_call(one, Duration::MAX, Duration::ZERO),
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
        21 => Event::record(Severity::Error).titled(one).reporting_text("", &other),
        22 => Event::record(Severity::Info).titled(one),
        _ => Event::activity(one, other, Duration::from_nanos(1)),
    }
}

/// What a function around a failing one tells later.
pub(super) fn any_follow_up() -> impl Strategy<Value = Event> {
    let texts = (any_text(), any_text(), any_text(), prop::option::of(any_text()));
    texts.prop_map(|(error, context, field, recovered)| {
        let event = Event::error(&std::io::Error::other(error), context).field(&field, &field);
        recovered.iter().fold(event, |event, function| event.recovered_in(function))
    })
}

/// A problem that occurred a few times, with any history.
pub(super) fn any_group() -> impl Strategy<Value = Shown> {
    let repeats = || prop_oneof![9 => Just(0), 1 => any::<u32>()];
    let occurrence = || (any_text(), any_text(), prop::option::of(any_text()), 0_i64..10_000, repeats());
    let occurrences =
        prop_oneof![9 => prop::collection::vec(occurrence(), 1..6), 1 => prop::collection::vec(occurrence(), 30..60)];
    let address = prop_oneof![Just("https://ours.example/channels/1/2/3".to_owned()), any_text()];
    let earlier = prop::option::of(prop_oneof![
        Just(Earlier::Deleted),
        prop::option::of(address).prop_map(|address| Earlier::Posted { address }),
    ]);
    let back = (any::<u64>(), prop::option::of(any_text()))
        .prop_map(|(seconds, release)| Back { after: Duration::from_secs(seconds), release });
    let severity = prop::sample::select(vec![Severity::Warning, Severity::Error, Severity::Critical]);
    let parts = (any_event(), occurrences, severity, any::<bool>());
    (parts, earlier, prop::option::of(back), any::<bool>()).prop_map(
        |((event, occurrences, severity, is_single), earlier, back, is_over)| {
            let channel = if event.channel() == Channel::Finance { Channel::System } else { event.channel() };
            let event = event.in_channel(channel).with_severity(severity);
            let most = if is_single { 1 } else { usize::MAX };
            let events = occurrences.into_iter().take(most).map(|(id, other, actor, later, repeats)| {
                let mut event = event.clone().field("id", id).field(other, later);
                event = actor.iter().fold(event, |event, actor| event.actor(actor));
                event.stamp(
                    event.occurred_at().checked_add(Duration::from_secs(later as u64)).unwrap_or(Timestamp::MAX),
                );
                if repeats > 0 { event.repeated(repeats.into()) } else { event }
            });
            with_history(grouped(events), earlier, back, is_over)
        },
    )
}

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
