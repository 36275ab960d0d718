//! Whatever a program hands over: a marked message, and a process that goes on.

use std::fmt;

use discord_log::{Amount, Event};

use crate::world::World;

struct Panics;

impl fmt::Debug for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("a Debug that panics")
    }
}

impl fmt::Display for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("a Display that panics")
    }
}

impl std::error::Error for Panics {}

/// A `Display` that logs while it is being logged.
struct Logs;

impl fmt::Display for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        discord_log::log_user_action("from within");
        f.write_str("outer")
    }
}

#[test]
fn an_amount_that_is_none_is_shown_as_given_and_flagged() {
    let world = World::unlimited();
    discord_log::log_invoice_created("INV-1", f64::NAN, "Northwind BV");
    discord_log::log_invoice_created("INV-2", "twelve", "Northwind BV");
    discord_log::log_invoice_created("INV-3", Amount::from(f64::INFINITY), "Northwind BV");
    world.flush();
    let text = world.text("finance");
    assert_eq!(world.titles("finance").len(), 3);
    for given in ["NaN", "twelve", "inf"] {
        assert!(text.contains(&format!("not an amount: {given}")), "{text}");
    }
}

#[test]
fn a_debug_that_panics_is_marked_and_loses_nothing_else() {
    let world = World::unlimited();
    discord_log::log(Event::user_action("Odd").field_debug("value", &Panics).field("other", "kept"));
    discord_log::log_error(&Panics, "Odd error");
    discord_log::log_user_action("next");
    world.flush();
    let text = world.text("activity");
    assert!(text.contains("formatting panicked") && text.contains("kept"), "{text}");
    assert!(world.text("errors").contains("formatting panicked"));
    assert_eq!(world.titles("activity").len(), 2);
}

#[test]
fn a_display_that_logs_does_not_deadlock() {
    let world = World::unlimited();
    discord_log::log(Event::user_action("Outer").field_display("value", &Logs));
    world.flush();
    assert_eq!(world.titles("activity").len(), 2);
}

#[test]
fn a_hundred_megabytes_become_a_marked_message() {
    let world = World::unlimited();
    let long = "x".repeat(100_000_000);
    discord_log::log(Event::user_action("Long").field("dump", &long));
    discord_log::log_user_action("next");
    world.flush();
    let text = world.text("activity");
    assert!(text.contains("100,000,000"), "the full size is told");
    assert_eq!(world.titles("activity").len(), 2);
}

#[test]
fn control_characters_and_mentions_are_inert() {
    let world = World::unlimited();
    let hostile =
        "\u{0}\u{7}\u{1b}[31m\u{202e}gnihton\u{2028} @everyone <@1> <@&2> ```\n# title\n||x|| [a](https://x.example)";
    for event in [
        Event::user_action(hostile).field(hostile, hostile).actor(hostile),
        Event::error(&std::io::Error::other(hostile), hostile),
        Event::critical(hostile, hostile),
        Event::invoice_created(hostile, hostile, hostile),
    ] {
        discord_log::log(event);
    }
    world.flush();
    let channels = ["activity", "errors", "finance"];
    for message in channels.iter().flat_map(|channel| world.discord.messages(channel)) {
        assert!(message.pings.is_empty());
        let shown = format!("{} {}", message.content, serde_json::Value::from(message.embeds.clone()));
        for forbidden in ["\\u0000", "\\u0007", "\\u001b", "\u{202e}", "\u{2028}", "@everyone", "<@1>", "<@&2>"] {
            assert!(!shown.contains(forbidden), "{forbidden:?} in {shown}");
        }
    }
    assert_eq!(world.titles("activity").len() + world.titles("errors").len() + world.titles("finance").len(), 4);
}

#[test]
fn empty_and_blank_texts_are_delivered() {
    let world = World::unlimited();
    for blank in ["", " ", "\n\t", "\u{200b}"] {
        discord_log::log(Event::user_action(blank).field(blank, blank).actor(blank));
        discord_log::log_critical(blank, blank);
        discord_log::log_invoice_updated(blank, blank);
    }
    world.flush();
    assert_eq!((world.titles("activity").len(), world.titles("errors").len()), (4, 4));
}

#[test]
fn ten_thousand_fields_are_one_message() {
    let world = World::unlimited();
    let event = (0..10_000).fold(Event::user_action("Many"), |event, number| event.field(format!("f{number}"), number));
    discord_log::log(event);
    world.flush();
    assert_eq!(world.titles("activity").len(), 1);
}
