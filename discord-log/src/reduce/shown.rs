//! One thing that a message tells: an event by itself, or the newest occurrence of a problem with what is known of all.

use super::group::Group;
use crate::record::Entry;

/// One thing that a message tells.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The event, or the newest occurrence.
    pub(crate) entry: Entry,
    /// What is known of the problem, for events that are grouped.
    pub(crate) group: Option<Group>,
}

impl Shown {
    /// Tells an event by itself.
    pub(crate) const fn alone(entry: Entry) -> Self {
        Self { entry, group: None }
    }
}
