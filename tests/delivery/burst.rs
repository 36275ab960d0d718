//! Many events at once, under Discord's real limits.

use std::time::{Duration, Instant};

use discord_log::{Channel, Config, Event, Loss, Severity};
use discord_log_preview::Discord;

use crate::world::{PATIENCE, World, everywhere, generous};

#[test]
fn sixty_mixed_events_arrive_in_the_right_channels_within_five_seconds_without_a_429() {
    let mut world = World::start();
    let start = Instant::now();
    for number in 0..15 {
        discord_log::log_invoice_created(format!("INV-{number}"), 12.5, "Northwind BV");
        discord_log::log_system_event(format!("System {number}"), "text");
        discord_log::log_validation_error(format!("field_{number}"), "is blank");
        discord_log::log_user_action(format!("Action {number}"));
    }
    discord_log::flush(Duration::from_secs(5)).expect("all of them within five seconds");
    assert!(start.elapsed() <= Duration::from_secs(6));

    for channel in ["finance", "system", "errors", "activity"] {
        assert_eq!(world.titles(channel).len(), 15, "{channel}");
    }
    for number in 0..15 {
        assert!(world.text("finance").contains(&format!("INV-{number}")));
        assert!(world.titles("system").iter().any(|title| title.ends_with(&format!("System {number}"))));
        assert!(world.titles("activity").iter().any(|title| title.ends_with(&format!("Action {number}"))));
    }
    assert_eq!(world.statuses().get(&429), None);
    let health = world.end();
    assert_eq!((health.accepted, health.delivered), (60, 60));
}

#[test]
fn one_event_of_each_kind_arrives_in_its_channel() {
    let mut world = World::unlimited();
    let events = Event::one_of_each();
    let expected = |channel| events.iter().filter(|event| event.channel() == channel).count();
    for event in events.clone() {
        discord_log::log(event);
    }
    world.flush();
    for channel in Channel::BUILT_IN {
        assert_eq!(world.titles(channel.name()).len(), expected(channel), "{channel}");
    }
    assert_eq!(world.end().delivered, 24);
}

#[test]
fn what_gathers_while_a_channel_waits_goes_out_together() {
    let world = World::start();
    for number in 0..100 {
        discord_log::log_user_action(format!("Action {number}"));
    }
    world.flush();
    let requests = world.posts().len();
    assert!((1..=13).contains(&requests), "100 events in {requests} messages");
    let text = world.text("activity");
    assert!((0..100).all(|number| text.contains(&format!("Action {number}"))), "{text}");
}

#[test]
fn a_channel_of_the_programs_own_has_its_own_webhook() {
    let world = World::with(Discord::builder().channel("deploys"), everywhere);
    discord_log::log(Event::system_event("Deployed", "v1.4.2").in_channel(Channel::named("deploys")));
    world.flush();
    assert_eq!(world.titles("deploys").len(), 1);
}

#[test]
fn one_webhook_may_serve_every_channel() {
    let world = World::with(Discord::builder().limits(generous()), |discord| {
        Config::builder().shared_webhook(discord.webhook_url("activity").expect("a webhook"))
    });
    for event in Event::one_of_each() {
        discord_log::log(event);
    }
    world.flush();
    assert_eq!(world.titles("activity").len(), 24);
}

#[test]
fn errors_go_before_what_waits_and_finance_keeps_its_order() {
    let world = World::start();
    for number in 0..60 {
        discord_log::log_user_action(format!("Action {number}"));
        discord_log::log_invoice_created(format!("INV-{number:02}"), number, "Northwind BV");
    }
    discord_log::log(Event::user_action("Urgent").with_severity(Severity::Error));
    world.flush();
    let titles = world.titles("activity");
    let urgent = titles.iter().position(|title| title.contains("Urgent")).expect("delivered");
    assert!(urgent < 30, "the error stands at {urgent} of {}", titles.len());

    let finance = world.text("finance");
    let positions: Vec<_> =
        (0..60).map(|number| finance.find(&format!("INV-{number:02}")).expect("delivered")).collect();
    assert!(positions.is_sorted(), "{positions:?}");
}

#[test]
fn a_flood_is_bounded_and_every_event_is_accounted_for() {
    let mut world = World::with(Discord::builder(), |discord| everywhere(discord).queue_size(5));
    for number in 0..20_000 {
        discord_log::log_user_action(format!("Action {number}"));
    }
    discord_log::log_error(&std::io::Error::other("in the middle of it"), "Flood");
    assert!(world.discord.wait_for(|discord| !discord.messages("errors").is_empty(), PATIENCE));
    let health = world.end();
    let lost: u64 = health.lost.values().sum();
    assert_eq!(health.delivered + lost, health.accepted, "{health}");
    // A line of the ledger a channel, and another at the end.
    assert!((20_002..=20_010).contains(&health.accepted), "{health}");
    let said: String = ["activity", "system"].map(|channel| world.text(channel)).concat();
    assert!(said.contains("could not be kept"), "{said}");
    assert!(health.lost.contains_key(&Loss::JournalFull), "{health}");
}
