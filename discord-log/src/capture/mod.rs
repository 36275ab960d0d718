//! The doors through which events come in from the user's code: functions that log one event each, and what the
//! attributes expand to.
//!
//! An attribute turns the body of its function into one call of [`observe`](observe::observe),
//! [`observe_async`](observe_async::observe_async) or a relative of theirs. What goes in is an observer (what the
//! attribute does with a call), the body, and a closure that finds the failure in a return value. What comes out is
//! exactly what the body gave, or the panic it ended in.

mod call;
pub(crate) mod fallible;
pub(crate) mod fields;
pub(crate) mod functions;
pub(crate) mod log_activity;
pub(crate) mod log_errors;
pub(crate) mod log_performance;
pub(crate) mod observe;
pub(crate) mod observe_async;
pub(crate) mod panics;
pub(crate) mod probe;
mod stopwatch;
