//! What is told in numbers: the calls of a function that fails over and over, and how each annotated function did.

use std::error::Error;
use std::time::{Duration, Instant};

use discord_log::{FunctionHealth, log_activity, log_errors, log_performance};
use discord_log_preview::Discord;
use serde_json::Value;
use tokio::runtime;
use tokio::task::yield_now;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;

use crate::world::{World, everywhere, said};

type Failing<T = ()> = Result<T, Box<dyn Error>>;

#[log_errors(context = "Charge")]
fn charge(text: String) -> Failing {
    Err(text.into())
}

#[log_errors(context = "Refund")]
fn refund(number: u32) -> Failing {
    Err(format!("refund {number} was declined").into())
}

fn embeds(world: &World) -> Vec<Value> {
    world.discord.messages("errors").into_iter().flat_map(|message| message.embeds).collect()
}

/// How many calls an embed tells of.
fn calls(embed: &Value) -> u64 {
    let title = embed["title"].as_str().unwrap_or_default();
    let Some((_, times)) = title.split_once('×') else { return 1 };
    times.replace(',', "").parse().expect("a number of calls")
}

#[test]
fn a_function_that_fails_a_hundred_thousand_times_tells_them_all_in_few_messages() {
    const TIMES: u64 = 100_000;
    let mut world = World::unlimited();
    for number in 0..TIMES {
        assert!(charge(format!("card {number} was declined")).is_err());
        if number == TIMES / 2 {
            assert!(charge("the bank is closed".to_owned()).is_err());
        }
    }
    world.flush();
    let (other, flood): (Vec<_>, Vec<_>) =
        embeds(&world).into_iter().partition(|embed| said(embed) == "the bank is closed");
    assert_eq!(other.iter().map(calls).collect::<Vec<_>>(), [1], "{other:?}");
    assert_eq!(flood.iter().map(calls).sum::<u64>(), TIMES);
    assert_eq!(flood.len(), 1, "{flood:?}");
    let health = world.end();
    assert_eq!((health.accepted, health.delivered), (TIMES + 1, 2), "{health}");
    assert_eq!((health.merged, health.lost.len()), (TIMES - 1, 0), "{health}");
}

/// Tells of a hundred thousand cards on one line, and on another line of a bank in between.
fn a_record_that_repeats_is_counted(decline: impl Fn(u64), close: impl Fn()) {
    const TIMES: u64 = 100_000;
    let mut world = World::unlimited();
    for number in 0..TIMES {
        decline(number);
        if number == TIMES / 2 {
            close();
        }
    }
    world.flush();
    let (other, flood): (Vec<_>, Vec<_>) =
        embeds(&world).into_iter().partition(|embed| embed["title"] == "❌ the bank is closed");
    assert_eq!(other.len(), 1, "{other:?}");
    assert_eq!(flood.iter().map(calls).sum::<u64>(), TIMES);
    assert_eq!(flood.len(), 1, "{flood:?}");
    let health = world.end();
    assert_eq!((health.accepted, health.delivered), (TIMES + 1, 2), "{health}");
    assert_eq!((health.merged, health.lost.len()), (TIMES - 1, 0), "{health}");
}

#[test]
fn a_line_that_tells_tracing_a_hundred_thousand_times_of_an_error_is_one_message_with_the_number() {
    tracing::subscriber::with_default(registry().with(discord_log::tracing_layer()), || {
        a_record_that_repeats_is_counted(
            |number| tracing::error!("card {number} was declined"),
            || tracing::error!("the bank is closed"),
        );
    });
}

#[test]
fn a_line_that_tells_log_a_hundred_thousand_times_of_an_error_is_one_message_with_the_number() {
    let bridge = discord_log::log_bridge();
    log::set_max_level(log::LevelFilter::Error);
    a_record_that_repeats_is_counted(
        |number| log::error!(logger: bridge, "card {number} was declined"),
        || log::error!(logger: bridge, "the bank is closed"),
    );
}

#[test]
fn what_is_withheld_is_told_without_another_call() {
    const TIMES: u64 = 1_000;
    /// Five seconds of gathering, one until somebody looks, and two for a slow machine.
    const SOON: Duration = Duration::from_secs(8);
    let world = World::unlimited();
    for round in 1..=2 {
        let started = Instant::now();
        for number in 0..TIMES as u32 {
            assert!(refund(number).is_err());
        }
        let told = || embeds(&world).iter().map(calls).sum::<u64>();
        assert!(world.discord.wait_for(|_| told() == round * TIMES, SOON), "round {round}: {} told", told());
        assert!(started.elapsed() < SOON, "round {round}: {:?}", started.elapsed());
    }
}

/// How a call is to end.
#[derive(Clone, Copy)]
enum Ending {
    Fails,
    Never,
    Panics,
    Returns,
    TakesLong,
}

/// Longer than a call takes, also on a slow machine, that has no reason to.
const LONG: Duration = Duration::from_millis(300);
const ALL: [Ending; 5] = [Ending::Fails, Ending::Never, Ending::Panics, Ending::Returns, Ending::TakesLong];

fn end(ending: Ending) -> Failing<u32> {
    match ending {
        Ending::Fails => Err("refused".into()),
        Ending::Panics => panic!("broken"),
        Ending::TakesLong => {
            std::thread::sleep(LONG + Duration::from_millis(20));
            Ok(1)
        }
        Ending::Never | Ending::Returns => Ok(1),
    }
}

#[log_errors]
#[log_activity]
#[log_performance(threshold = LONG)]
fn counted(ending: Ending) -> Failing<u32> {
    end(ending)
}

#[log_performance(threshold = LONG)]
async fn counted_later(ending: Ending) -> Failing<u32> {
    if let Ending::Never = ending {
        std::future::pending::<()>().await;
    }
    let ended = end(ending)?;
    tokio::time::sleep(Duration::from_millis(20)).await;
    Ok(ended)
}

#[log_errors]
fn failures_alone(ending: Ending) -> Failing<u32> {
    end(ending)
}

#[log_activity]
fn generic<T>(value: T) -> T {
    value
}

fn functions(name: &str) -> Vec<FunctionHealth> {
    let mut functions = discord_log::health().functions;
    functions.retain(|function| function.module == module_path!() && function.function == name);
    functions
}

fn function(name: &str) -> FunctionHealth {
    let mut functions = functions(name);
    assert_eq!(functions.len(), 1, "{functions:?}");
    functions.remove(0)
}

fn tells_its_latency(function: &FunctionHealth, slowest: Duration) {
    let latency = function.latency.expect("it was called");
    let ordered = [latency.p50, latency.p95, latency.p99, latency.most];
    assert!(ordered.is_sorted() && latency.p50 < slowest, "{latency:?}");
    assert!(latency.most >= slowest, "{latency:?}");
}

#[test]
fn health_tells_how_a_function_did() {
    let world = World::unlimited();
    for ending in ALL {
        let _ = std::panic::catch_unwind(|| counted(ending).is_ok());
    }
    let function = function("counted");
    assert_eq!((function.calls, function.failures, function.panics), (Some(5), 1, 1), "{function:?}");
    assert_eq!((function.slow, function.cancelled, function.polled), (1, 0, None), "{function:?}");
    assert_eq!((function.file, function.line > 0), (file!(), true));
    tells_its_latency(&function, LONG);
    world.flush();
}

#[test]
fn health_tells_how_futures_did_and_where_their_time_went() {
    let world = World::unlimited();
    let runtime = runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    for ending in ALL {
        let call = runtime.block_on(async {
            let call = tokio::spawn(async move { counted_later(ending).await.is_ok() });
            yield_now().await;
            if let Ending::Never = ending {
                call.abort();
            }
            call.await
        });
        drop(call);
    }
    let function = function("counted_later");
    assert_eq!((function.calls, function.failures, function.panics), (Some(4), 1, 1), "{function:?}");
    assert_eq!((function.slow, function.cancelled), (1, 1), "{function:?}");
    tells_its_latency(&function, LONG);
    let polled = function.polled.expect("a future");
    let waited = Duration::from_millis(2 * 20);
    assert!(polled.busy >= LONG && polled.wall >= polled.busy + waited, "{polled:?}");
    world.flush();
}

#[test]
fn health_tells_the_failures_alone_where_nothing_is_timed() {
    let world = World::unlimited();
    assert!(failures_alone(Ending::Returns).is_ok());
    assert!(functions("failures_alone").is_empty(), "it has nothing to tell yet");
    for _ in 0..3 {
        assert!(failures_alone(Ending::Fails).is_err());
    }
    assert!(std::panic::catch_unwind(|| failures_alone(Ending::Panics)).is_err());
    let function = function("failures_alone");
    assert_eq!((function.failures, function.panics, function.slow), (3, 1, 0), "{function:?}");
    assert_eq!((function.calls, function.latency, function.polled), (None, None, None));
    world.flush();
}

#[test]
fn health_lists_a_generic_function_once() {
    let world = World::unlimited();
    assert_eq!((generic(1), generic("one"), generic(1.5)), (1, "one", 1.5));
    assert_eq!(function("generic").calls, Some(3));
    world.flush();
}

#[test]
fn health_counts_no_call_while_the_logger_is_off() {
    #[log_activity]
    fn unheard() {}

    let _world = World::with(Discord::builder(), |discord| everywhere(discord).enabled(false));
    unheard();
    assert!(functions("unheard").is_empty());
}
