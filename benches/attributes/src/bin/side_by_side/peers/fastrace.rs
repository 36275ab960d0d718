//! fastrace's `trace`, in a root span, with a reporter that drops.

use attributes_bench::failure::Refused;
use attributes_bench::functions::{repeat, settle};
use attributes_bench::poll::drive;
use attributes_bench::side_by_side::{Cases, Form, Row};
use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::prelude::Span;

pub(crate) fn measure() -> Vec<Row> {
    fastrace::set_reporter(Dropping, Config::default());
    let mut cases = Cases::new();
    cases.add_loop("`trace` in a root span, Ok", Form::Sync, |first, calls| in_roots(first, calls, traced));
    cases.add_loop("async: `trace` in a root span, Ok", Form::Async, |first, calls| {
        in_roots(first, calls, traced_driven);
    });
    cases.sample().rows()
}

struct Dropping;

impl Reporter for Dropping {
    fn report(&mut self, _: Vec<SpanRecord>) {}
}

/// Opens a new root every hundred calls, since one holds only so many spans.
fn in_roots(first: u64, calls: u64, function: fn(u64) -> Result<u64, Refused>) {
    for part in (first..first + calls).step_by(A_ROOT) {
        let root = Span::root("root", SpanContext::random());
        let _parent = root.set_local_parent();
        repeat(part, (A_ROOT as u64).min(first + calls - part), function);
    }
}

#[inline(never)]
#[fastrace::trace]
pub(crate) fn traced(number: u64) -> Result<u64, Refused> {
    settle(number)
}

#[inline(never)]
pub(crate) fn traced_driven(number: u64) -> Result<u64, Refused> {
    drive(traced_future(number))
}

#[fastrace::trace]
async fn traced_future(number: u64) -> Result<u64, Refused> {
    settle(number)
}

const A_ROOT: usize = 100;
