//! logforth behind the `log` crate, with its asynchronous appender before a file.

use attributes_bench::failure::Refused;
use attributes_bench::functions::{FAILS, settle};
use attributes_bench::side_by_side::{BURST, Cases, DRAIN, Form, Row};
use logforth::append::asynchronous::AsyncBuilder;
use logforth::append::file::FileBuilder;

pub(crate) fn measure() -> Vec<Row> {
    let folder = std::env::temp_dir().join(format!("attributes-bench-{}", std::process::id()));
    let file = FileBuilder::new(&folder, "bench").build().expect("a file");
    let append = AsyncBuilder::new("logforth").buffered_lines_limit(Some(8_192)).append(file).build();
    logforth::starter_log::builder().dispatch(|dispatch| dispatch.append(append)).apply();
    let mut cases = Cases::new();
    cases.add("`log::error!`, asynchronous, to a file, Err", Form::Sync, logged).from(FAILS).in_bursts(BURST, DRAIN);
    let rows = cases.sample().rows();
    log::logger().flush();
    let _ = std::fs::remove_dir_all(folder);
    rows
}

#[inline(never)]
fn logged(number: u64) -> Result<u64, Refused> {
    let returned = settle(number);
    if let Err(error) = &returned {
        log::error!("{error}");
    }
    returned
}
