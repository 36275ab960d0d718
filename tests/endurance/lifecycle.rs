//! What a run says of the one before, and what becomes of a heartbeat when its process does not come to say more.

use discord_log_preview::Message;
use serde_json::Value;

use crate::program::{PATIENCE, Program};
use crate::world::World;

fn world() -> World {
    let mut world = World::start();
    world.set("DISCORD_LIFECYCLE", "True");
    world
}

fn titles(world: &World) -> Vec<String> {
    let messages = world.discord.messages("system");
    let embeds = messages.iter().flat_map(|message| &message.embeds);
    embeds.map(|embed| embed["title"].as_str().unwrap_or_default().to_owned()).collect()
}

/// What each start said of the last run.
fn last_runs(world: &World) -> Vec<String> {
    let messages = world.discord.messages("system");
    let fields = messages.iter().flat_map(|message| &message.embeds).flat_map(|embed| embed["fields"].as_array());
    let last = fields.flatten().filter(|field| field["name"] == "Last run");
    last.map(|field| field["value"].as_str().unwrap_or_default().to_owned()).collect()
}

fn run(world: &mut World, tag: &str, end: impl FnOnce(Program)) {
    let mut program = world.program(tag);
    program.expect_ready();
    program.flush();
    end(program);
}

#[test]
fn each_start_says_how_the_run_before_ended_and_an_unclean_end_is_told_once() {
    let mut world = world();
    run(&mut world, "a", |program| assert!(program.end("drop").success()));
    run(&mut world, "b", |mut program| {
        program.expect("end-on-signals", "listening");
        program.signal("TERM");
        program.wait();
    });
    run(&mut world, "c", |program| assert!(!program.end("panic").success()));
    run(&mut world, "d", |program| assert!(!program.kill().success()));
    run(&mut world, "e", |program| assert!(program.end("drop").success()));
    let said = last_runs(&world);
    let expected =
        ["none is known here", "The guard was dropped", "SIGTERM", "A panic dropped the guard", "without shutting"];
    assert_eq!(said.len(), expected.len(), "{said:?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "`{said}` has no `{expected}`");
    }
    assert!(said[1..4].iter().all(|said| said.contains("ended cleanly at")), "{said:?}");
    let titles = titles(&world);
    assert!(!titles.iter().any(|title| title.contains("Unclean end")), "told twice: {titles:?}");
    let count = |word: &str| titles.iter().filter(|title| title.contains(word)).count();
    assert_eq!((count("started"), count("is stopping")), (5, 4), "{titles:?}");
}

#[test]
fn a_note_of_the_last_run_that_is_damaged_is_none() {
    let mut world = world();
    run(&mut world, "a", |program| assert!(program.end("drop").success()));
    let note = world.journal.join("v1/survivor@/runs/last.json");
    std::fs::write(&note, "{\"started_at\":17").expect("it was there");
    run(&mut world, "b", |program| assert!(program.end("drop").success()));
    assert_eq!(titles(&world).iter().filter(|title| title.contains("started")).count(), 2);
    assert!(!last_runs(&world)[1].contains("cleanly"), "{:?}", last_runs(&world));
    let noted: Value = serde_json::from_slice(&std::fs::read(note).expect("a note")).expect("JSON");
    assert_eq!(noted["reason"], "The guard was dropped");
}

fn beating() -> World {
    let mut world = World::start();
    world.set("DISCORD_HEARTBEAT", "1s");
    world
}

fn heartbeats(world: &World) -> Vec<Message> {
    let words = ["is running", "stopped", "ended without a word"];
    let is_beat = |message: &Message| words.iter().any(|word| title(message).contains(word));
    world.discord.messages("system").into_iter().filter(is_beat).collect()
}

fn title(message: &Message) -> &str {
    message.embeds[0]["title"].as_str().unwrap_or_default()
}

/// Waits until the heartbeats look like this.
fn wait_for(world: &World, what: impl Fn(&[Message]) -> bool) {
    assert!(world.discord.wait_for(|_| what(&heartbeats(world)), PATIENCE), "{:?}", heartbeats(world));
}

/// Says whether a message tells of a process.
fn tells_of(message: &Message, process: u32) -> bool {
    message.embeds[0].to_string().contains(&format!("{process} on "))
}

#[test]
fn a_heartbeat_goes_on_in_the_same_message_after_a_kill_and_after_a_good_end() {
    let mut world = beating();
    let mut first = None;
    for (tag, kills) in [("a", true), ("b", false), ("c", true)] {
        let mut program = world.program(tag);
        program.expect_ready();
        let own = program.id();
        wait_for(&world, |beats| {
            beats.first().is_some_and(|beat| title(beat).contains("is running") && tells_of(beat, own))
        });
        wait_for(&world, |beats| beats.first().is_some_and(Message::is_edited));
        let [beat] = &*heartbeats(&world) else { panic!("{:?}", heartbeats(&world)) };
        assert_eq!(first.get_or_insert(beat.id.clone()), &beat.id);
        if kills {
            program.kill();
        } else {
            assert!(program.end("drop").success());
            assert_eq!(title(&heartbeats(&world)[0]), "⏹️ survivor stopped");
        }
    }
}

#[test]
fn the_heartbeat_of_a_process_that_was_killed_is_ended_by_a_sibling() {
    let mut world = beating();
    let [mut killed, mut sibling] = ["a", "b"].map(|tag| world.program(tag));
    killed.expect_ready();
    sibling.expect_ready();
    wait_for(&world, |beats| beats.len() == 2 && beats.iter().all(Message::is_edited));
    let dead = killed.id();
    killed.kill();
    wait_for(&world, |beats| {
        beats.iter().any(|beat| title(beat).contains("ended without a word") && tells_of(beat, dead))
    });
    let living = sibling.id();
    wait_for(&world, |beats| beats.iter().any(|beat| title(beat).contains("is running") && tells_of(beat, living)));
    assert_eq!(heartbeats(&world).len(), 2);
    assert!(sibling.end("drop").success());
}
