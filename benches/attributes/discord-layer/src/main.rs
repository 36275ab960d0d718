//! tracing-layer-discord, posting to a server that takes everything at once.
//!
//! Started by `side_by_side`, which prints what it says.
#![expect(clippy::expect_used, reason = "a program that measures, and ends when it cannot")]

use attributes_bench::failure::{Refused, letters};
use attributes_bench::functions::{FAILS, settle};
use attributes_bench::side_by_side::{BURST, Cases, DRAIN, Form, answering, tell, webhook};
use tracing::instrument;
use tracing_layer_discord::{DiscordLayer, LevelFilter};
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let layer = DiscordLayer::builder("benches", Default::default(), webhook(answering())).expect("a layer");
    let (layer, delivery) = layer.build();
    // Without the filter, what its own HTTP client tells goes back into it, without an end.
    tracing_subscriber::registry().with(layer.with_filter(LevelFilter::ERROR)).init();
    let _inside = runtime.enter();
    let _delivery = delivery.spawn().expect("a worker");
    let mut cases = Cases::new();
    cases.add("`instrument(err)`, filter ERROR, Ok", Form::Sync, instrumented);
    cases
        .add("`instrument(err)`, filter ERROR, Err", Form::Sync, instrumented)
        .from(FAILS)
        .in_bursts(BURST / 10, DRAIN);
    cases.add("a `warn!` that the filter leaves out", Form::Sync, warned);
    cases.add("an `error!` with two fields", Form::Sync, told).in_bursts(BURST / 10, DRAIN);
    tell(&cases.sample().rows());
}

#[inline(never)]
#[instrument(err)]
fn instrumented(number: u64) -> Result<u64, Refused> {
    settle(number)
}

#[inline(never)]
fn warned(number: u64) -> Result<u64, Refused> {
    tracing::warn!(number, "settled");
    Ok(number ^ 0x5555)
}

#[inline(never)]
fn told(number: u64) -> Result<u64, Refused> {
    let letters = letters(number);
    let account = std::str::from_utf8(&letters).unwrap_or_default();
    tracing::error!(account, attempt = 3, "the bank does not answer for {account}");
    Ok(number ^ 0x5555)
}
