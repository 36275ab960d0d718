//! One thing that a message tells: an event by itself, or the newest occurrence of a problem with what is known of all.

use super::fingerprint::Fingerprint;
use super::group::Group;
use super::reports::tells_of;
use crate::event::{Channel, FailureId, Kind, Severity};
use crate::record::Entry;

/// One thing that a message tells.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The event, or the newest occurrence.
    pub(crate) entry: Entry,
    /// What is known of the problem, for events that are grouped.
    pub(crate) group: Option<Group>,
    /// Occurrences that end when the message tells their number.
    pub(crate) repeats: Vec<Entry>,
    /// The forum post that tells of the problem.
    pub(crate) thread: Option<String>,
}

/// What goes before what.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Importance {
    Critical,
    Error,
    /// Everything else; of finance all, so that it keeps its order.
    Rest,
}

impl Shown {
    /// Tells an event by itself.
    pub(crate) const fn alone(entry: Entry) -> Self {
        Self { entry, group: None, repeats: Vec::new(), thread: None }
    }

    /// Tells the first occurrence of a problem.
    pub(super) fn first(entry: Entry, mut group: Group) -> Self {
        group.count_in(&entry);
        Self { group: Some(group), ..Self::alone(entry) }
    }

    /// Says whether it is a message of its own, whatever waits: the summary of a day, with its picture.
    pub(super) fn stands_alone(&self) -> bool {
        self.entry.event.kind() == Kind::DailySummary
    }

    /// Takes in another occurrence before the first could be told: they end together.
    pub(super) fn join(&mut self, entry: Entry) {
        if let Some(group) = &mut self.group {
            group.count_in(&entry);
        }
        let older = std::mem::replace(&mut self.entry, entry);
        self.repeats.push(self.lightened(older));
    }

    /// Takes in an occurrence after the first was told: it ends when the message is edited.
    pub(super) fn add(&mut self, entry: Entry) {
        if let Some(group) = &mut self.group {
            group.count_in(&entry);
        }
        self.entry = entry.told();
        self.repeats.push(self.lightened(entry));
    }

    /// Of an occurrence that is only counted, what it said is not kept; but what may be told more about is.
    fn lightened(&self, entry: Entry) -> Entry {
        if entry.event.failure().is_some() { entry } else { entry.lightened(&self.entry.event) }
    }

    /// Brings what was told later of a failure to it; gives it back if the failure is not here.
    pub(super) fn complete(&mut self, failure: FailureId, later: Entry) -> Result<(), Entry> {
        if tells_of(&self.entry, failure) {
            self.entry.absorb(later);
        } else if let Some(repeat) = self.repeats.iter_mut().find(|repeat| tells_of(repeat, failure)) {
            repeat.absorb(later);
        } else {
            return Err(later);
        }
        Ok(())
    }

    /// The same without what ends with it, as a message tells it.
    pub(super) fn without_entries(&self) -> Self {
        let (group, thread) = (self.group.clone(), self.thread.clone());
        Self { entry: self.entry.told(), group, thread, repeats: Vec::new() }
    }

    pub(super) fn fingerprint(&self) -> Option<Fingerprint> {
        self.group.as_ref().map(Group::fingerprint)
    }

    pub(super) fn importance(&self) -> Importance {
        match self.entry.event.severity() {
            _ if self.entry.event.channel() == Channel::Finance => Importance::Rest,
            Severity::Critical => Importance::Critical,
            Severity::Error => Importance::Error,
            _ => Importance::Rest,
        }
    }

    /// How many events of the journal end with it.
    pub(super) fn held(&self) -> usize {
        1 + self.repeats.len()
    }

    /// Gives all that ends with it.
    pub(super) fn into_entries(self) -> impl Iterator<Item = Entry> {
        std::iter::once(self.entry).chain(self.repeats)
    }
}
