//! Discord on bad days: every event still arrives, and nobody is hammered.

use std::time::Duration;

use discord_log::{Event, WebhookState};
use discord_log_preview::{Discord, Fault};

use crate::world::{PATIENCE, World, everywhere, generous};

/// A world whose back-off is short, since nothing here is about its length.
fn hasty() -> World {
    World::with(Discord::builder().limits(generous()), |discord| {
        everywhere(discord).rate_limit(6_000).retry_delay(Duration::from_millis(20)).retry_attempts(100)
    })
}

/// Every fault that passes must end with each event delivered, and none twice but where that is said.
fn survives(fault: Fault, requests: usize) {
    let mut world = hasty();
    world.discord.fault(fault.in_channel("activity").times(3));
    for number in 0..25 {
        discord_log::log_user_action(format!("Action {number}"));
    }
    world.flush();
    let mut titles = world.titles("activity");
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), 25, "{titles:?}");
    let sent = world.posts().len();
    assert!(sent <= requests, "{sent} requests");
    assert_eq!(world.end().delivered, 25);
}

#[test]
fn answers_of_5xx_are_tried_again() {
    survives(Fault::unavailable(), 28);
    survives(Fault::bad_gateway(), 28);
    survives(Fault::internal_error(), 28);
    survives(Fault::gateway_timeout(), 28);
}

#[test]
fn connections_that_break_are_tried_again() {
    survives(Fault::connection_closed(), 28);
    survives(Fault::connection_reset(), 28);
}

#[test]
fn a_discord_that_is_not_there_is_waited_for() {
    let mut world = hasty();
    world.discord.fault(Fault::connection_refused().lasting(Duration::from_millis(400)));
    for number in 0..25 {
        discord_log::log_user_action(format!("Action {number}"));
    }
    world.flush();
    assert_eq!(world.titles("activity").len(), 25);
    assert_eq!(world.end().delivered, 25);
}

#[test]
fn every_429_of_discord_waits_and_goes_on() {
    let pause = Duration::from_millis(100);
    survives(Fault::user_limit(pause), 28);
    survives(Fault::channel_limit(pause), 28);
    survives(Fault::global_limit(pause), 28);
}

#[test]
fn an_answer_that_cannot_be_read_is_still_an_answer() {
    survives(Fault::garbage(), 25);
    survives(Fault::truncated(), 25);
    survives(Fault::oversized(1_000_000), 25);
    survives(Fault::no_content(), 25);
}

#[test]
fn a_message_that_may_have_arrived_comes_again_and_says_so() {
    let world = hasty();
    world.discord.fault(Fault::connection_reset().after_storing().in_channel("errors").times(1));
    discord_log::log_critical("Payments stopped", "once");
    world.flush();
    let messages = world.discord.messages("errors");
    assert_eq!(messages.len(), 2, "stored, then sent again");
    let footer = |index: usize| messages[index].embeds[0]["footer"]["text"].as_str().unwrap_or_default().to_owned();
    assert!(!footer(0).contains("repeat") && footer(1).contains("repeat"), "{:?} {:?}", footer(0), footer(1));
    let id = |footer: String| footer.split(" · ").find(|part| part.len() == 10).map(str::to_owned);
    assert!(id(footer(0)).is_some() && id(footer(0)) == id(footer(1)), "the same event id in both");
}

#[test]
fn a_deleted_webhook_is_called_once_and_told_elsewhere() {
    let mut world = World::unlimited();
    world.discord.delete_webhook("activity");
    for number in 0..200 {
        discord_log::log_user_action(format!("Action {number}"));
    }
    assert!(world.discord.wait_for(|discord| !discord.messages("system").is_empty(), PATIENCE));
    discord_log::log_user_action("later");
    world.flush();
    let calls = world.posts().iter().filter(|request| request.status == Some(404)).count();
    assert_eq!(calls, 1);
    assert!(world.text("system").contains("activity"), "{}", world.text("system"));
    assert!(discord_log::health().webhooks.iter().any(|webhook| webhook.state == WebhookState::Closed));
    let health = world.end();
    assert_eq!((health.accepted, health.delivered, health.delivered_locally), (202, 202, 201), "{health}");
}

#[test]
fn a_limit_of_one_webhook_delays_no_other() {
    let world = hasty();
    world.discord.fault(Fault::user_limit(Duration::from_secs(5)).in_channel("errors").times(1));
    discord_log::log_validation_error("vat_number", "is blank");
    for _ in 0..10 {
        discord_log::log_user_action("Action");
    }
    assert!(world.discord.wait_for(
        |discord| {
            let shown = |channel| discord.messages(channel).iter().map(|message| message.embeds.len()).sum::<usize>();
            shown("activity") == 10 && shown("errors") == 0
        },
        PATIENCE
    ));
    world.flush();
}

#[test]
fn a_ban_of_the_address_stops_every_request() {
    let mut world = hasty();
    world.discord.fault(Fault::cloudflare_ban(None).in_channel("errors").times(1));
    discord_log::log_validation_error("vat_number", "is blank");
    assert!(
        world.discord.wait_for(|discord| discord.requests().iter().any(|request| request.status.is_some()), PATIENCE)
    );
    assert!(discord_log::flush(Duration::from_millis(300)).is_err(), "the ban lasts");
    discord_log::log_user_action("Action");
    assert!(discord_log::flush(Duration::from_millis(500)).is_err());
    assert_eq!(world.posts().len(), 1);
    assert_eq!(world.end().lost.values().sum::<u64>(), 2, "told at the end, and counted");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Discord::builder().start().expect("another server");
    let target = elsewhere.webhook_url("activity").expect("a webhook");
    let world = hasty();
    world.discord.fault(Fault::redirect(307, target).in_channel("activity").times(2));
    discord_log::log_user_action("Action");
    world.flush();
    assert_eq!(elsewhere.requests().len(), 0);
    assert_eq!(world.titles("activity").len(), 1);
}

#[test]
fn what_discord_refuses_is_buried_alone() {
    let mut world = hasty();
    // Refuses the message that holds the culprit, whatever else is in it, as Discord does with one bad embed.
    world.discord.fault(
        Fault::reply(400, &[("content-type", "application/json")], r#"{"code":50035,"message":"Invalid Form Body"}"#)
            .in_channel("activity")
            .times(5),
    );
    for number in 0..10 {
        discord_log::log(Event::user_action(format!("Action {number}")));
    }
    world.flush();
    let shown = world.titles("activity").len() as u64;
    let health = world.end();
    assert!(health.buried >= 1, "{health}");
    assert_eq!(shown, health.delivered, "{health}");
    assert_eq!(health.accepted, 10);
}

#[test]
fn a_server_that_never_answers_holds_no_other_channel_and_no_end() {
    let mut world = World::with(Discord::builder().limits(generous()), |discord| {
        everywhere(discord).timeout(Duration::from_secs(30)).shutdown_timeout(Duration::from_millis(500))
    });
    world.discord.fault(Fault::hang().in_channel("errors"));
    discord_log::log_validation_error("vat_number", "is blank");
    discord_log::log_user_action("Action");
    assert!(world.discord.wait_for(|discord| discord.messages("activity").len() == 1, PATIENCE));
    let health = world.end();
    assert_eq!((health.delivered, health.lost.values().sum::<u64>()), (1, 1), "{health}");
}
