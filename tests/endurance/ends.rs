//! However a process ends, what it saved arrives once, and only an end that was no end is told.

use std::os::unix::process::ExitStatusExt;
use std::thread::sleep;
use std::time::Duration;

use discord_log_preview::Fault;

use crate::program::Program;
use crate::world::World;

/// Logs while nothing gets out, ends in some way, and lets the next start deliver.
fn ends(is_clean: bool, end: impl FnOnce(Program)) {
    let mut world = World::start();
    world.set("DISCORD_SHUTDOWN_TIMEOUT", "0.3");
    world.discord.fault(Fault::connection_refused());
    let mut program = world.program("e");
    program.expect_ready();
    program.log_and_save("everywhere", 12);
    end(program);
    world.discord.clear_faults();
    world.set("DISCORD_SHUTDOWN_TIMEOUT", "10");
    world.drain("f");
    world.drain("g");
    let verdict = world.judge_all();
    verdict.check_once();
    assert_eq!(verdict.delivered, 12, "{verdict}");
    assert_eq!(verdict.unclean, usize::from(!is_clean), "{}", world.stderr());
    assert!(world.waiting().is_empty(), "{:?}", world.waiting());
}

#[test]
fn the_guard_is_dropped() {
    ends(true, |program| assert!(program.end("drop").success()));
}

/// An attribute on `main` reports after its body has dropped the guard.
#[test]
fn an_error_after_the_guard_is_told_here_and_by_the_next_run() {
    let mut world = World::start();
    let mut program = world.program("e");
    program.expect_ready();
    program.expect("log errors 3", "done");
    assert!(program.end("late").success());
    assert!(world.stderr().contains("even4"), "{}", world.stderr());
    assert_eq!(world.told("errors").len(), 3);
    world.drain("f");
    let verdict = world.judge_all();
    verdict.check_once();
    assert_eq!((verdict.delivered, verdict.unclean), (4, 0), "{verdict}");
}

#[test]
fn the_guard_is_forgotten() {
    ends(false, |program| assert!(program.end("forget").success()));
}

#[test]
fn exit_is_called() {
    ends(false, |program| assert!(program.end("exit").success()));
}

/// The guard is dropped by it.
#[test]
fn a_panic_leaves_main() {
    ends(true, |program| assert!(!program.end("panic").success()));
}

#[test]
fn a_panic_aborts() {
    ends(false, |program| assert!(!program.end("abort").success()));
}

#[test]
fn sigterm_without_a_handler() {
    ends(false, |mut program| {
        program.signal("TERM");
        assert!(!program.wait().success());
    });
}

/// The parent still sees that a signal ended it.
#[test]
fn sigterm_ends_the_logger_first_where_that_was_asked_for() {
    ends(true, |mut program| {
        program.expect("end-on-signals", "listening");
        program.signal("TERM");
        assert_eq!(program.wait().signal(), Some(15));
    });
}

#[test]
fn what_can_be_delivered_is_delivered_before_a_signal_ends_the_process() {
    let mut world = World::start();
    let mut program = world.program("e");
    program.expect_ready();
    program.expect("end-on-signals", "listening");
    program.expect("log activity 20", "done");
    program.signal("INT");
    assert_eq!(program.wait().signal(), Some(2));
    assert_eq!(world.told("activity").len(), 20);
}

#[test]
fn an_event_right_before_an_abort_is_saved_by_the_panic() {
    let mut world = World::start();
    world.discord.fault(Fault::connection_refused());
    let mut program = world.program("e");
    program.expect_ready();
    program.log_and_save("activity", 1);
    program.expect("log activity 20", "done");
    assert!(!program.end("abort").success());
    world.discord.clear_faults();
    world.drain("f");
    world.judge_all().check_once();
}

#[test]
fn a_process_that_was_stopped_for_a_while_goes_on() {
    let mut world = World::start();
    let mut program = world.program("e");
    program.expect_ready();
    program.expect("log everywhere 40", "done");
    program.signal("STOP");
    // The time is what the test is about.
    sleep(Duration::from_secs(2));
    program.signal("CONT");
    program.expect("log everywhere 40", "done");
    program.flush();
    assert!(program.end("drop").success());
    world.drain("f");
    let verdict = world.judge_all();
    verdict.check_once();
    assert_eq!((verdict.delivered, verdict.unclean), (80, 0), "{verdict}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_fork_does_not_touch_what_its_parent_has() {
    let mut world = World::start();
    world.discord.fault(Fault::connection_refused());
    let mut program = world.program("e");
    program.expect_ready();
    program.log_and_save("everywhere", 12);
    program.expect("fork", "forked");
    assert!(!world.waiting().is_empty(), "the end of the child takes nothing away");
    program.log_and_save("everywhere", 12);
    world.discord.clear_faults();
    program.flush();
    assert!(program.end("drop").success());
    world.drain("f");
    let verdict = world.judge_all();
    verdict.check_once();
    assert_eq!((verdict.delivered, verdict.unclean), (24, 0), "{verdict}");
}
