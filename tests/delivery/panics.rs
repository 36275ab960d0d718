//! A panic is told once and at once, wherever it is: by the hook, with what the functions around it know.

use std::error::Error;
use std::fmt;
use std::panic::{catch_unwind, panic_any, resume_unwind};
use std::thread;

use discord_log::{Event, Loss, log_activity, log_errors};
use discord_log_preview::Discord;
use serde_json::Value;
use tokio::runtime::{self, Runtime};
use tokio::task::yield_now;

use crate::world::{World, everywhere, field, generous, said};

type Failing<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

#[log_errors(context = "Pack {id}", fields(id = id))]
fn pack(id: u32) -> Failing {
    panic!("the box broke")
}

#[log_activity]
#[log_errors(context = "Ship", fields(city = "Utrecht"))]
fn ship(id: u32) -> Failing {
    pack(id)
}

#[log_errors(context = "Pack {id}", fields(id = id))]
async fn pack_later(id: u32) -> Failing {
    yield_now().await;
    panic!("the box broke")
}

#[log_errors(context = "Ship")]
async fn ship_later(id: u32) -> Failing {
    yield_now().await;
    pack_later(id).await
}

#[log_errors(context = "Watch", channel = "system", severity = "warning")]
fn watched(body: impl FnOnce()) -> Failing {
    body();
    Ok(())
}

#[log_errors(context = "Retry", fields(attempts = 3))]
fn retry() -> Failing<u32> {
    Ok(thread::spawn(|| 1).join().map_or(0, |one| one) + u32::from(catch_unwind(|| panic!("try again")).is_err()))
}

#[log_errors(context = "Translate")]
fn translate() -> Failing {
    let panic = catch_unwind(|| panic_any("the bank is closed")).err();
    let text = panic.and_then(|panic| panic.downcast::<&str>().ok()).map(|text| *text).unwrap_or_default();
    Err(format!("cannot pay: {text}").into())
}

fn runtime() -> Runtime {
    runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime")
}

/// All embeds of a channel. What a function adds may come by an edit: the hook that writes a backtrace takes its time.
fn embeds(world: &World, channel: &str) -> Vec<Value> {
    world.flush();
    world.discord.messages(channel).into_iter().flat_map(|message| message.embeds).collect()
}

/// The only one of the errors channel.
fn only(world: &World) -> Value {
    let mut embeds = embeds(world, "errors");
    assert_eq!(embeds.len(), 1, "{embeds:#?}");
    embeds.remove(0)
}

fn title(embed: &Value) -> &str {
    embed["title"].as_str().unwrap_or_default()
}

/// How many calls an embed tells of.
fn calls(embed: &Value) -> u64 {
    let Some((_, times)) = title(embed).split_once('×') else { return 1 };
    times.replace(',', "").parse().expect("a number of calls")
}

#[test]
fn a_panic_on_a_plain_thread_is_told_with_its_thread_and_its_place() {
    let mut world = World::unlimited();
    let line = line!() + 1;
    let panicking = || panic!("out of paper");
    assert!(thread::Builder::new().name("printer".to_owned()).spawn(panicking).expect("a thread").join().is_err());
    let embed = only(&world);
    assert_eq!((title(&embed), said(&embed)), ("💥 The program panicked", "out of paper"));
    let place = format!("{}:{line}", file!());
    assert_eq!((field(&embed, "Thread"), field(&embed, "Where")), (Some("printer"), Some(&*place)));
    assert_eq!(field(&embed, "Panicked at"), Some(&*format!("{place}:24")));
    assert_eq!(field(&embed, "Trail"), None);
    let health = world.end();
    assert_eq!((health.accepted, health.delivered), (1, 1), "{health}");
}

#[test]
fn a_panic_that_tokio_catches_is_told() {
    let world = World::unlimited();
    let runtime = runtime();
    let caught = runtime.block_on(runtime.spawn(async { panic_any("no paper") }));
    assert!(caught.is_err_and(|error| error.is_panic()));
    let embed = only(&world);
    assert_eq!((title(&embed), said(&embed)), ("💥 The program panicked", "no paper"));
    assert!(field(&embed, "Thread").is_some_and(|thread| thread.contains("tokio")), "{embed:#}");
}

#[test]
fn a_panic_in_nested_functions_is_one_message_with_trail_and_fields() {
    let mut world = World::unlimited();
    assert!(catch_unwind(|| ship(7)).is_err());
    let embed = only(&world);
    assert_eq!((title(&embed), said(&embed)), ("💥 Pack 7 panicked", "the box broke"));
    assert_eq!((field(&embed, "Trail"), field(&embed, "ID")), (Some("Ship › Pack 7"), Some("7")));
    assert_eq!((field(&embed, "Thread"), field(&embed, "After")), (thread::current().name(), None));
    assert!(field(&embed, "Where").is_some_and(|place| place.starts_with("pack\n")), "{embed:#}");
    assert_eq!(world.titles("activity"), ["⚠️ Ship panicked"]);
    let health = world.end();
    assert_eq!((health.delivered, health.merged, health.waiting), (2, health.accepted - 2, 0), "{health}");
}

#[test]
fn a_panic_in_nested_futures_is_one_message_with_trail_and_fields() {
    let world = World::unlimited();
    let runtime = runtime();
    assert!(runtime.block_on(runtime.spawn(ship_later(7))).is_err_and(|error| error.is_panic()));
    let embed = only(&world);
    assert_eq!((title(&embed), said(&embed)), ("💥 Pack 7 panicked", "the box broke"));
    assert_eq!((field(&embed, "Trail"), field(&embed, "ID")), (Some("Ship › Pack 7"), Some("7")));
    assert!(field(&embed, "Thread").is_some_and(|thread| thread.contains("tokio")), "{embed:#}");
}

#[test]
fn a_panic_goes_where_the_errors_of_its_function_go() {
    let world = World::unlimited();
    assert!(catch_unwind(|| watched(|| panic!("no answer"))).is_err());
    assert!(embeds(&world, "errors").is_empty());
    assert_eq!(world.titles("system"), ["💥 Watch panicked"]);
}

#[test]
fn a_panic_whose_payload_is_no_text_is_told() {
    let world = World::unlimited();
    assert!(catch_unwind(|| panic_any(7)).is_err());
    assert_eq!(said(&only(&world)), "a panic");
}

#[test]
fn a_panic_that_a_function_gets_over_says_so() {
    let world = World::unlimited();
    assert_eq!(retry().ok(), Some(2));
    let embed = only(&world);
    assert_eq!((title(&embed), said(&embed)), ("💥 Retry panicked", "try again"));
    assert_eq!((field(&embed, "Recovered in"), field(&embed, "Attempts")), (Some("Retry"), Some("3")));
}

#[test]
fn a_panic_that_becomes_an_error_is_one_message() {
    let world = World::unlimited();
    assert!(translate().is_err());
    assert_eq!(said(&only(&world)), "cannot pay: the bank is closed");
}

#[test]
fn a_panic_that_is_caught_and_resumed_is_told_once() {
    let world = World::unlimited();
    let body = || resume_unwind(catch_unwind(|| panic!("no answer")).expect_err("it panics"));
    assert!(catch_unwind(|| watched(body)).is_err());
    let embeds = embeds(&world, "system");
    assert_eq!((embeds.len(), said(&embeds[0])), (1, "no answer"), "{embeds:#?}");
}

/// No hook sees it.
#[test]
fn a_panic_that_begins_without_the_hook_is_told_by_the_innermost_function() {
    let world = World::unlimited();
    assert!(catch_unwind(|| watched(|| resume_unwind(Box::new("from elsewhere")))).is_err());
    let embeds = embeds(&world, "system");
    assert_eq!((embeds.len(), said(&embeds[0])), (1, "a panic"), "{embeds:#?}");
    assert_eq!(field(&embeds[0], "Thread"), None);
}

/// Panics and catches it while another panic is under way.
struct Untidy;

impl Drop for Untidy {
    fn drop(&mut self) {
        assert!(catch_unwind(|| panic!("while it is cleaned up")).is_err());
    }
}

#[log_errors(context = "Clean up", fields(room = 12))]
fn clean_up() -> Failing {
    let _untidy = Untidy;
    panic!("a mess")
}

#[test]
fn a_panic_within_a_panic_is_told_beside_it() {
    let world = World::unlimited();
    assert!(catch_unwind(clean_up).is_err());
    let embeds = embeds(&world, "errors");
    let told: Vec<_> = embeds.iter().map(|embed| (said(embed), field(embed, "Room"))).collect();
    assert_eq!(told, [("a mess", Some("12")), ("while it is cleaned up", Some("12"))]);
}

struct Panics;

impl fmt::Debug for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("in a Debug")
    }
}

impl fmt::Display for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("in a Display")
    }
}

impl Error for Panics {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        panic!("in a source")
    }
}

fn is_no_news(_: &Panics) -> bool {
    panic!("in a question")
}

fn no_such_field() -> u32 {
    panic!("in a field")
}

#[log_errors(context = "Tell", skip_if = is_no_news, fields(value = ?Panics, other = no_such_field()))]
fn tell() -> Result<(), Panics> {
    Err(Panics)
}

#[test]
fn what_panics_while_it_is_looked_at_is_marked_and_no_panic_of_its_own() {
    let world = World::unlimited();
    assert!(tell().is_err());
    let embed = only(&world);
    assert!(said(&embed).contains("formatting panicked"), "{embed:#}");
    assert!(field(&embed, "Value").is_some_and(|value| value.contains("formatting panicked")), "{embed:#}");
    assert!(field(&embed, "Fields").is_some_and(|fields| fields.contains("evaluation panicked")), "{embed:#}");
    assert!(catch_unwind(|| panic!("a real one")).is_err());
    assert_eq!(embeds(&world, "errors").len(), 2, "the next panic is told again");
}

fn closed(text: &'static str) {
    assert!(catch_unwind(|| panic_any(text)).is_err());
}

#[test]
fn a_thousand_panics_are_counted_to_the_last_in_few_messages() {
    const TIMES: u64 = 1_000;
    let mut world = World::unlimited();
    let started = std::time::Instant::now();
    for number in 0..TIMES {
        assert!(catch_unwind(|| panic!("order {number} is lost")).is_err());
        assert!(catch_unwind(|| watched(|| panic!("call {number} is lost"))).is_err());
        if number == TIMES / 2 {
            assert!(catch_unwind(|| panic!("order {number} is lost")).is_err());
            closed("another text");
        }
    }
    println!("{} panics in {:.1?}", 2 * TIMES, started.elapsed());
    let (orders, others): (Vec<_>, Vec<_>) = embeds(&world, "errors").into_iter().partition(|embed| calls(embed) > 1);
    assert_eq!(orders.iter().map(calls).collect::<Vec<_>>(), [TIMES]);
    let mut said: Vec<_> = others.iter().map(said).collect();
    said.sort_unstable();
    assert_eq!(said, ["another text", "order 500 is lost"], "another place, and another text");
    let watched = embeds(&world, "system");
    assert_eq!(watched.iter().map(calls).collect::<Vec<_>>(), [TIMES], "{watched:#?}");
    let health = world.end();
    assert_eq!((health.delivered + health.merged, health.waiting), (health.accepted, 0), "{health}");
    // Of each that crossed by itself the function around it has told one thing more.
    assert!((2 * TIMES + 2..=3 * TIMES + 2).contains(&health.accepted), "{health}");
}

#[test]
fn panics_of_many_threads_at_once_are_each_told() {
    const THREADS: usize = 16;
    let world = World::unlimited();
    thread::scope(|scope| {
        let panicking = (0..THREADS).map(|number| {
            let name = format!("worker {number}");
            thread::Builder::new().name(name).spawn_scoped(scope, || ship(1)).expect("a thread")
        });
        let panicking: Vec<_> = panicking.collect();
        assert!(panicking.into_iter().all(|thread| thread.join().is_err()));
    });
    assert_eq!(calls(&only(&world)), THREADS as u64);
}

#[test]
fn a_panic_is_not_told_where_nobody_wants_errors() {
    let mut world = World::with(Discord::builder().limits(generous()), |discord| everywhere(discord).log_errors(false));
    assert!(catch_unwind(|| panic!("unheard")).is_err());
    assert!(catch_unwind(|| ship(7)).is_err());
    assert!(catch_unwind(|| discord_log::log(Event::user_action("x").field_debug("value", &Panics))).is_ok());
    let health = world.end();
    assert_eq!((health.accepted, health.lost.len()), (2, 0), "two activities: {health}");
}

#[test]
fn after_the_guard_a_panic_of_an_annotated_function_is_told_here() {
    let mut world = World::unlimited();
    world.end();
    assert!(catch_unwind(|| panic!("nobody is left")).is_err());
    assert!(catch_unwind(|| watched(|| panic!("late"))).is_err());
    let health = world.health();
    assert_eq!((health.delivered_locally, health.lost.get(&Loss::AfterShutdown)), (1, None), "{health}");
}
