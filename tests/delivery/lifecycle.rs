//! What the system channel is told of starts and stops.

use discord_log_preview::Discord;

use crate::world::{World, everywhere, field, generous};

fn world(on: bool) -> World {
    World::with(Discord::builder().limits(generous()), |discord| {
        everywhere(discord).rate_limit(6_000).release("1.4.2").commit("8624a30").lifecycle(on)
    })
}

#[test]
fn a_start_and_an_end_are_told_as_events_if_that_is_asked_for() {
    let mut world = world(true);
    let health = world.end();
    assert_eq!((health.accepted, health.delivered), (2, 2), "{health}");
    assert_eq!(world.titles("system"), ["🚀 tests started", "🛑 tests is stopping"]);
    let messages = world.discord.messages("system");
    let embeds: Vec<_> = messages.iter().flat_map(|message| &message.embeds).collect();
    assert_eq!(field(embeds[0], "Release"), Some("1.4.2"));
    assert_eq!(field(embeds[0], "Commit"), Some("8624a30"));
    assert_eq!(field(embeds[0], "Process"), Some(&*std::process::id().to_string()));
    assert_eq!(field(embeds[0], "Last run"), None, "memory remembers none");
    assert_eq!(embeds[1]["description"], "The guard was dropped");
    assert!(field(embeds[1], "Uptime").is_some());
}

#[test]
fn nothing_is_told_unless_it_is_asked_for() {
    let mut world = world(false);
    assert_eq!(world.end().accepted, 0);
}
