//! discord-log runs, with its journal in memory and a Discord that never answers.

use std::time::Duration;

use attributes_bench::failure::Refused;
use attributes_bench::functions::{
    FAILS, activity, display, errors, errors_driven, performance, performance_driven, settle, stacked, stacked_driven,
};
use attributes_bench::side_by_side::{BURST, Cases, DRAIN, Form, Row, hanging, refused, start};
use discord_log::Event;

pub(crate) fn measure() -> Vec<Row> {
    let guard = start(hanging());
    let clock = if has_invariant_tsc() { 30.0 } else { 60.0 };
    let mut cases = Cases::new();
    cases.add("`log_errors`, Ok", Form::Sync, errors).within(4.0);
    cases.add("async: `log_errors`, Ok", Form::Async, errors_driven).within(6.0);
    cases.add("`log_performance`, below its threshold", Form::Sync, performance).within(clock);
    cases.add("async: `log_performance`, below its threshold", Form::Async, performance_driven).within(clock);
    cases.add(EVENT, Form::Sync, log_event).in_bursts(BURST, DRAIN).without(refused);
    cases.add("`log_activity`, Ok", Form::Sync, activity).in_bursts(BURST, DRAIN).without(refused);
    cases.add(STACKED, Form::Sync, stacked).in_bursts(BURST, DRAIN).without(refused);
    cases.add(STACKED_ASYNC, Form::Async, stacked_driven).in_bursts(BURST, DRAIN).without(refused);
    cases.add("the error's `Display`, into a `String`", Form::Sync, display).from(FAILS);
    cases
        .add("`log_errors`, Err, each another text", Form::Sync, errors)
        .within(300.0)
        .from(FAILS)
        .in_bursts(BURST, DRAIN)
        .without(refused);
    let mut sampled = cases.sample();
    let with_event = 45.0 + sampled.over_bare(EVENT);
    sampled.judge(STACKED, with_event);
    sampled.judge(STACKED_ASYNC, with_event);

    let rows = sampled.rows();
    let _ = guard.shutdown(Duration::ZERO);
    rows
}

/// The event that `log_activity` logs, by hand.
#[inline(never)]
fn log_event(number: u64) -> Result<u64, Refused> {
    let returned = settle(number);
    discord_log::log(Event::activity("Activity", "ok", Duration::from_nanos(20)));
    returned
}

/// Whether the processor's counter serves as a clock.
fn has_invariant_tsc() -> bool {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    ["constant_tsc", "nonstop_tsc"].iter().all(|flag| processor.split_whitespace().any(|word| word == *flag))
}

const EVENT: &str = "the activity event alone, by `log`";
const STACKED: &str = "all three, Ok, with the activity event";
const STACKED_ASYNC: &str = "async: all three, Ok, with the activity event";
