//! What a program tells `tracing`, under `fmt` alone and with discord-log's layer beside it.

use std::time::Duration;

use attributes_bench::doors::{
    LevelFilter, taken, under, unwanted, writing, writing_and_telling, writing_beside_nothing, written,
};
use attributes_bench::failure::Refused;
use attributes_bench::side_by_side::{BURST, Case, Cases, DRAIN, Form, Row, hanging, refused, start};
use tracing::Dispatch;

pub(crate) fn measure() -> Vec<Row> {
    let guard = start(hanging());
    let mut cases = Cases::new();
    add(&mut cases, "`fmt`: a `debug!` that it filters out", writing, unwanted);
    add(&mut cases, "the layer as well", || writing_and_telling(LevelFilter::INFO), unwanted)
        .within(2.0)
        .beside("`fmt`: a `debug!` that it filters out");
    add(&mut cases, "`fmt`: an `info!`", writing, written);
    add(&mut cases, IDLE, || writing_beside_nothing(LevelFilter::WARN), written).beside("`fmt`: an `info!`");
    add(&mut cases, "the layer filters it out", || writing_and_telling(LevelFilter::WARN), written)
        .within(2.0)
        .beside(IDLE);
    add(&mut cases, "the layer might keep it for a report", || writing_and_telling(LevelFilter::INFO), written)
        .beside("`fmt`: an `info!`");
    add(&mut cases, "`fmt`: a `warn!` in a span, two fields each", writing, taken).in_bursts(BURST, DRAIN);
    add(&mut cases, "the layer takes it", || writing_and_telling(LevelFilter::INFO), taken)
        .within(1_000.0)
        .in_bursts(BURST, DRAIN)
        .without(refused)
        .beside("`fmt`: a `warn!` in a span, two fields each");
    let rows = cases.sample().rows();
    let _ = guard.shutdown(Duration::ZERO);
    rows
}

const IDLE: &str = "a layer that does nothing filters it out";

/// Adds a loop under a subscriber that is there for the loop alone: one that waits would have its say in what is enabled.
fn add<'c>(
    cases: &'c mut Cases,
    name: &str,
    subscriber: impl Fn() -> Dispatch + 'static,
    tell: fn(u64) -> Result<u64, Refused>,
) -> &'c mut Case {
    cases.add_loop(name, Form::Sync, move |first, calls| under(&subscriber(), first, calls, tell))
}
