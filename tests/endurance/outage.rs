//! Discord is away for a while: everything waits, and arrives in order.

use std::time::{Duration, Instant};

use discord_log_preview::Fault;

use crate::world::World;

#[test]
fn an_outage_of_seconds_loses_nothing() {
    outage(Duration::from_secs(5));
}

#[test]
#[ignore = "takes a minute"]
fn an_outage_of_half_a_minute_loses_nothing() {
    outage(Duration::from_secs(30));
}

fn outage(lasts: Duration) {
    let mut world = World::start();
    let mut program = world.program("o");
    program.expect_ready();
    world.discord.fault(Fault::connection_refused());
    program.expect(&format!("steady 500 {}", lasts.as_millis()), "done");
    let refused = CHANNELS_TOLD.iter().all(|channel| world.told(channel).is_empty());
    assert!(refused, "nothing got out during the outage");
    world.discord.clear_faults();
    let end = Instant::now();
    program.flush();
    println!("all delivered {:.1?} after the outage; {}", end.elapsed(), program.ask("health"));
    assert!(program.end("drop").success());
    let verdict = world.judge_all();
    verdict.check_once();
    assert_eq!(verdict.delivered, 500, "{verdict}");
    let numbers: Vec<u32> = world.told("finance").iter().map(|title| number(title)).collect();
    assert!(numbers.is_sorted(), "finance is out of order: {numbers:?}");
    assert_eq!(world.stderr(), "", "an outage is no matter for the local log");
}

/// The number of an event of `o`.
fn number(title: &str) -> u32 {
    title.trim_start_matches("evon").parse().expect("a number")
}

const CHANNELS_TOLD: [&str; 4] = crate::world::CHANNELS;
