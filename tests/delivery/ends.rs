//! Beginnings and ends of the logger.

use std::time::Duration;

use discord_log::{Config, FlushError, InitError, Loss};
use discord_log_preview::{Discord, Fault};

use crate::world::{World, everywhere, generous};

#[test]
fn a_second_init_is_an_error_and_changes_nothing() {
    let world = World::unlimited();
    let second = discord_log::init_with(Config::builder().build().expect("settings"));
    assert!(matches!(second, Err(InitError::AlreadyInitialized)));
    discord_log::log_user_action("still here");
    world.flush();
    assert_eq!(world.titles("activity").len(), 1);
}

#[test]
fn after_the_guard_it_may_begin_again() {
    for round in 0..3 {
        let mut world = World::unlimited();
        discord_log::log_user_action(format!("Round {round}"));
        assert_eq!(world.end().delivered, 1);
        assert_eq!(world.titles("activity").len(), 1);
        assert_eq!(discord_log::flush(Duration::from_secs(1)), Err(FlushError::NotRunning));
    }
}

#[test]
fn dropping_the_guard_delivers_what_waits() {
    let mut world = World::unlimited();
    for number in 0..100 {
        discord_log::log_user_action(format!("Action {number}"));
    }
    assert_eq!(world.end().delivered, 100);
    assert_eq!(world.titles("activity").len(), 100);
}

#[test]
fn what_cannot_be_delivered_in_time_is_counted() {
    let mut world = World::with(Discord::builder().limits(generous()), |discord| {
        everywhere(discord).shutdown_timeout(Duration::from_millis(200))
    });
    world.discord.fault(Fault::unavailable());
    for _ in 0..30 {
        discord_log::log_user_action("Action");
    }
    let health = world.end();
    assert_eq!((health.accepted, health.lost.get(&Loss::Shutdown)), (30, Some(&30)), "{health}");
}

#[test]
fn after_the_guard_errors_are_local_and_the_rest_is_counted() {
    let mut world = World::unlimited();
    world.end();
    discord_log::log_user_action("late");
    discord_log::log_error(&std::io::Error::other("late"), "After the end");
    let health = world.health();
    assert_eq!((health.delivered_locally, health.lost.get(&Loss::AfterShutdown)), (1, Some(&1)), "{health}");
    assert_eq!(world.posts().len(), 0);
}

#[test]
fn a_flush_covers_what_was_logged_before_on_every_thread() {
    let world = World::unlimited();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for number in 0..50 {
                    discord_log::log_user_action(format!("Action {thread}-{number}"));
                }
            });
        }
    });
    world.flush();
    assert_eq!(world.titles("activity").len(), 400);
}

#[test]
fn a_flush_needs_no_runtime_and_blocks_none() {
    let world = World::unlimited();
    discord_log::log_user_action("sync");
    discord_log::flush(Duration::from_secs(10)).expect("without a runtime");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without a timer");
    runtime.block_on(async {
        discord_log::log_user_action("async");
        discord_log::flush_async(Duration::from_secs(10)).await.expect("on a runtime");
    });
    assert_eq!(world.titles("activity").len(), 2);
}

#[test]
fn switched_off_nothing_is_counted_and_nothing_sent() {
    let mut world = World::with(Discord::builder(), |discord| everywhere(discord).enabled(false));
    discord_log::log_critical("unheard", "of");
    assert_eq!(discord_log::flush(Duration::from_secs(1)).map(|drained| drained.left), Ok(0));
    assert_eq!(world.end().accepted, 0);
    assert_eq!(world.posts().len(), 0);
}

#[test]
fn a_toggle_silences_its_own_events_alone() {
    let mut world = World::with(Discord::builder().limits(generous()), |discord| {
        everywhere(discord).log_activity(false).log_performance(false)
    });
    for event in discord_log::Event::one_of_each() {
        discord_log::log(event);
    }
    world.flush();
    assert_eq!(world.titles("activity").len(), 0);
    assert_eq!(world.titles("system").len(), 7, "without slow calls and performance warnings");
    assert_eq!(world.end().accepted, 17);
}

#[test]
fn a_high_amount_raises_an_alert_of_its_own() {
    let world = World::with(Discord::builder().limits(generous()), |discord| {
        everywhere(discord).high_value_threshold(10_000.into())
    });
    discord_log::log_invoice_created("INV-1", 10_000, "Northwind BV");
    discord_log::log_invoice_created("INV-2", 10_000.01, "Northwind BV");
    world.flush();
    assert_eq!(world.titles("finance").len(), 3);
    assert!(world.text("finance").contains("Invoice INV-2"));
}
