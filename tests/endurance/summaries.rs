//! One summary a day, however many processes there are and whenever they are killed.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use discord_log_preview::Message;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::day::{append, invoice, line};
use crate::program::{PATIENCE, within};
use crate::world::{Numbers, World};

/// A service that ran yesterday and earned something, and that was down when its summary was due. It is noon there, so
/// that no day ends meanwhile.
fn world() -> World {
    let mut world = World::start();
    let now = Timestamp::now();
    let east = 12 - i64::from(TimeZone::UTC.to_datetime(now).hour());
    // The names of these zones count to the west.
    let zone = format!("Etc/GMT{:+}", -east);
    world.set("DISCORD_SUMMARY_TIME", "00:00");
    world.set("DISCORD_TIMEZONE", &zone);
    let today = TimeZone::get(&zone).expect("a zone").to_datetime(now).date();
    let service = world.journal.join("v1/survivor@");
    let summaries = service.join("summaries");
    fs::create_dir_all(&summaries).expect("a folder");
    let before = now - 24.hours();
    let day = today.checked_sub(2.days()).expect("a day");
    let claim = json!({ "day": day, "at": before, "event": null, "is_journalled": true });
    fs::write(summaries.join("last.json"), claim.to_string()).expect("written");
    let lines: String = (0..40).map(|number| line(&invoice(before, number, 1_250, "EUR"))).collect();
    append(&service, before, &lines).expect("written");
    world
}

fn summaries(world: &World) -> Vec<Message> {
    let is_summary = |message: &Message| {
        message.embeds.iter().any(|embed| embed["title"].as_str().is_some_and(|title| title.starts_with('📊')))
    };
    world.discord.messages("system").into_iter().filter(is_summary).collect()
}

fn is_confirmed(world: &World) -> bool {
    let claim = fs::read(world.journal.join("v1/survivor@/summaries/last.json")).unwrap_or_default();
    let claim: Value = serde_json::from_slice(&claim).unwrap_or_default();
    claim["is_journalled"] == true && claim["event"].is_string()
}

#[test]
fn of_many_processes_one_sends_yesterdays_summary_late_and_with_its_picture() {
    let mut world = world();
    let mut programs: Vec<_> = (0..4).map(|number| world.program(&format!("p{number}"))).collect();
    programs.iter_mut().for_each(|program| program.expect_ready());
    assert!(world.discord.wait_for(|_| !summaries(&world).is_empty(), PATIENCE), "{}", world.stderr());
    assert!(within(PATIENCE, || is_confirmed(&world)));
    programs.pop().expect("one").kill();
    let mut another = world.program("another");
    another.expect_ready();
    another.flush();
    for program in programs.into_iter().chain([another]) {
        assert!(program.end("drop").success());
    }
    let told = summaries(&world);
    let [summary] = told.as_slice() else { panic!("{} summaries", told.len()) };
    let embed = summary.embeds[0].to_string();
    for said in ["40 events", "Late: it was due", "**€500.00** invoiced (40)"] {
        assert!(embed.contains(said), "no `{said}` in {embed}");
    }
    assert!(!embed.contains("possible repeat"), "{embed}");
    let [picture] = summary.attachments.as_slice() else { panic!("{:?}", summary.attachments) };
    assert!(picture.filename.ends_with(".png") && embed.contains(&picture.filename), "{embed}");
}

#[test]
fn whenever_a_process_is_killed_the_summary_comes_and_comes_once() {
    let mut numbers = Numbers::new("summaries");
    for round in 0..4 {
        let mut world = world();
        for kill in 0..6 {
            let mut program = world.program(&format!("k{kill}"));
            program.expect_ready();
            sleep(Duration::from_millis(numbers.of(0..2_600)));
            program.kill();
        }
        let mut last = world.program("last");
        last.expect_ready();
        assert!(world.discord.wait_for(|_| !summaries(&world).is_empty(), PATIENCE), "{round}: {}", world.stderr());
        assert!(within(PATIENCE, || is_confirmed(&world)));
        last.flush();
        assert!(last.end("drop").success());
        // What a process was sending when it died may have arrived, and says so.
        let told = summaries(&world);
        let certain = told.iter().filter(|summary| !summary.embeds[0].to_string().contains("possible repeat"));
        assert!(certain.count() <= 1 && told.len() <= 2, "{round}: {} summaries", told.len());
    }
}
