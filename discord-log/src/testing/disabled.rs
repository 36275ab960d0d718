//! Nothing is captured.

use crate::event::Event;

pub(crate) const fn captures() -> bool {
    false
}

pub(crate) fn keep(_event: Event) {}
