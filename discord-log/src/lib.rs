//! Turns a Discord server into the operations room of a service: finance, system, errors and activity each speak in a
//! channel of their own.
//!
//! ```no_run
//! use discord_log::{log_activity, log_errors, log_performance};
//!
//! # struct Draft; struct Invoice; #[derive(Debug, thiserror::Error)] #[error("no")] struct BillingError;
//! #[log_errors(context = "Invoice Processing")]
//! #[log_activity(action = "Create Invoice")]
//! #[log_performance(threshold = 2.0)]
//! async fn create_invoice(draft: Draft) -> Result<Invoice, BillingError> {
//!     // …
//! #   Ok(Invoice)
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _discord = discord_log::init()?; // settings from the environment and `.env`; dropping it delivers what waits
//!     discord_log::log_user_action("Invoice generated");
//!     Ok(())
//! }
//! ```
//!
//! # The path of an event
//!
//! ```text
//!   capture ─▶ event ─▶ filter ─▶ queue │ record │ reduce ─▶ render ─▶ send ─▶ Discord
//!   the caller's thread                 │        │
//!                      the recorder's thread     the sender's thread, with a runtime of its own
//! ```
//!
//! A call never waits: it tests a gate (one atomic load), packs what happened into one buffer and pushes that into a
//! bounded ring. Two threads of our own do the rest, so that it works in a program without an async runtime and next to
//! any.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `tls-aws-lc` | yes | TLS by rustls on aws-lc-rs |
//! | `tls-ring` | | TLS by rustls on ring; with `default-features = false` for programs that have ring already |
//! | `tls-host-provider` | | TLS by rustls on the provider that the program installed |
//! | `tls-native` | | TLS by the operating system's library |
//! | `signals` | | `end_on_signals`: SIGTERM and SIGINT end the logger first (Unix) |
//! | `tracing` | | [`tracing_layer`]: what a program tells `tracing` |
//! | `log` | | [`log_bridge`]: what it tells `log` |
//! | `tower` | | [`request_layer`]: requests of axum, hyper and tonic |
//! | `actix` | | [`request_middleware`]: requests of actix-web |
//! | `axum` | | the same, with the patterns of axum's paths; `health_handler`: the snapshot of [`health`] as a handler |
//! | `metrics` | | `publish_metrics`: the same for the installed recorder of the `metrics` crate, such as Prometheus' |
//! | `check` | | [`check`]: what Discord tells of the webhooks of settings, for whoever looks for what is wrong |
//! | `journal` | | [`journal`]: what the services of this host have journalled, read from outside of their processes |
//! | `testing` | | [`testing::capture`], [`testing::capture_async`], [`testing::leaks`], [`testing::panic_in`] |

#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod __bench;
#[doc(hidden)]
pub mod __private;
mod capture;
#[cfg(feature = "check")]
pub mod check;
mod config;
pub mod context;
mod dispatch;
mod event;
mod filter;
mod health;
mod host_budget;
#[cfg(feature = "journal")]
pub mod journal;
mod lifecycle;
mod local_log;
mod logger;
mod queue;
mod record;
mod recorder;
mod reduce;
mod render;
mod send;
mod sender;
#[cfg(all(unix, feature = "signals"))]
mod signals;
mod summary;
pub mod testing;

#[cfg(feature = "actix")]
pub use crate::capture::actix_middleware::{
    MiddlewareFuture, MiddlewareService, RequestMiddleware, request_middleware,
};
pub use crate::capture::functions::{
    log, log_btw_calculation, log_critical, log_daily_summary, log_database_operation, log_error, log_file_download,
    log_file_operation, log_file_upload, log_form_submission, log_high_value_transaction, log_invoice_created,
    log_invoice_updated, log_payment_received, log_performance_warning, log_shutdown, log_startup, log_system_event,
    log_user_action, log_validation_error,
};
#[cfg(feature = "log")]
pub use crate::capture::log_bridge::{LogBridge, log_bridge};
#[cfg(feature = "tower")]
pub use crate::capture::request_layer::{RequestLayer, RequestService, ResponseFuture, request_layer};
#[cfg(feature = "tracing")]
pub use crate::capture::tracing_layer::{TracingLayer, tracing_layer};
pub use crate::config::{Config, ConfigBuilder, ConfigError, Problem};
pub use crate::event::{
    Amount, Callsite, Channel, ChannelName, Currency, ErrorReport, Event, Field, Kind, Place, Severity, TEXT_CAPACITY,
    UnknownSeverity, Value,
};
#[cfg(feature = "axum")]
pub use crate::health::health_handler;
#[cfg(feature = "metrics")]
pub use crate::health::publish_metrics;
pub use crate::health::{
    FunctionHealth, Health, JournalHealth, Latency, Loss, Polled, ServiceHealth, Status, WebhookHealth, WebhookState,
    health,
};
pub use crate::lifecycle::{Drained, FlushError, Guard, InitError, flush, flush_async, init, init_with};
pub use crate::record::Ending;
#[cfg(all(unix, feature = "signals"))]
pub use crate::signals::end_on_signals;

/// Tells the activity channel that a function was called: one event at the end of the call, with how it ended and how
/// long it took.
///
/// It stands on any function with a body: sync or async, free or in an `impl` or a trait, whatever it returns; or on a
/// whole `impl` or `trait`, where it watches every function but those under [`log_skip`](macro@log_skip) and `const fn`.
/// The outcome is `ok`, `error` (the function returned `Err`), `panicked`, or `cancelled` (a future that was polled and
/// dropped before its end). What the function returns is handed on untouched.
///
/// | argument | default | meaning |
/// |---|---|---|
/// | `action = "…"` | the function's name in words | what was done: `create_invoice` is “Create invoice”; `{name}` stands for a field |
/// | `fields(name = value, …)` | none | what is told of the call; see [`log_errors`](macro@log_errors#fields) |
/// | `ret` | off | tells what was returned, by its `Debug`: of a `Result` the value of an `Ok` |
/// | `channel = "…"` | `activity` | another channel: the one of `DISCORD_WEBHOOK_<NAME>` |
/// | `crate = path` | `::discord_log` | where this crate is found, if it was renamed or re-exported |
///
/// While the logger is off, a call costs one atomic load more. Else it costs two readings of the clock and the event,
/// some 300 ns; [`health`] tells how often the function was called, how often it failed and how long it took.
///
/// # Examples
///
/// ```
/// use discord_log::log_activity;
///
/// #[log_activity(fields(customer = customer, lines = lines.len()))]
/// fn create_invoice(customer: &str, lines: &[u32]) -> u32 {
///     lines.iter().sum()
/// }
///
/// #[log_activity(action = "Send invoice {number}", fields(number = number), ret, channel = "mail")]
/// async fn send(number: u32) -> Result<usize, std::io::Error> {
///     Ok(1)
/// }
///
/// assert_eq!(create_invoice("ACME", &[40, 2]), 42);
/// ```
///
/// ```
/// # use discord_log::log_activity;
/// # struct Archive { name: &'static str }
/// #[log_activity(fields(archive = self.name))]
/// impl Archive {
///     fn open(&self) {}
///     fn close(&self) {}
/// }
/// # Archive { name: "main" }.open();
/// # Archive { name: "main" }.close();
/// ```
#[doc(inline)]
pub use discord_log_macros::log_activity;

/// Tells the errors channel of each error that a function returns, and of each panic that leaves it.
///
/// It stands on functions that return a `Result`, or a future of one: sync or async, free or in an `impl` or a trait,
/// also those that `async_trait` wrote or that name their future (`impl Future`, `Pin<Box<dyn Future>>`,
/// `BoxFuture`). On a whole `impl` or `trait` it watches the functions whose return type has `Result` in its name, but
/// those under [`log_skip`](macro@log_skip), those with a `log_errors` of their own, and `const fn`.
///
/// The error is told with its type and all its causes, those of `anyhow` and `eyre` included, and is handed on
/// untouched; it needs no trait of ours, and one that implements nothing is told by its type. With `RUST_BACKTRACE=1`
/// it carries a backtrace from where it was first seen, which is resolved on a thread of the logger's.
///
/// | argument | default | meaning |
/// |---|---|---|
/// | `context = "…"` | none | what was being done; `{name}` stands for a field, `{{` for a brace |
/// | `fields(name = value, …)` | none | what is told of the call |
/// | `skip_if = path` | none | a function that takes `&Error` and says whether it is no news; such an error is not told |
/// | `severity = "…"` | `error` | `info`, `success`, `warning`, `error` or `critical`; a panic is at least an `error` |
/// | `channel = "…"` | `errors` | another channel: the one of `DISCORD_WEBHOOK_<NAME>` |
/// | `crate = path` | `::discord_log` | where this crate is found, if it was renamed or re-exported |
///
/// A call that succeeds costs a few nanoseconds, and one atomic load while the logger is off. A future that is dropped
/// before its end is no error.
///
/// # One failure, one report
///
/// An error that passes several annotated functions is reported by the innermost, once, with the contexts of all that
/// enclose it. The others add what they know: the error that they made of it, and their fields. If one of them returns
/// `Ok` the report says who recovered. An outer error is the same failure if a text of its chain is the inner text, or
/// contains it (from 8 characters on); any other error is a report of its own, which says what failed right before.
///
/// [`init`] installs a panic hook, before the one that is there, which tells every panic at once, under an attribute or
/// not: what it says and where it was, its thread, and the contexts around it. The innermost function adds its fields, and
/// the panic goes on. It waits, for at most 100 ms, until its report would outlive the process, also where panics abort.
///
/// A function that fails alike over and over, or a place that panics so, tells the first 20 of every five seconds one by
/// one; the rest is counted, and the count is told. Texts that differ in their digits alone are alike. Another error of the same function is told.
///
/// # Fields
///
/// No argument of the function is told unless it is named. `name = value` takes text, numbers, `bool`, `Duration`,
/// [`Amount`] and options of them as they are; `name = %value` goes through `Display`, `name = ?value` through
/// `Debug`; `name = redact(value)` tells that there is one, and never reads it. Values are looked at by reference when
/// the call begins, and only while somebody listens. One that panics costs the fields behind it, never the call.
///
/// # Several attributes
///
/// The three attributes on one function, in any order, are one wrapper: one look at the clock, one place on the trail.
///
/// # Examples
///
/// ```
/// use discord_log::log_errors;
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("no such invoice")]
/// struct NoInvoice;
///
/// impl NoInvoice {
///     fn is_expected(&self) -> bool {
///         false
///     }
/// }
///
/// # #[derive(Debug)] struct Invoice { number: u32 }
/// # struct Archive;
/// impl Archive {
///     #[log_errors(
///         context = "Find invoice {number}",
///         severity = "warning",
///         channel = "archive",
///         fields(number = number, token = redact(token)),
///         skip_if = NoInvoice::is_expected
///     )]
///     async fn find(&self, number: u32, token: &str) -> Result<&Invoice, NoInvoice> {
///         Err(NoInvoice)
///     }
/// }
/// ```
///
/// On all that can fail in an `impl`, but one:
///
/// ```
/// # use discord_log::{log_errors, log_skip};
/// # struct Archive;
/// #[log_errors(context = "Archive")]
/// impl Archive {
///     fn open(&self) -> std::io::Result<()> {
///         Ok(())
///     }
///
///     #[log_skip]
///     fn probe(&self) -> std::io::Result<()> {
///         Err(std::io::ErrorKind::NotFound.into())
///     }
/// }
/// # Archive.open().unwrap();
/// # Archive.probe().unwrap_err();
/// ```
///
/// A function that cannot fail has nothing to tell:
///
/// ```compile_fail
/// #[discord_log::log_errors]
/// fn add(left: u32, right: u32) -> u32 {
///     left + right
/// }
/// ```
///
/// # Limits
///
/// A body that names its caller with `#[track_caller]` names the wrapper instead, since closures cannot carry that
/// attribute. The alias of a boxed future is not seen through: write the type out.
#[doc(inline)]
pub use discord_log_macros::log_errors;

/// Warns in the system channel when a call took longer than its threshold.
///
/// It stands on any function with a body, or on a whole `impl` or `trait`. Wall time counts; that of a future from its
/// first poll to its end, and the time within polls is told beside it. A future that is dropped before its end is not
/// judged.
///
/// | argument | default | meaning |
/// |---|---|---|
/// | `threshold = …` | one second | seconds (`2`, `0.5`), a text with a unit (`"250ms"`, `"2s"`, `"1m"`), or a constant |
/// | `threshold_seconds = …` | | the same |
/// | `fields(name = value, …)` | none | what is told of the call; see [`log_errors`](macro@log_errors#fields) |
/// | `crate = path` | `::discord_log` | where this crate is found, if it was renamed or re-exported |
///
/// A constant is a `Duration`, or a number of seconds. A call below its threshold costs two readings of the clock, about
/// 30 ns where the processor has a counter that never changes its pace, and one atomic load while the logger is off.
/// [`health`] tells how often the function was called and how long it took.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use discord_log::log_performance;
///
/// const SLOW: Duration = Duration::from_millis(250);
///
/// #[log_performance(threshold = SLOW, fields(rows = rows.len()))]
/// fn total(rows: &[u64]) -> u64 {
///     rows.iter().sum()
/// }
///
/// #[log_performance(threshold = "1.5s")]
/// async fn export() {}
///
/// #[log_performance(threshold_seconds = 2)]
/// fn import() {}
///
/// assert_eq!(total(&[1, 2]), 3);
/// ```
#[doc(inline)]
pub use discord_log_macros::log_performance;

/// Leaves a function out of what an attribute on its `impl` or `trait` watches.
///
/// Takes no arguments, and does nothing elsewhere.
///
/// # Examples
///
/// ```
/// use discord_log::{log_activity, log_skip};
///
/// struct Counter(u32);
///
/// #[log_activity]
/// impl Counter {
///     fn reset(&mut self) {
///         self.0 = 0;
///     }
///
///     #[log_skip]
///     fn add(&mut self) {
///         self.0 += 1;
///     }
/// }
/// # let mut counter = Counter(1);
/// # counter.add();
/// # counter.reset();
/// ```
#[doc(inline)]
pub use discord_log_macros::log_skip;
