//! Each command as a process, as people and scripts start it: on a machine with nothing on it, with and without a terminal,
//! against the local Discord in good and bad days.
#![cfg(unix)]
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod completions;
#[path = "../../../tests/programs/day.rs"]
mod day;
mod doctor;
mod journal;
mod machine;
mod preview;
mod run;
mod send;
mod service;
mod summary;
mod test;
