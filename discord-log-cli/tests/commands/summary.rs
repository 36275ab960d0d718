//! `discord-log summary`: a day from a journal that was written without the library.

use discord_log_preview::Discord;
use jiff::civil::date;

use crate::day;
use crate::machine::Machine;

/// A machine on which a shop in Amsterdam ran for a fortnight.
fn machine() -> Machine {
    let mut machine = Machine::empty();
    let journal = machine.folder().join("journal");
    day::write_fortnight(&journal.join("v1/shop@production"), date(2026, 4, 30)).expect("written");
    machine.set("DISCORD_JOURNAL", journal.to_string_lossy().into_owned());
    machine.set("DISCORD_TIMEZONE", "Europe/Amsterdam");
    machine
}

#[test]
fn a_day_is_a_table_for_people_and_an_object_for_programs() {
    let machine = machine();
    let ran = machine.run(&["summary", "--date", "2026-04-30", "--picture", "day.png"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    for said in
        ["shop@production 2026-04-30 Europe/Amsterdam", "finance", "1 new", "×18 Charge card", "billing::charge", "EUR"]
    {
        assert!(ran.stdout.contains(said), "no `{said}` in {}", ran.stdout);
    }
    let picture = std::fs::read(machine.folder().join("day.png")).expect("a picture");
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n") && picture.len() > 10_000, "{} bytes", picture.len());
    let ran = machine.run(&["summary", "--date", "2026-04-30", "--service", "shop", "--json"]);
    let figures: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one object");
    assert_eq!((&figures["day"], figures["hours"].as_array().map(Vec::len)), (&"2026-04-30".into(), Some(24)));
    assert_eq!(figures["problems"][0]["count"], 18);
}

#[test]
fn a_day_without_events_and_a_service_that_is_not_there_say_so() {
    let machine = machine();
    let ran = machine.run(&["summary", "--date", "2025-01-01"]);
    assert!(ran.code == Some(0) && ran.stdout.contains("Nothing happened"), "{ran:?}");
    let ran = machine.run(&["summary", "--service", "billing"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("`shop@production`"), "{ran:?}");
    let mut machine = Machine::empty();
    machine.set("DISCORD_JOURNAL", "memory");
    let ran = machine.run(&["summary"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("DISCORD_JOURNAL"), "{ran:?}");
}

#[test]
fn a_day_is_sent_to_the_system_channel_with_its_picture() {
    let discord = Discord::builder().start().expect("a local Discord");
    let mut machine = machine();
    discord.settings().into_iter().for_each(|(name, value)| machine.set(&name, value));
    let ran = machine.run(&["summary", "--date", "2026-04-30", "--send"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let messages = discord.messages("system");
    let [message] = messages.as_slice() else { panic!("{} messages", messages.len()) };
    assert!(message.embeds[0]["title"].as_str().is_some_and(|title| title.contains("30 April 2026")));
    assert!(message.attachments[0].filename.ends_with(".png"));
}
