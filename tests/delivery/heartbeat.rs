//! The message that says who is alive, against a Discord that people and faults interfere with.

use std::time::{Duration, Instant};

use discord_log::WebhookState;
use discord_log_preview::{Discord, Fault, Message};

use crate::world::{PATIENCE, World, everywhere, field, generous};

const EVERY: Duration = Duration::from_secs(1);

fn beating(builder: discord_log_preview::Builder) -> World {
    World::with(builder, |discord| {
        everywhere(discord)
            .rate_limit(6_000)
            .release("1.4.2")
            .commit("8624a30c9d1be8b3f24de3ba3d3d9a3d1f0a2b4c")
            .heartbeat(EVERY)
    })
}

fn world() -> World {
    beating(Discord::builder().limits(generous()))
}

fn heartbeats(world: &World) -> Vec<Message> {
    let title = |message: &Message| message.embeds[0]["title"].as_str().unwrap_or_default().to_owned();
    let is_beat = |message: &Message| title(message).contains("is running") || title(message).contains("stopped");
    world.discord.messages("system").into_iter().filter(is_beat).collect()
}

fn title(message: &Message) -> &str {
    message.embeds[0]["title"].as_str().unwrap_or_default()
}

/// How many edits there were.
fn edits(world: &World) -> usize {
    world.discord.requests().iter().filter(|request| request.method == "PATCH").count()
}

fn until(world: &World, what: impl Fn(&World) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !what(world) {
        assert!(Instant::now() < deadline, "{:?}", heartbeats(world));
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn one_silent_message_is_edited_in_place_and_says_at_last_that_the_service_stopped() {
    let mut world = world();
    until(&world, |world| edits(world) >= 2);
    let [alive] = &*heartbeats(&world) else { panic!("one message") };
    assert_eq!(title(alive), "💚 tests is running");
    assert_eq!(field(&alive.embeds[0], "Release"), Some("1.4.2 (8624a30)"));
    assert!(field(&alive.embeds[0], "Process").is_some_and(|text| text.contains(&std::process::id().to_string())));
    assert!(alive.embeds[0]["description"].as_str().is_some_and(|text| text.contains("<t:") && text.contains(":R>")));
    assert_eq!(world.posts()[0].payload.as_ref().expect("a body")["flags"], 4096);
    discord_log::log_user_action("Counted");
    world.flush();
    let id = alive.id.clone();
    let health = world.end();
    assert_eq!((health.accepted, health.delivered), (1, 1), "a heartbeat is no event: {health}");
    let [stopped] = &*heartbeats(&world) else { panic!("one message") };
    assert_eq!((title(stopped), &stopped.id), ("⏹️ tests stopped", &id));
    assert_eq!(world.posts().len(), 2, "one heartbeat, one event");
}

#[test]
fn one_that_a_person_deleted_is_posted_anew() {
    let world = world();
    until(&world, |world| heartbeats(world).len() == 1);
    let old = heartbeats(&world).remove(0);
    assert!(world.discord.delete_message(&old.id));
    until(&world, |world| heartbeats(world).first().is_some_and(|new| new.id != old.id));
    until(&world, |world| heartbeats(world)[0].is_edited());
    assert_eq!(heartbeats(&world).len(), 1);
}

#[test]
fn what_discord_answers_in_between_changes_nothing() {
    let world = world();
    until(&world, |world| heartbeats(world).len() == 1);
    let pause = Duration::from_millis(50);
    for fault in [Fault::bad_gateway(), Fault::user_limit(pause), Fault::connection_reset()] {
        let before = edits(&world);
        world.discord.fault(fault.in_channel("system").times(1));
        until(&world, |world| edits(world) >= before + 3);
    }
    assert_eq!(heartbeats(&world).len(), 1);
}

#[test]
fn it_gives_way_to_every_event() {
    let world = world();
    until(&world, |world| heartbeats(world).len() == 1);
    let hold = world.discord.fault(Fault::user_limit(Duration::from_millis(1_500)).in_channel("system").times(1));
    discord_log::log_startup();
    std::thread::sleep(EVERY);
    world.flush();
    let requests = world.discord.requests();
    let limited = requests.iter().position(|request| request.status == Some(429)).expect("a limit");
    let next = requests.iter().skip(limited + 1).find(|request| request.method != "GET").expect("another");
    assert!(next.payload.as_ref().expect("a body").to_string().contains("started"), "the event goes first: {next:?}");
    world.discord.clear_fault(hold);
}

#[test]
fn webhooks_that_are_gone_stand_in_it_and_in_the_health() {
    let mut world = world();
    until(&world, |world| heartbeats(world).len() == 1);
    assert!(world.discord.delete_webhook("activity"));
    discord_log::log_user_action("Goes nowhere");
    let is_told = |world: &World| {
        heartbeats(world).first().is_some_and(|message| {
            title(message) == "💛 tests is running, with trouble"
                && field(&message.embeds[0], "Webhooks")
                    .is_some_and(|text| text.contains("activity") && text.contains("gone"))
        })
    };
    until(&world, is_told);
    let health = discord_log::health();
    let closed: Vec<_> = health.webhooks.iter().filter(|webhook| webhook.state == WebhookState::Closed).collect();
    let [closed] = &*closed else { panic!("{health:?}") };
    assert_eq!(closed.channels, ["activity"]);
    assert!(closed.down_since.is_some() && closed.trouble.contains("10015"), "{closed:?}");
    assert_eq!(health.status, discord_log::Status::Degraded);
    world.end();
}

#[test]
fn in_a_forum_it_has_a_post_of_its_own() {
    let builder = Discord::builder().limits(generous()).forum("operations");
    let world = World::with(builder, |discord| {
        let forum = discord.webhook_url("operations").expect("a webhook");
        everywhere(discord).rate_limit(6_000).webhook(discord_log::Channel::System, forum).heartbeat(EVERY)
    });
    let beats = |world: &World| world.discord.messages("operations");
    until(&world, |world| beats(world).first().is_some_and(Message::is_edited));
    let [message] = &*beats(&world) else { panic!("{:?}", beats(&world)) };
    assert_eq!(message.thread.as_ref().map(|thread| thread.name.as_str()), Some("tests: heartbeat"));
}

#[test]
fn an_end_does_not_wait_for_a_discord_that_is_down() {
    let mut world = world();
    until(&world, |world| heartbeats(world).len() == 1);
    world.discord.fault(Fault::unavailable());
    let before = edits(&world);
    until(&world, |world| edits(world) > before);
    // The guard may wait for two seconds, and has nothing to wait for.
    world.end();
    assert!(edits(&world) <= before + 3);
    assert_eq!(title(&heartbeats(&world)[0]), "💚 tests is running");
}
