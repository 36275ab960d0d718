//! What is measured: one function, bare and under each attribute of discord-log, sync and async.
//!
//! Every caller is `#[inline(never)]` and takes and returns the same, so that what differs between two of them is the
//! attribute alone.

pub mod failure;
pub mod functions;
pub mod poll;
