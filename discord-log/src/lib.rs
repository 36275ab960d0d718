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
//! | `testing` | | [`testing::capture`], [`testing::panic_in`] |

#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod __bench;
#[doc(hidden)]
pub mod __private;
mod capture;
mod config;
mod dispatch;
mod event;
mod filter;
mod health;
mod host_budget;
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
pub mod testing;

pub use crate::capture::functions::{
    log, log_btw_calculation, log_critical, log_daily_summary, log_database_operation, log_error, log_file_download,
    log_file_operation, log_file_upload, log_form_submission, log_high_value_transaction, log_invoice_created,
    log_invoice_updated, log_payment_received, log_performance_warning, log_shutdown, log_startup, log_system_event,
    log_user_action, log_validation_error,
};
pub use crate::config::{Config, ConfigBuilder, ConfigError, Problem};
pub use crate::event::{
    Amount, Callsite, Channel, ChannelName, Currency, ErrorReport, Event, Field, Kind, Place, Severity, TEXT_CAPACITY,
    UnknownSeverity, Value,
};
pub use crate::health::{Health, Loss, WebhookHealth, WebhookState, health};
pub use crate::lifecycle::{Drained, FlushError, Guard, InitError, flush, flush_async, init, init_with};
#[cfg(all(unix, feature = "signals"))]
pub use crate::signals::end_on_signals;

/// Tells the activity channel that a function was called: one event at the end of the call, with how it ended and how
/// long it took.
///
/// It stands on any function with a body: sync or async, free or in an `impl` or a trait, whatever it returns. The
/// outcome is `ok`, `error` (the function returned `Err`), `panicked`, or `cancelled` (a future that was polled and
/// dropped before its end). What the function returns is handed on untouched.
///
/// | argument | default | meaning |
/// |---|---|---|
/// | `action = "…"` | the function's name in words | what was done: `create_invoice` is “Create invoice” |
/// | `fields(name = value, …)` | none | what is told of the call; see [`log_errors`](macro@log_errors#fields) |
/// | `channel = "…"` | `activity` | another channel: the one of `DISCORD_WEBHOOK_<NAME>` |
/// | `crate = path` | `::discord_log` | where this crate is found, if it was renamed or re-exported |
///
/// While nobody listens, a call costs one atomic load more.
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
/// #[log_activity(action = "Nightly import")]
/// async fn import() -> Result<(), std::io::Error> {
///     Ok(())
/// }
///
/// assert_eq!(create_invoice("ACME", &[40, 2]), 42);
/// ```
#[doc(inline)]
pub use discord_log_macros::log_activity;

/// Tells the errors channel of each error that a function returns, and of each panic that leaves it.
///
/// It stands on functions that return a `Result`, or a future of one: sync or async, free or in an `impl` or a trait,
/// also those that `async_trait` wrote or that name their future (`impl Future`, `Pin<Box<dyn Future>>`,
/// `BoxFuture`). The error is told with its type and all its causes, those of `anyhow` and `eyre` included, and is
/// handed on untouched; it needs no trait of ours, and one that implements nothing is told by its type. A panic is
/// told by the innermost function that carries the attribute, and goes on.
///
/// | argument | default | meaning |
/// |---|---|---|
/// | `context = "…"` | none | what was being done |
/// | `fields(name = value, …)` | none | what is told of the call |
/// | `severity = "…"` | `error` | `info`, `success`, `warning`, `error` or `critical`; a panic is at least an `error` |
/// | `channel = "…"` | `errors` | another channel: the one of `DISCORD_WEBHOOK_<NAME>` |
/// | `crate = path` | `::discord_log` | where this crate is found, if it was renamed or re-exported |
///
/// A call that succeeds costs a look at its discriminant. A future that is dropped before its end is no error.
///
/// # Fields
///
/// No argument of the function is told unless it is named. `name = value` takes text, numbers, `bool`, `Duration`,
/// [`Amount`] and options of them as they are; `name = %value` goes through `Display`, `name = ?value` through
/// `Debug`. Values are looked at by reference when the call begins, and only while somebody listens. One that panics
/// costs the fields behind it, never the call.
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
/// # #[derive(Debug)] struct Invoice { number: u32 }
/// # struct Archive;
/// impl Archive {
///     #[log_errors(context = "Archive", severity = "warning", fields(number = number))]
///     async fn find(&self, number: u32) -> Result<&Invoice, NoInvoice> {
///         Err(NoInvoice)
///     }
/// }
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
#[doc(inline)]
pub use discord_log_macros::log_errors;

/// Warns in the system channel when a call took longer than its threshold.
///
/// It stands on any function with a body. Wall time counts; that of a future from its first poll to its end. A future
/// that is dropped before its end is not judged.
///
/// | argument | default | meaning |
/// |---|---|---|
/// | `threshold = …` | one second | seconds (`2`, `0.5`), or a text with a unit (`"250ms"`, `"2s"`, `"1m"`) |
/// | `threshold_seconds = …` | | the same |
/// | `fields(name = value, …)` | none | what is told of the call; see [`log_errors`](macro@log_errors#fields) |
/// | `crate = path` | `::discord_log` | where this crate is found, if it was renamed or re-exported |
///
/// A call below its threshold costs two readings of the clock, and one atomic load while nobody listens.
///
/// # Examples
///
/// ```
/// use discord_log::log_performance;
///
/// #[log_performance(threshold = "250ms", fields(rows = rows.len()))]
/// fn total(rows: &[u64]) -> u64 {
///     rows.iter().sum()
/// }
///
/// assert_eq!(total(&[1, 2]), 3);
/// ```
#[doc(inline)]
pub use discord_log_macros::log_performance;
