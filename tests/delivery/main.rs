//! What is promised of delivery, seen from outside: the public API on one side, a local Discord with Discord's rules on
//! the other, and nothing pretended in between.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod burst;
mod counted;
mod ends;
mod faults;
mod groups;
mod grpc;
mod health;
mod heartbeat;
mod lifecycle;
mod local;
mod matrix;
mod nested;
mod panics;
mod parallel;
mod redacted;
mod requests;
mod schema;
mod servers;
mod world;
