//! Who and what an event is about: a [`Context`] is entered for a request, a job or a task, and every event that is
//! logged inside of it says so. The last events before an error go with its report.
//!
//! A context belongs to a thread while [`with`] runs, and to a future wherever it is polled under [`scope`]. A task or a
//! thread that is started inside does not have it by itself: [`carry`] and [`carry_fn`] take it along.
//!
//! Outside of a context nothing is kept for the report of an error. A thread does not say where one task ends and the next
//! begins: one that runs an executor looks like any other, and the lines of one user would be told as what led to another
//! one's error. A program without requests says it itself, once around `main` or around each of its jobs, with an empty
//! context if there is nothing else to tell.
//!
//! # Examples
//!
//! ```
//! use discord_log::context::{self, Context};
//!
//! let job = Context::new().with_user("u-42").with_extra("queue", "invoices");
//! context::with(job, || {
//!     discord_log::log_user_action("Invoice generated"); // says who did it, and from which queue
//!     assert_eq!(context::current().unwrap().user(), Some("u-42"));
//! });
//! assert!(context::current().is_none());
//! ```
//!
//! A plain program, whose errors are to say what came before them:
//!
//! ```no_run
//! use discord_log::context::{self, Context};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _guard = discord_log::init()?;
//!     context::with(Context::new(), run)
//! }
//! # fn run() -> Result<(), Box<dyn std::error::Error>> { Ok(()) }
//! ```

mod breadcrumbs;
mod client;
#[cfg(any(feature = "actix", feature = "tower"))]
mod forwarded;
#[cfg_attr(feature = "testing", path = "listener_enabled.rs")]
#[cfg_attr(not(feature = "testing"), path = "listener_disabled.rs")]
mod listener;
mod request;
mod scope;
mod settings;
#[cfg(test)]
mod tests;
#[cfg_attr(feature = "opentelemetry", path = "trace_enabled.rs")]
#[cfg_attr(not(feature = "opentelemetry"), path = "trace_disabled.rs")]
mod trace;

pub use self::request::Context;
pub use self::scope::{Scoped, carry, carry_fn, current, scope, set_extra, set_user, with};

#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) use self::breadcrumbs::{Line, leave_breadcrumb};
pub(crate) use self::client::{Addresses, TrustedProxies};
#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) use self::forwarded::Hop;
pub(crate) use self::listener::{is_heard, tell};
#[cfg(feature = "testing")]
pub(crate) use self::listener::{listen, listen_async};
#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) use self::scope::is_entered;
pub(crate) use self::scope::{complete, fail_with};
#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) use self::scope::{has_failed, scope_made};
pub(crate) use self::settings::{Settings, apply};
#[cfg(any(feature = "actix", feature = "tower"))]
pub(crate) use self::settings::{hashed, trusted_proxies};
#[cfg(feature = "tracing")]
pub(crate) use self::trace::add_trace;
