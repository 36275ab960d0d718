//! What a channel shows of a failure that passes several annotated functions, and what becomes of its message when the
//! functions around it have more to say.

use std::error::Error;
use std::fmt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use discord_log::log_errors;
use discord_log_preview::Message;
use serde_json::Value;
use tokio::runtime::{self, Runtime};
use tokio::task::yield_now;

use crate::world::{PATIENCE, World, field, said};

type Failing<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Fails because of another error.
#[derive(Debug)]
struct While(&'static str, Box<dyn Error + Send + Sync>);

impl fmt::Display for While {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for While {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.1)
    }
}

#[log_errors(context = "Connect", fields(port = 5432))]
fn connect() -> Failing {
    Err("connection refused".into())
}

#[log_errors(context = "Save")]
fn save() -> Failing {
    connect()?;
    Ok(())
}

#[log_errors(context = "Invoice {id}", fields(id = id))]
fn invoice(id: u32) -> Failing {
    save().map_err(|cause| While("cannot write", cause))?;
    Ok(())
}

/// Does something else between the failure and its own end.
#[log_errors(context = "Retry")]
fn retry(meanwhile: impl FnOnce()) -> Failing {
    let _ = save();
    meanwhile();
    Ok(())
}

/// The same, and fails at the end.
#[log_errors(context = "Import", fields(rows = 12))]
fn import(meanwhile: impl FnOnce()) -> Failing {
    let saved = save();
    meanwhile();
    saved.map_err(|cause| While("cannot write", cause).into())
}

#[log_errors(context = "Both")]
fn both() -> Failing {
    let _ = save();
    Err("out of time".into())
}

#[log_errors(context = "Reckless")]
fn reckless() -> Failing {
    let _ = save();
    panic!("out of luck")
}

#[log_errors(context = "Connect", fields(port = 5432))]
async fn connect_later() -> Failing {
    yield_now().await;
    Err("connection refused".into())
}

#[log_errors(context = "Save")]
async fn save_later() -> Failing {
    yield_now().await;
    connect_later().await?;
    Ok(())
}

#[log_errors(context = "Invoice {id}", fields(id = id))]
async fn invoice_later(id: u32) -> Failing {
    let saved = save_later().await;
    yield_now().await;
    saved.map_err(|cause| While("cannot write", cause).into())
}

#[log_errors(context = "Retry")]
async fn retry_later(meanwhile: impl Future<Output = ()>) -> Failing {
    let _ = save_later().await;
    meanwhile.await;
    Ok(())
}

#[log_errors(context = "Import", fields(rows = 12))]
async fn import_later(meanwhile: impl Future<Output = ()>) -> Failing {
    let saved = save_later().await;
    meanwhile.await;
    saved.map_err(|cause| While("cannot write", cause).into())
}

#[log_errors(context = "Both")]
async fn both_later() -> Failing {
    let _ = save_later().await;
    yield_now().await;
    Err("out of time".into())
}

fn runtime() -> Runtime {
    runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().expect("a runtime")
}

/// The only message of the errors channel, as soon as it is there and its request is noted.
fn posted(world: &World) -> Message {
    assert!(world.discord.wait_for(|_| is_posted(world), PATIENCE));
    only(world)
}

fn is_posted(world: &World) -> bool {
    !world.discord.messages("errors").is_empty() && !world.posts().is_empty()
}

async fn posted_later(world: &World) -> Message {
    let started = Instant::now();
    while !is_posted(world) && started.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    only(world)
}

/// The only message of the errors channel, of only one event, which no other request ever posted.
fn only(world: &World) -> Message {
    let mut messages = world.discord.messages("errors");
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0].embeds.len(), 1, "{messages:?}");
    assert_eq!(world.posts().len(), 1);
    messages.remove(0)
}

fn title(embed: &Value) -> &str {
    embed["title"].as_str().unwrap_or_default()
}

fn tells_the_failure_alone(message: &Message) {
    let embed = &message.embeds[0];
    assert_eq!((message.edits, title(embed), said(embed)), (0, "❌ Connect failed", "connection refused"));
    assert_eq!((field(embed, "Recovered in"), field(embed, "Rows")), (None, None));
}

fn tells_the_recovery(message: &Message) {
    let embed = &message.embeds[0];
    assert_eq!((title(embed), said(embed)), ("⚠️ Connect failed, recovered", "connection refused"));
    assert_eq!(field(embed, "Recovered in"), Some("Retry"));
    assert_eq!(field(embed, "Trail"), Some("Retry › Save › Connect"));
}

fn tells_the_outer_error(message: &Message, trail: &str) {
    let embed = &message.embeds[0];
    let errors = "cannot write\n↳ connection refused";
    assert_eq!((title(embed), said(embed)), ("❌ Connect failed", errors));
    assert_eq!((field(embed, "Trail"), field(embed, "Port")), (Some(trail), Some("5432")));
    assert_eq!(field(embed, "Recovered in"), None);
}

#[test]
fn a_nested_failure_is_one_message_with_both_errors_and_the_whole_trail() {
    let mut world = World::unlimited();
    assert!(invoice(7).is_err());
    let message = posted(&world);
    tells_the_outer_error(&message, "Invoice 7 › Save › Connect");
    assert_eq!((message.edits, field(&message.embeds[0], "ID")), (0, Some("7")));
    world.flush();
    only(&world);
    let health = world.end();
    assert_eq!((health.delivered, health.merged, health.waiting), (1, health.accepted - 1, 0), "{health}");
}

#[test]
fn a_nested_failure_of_futures_is_one_message_wherever_they_are_polled() {
    let world = World::unlimited();
    let runtime = runtime();
    assert!(runtime.block_on(runtime.spawn(invoice_later(7))).expect("no panic").is_err());
    let message = posted(&world);
    tells_the_outer_error(&message, "Invoice 7 › Save › Connect");
    assert_eq!((message.edits, field(&message.embeds[0], "ID")), (0, Some("7")));
    world.flush();
    only(&world);
}

/// Long enough for a message that nobody holds, and no matter for one that waits for what follows.
const MOMENT: Duration = Duration::from_millis(50);

/// Says whether a call ended while its report had to be held; a machine that stood still is no fault of the logger's.
fn is_held(started: Instant) -> bool {
    started.elapsed() < Duration::from_millis(150)
}

/// Calls what fails, goes on a moment later and recovers, and looks at the one message.
fn stands_in_the_first_message(recover: impl FnOnce() -> Failing) {
    let world = World::unlimited();
    let started = Instant::now();
    assert!(recover().is_ok());
    let is_held = is_held(started);
    let first = posted(&world);
    world.flush();
    let message = only(&world);
    tells_the_recovery(&message);
    assert!(!is_held || first == message, "{first:?}");
}

#[test]
fn a_recovery_right_after_stands_in_the_first_message() {
    stands_in_the_first_message(|| retry(|| sleep(MOMENT)));
}

#[test]
fn a_recovery_right_after_an_await_stands_in_the_first_message() {
    stands_in_the_first_message(|| runtime().block_on(retry_later(async { tokio::time::sleep(MOMENT).await })));
}

#[test]
fn a_late_recovery_is_written_into_the_message_that_is_there() {
    let mut world = World::unlimited();
    let mut first = None;
    assert!(retry(|| first = Some(posted(&world))).is_ok());
    let first = first.expect("posted while the function ran");
    tells_the_failure_alone(&first);
    world.flush();
    let message = only(&world);
    tells_the_recovery(&message);
    assert_eq!((&message.id, message.edits), (&first.id, 1));
    let health = world.end();
    assert_eq!((health.accepted, health.delivered, health.merged), (2, 1, 1), "{health}");
}

#[test]
fn a_late_recovery_of_a_future_is_written_into_the_message_that_is_there() {
    let world = World::unlimited();
    let mut first = None;
    assert!(runtime().block_on(retry_later(async { first = Some(posted_later(&world).await) })).is_ok());
    let first = first.expect("posted while the future waited");
    tells_the_failure_alone(&first);
    world.flush();
    let message = only(&world);
    tells_the_recovery(&message);
    assert_eq!((&message.id, message.edits), (&first.id, 1));
}

#[test]
fn a_late_outer_error_is_written_into_the_message_that_is_there() {
    let world = World::unlimited();
    let mut first = None;
    // A flush waits for no function that still runs.
    let flushed_and_posted = || {
        world.flush();
        first = Some(only(&world));
    };
    assert!(import(flushed_and_posted).is_err());
    let first = first.expect("posted while the function ran");
    tells_the_failure_alone(&first);
    world.flush();
    let message = only(&world);
    tells_the_outer_error(&message, "Import › Save › Connect");
    assert_eq!((&message.id, message.edits, field(&message.embeds[0], "Rows")), (&first.id, 1, Some("12")));
}

#[test]
fn a_late_outer_error_of_a_future_is_written_into_the_message_that_is_there() {
    let world = World::unlimited();
    let mut first = None;
    assert!(runtime().block_on(import_later(async { first = Some(posted_later(&world).await) })).is_err());
    let first = first.expect("posted while the future waited");
    tells_the_failure_alone(&first);
    world.flush();
    let message = only(&world);
    tells_the_outer_error(&message, "Import › Save › Connect");
    assert_eq!((&message.id, message.edits, field(&message.embeds[0], "Rows")), (&first.id, 1, Some("12")));
}

/// Says that there are two reports, the second of which names the first.
fn tells_both(world: &World, title_of_second: &str, second: &str) {
    world.flush();
    let messages = world.discord.messages("errors");
    let embeds: Vec<_> = messages.iter().flat_map(|message| &message.embeds).collect();
    let told: Vec<_> = embeds.iter().map(|embed| (title(embed), said(embed), field(embed, "After"))).collect();
    let first = ("❌ Connect failed", "connection refused", None);
    assert_eq!(told, [first, (title_of_second, second, Some("connection refused"))]);
    assert!(embeds.iter().all(|embed| field(embed, "Recovered in").is_none()), "nobody recovered");
}

#[test]
fn another_error_after_it_is_told_behind_it_and_names_it() {
    let world = World::unlimited();
    assert!(both().is_err());
    tells_both(&world, "❌ Both failed", "out of time");
}

#[test]
fn another_error_of_a_future_is_told_behind_the_first_and_names_it() {
    let world = World::unlimited();
    assert!(runtime().block_on(both_later()).is_err());
    tells_both(&world, "❌ Both failed", "out of time");
}

#[test]
fn a_panic_after_it_is_told_behind_it_and_names_it() {
    let world = World::unlimited();
    assert!(std::panic::catch_unwind(reckless).is_err());
    tells_both(&world, "💥 Reckless panicked", "out of luck");
}
