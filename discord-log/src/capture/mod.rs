//! The doors through which events come in from the user's code: functions that log one event each, and what the
//! attributes expand to.
//!
//! An attribute turns the body of its function into one call of [`observe`](observe::observe),
//! [`observe_async`](observe_async::observe_async) or a relative of theirs. What goes in is the call (its function, which
//! attributes watch it, the fields they ask for), the body, and a closure that looks at the return value. What comes out
//! is exactly what the body gave, or the panic it ended in.

#[cfg(feature = "actix")]
pub(crate) mod actix_middleware;
#[cfg_attr(any(feature = "actix", feature = "tower"), path = "answer_enabled.rs")]
#[cfg_attr(not(any(feature = "actix", feature = "tower")), path = "answer_disabled.rs")]
pub(crate) mod answer;
#[cfg(feature = "tower")]
#[cfg_attr(feature = "axum", path = "axum_parts_enabled.rs")]
#[cfg_attr(not(feature = "axum"), path = "axum_parts_disabled.rs")]
mod axum_parts;
#[cfg(feature = "tracing")]
mod brought_record;
pub(crate) mod call;
pub(crate) mod excuse;
mod failing;
pub(crate) mod fallible;
pub(crate) mod fields;
pub(crate) mod functions;
#[cfg(feature = "log")]
pub(crate) mod log_bridge;
#[cfg(any(feature = "log", feature = "tracing"))]
mod log_record;
pub(crate) mod observe;
pub(crate) mod observe_async;
mod panic_report;
pub(crate) mod panics;
pub(crate) mod probe;
#[cfg(any(feature = "actix", feature = "tower"))]
mod request;
#[cfg(feature = "tower")]
pub(crate) mod request_layer;
pub(crate) mod returned;
#[cfg(any(feature = "log", feature = "tracing"))]
mod routes;
pub(crate) mod site;
mod timing;
#[cfg(feature = "tracing")]
pub(crate) mod tracing_layer;
mod trail;
