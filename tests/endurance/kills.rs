//! A process that is killed at any moment loses nothing that stood in a file.

use std::fs;
use std::thread::{self, sleep};
use std::time::Duration;

use discord_log_preview::Fault;

use crate::world::{Numbers, World};

#[test]
fn two_hundred_kills_lose_nothing_and_repeat_one_message_at_the_most() {
    let mut numbers = Numbers::new("kills");
    let journals = (0..JOURNALS).map(|_| {
        let numbers = numbers.split();
        thread::spawn(move || kill_again_and_again(numbers))
    });
    let journals: Vec<_> = journals.collect();
    journals.into_iter().for_each(|journal| journal.join().expect("nothing is lost"));
}

fn kill_again_and_again(mut numbers: Numbers) {
    let mut world = World::start();
    // The budget of a host knows what dead processes have sent, so in lives this short hardly anything would be under way
    // at the next kill. A file in its place leaves each process to itself.
    let shared = world.journal.join("v1");
    fs::create_dir_all(&shared).and_then(|()| fs::write(shared.join("budget"), "")).expect("a file");
    for life in 0..KILLS / JOURNALS {
        // In some lives nothing gets out, so that all of it has to wait in files; in some each message takes long.
        let mut latency = Duration::ZERO;
        match numbers.of(0..4) {
            0 => drop(world.discord.fault(Fault::connection_refused())),
            1 => {
                latency = Duration::from_millis(numbers.of(5..50));
                world.discord.fault(Fault::latency(latency));
            }
            _ => {}
        }
        let mut program = world.program(&format!("l{life}"));
        program.expect_ready();
        program.tell(&format!("flood {}", numbers.of(1..30) * 4));
        let long = if numbers.of(0..20) == 0 { IN_MEMORY_ALONE } else { 0 };
        sleep(Duration::from_millis(long + numbers.of(20..150)));
        program.kill();
        // Discord still stores what it has read, and it counts for this life.
        sleep(latency + Duration::from_millis(10));
        let waiting = world.waiting_titles();
        world.notes.read().ledger.oblige(waiting);
        world.discord.clear_faults();
    }
    world.drain("last");
    let verdict = world.judge();
    verdict.check();
    assert!(verdict.obliged > 100, "{verdict}: too little is obliged to mean anything");
    assert_eq!(world.waiting(), [""; 0].map(std::path::PathBuf::from));
    // Every start adopts what was there, however its own life ends.
    assert!(verdict.unclean > 0, "{verdict}");
}

const JOURNALS: u64 = 4;
const KILLS: u64 = 200;
/// Milliseconds after which the ledger counts on an event that no file was seen to hold.
const IN_MEMORY_ALONE: u64 = 1_100;
