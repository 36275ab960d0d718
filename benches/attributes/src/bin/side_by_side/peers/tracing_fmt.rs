//! tracing's `instrument(err)`, with its lines formatted by `fmt` and written by tracing-appender's thread.

use attributes_bench::failure::Refused;
use attributes_bench::functions::{FAILS, settle};
use attributes_bench::poll::drive;
use attributes_bench::side_by_side::{BURST, Cases, DRAIN, Form, Row};
use tracing::instrument;

pub(crate) fn measure() -> Vec<Row> {
    let (writer, _guard) = tracing_appender::non_blocking(std::io::sink());
    tracing_subscriber::fmt().with_ansi(false).with_writer(writer).init();
    let mut cases = Cases::new();
    cases.add("`instrument(err)` and `fmt`, Ok", Form::Sync, instrumented);
    cases.add("async: `instrument(err)` and `fmt`, Ok", Form::Async, instrumented_driven);
    cases.add("`instrument(err)` and `fmt`, Err", Form::Sync, instrumented).from(FAILS).in_bursts(BURST, DRAIN);
    cases.sample().rows()
}

#[inline(never)]
#[instrument(err)]
pub(crate) fn instrumented(number: u64) -> Result<u64, Refused> {
    settle(number)
}

#[inline(never)]
pub(crate) fn instrumented_driven(number: u64) -> Result<u64, Refused> {
    drive(instrumented_future(number))
}

#[instrument(err)]
async fn instrumented_future(number: u64) -> Result<u64, Refused> {
    settle(number)
}
