//! What is added up of one day.

use std::collections::BTreeMap;
use std::time::Duration;

use super::actors::Actors;
use super::figures::DeliveryFigures;
use super::functions::Functions;
use crate::event::{Event, Severity};
use crate::record::Counts;

/// Events by severity, the least severe first.
pub(crate) type BySeverity = [u64; Severity::ALL.len()];

/// What is added up of one day.
#[derive(Clone, Debug, Default)]
pub(super) struct Day {
    pub(super) channels: BTreeMap<String, BySeverity>,
    pub(super) actors: Actors,
    pub(super) functions: Functions,
    pub(super) delivery: DeliveryFigures,
}

impl Day {
    /// Takes in an event that stands for so many.
    pub(super) fn take(&mut self, event: &Event, channel: &str, occurrences: u64, waited: Option<Duration>) {
        add(self.channels.entry(channel.to_owned()).or_default(), event.severity(), occurrences);
        event.who().into_iter().for_each(|name| self.actors.take(name));
        let waited = waited.map_or(0, |waited| u64::try_from(waited.as_millis()).unwrap_or(u64::MAX));
        self.delivery.longest_wait_ms = self.delivery.longest_wait_ms.max(waited);
    }

    /// Takes in what a process counted within a minute.
    pub(super) fn count(&mut self, counts: &Counts) {
        counts.functions.iter().for_each(|function| self.functions.take(function));
        let delivery = &mut self.delivery;
        delivery.accepted += counts.accepted;
        delivery.delivered += counts.delivered;
        delivery.merged += counts.merged;
        delivery.buried += counts.buried;
        delivery.unclean += counts.unclean;
        for (reason, events) in &counts.lost {
            *delivery.lost.entry(reason.clone()).or_default() += events;
        }
    }
}

/// Counts events of a severity.
pub(super) fn add(counts: &mut BySeverity, severity: Severity, events: u64) {
    if let Some(count) = counts.get_mut(severity as usize) {
        *count += events;
    }
}
