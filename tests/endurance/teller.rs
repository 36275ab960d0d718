//! A program that tells everything to `tracing` and to `log`, with nothing filtered out: all of it arrives, and nothing that
//! the logger's own threads tell on the way.

use std::process::Command;
use std::thread::sleep;
use std::time::Duration;
use std::{env, str};

use crate::world::{CHANNELS, World};

#[test]
fn of_what_is_told_at_every_level_each_arrives_once_and_nothing_of_the_delivery_itself() {
    let mut world = World::start();
    let seconds = env::var("SOAK_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(5);
    world.set("SECONDS", &seconds.to_string());
    let mut program = world.program_of(Command::new(env!("CARGO_BIN_EXE_teller")), "t");
    // It says nothing that is an answer before its time is over.
    sleep(Duration::from_secs(seconds));
    let told = program.answer();
    let told: u64 = told.strip_prefix("told ").and_then(|count| count.parse().ok()).expect("a number");
    let flushed = program.answer();
    assert!(flushed.starts_with("Ok"), "{flushed}: {}", world.stderr());
    let accepted = program.answer();
    assert!(program.wait().success());
    let verdict = world.judge_all();
    verdict.check_once();
    println!("{told} told, {accepted}, {} requests", world.discord.requests().len());
    assert!(told > 0 && verdict.delivered as u64 == told, "{told} told: {verdict}");
    // Whatever else was accepted would have been of its own making.
    assert_eq!(accepted, format!("accepted {told}"));
    for message in CHANNELS.iter().flat_map(|channel| world.discord.messages(channel)) {
        let files =
            message.attachments.iter().filter_map(|file| file.bytes()).filter_map(|bytes| str::from_utf8(bytes).ok());
        let text = format!("{} {:?} {}", message.text(), message.embeds, files.collect::<String>());
        let own = OWN.iter().find(|name| text.contains(*name));
        assert_eq!(own, None, "the delivery tells of itself: {text}");
    }
    assert_eq!(world.stderr(), "", "nothing needs to be said locally");
}

/// Targets of what delivers.
const OWN: [&str; 9] = ["reqwest", "hyper", "h2::", "mio::", "rustls", "tokio::", "want::", "tower::", "discord_log"];
