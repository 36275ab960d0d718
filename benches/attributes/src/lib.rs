//! What is measured: one function, bare and under each attribute of discord-log, sync and async; and the doors for
//! `tracing` and for requests, in [`doors`].
//!
//! Every caller is `#[inline(never)]` and takes and returns the same, so that what differs between two of them is the
//! attribute alone. How they are sampled beside others is in [`side_by_side`].

pub mod doors;
pub mod failure;
pub mod functions;
pub mod poll;
pub mod side_by_side;
