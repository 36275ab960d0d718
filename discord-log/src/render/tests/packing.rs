//! How events share messages, and what becomes of those that are too large for one.

use std::fmt::Write;

use serde_json::Value as Json;

use super::{Failure, PLACE, alone, body, embed, inert, line, messages, rendered, settings};
use crate::event::{Event, Severity, TEXT_CAPACITY};
use crate::render::{Repeat, Settings};

fn posted(events: impl IntoIterator<Item = Event>) -> Vec<(Json, usize)> {
    let messages = messages(&settings(), &alone(events), Repeat::First);
    for (message, _) in &messages {
        body::assert_valid(message);
        inert::assert_inert(message);
    }
    messages
}

fn error(message: &str) -> Event {
    Event::error(&std::io::Error::other(message.to_owned()), "Send invoice").at_callsite(&PLACE)
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

#[test]
fn ten_ordinary_events_fit_one_message() {
    let messages = posted(Event::one_of_each().into_iter().take(12));
    assert_eq!(messages.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [10, 2]);
}

#[test]
fn sixty_mixed_events_need_eight_messages_at_the_most() {
    let of_every_size = (0..60).map(|number| match number % 6 {
        0 => error(&"a long story, ".repeat(60)),
        1 => error("connection refused").field("attempt", number),
        2 => Event::critical("Payments stopped", "The bank refuses the certificate."),
        3 => Event::user_action("Отчёт отправлен").field("получатель", "Анна Каренина").actor("u-42"),
        4 => Event::invoice_created("INV-1", number, "Northwind BV"),
        _ => Event::database_operation("vacuum", "invoices", 12_804),
    });
    let messages = posted(of_every_size);
    assert!(messages.len() <= 8, "{} messages", messages.len());
    assert_eq!(messages.iter().map(|(_, count)| count).sum::<usize>(), 60);
}

#[test]
fn a_lone_event_may_use_the_whole_message() {
    let messages = posted([error(&"no ".repeat(10_000))]);
    let description = text(&messages[0].0["embeds"][0]["description"]);
    assert!(description.chars().count() > 4_000, "{}", description.chars().count());
    assert!(description.ends_with("\n```\n… (30,000 bytes, see the file)"), "{description:?}");
}

#[test]
fn every_limit_is_used_and_none_is_passed() {
    let long = "x".repeat(10_000);
    let critical = &posted([Event::critical(long.as_str(), long.as_str())])[0].0["embeds"][0];
    assert_eq!(text(&critical["title"]).chars().count(), 256);
    assert_eq!(text(&critical["description"]).chars().count(), 4_096);

    // A name of 255 bytes passes the limit only by what escapes it.
    let named = Event::user_action("x").field("*".repeat(255), "value");
    assert_eq!(text(&posted([named])[0].0["embeds"][0]["fields"][0]["name"]).chars().count(), 255);

    let full = (0..10).fold(Event::critical("x", long.as_str()), |event, _| event.field("name", long.as_str()));
    let message = &posted([full])[0].0;
    let characters = body::characters(message);
    assert!((5_950..=6_000).contains(&characters), "{characters}");

    let settings = Settings { service: long, ..settings() };
    let (message, _) = &messages(&settings, &alone([Event::startup()]), Repeat::First)[0];
    body::assert_valid(message);
    assert_eq!(text(&message["username"]).chars().count(), 80);
}

#[test]
fn what_small_events_leave_goes_to_the_large_ones() {
    let events = [Event::startup(), error(&"x".repeat(20_000)), Event::startup()];
    let messages = posted(events);
    assert_eq!(messages.len(), 1);
    assert!(text(&messages[0].0["embeds"][1]["description"]).len() > 4_000);
    assert_eq!(messages[0].0["embeds"][0], embed(Event::startup()));
}

#[test]
fn large_events_share_a_message_too() {
    let counts = posted((0..12).map(|_| error(&"x".repeat(20_000))));
    assert_eq!(counts.into_iter().map(|(_, count)| count).collect::<Vec<_>>(), [6, 6]);
}

#[test]
fn the_bytes_of_wide_characters_are_counted() {
    let messages = posted([error(&"文".repeat(100_000)), error(&"🧾".repeat(100_000))]);
    assert_eq!(messages.len(), 1);
}

#[test]
fn a_text_of_256_kib_says_how_long_it_was() {
    let event = Event::system_event("Dump", "line\n".repeat(TEXT_CAPACITY / 5 + 1)).field("reason", "test");
    let embed = &posted([event])[0].0["embeds"][0];
    assert!(text(&embed["description"]).ends_with(" … (262,145 bytes, see the file)"));
    assert_eq!(embed["fields"][0]["name"], "… more fields");
}

#[test]
fn fields_that_do_not_fit_are_counted_and_named() {
    let many = (0..100).fold(Event::user_action("x"), |event, number| event.field(format!("name_{number}"), number));
    let fields = &posted([many])[0].0["embeds"][0]["fields"];
    assert_eq!(fields.as_array().map(Vec::len), Some(25));
    assert_eq!(fields[23]["name"], "Name 23");
    assert_eq!(fields[24]["name"], "… 76 more fields");
    assert!(text(&fields[24]["value"]).starts_with("Name 24, Name 25, "));
}

#[test]
fn a_long_field_is_cut_for_its_own_sake_and_short_ones_stay_whole() {
    let event = Event::user_action("x").field("payload", "y".repeat(5_000)).field("note", "short");
    let fields = &posted([event])[0].0["embeds"][0]["fields"];
    assert!(text(&fields[0]["value"]).ends_with("y … (5,000 bytes, see the file)"));
    assert_eq!(text(&fields[0]["value"]).chars().count(), 1_024);
    assert_eq!(fields[1]["value"], "short");
}

#[test]
fn all_causes_are_told_or_counted() {
    let causes = (0..30).map(|number| format!("cause {number} {}", "c".repeat(200)));
    let chain = Failure::of(["m".repeat(9_000)].into_iter().chain(causes));
    for beside in [0, 3] {
        let others = (0..beside).map(|_| error(&"x".repeat(9_000)));
        let messages = posted([Event::error(&chain, "")].into_iter().chain(others));
        let description = text(&messages[0].0["embeds"][0]["description"]);
        let told = description.matches("↳ cause").count();
        let counted =
            description.rsplit_once("\n… ").and_then(|(_, rest)| rest.strip_suffix(" more causes in the file"));
        assert_eq!(told + counted.map_or(0, |count| count.parse().expect("a number")), 30, "{description}");
        assert_eq!(counted.is_some(), beside > 0);
    }
}

/// Captures a backtrace with frames of a crate that is not our own.
fn traced(mut event: Event) -> Event {
    struct Captures(std::cell::Cell<Option<std::backtrace::Backtrace>>);

    impl serde::Serialize for Captures {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.set(Some(std::backtrace::Backtrace::force_capture()));
            serializer.serialize_unit()
        }
    }

    let captures = Captures(std::cell::Cell::new(None));
    serde_json::to_writer(Vec::new(), &captures).expect("JSON");
    event.set_backtrace(captures.0.take().expect("a backtrace"));
    event
}

#[test]
fn a_backtrace_takes_the_room_that_nothing_else_needs() {
    let plain = &posted([error("refused").field("note", "short")])[0].0["embeds"][0];
    let with = &posted([traced(error("refused").field("note", "short"))])[0].0["embeds"][0];
    let description = text(&with["description"]);
    assert!(description.starts_with("refused\n```\n") && description.ends_with("\n```"), "{description}");
    assert!(description.contains("▸ "), "{description}");
    assert_eq!(with["fields"], plain["fields"]);
    let filled = |event: Event| (0..6).fold(event, |event, _| event.field("f", "y".repeat(5_000)));
    let long = || filled(error(&"x".repeat(20_000)));
    assert_eq!(posted([traced(long())]), posted([long()]), "nothing is cut for its sake");
    posted((0..12).map(|_| traced(error(&"x".repeat(500)))));
}

#[test]
fn only_what_is_worth_it_makes_a_phone_buzz() {
    let flags = |events: Vec<Event>| rendered(events).get("flags").cloned();
    let quiet = Some(Json::from(4_096));
    assert_eq!(flags(vec![Event::startup(), Event::payment_received("1", 2, "3")]), quiet);
    assert_eq!(flags(vec![Event::activity("x", "error", std::time::Duration::ZERO)]), quiet);
    assert_eq!(flags(vec![Event::startup(), Event::validation_error("a", "b")]), None);
    assert_eq!(flags(vec![Event::user_action("x").with_severity(Severity::Error)]), None);
}

#[test]
fn a_phone_shows_the_worst_first_and_how_much_more_there_is() {
    let content = |events: Vec<Event>| rendered(events).get("content").map(|content| text(content).to_owned());
    assert_eq!(content(vec![Event::startup()]), None);
    assert_eq!(content(vec![error("refused")]).as_deref(), Some("❌ Send invoice: refused"));
    let three =
        vec![error("refused"), Event::critical("Payments stopped", "No answer."), Event::startup(), error("no")];
    assert_eq!(content(three).as_deref(), Some("🚨 Payments stopped: No answer. (+2 more)"));
    let long = content(vec![error(&"*".repeat(1_000)), error("b")]).unwrap_or_default();
    assert!(long.chars().count() <= 180 && long.ends_with("… (+1 more)"), "{long}");
}

#[test]
fn a_line_tells_everything() {
    let event = error("refused\nby peer").field("note", "n".repeat(5_000)).actor("u-42");
    let line = line(&settings(), &event);
    let note = format!("note={}", "n".repeat(5_000));
    assert!(line.starts_with("[errors] ❌ Send invoice failed: refused ⏎ by peer | note="), "{line}");
    assert!(line.contains(&note));
    assert!(
        line.ends_with("| error_type=std::io::error::Error | actor=u-42 | at create_*invoice* src/@everyone/*x*.rs:42")
    );
}

#[test]
fn times_outside_of_four_digit_years_are_moved_to_the_nearest() {
    let mut event = Event::startup();
    event.stamp(jiff::Timestamp::MIN);
    assert_eq!(embed(event.clone())["timestamp"], "0001-01-01T00:00:00.000Z");
    event.stamp(jiff::Timestamp::MAX);
    assert_eq!(embed(event)["timestamp"], "9999-12-30T22:00:00.999Z");
    assert_eq!(embed(Event::startup())["timestamp"], "2026-01-05T10:30:00.123Z");
}

#[test]
fn a_field_without_anything_to_see_is_still_taken() {
    let event = Event::user_action("\u{202e}").field("", "").field(" \t", "\u{200b}");
    let mut blank = String::new();
    let fields = &posted([event])[0].0["embeds"][0]["fields"];
    for field in fields.as_array().into_iter().flatten() {
        write!(blank, "{}{}", text(&field["name"]), text(&field["value"])).expect("a string");
    }
    assert_eq!(blank, "\u{200b}".repeat(4));
}
