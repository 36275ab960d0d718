//! One thing of a message that was posted, and when it is told anew.

use std::time::{Duration, Instant};

use super::fingerprint::Fingerprint;
use super::group::{Earlier, Group};
use super::shown::Shown;
use crate::event::Severity;
use crate::record::Entry;

/// One thing that a message tells, all of which an edit sends again.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) shown: Shown,
    pub(super) seen_at: Instant,
    /// How often it had occurred, and how bad it was, when it was posted.
    pub(super) posted_count: u64,
    pub(super) posted_severity: Severity,
    /// Another message tells of the problem by now; this one goes on saying what it said.
    pub(super) has_moved: bool,
}

impl Told {
    pub(super) fn new(shown: Shown, now: Instant) -> Self {
        let severity = shown.group.as_ref().map_or(Severity::Info, Group::severity);
        Self {
            posted_count: shown.group.as_ref().map_or(0, Group::count),
            posted_severity: severity,
            has_moved: false,
            seen_at: now,
            shown: Shown { entry: shown.entry.told(), repeats: Vec::new(), ..shown },
        }
    }

    pub(super) fn is_live(&self) -> bool {
        !self.has_moved && self.shown.group.as_ref().is_some_and(|group| !group.is_over())
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.is_live() && other.is_live() && self.shown.fingerprint() == other.shown.fingerprint()
    }

    pub(super) fn tells_of(&self, fingerprint: Fingerprint) -> bool {
        self.is_live() && self.shown.fingerprint() == Some(fingerprint)
    }

    /// When the problem is over, unless it occurs again; what is not told yet has not been seen by anybody.
    pub(super) fn quiet_at(&self, window: Duration) -> Option<Instant> {
        (self.is_live() && self.shown.repeats.is_empty()).then(|| self.seen_at + window)
    }

    /// Tells the problem in a new message, with an occurrence that calls for it.
    pub(super) fn move_on(&mut self, entry: Entry, earlier: Earlier) -> Shown {
        self.has_moved = true;
        let repeats = std::mem::take(&mut self.shown.repeats);
        let mut shown = Shown { entry, repeats, ..self.shown.clone() };
        if let Some(group) = &mut shown.group {
            group.follow(earlier);
            group.count_in(&shown.entry);
        }
        shown
    }

    /// Tells the problem again if it has something to tell.
    pub(super) fn told_again(mut self, earlier: Earlier) -> Option<Shown> {
        let entry = self.shown.repeats.pop()?;
        let group = self.shown.group.as_mut()?;
        group.follow(earlier);
        // Of what is only counted, the newest says it.
        let entry = entry.lightened(&self.shown.entry.event);
        Some(Shown { entry, ..self.shown })
    }
}
