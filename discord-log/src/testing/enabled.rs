//! Events of a capturing thread go into its own list.

use std::cell::RefCell;

use crate::event::Event;

thread_local! {
    static CAPTURED: RefCell<Option<Vec<Event>>> = const { RefCell::new(None) };
}

/// Runs a closure and gives the events which this thread logged meanwhile, in their order.
///
/// They go nowhere else, and toggles do not count. Needs no [`init`](crate::init). Captures do not nest: an inner one
/// takes what is logged inside it. Available with the feature `testing`.
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
    let outer = CAPTURED.replace(Some(Vec::new()));
    let restore = Restore(outer);
    body();
    drop(restore);
    FINISHED.take()
}

thread_local! {
    static FINISHED: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
}

/// Puts the outer capture back also when the closure panics.
struct Restore(Option<Vec<Event>>);

impl Drop for Restore {
    fn drop(&mut self) {
        FINISHED.set(CAPTURED.replace(self.0.take()).unwrap_or_default());
    }
}

pub(crate) fn captures() -> bool {
    CAPTURED.try_with(|captured| captured.try_borrow().is_ok_and(|captured| captured.is_some())).unwrap_or(false)
}

/// Keeps the event if its thread captures; gives it back otherwise.
pub(crate) fn intercept(event: Event) -> Option<Event> {
    let mut event = Some(event);
    let _ = CAPTURED.try_with(|captured| {
        if let Ok(mut captured) = captured.try_borrow_mut()
            && let Some(events) = captured.as_mut()
        {
            events.extend(event.take());
        }
    });
    event
}
