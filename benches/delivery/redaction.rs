//! What masking secrets adds to an event on the recorder's thread. Events with secrets are made anew for each look; that is
//! measured as well, and taken off.

use std::hint::black_box;
use std::time::Instant;

use discord_log::__bench::Redaction;
use discord_log::Event;

use crate::table::Row;

const ROUNDS: usize = 41;
/// What a round takes at the least.
const ROUND_NANOS: f64 = 2_000_000.0;

pub(crate) fn measure() -> Vec<Row> {
    let token = ["gh", "p_", &"a1B2".repeat(9)].concat();
    let sentence =
        "cannot reserve 3 rows for INV-2041 in invoices: the host db-7.internal refused (timeout after 30s) ";
    let secrets = format!(
        "{sentence}password=hunter2 {sentence}token {token} {sentence}card 4111 1111 1111 1111 {sentence}mail j.doe@example.com \
         {sentence}postgres://app:s3cret@db/main {sentence}{sentence}{sentence}"
    );
    let hostile = "a://b:c".repeat(256 * 1024 / 7);
    vec![
        Row::at_most("redaction: nothing secret, 200 bytes", nanos(&event(&sentence.repeat(2))), 1_000.0, "ns"),
        Row::at_most("redaction: nothing secret, 1 KiB", nanos(&event(&sentence.repeat(10))), 10_000.0, "ns"),
        Row::at_most("redaction: five secrets, 1 KiB", nanos(&event(&secrets)), 10_000.0, "ns"),
        Row::at_most("redaction: hostile, 256 KiB", nanos(&event(&hostile)) / 1e6, 50.0, "ms"),
    ]
}

fn event(text: &str) -> Event {
    Event::system_event("Import", text).field("invoice_id", "INV-2041").field("rows", 1_204).actor("u-42")
}

/// The least of all rounds, since whatever else the machine does only adds.
fn nanos(event: &Event) -> f64 {
    let redaction = Redaction::default();
    let start = Instant::now();
    redaction.apply(&mut event.clone());
    let times = (ROUND_NANOS / start.elapsed().as_nanos().max(1) as f64).ceil() as usize;
    let round = |apply: bool| {
        let start = Instant::now();
        for _ in 0..times {
            let mut event = black_box(event).clone();
            if apply {
                redaction.apply(&mut event);
            }
            black_box(&event);
        }
        start.elapsed().as_nanos() as f64 / times as f64
    };
    let (mut with, mut without) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        (with, without) = (with.min(round(true)), without.min(round(false)));
    }
    with - without
}
