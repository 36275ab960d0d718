//! Nothing is captured.

use crate::event::Event;

pub(crate) const fn captures() -> bool {
    false
}

pub(crate) const fn intercept(event: Event) -> Option<Event> {
    Some(event)
}
