//! Nobody listens.

use crate::event::Event;

#[derive(Clone, Debug)]
pub(crate) struct Listener;

impl Listener {
    pub(super) const NOBODY: Self = Self;
}

pub(crate) const fn is_heard() -> bool {
    false
}

pub(crate) fn tell(_event: Event) {}
