//! What a service lives through: kills, outages, servers that hang, full disks. Real processes, real files, and a local
//! Discord that judges; every test ends with the same question: does each event that was owed stand there, once?
#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and prints what it saw"
)]

#[expect(dead_code, reason = "the gallery shows a whole fortnight")]
#[path = "../programs/day.rs"]
mod day;
mod disk;
mod ends;
mod fleet;
mod groups;
mod kills;
mod ledger;
mod lifecycle;
mod outage;
mod program;
mod server;
mod soak;
mod summaries;
mod teller;
mod threads;
mod webhook;
mod world;
