//! Events of a capturing thread go into its own list.

use std::cell::RefCell;

use crate::event::{Event, Stage};

thread_local! {
    static CAPTURED: RefCell<Option<Vec<Event>>> = const { RefCell::new(None) };
}

/// Runs a closure and gives the events which this thread logged meanwhile, in their order.
///
/// They go nowhere else, and toggles do not count. A failure that passes several annotated functions is one event, with
/// all that they told of it. Events are as they were given, before secrets are masked; see [`leaks`](super::leaks). Needs no [`init`](crate::init). Captures do not nest: an inner one
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

/// Keeps the event of a thread that captures.
pub(crate) fn keep(event: Event) {
    let _ = CAPTURED.try_with(|captured| {
        if let Ok(mut captured) = captured.try_borrow_mut()
            && let Some(events) = captured.as_mut()
        {
            add(events, event);
        }
    });
}

/// What functions around a failing one tell of it later goes into its report, as it would on Discord.
fn add(events: &mut Vec<Event>, event: Event) {
    let Some(failure) = event.failure().filter(|failure| failure.stage != Stage::Raised) else {
        return events.push(event);
    };
    let is_report = |report: &&mut Event| report.failure().is_some_and(|raised| raised.id == failure.id);
    if let Some(report) = events.iter_mut().find(is_report) {
        report.absorb(&event);
    }
}
