//! Nothing is captured.

use crate::event::Event;

pub(crate) const fn captures() -> bool {
    false
}

#[expect(clippy::needless_pass_by_value, reason = "as where events are captured")]
pub(crate) fn keep(_event: Event) {}
