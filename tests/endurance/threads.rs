//! The logger's own threads panic, or cannot be had.

use std::collections::BTreeMap;
use std::process::Command;

use crate::program::Program;
use crate::world::{SURVIVOR, World};

#[test]
fn a_recorder_that_panics_once_loses_the_event_in_hand() {
    let (mut world, mut program) = start();
    program.tell("panic-recorder 1");
    program.expect("log everywhere 40", "done");
    program.flush();
    assert_eq!(health(&mut program)["lost"], 1);
    assert!(program.end("drop").success());
    world.drain("after");
    let verdict = world.judge();
    assert_eq!((verdict.delivered, verdict.repeats, verdict.unclean), (39, 0, 0), "{verdict}");
    assert!(world.stderr().contains("the thread that records panicked and is started again"), "{}", world.stderr());
}

#[test]
fn a_sender_that_panics_once_loses_nothing() {
    let (mut world, mut program) = start();
    program.tell("panic-sender 1");
    program.expect("log everywhere 40", "done");
    program.flush();
    assert_eq!(health(&mut program)["lost"], 0);
    assert!(program.end("drop").success());
    world.drain("after");
    let verdict = world.judge_all();
    verdict.check();
    assert_eq!((verdict.delivered, verdict.unclean), (40, 0), "{verdict}");
}

#[test]
fn a_recorder_that_goes_on_panicking_leaves_errors_in_the_local_log() {
    let (mut world, mut program) = start();
    program.tell("panic-recorder 5");
    program.expect("log everywhere 40", "done");
    program.wait_for_words("is given up");
    program.expect("log errors 5", "done");
    let health = health(&mut program);
    println!("{health:?}");
    assert_eq!(health["accepted"], 45, "{health:?}");
    assert!(program.end("drop").success(), "the program lives");
    let everything: Vec<_> = (1..=45).map(|number| format!("evtn{number}")).collect();
    // What it had taken over waits for the next run, what it had not is readable here, and an error may be both.
    world.drain("after");
    let told: Vec<_> = crate::world::CHANNELS.iter().flat_map(|channel| world.told(channel)).collect();
    let stderr = world.stderr();
    let local: Vec<_> = crate::ledger::titles(&stderr).collect();
    let nowhere = everything.iter().filter(|title| !told.contains(title) && !local.contains(title)).count();
    assert_eq!(nowhere, 3, "one event a panic: {stderr}");
}

#[test]
fn a_sender_that_goes_on_panicking_leaves_everything_local_or_for_the_next_run() {
    let (mut world, mut program) = start();
    program.tell("panic-sender 5");
    program.expect("log everywhere 40", "done");
    program.wait_for_words("is given up");
    program.expect("log everywhere 8", "done");
    program.wait_for_words("evtn48");
    let health = health(&mut program);
    println!("{health:?}");
    assert_eq!((health["accepted"], health["lost"]), (48, 0), "{health:?}");
    assert!(program.end("drop").success(), "the program lives");
    world.drain("after");
    let stderr = world.stderr();
    let told: Vec<_> = crate::world::CHANNELS.iter().flat_map(|channel| world.told(channel)).collect();
    let local: Vec<_> = crate::ledger::titles(&stderr).collect();
    let nowhere: Vec<_> = (1..=48).map(|number| format!("evtn{number}")).collect();
    let nowhere: Vec<_> = nowhere.iter().filter(|title| !told.contains(title) && !local.contains(title)).collect();
    assert!(nowhere.is_empty(), "{nowhere:?}: {stderr}");
    let verdict = world.judge();
    verdict.check();
    assert_eq!(verdict.unclean, 0, "the guard was dropped: {verdict}");
}

/// Runs as a user who may have so many processes and threads.
#[test]
#[cfg(target_os = "linux")]
fn a_thread_that_cannot_be_had_is_an_error_of_init() {
    let mut world = World::start();
    let open = Command::new("chmod").arg("777").arg(&world.journal).status();
    assert!(open.expect("the command `chmod`").success());
    if !is_able_to_limit() {
        return println!("skipped: `setpriv` and `prlimit` cannot be used here");
    }
    for most in 1..=2 {
        let mut command = Command::new("setpriv");
        command.args(AS_NOBODY).args([&format!("--nproc={most}"), SURVIVOR]);
        let mut program = world.program_of(command, &format!("t{most}"));
        assert_eq!(program.answer(), "no logger: no thread can be started for the logger", "with {most} threads");
        assert!(program.wait().success());
        assert!(!world.stderr().contains("panicked"), "{}", world.stderr());
    }
}

/// Says whether a child can be started as somebody with fewer rights.
#[cfg(target_os = "linux")]
pub(crate) fn is_able_to_limit() -> bool {
    let mut command = Command::new("setpriv");
    command.args(AS_NOBODY).args(["--nproc=1", "test", "-x", SURVIVOR]);
    command.status().is_ok_and(|status| status.success())
}

#[cfg(target_os = "linux")]
const AS_NOBODY: [&str; 4] = ["--reuid=65534", "--regid=65534", "--clear-groups", "prlimit"];

fn start() -> (World, Program) {
    let mut world = World::start();
    let mut program = world.program("t");
    program.expect_ready();
    (world, program)
}

/// The numbers of a program's health by their words, which add up.
fn health(program: &mut Program) -> BTreeMap<String, u64> {
    let line = program.ask("health");
    let words: Vec<_> = line.split([' ', '(']).collect();
    let pairs = words.windows(2).filter_map(|pair| Some((pair[1].to_owned(), pair[0].parse().ok()?)));
    let health: BTreeMap<_, u64> = pairs.collect();
    let ends: u64 = ["delivered", "merged", "waiting", "buried", "lost"].iter().map(|end| health[*end]).sum();
    assert_eq!(health["accepted"], ends, "{line}");
    health
}
