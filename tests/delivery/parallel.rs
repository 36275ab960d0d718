//! Tests that run at the same time, each on a runtime of its own, and share one logger as the tests of a service do.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use discord_log::{log_errors, log_user_action, testing};
use tokio::task::yield_now;

use crate::world::{PATIENCE, World, field};

static SHARED: Mutex<Weak<World>> = Mutex::new(Weak::new());

/// The world of all tests that run now.
fn shared() -> Arc<World> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let world = Arc::new(World::unlimited());
        *shared = Arc::downgrade(&world);
        world
    })
}

#[log_errors(context = "Test {test}", fields(test = test))]
async fn fail(test: &str) -> Result<(), String> {
    yield_now().await;
    Err(format!("{test} fails"))
}

/// Logs on several tasks, and finds its own events once, whatever the others do.
async fn logs_and_flushes(test: &'static str) {
    let world = shared();
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            tokio::spawn(async move {
                for number in 0..EVENTS {
                    log_user_action(format!("{test} {task}-{number}"));
                    yield_now().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    assert!(fail(test).await.is_err());
    let captured = testing::capture(|| log_user_action(format!("{test} captured")));
    assert_eq!(captured.len(), 1, "{captured:?}");
    discord_log::flush_async(PATIENCE).await.expect("delivered in time");

    let mut told = world.titles("activity");
    told.retain(|title| title.starts_with(&format!("👤 {test} ")));
    told.sort_unstable();
    let expected = (0..TASKS).flat_map(|task| (0..EVENTS).map(move |number| format!("👤 {test} {task}-{number}")));
    assert_eq!(told, expected.collect::<Vec<_>>());
    let messages = world.discord.messages("errors");
    let embeds = messages.iter().flat_map(|message| &message.embeds);
    assert_eq!(embeds.filter(|embed| field(embed, "Test") == Some(test)).count(), 1, "{messages:#?}");
}

#[tokio::test]
async fn one_of_them() {
    logs_and_flushes("one").await;
}

#[tokio::test]
async fn another() {
    logs_and_flushes("another").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_on_several_threads() {
    logs_and_flushes("several").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_beside_its_runtime() {
    logs_and_flushes("beside").await;
}

const TASKS: usize = 4;
const EVENTS: usize = 10;
