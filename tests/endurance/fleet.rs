//! Several processes share a webhook and a journal.

use std::time::{Duration, Instant};

use discord_log_preview::{Discord, Limits, Rate};

use crate::world::World;

#[test]
fn eight_processes_share_a_webhook_and_are_hardly_ever_limited() {
    let bucket = Rate::new(5, Duration::from_secs(2));
    let limits = Limits::unlimited().bucket(bucket).channel(Rate::new(300, Duration::from_secs(60)));
    let mut world = World::with(Discord::builder().limits(limits));
    world.set("DISCORD_RATE_LIMIT", "280");
    world.set("DISCORD_SHUTDOWN_TIMEOUT", "60");
    ["FINANCE", "ERRORS", "SYSTEM"].iter().for_each(|channel| world.unset(&format!("DISCORD_WEBHOOK_{channel}")));
    let start = Instant::now();
    let mut programs: Vec<_> = (0..8).map(|number| world.program(&format!("p{number}"))).collect();
    for program in &mut programs {
        program.expect_ready();
        program.tell("log activity 25");
    }
    for program in &mut programs {
        assert_eq!(program.answer(), "done");
        program.tell("end drop");
    }
    assert!(programs.iter_mut().all(|program| program.wait().success()));
    let verdict = world.judge_all();
    let requests = world.discord.requests();
    let limited = requests.iter().filter(|request| request.status == Some(429)).count();
    println!("{} requests, {limited} limited, in {:.1?}", requests.len(), start.elapsed());
    verdict.check_once();
    assert_eq!(verdict.delivered, 200, "{verdict}");
    assert!(limited * 20 < requests.len(), "{limited} of {} requests are answered 429", requests.len());
    assert!(!world.stderr().contains("ended without"), "all ended as they should: {}", world.stderr());
    assert!(!world.stderr().contains("cannot be written"), "{}", world.stderr());
}
