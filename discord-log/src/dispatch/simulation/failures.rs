//! Failures that several functions tell of: most are told more about while their report is held, some after it was
//! posted, some too late or never, and none after the end of the process that raised them.

use super::*;
use crate::event::{FailureId, Kind, Stage};

/// What is told of a failure after its report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed {
    id: FailureId,
    channel: Channel,
    severity: Severity,
    /// After so long it is told that the program recovered.
    pub(super) recovers: Option<Duration>,
    /// It was told, and can be shown.
    pub(super) is_told: bool,
}

impl World {
    /// Makes an event the report of a failure, now and then, and plans what follows.
    pub(super) fn raise(&mut self, number: u32, event: Event) -> (Event, Option<Failed>) {
        if self.random.u8(..3) > 0 {
            return (event, None);
        }
        let (id, channel, severity) = (FailureId::new(), event.channel(), event.severity());
        let millis = match self.random.u8(..20) {
            0 => 70_000,
            1..=4 => self.random.u64(300..20_000),
            _ => self.random.u64(..300),
        };
        let delay = Duration::from_millis(millis);
        let is_told = self.random.u8(..10) > 0;
        if is_told {
            let at = self.now.instant + delay;
            let place = self.plan.partition_point(|(planned, _)| *planned <= at);
            self.plan.insert(place, (at, Action::Tell(number)));
        }
        let recovers = (is_told && self.random.bool()).then_some(delay);
        (event.of_failure(id, Stage::Raised), Some(Failed { id, channel, severity, recovers, is_told: false }))
    }

    /// Tells how a failure went on.
    pub(super) fn tell(&mut self, number: u32) {
        let text = self.any_text();
        let Some(issued) = self.issued.get_mut(&number) else { return };
        let Some(failing) = issued.failing.as_mut() else { return };
        let Failed { id, channel, severity, recovers, .. } = *failing;
        let mut event = Event::of(Kind::SystemEvent).in_channel(channel).with_severity(severity);
        if recovers.is_some() {
            // What Discord refuses of it may take its report along.
            issued.is_buried |= text != "fine";
            failing.is_told = text == "fine";
            self.refuses |= text != "fine";
            event = event.recovered_in(&format!("No. {number}, {text}"));
        }
        event.stamp(self.now.wall);
        let stage = if recovers.is_some() { Stage::Recovered } else { Stage::Passed };
        self.process.counters.accept_own();
        let shed = self.process.journal.append(&mut std::iter::once(event.of_failure(id, stage)), self.now.instant);
        assert_eq!(shed, 0, "seed {}", self.seed);
        self.look_soon();
    }

    /// Nobody tells of the failures of a process that is gone.
    pub(super) fn forget_failures(&mut self) {
        self.plan.retain(|(_, action)| !matches!(action, Action::Tell(_)));
    }

    /// J11: as long as nothing is wrong, what a program recovered from says so.
    pub(super) fn judge_recoveries(&self) {
        let shown = self.discord.recovered();
        let said = |number: &u32| self.issued[number].failing.is_some_and(|failing| failing.recovers.is_some());
        assert!(shown.iter().all(said), "seed {}: nobody said that", self.seed);
        RECOVERED.fetch_add(shown.len() as u64, Ordering::Relaxed);
        EDITED.fetch_add(self.discord.edited.into(), Ordering::Relaxed);
        if self.crashes > 0 || !self.faults.is_empty() || self.has_breakers || self.deletes || self.refuses {
            return;
        }
        let is_due = |issued: &Issued| {
            !issued.is_buried
                && issued.failing.is_some_and(|failing| {
                    failing.is_told && failing.recovers.is_some_and(|delay| delay < Duration::from_secs(30))
                })
        };
        let missing: Vec<_> =
            self.issued.iter().filter(|(number, issued)| is_due(issued) && !shown.contains(*number)).collect();
        assert!(missing.is_empty(), "seed {}: {missing:?} recovered, and no message says so", self.seed);
        JUDGED.fetch_add(1, Ordering::Relaxed);
    }
}

/// What the seeds have come across, so that it is seen when they no longer do.
pub(super) static RECOVERED: AtomicU64 = AtomicU64::new(0);
pub(super) static EDITED: AtomicU64 = AtomicU64::new(0);
pub(super) static JUDGED: AtomicU64 = AtomicU64::new(0);
pub(super) static COUNTED: AtomicU64 = AtomicU64::new(0);
