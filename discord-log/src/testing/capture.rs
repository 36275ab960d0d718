//! What a test's own thread and tasks log.

use crate::context;
use crate::event::Event;

/// Runs a closure and gives the events which this thread logged meanwhile, in their order.
///
/// They go nowhere else, and toggles do not count. A failure that passes several annotated functions is one event, with
/// all that they told of it. Events are as they were given, before secrets are masked; see [`leaks`](super::leaks). Needs
/// no [`init`](crate::init). Captures do not nest: an inner one takes what is logged inside it. What a thread or a task
/// logs that the closure starts is captured if it was [carried](crate::context::carry). Available with the feature
/// `testing`.
///
/// # Examples
///
/// ```
/// use discord_log::{Kind, testing};
///
/// let events = testing::capture(|| discord_log::log_user_action("Invoice generated"));
/// assert_eq!(events[0].kind(), Kind::UserAction);
/// ```
pub fn capture(body: impl FnOnce()) -> Vec<Event> {
    context::listen(body)
}

/// Runs a future and gives the events which it logged, wherever it was polled; else like [`capture`].
///
/// # Examples
///
/// ```
/// use discord_log::testing;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let events = testing::capture_async(async { discord_log::log_user_action("Invoice generated") }).await;
/// assert_eq!(events.len(), 1);
/// # });
/// ```
pub async fn capture_async(body: impl Future) -> Vec<Event> {
    context::listen_async(body).await
}
