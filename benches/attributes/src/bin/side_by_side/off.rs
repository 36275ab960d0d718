//! Nobody listens: neither discord-log nor a peer was ever started.

use attributes_bench::functions::{
    FAILS, activity, activity_driven, errors, errors_driven, performance, performance_driven, stacked, stacked_driven,
};
use attributes_bench::side_by_side::{Cases, Form, Row};

use crate::peers::{fastrace, tracing_fmt};

pub(crate) fn measure() -> Vec<Row> {
    let mut cases = Cases::new();
    cases.add("`log_errors`, Ok", Form::Sync, errors).within(1.0);
    cases.add("`log_activity`, Ok", Form::Sync, activity).within(1.0);
    cases.add("`log_performance`, Ok", Form::Sync, performance).within(1.0);
    cases.add("all three, Ok", Form::Sync, stacked);
    cases.add("tracing `instrument(err)`, Ok", Form::Sync, tracing_fmt::instrumented);
    cases.add("fastrace `trace`, Ok", Form::Sync, fastrace::traced);
    cases.add("`log_errors`, Err", Form::Sync, errors).within(3.0).from(FAILS);
    cases.add("tracing `instrument(err)`, Err", Form::Sync, tracing_fmt::instrumented).from(FAILS);
    cases.add("async: `log_errors`, Ok", Form::Async, errors_driven).within(2.0);
    cases.add("async: `log_activity`, Ok", Form::Async, activity_driven).within(2.0);
    cases.add("async: `log_performance`, Ok", Form::Async, performance_driven).within(2.0);
    cases.add("async: all three, Ok", Form::Async, stacked_driven);
    cases.add("async: tracing `instrument(err)`, Ok", Form::Async, tracing_fmt::instrumented_driven);
    cases.add("async: fastrace `trace`, Ok", Form::Async, fastrace::traced_driven);
    cases.sample().rows()
}
