//! What waits for one channel in memory, ready to be taken: one queue a severity, and what was taken and not settled.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use super::{Entry, Seq};
use crate::event::{Channel, Severity};

/// What waits for one channel.
#[derive(Debug)]
pub(super) struct Backlog {
    /// Most bytes of long texts, beside the 300 bytes that every event has.
    most_bytes: usize,
    /// One queue a severity, so that the least severe is found without a search.
    by_severity: [VecDeque<Entry>; Severity::ALL.len()],
    spilled: usize,
    taken: BTreeMap<Seq, Entry>,
}

impl Backlog {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { most_bytes, by_severity: Default::default(), spilled: 0, taken: BTreeMap::new() }
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.spilled += entry.event.entries().spilled();
        if let Some(queue) = self.by_severity.get_mut(entry.event.severity() as usize) {
            queue.push_back(entry);
        }
    }

    /// Hands out the next entries, at most `most`; errors and critical events first, but finance in order.
    pub(super) fn take(&mut self, channel: Channel, most: usize) -> Vec<Entry> {
        if channel == Channel::Finance {
            return self.take_in_order(most);
        }
        let mut taken = self.take_by(most, false);
        // However many errors there are, the rest has a share.
        let rest = taken.iter().filter(|entry| entry.event.severity() < Severity::Error).count();
        let (lesser, _) = self.by_severity.split_at_mut(Severity::Error as usize);
        let share: Vec<_> =
            std::iter::from_fn(|| pop_oldest(lesser.iter_mut())).take((most / 4).saturating_sub(rest)).collect();
        for entry in &share {
            self.spilled -= entry.event.entries().spilled();
            self.taken.insert(entry.seq, entry.clone());
        }
        taken.extend(share);
        taken
    }

    /// Hands out the next entries, at most `most`, the oldest first.
    pub(super) fn take_in_order(&mut self, most: usize) -> Vec<Entry> {
        self.take_by(most, true)
    }

    fn take_by(&mut self, most: usize, in_order: bool) -> Vec<Entry> {
        let taken: Vec<_> = std::iter::from_fn(|| self.next(in_order)).take(most).collect();
        self.taken.extend(taken.iter().map(|entry| (entry.seq, entry.clone())));
        taken
    }

    pub(super) fn settle(&mut self, seq: Seq) {
        self.taken.remove(&seq);
    }

    /// Says whether another entry has room beside so many.
    pub(super) fn is_full(&self, capacity: usize) -> bool {
        self.len() >= capacity || self.spilled > self.most_bytes
    }

    /// Lets entries go until no more than so many are left, and gives how many went: the least severe, and among those
    /// the oldest. Calls that only an entry counts go with it.
    pub(super) fn shed(&mut self, capacity: usize) -> u64 {
        let mut shed = 0;
        while self.len() > capacity || (self.spilled > self.most_bytes && self.len() > 1) {
            let entry = self.by_severity.iter_mut().find(|queue| !queue.is_empty()).and_then(VecDeque::pop_front);
            self.spilled -= entry.as_ref().map_or(0, |entry| entry.event.entries().spilled());
            shed += entry.map_or(1, |entry| entry.weight());
        }
        shed
    }

    /// What is not settled, taken or not, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.by_severity.iter().flatten().chain(self.taken.values())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn len(&self) -> usize {
        self.by_severity.iter().map(VecDeque::len).sum()
    }

    pub(super) fn most_severe(&self) -> Option<Severity> {
        let queues = Severity::ALL.into_iter().zip(&self.by_severity);
        queues.rev().find(|(_, queue)| !queue.is_empty()).map(|(severity, _)| severity)
    }

    pub(super) fn oldest(&self) -> Option<Seq> {
        let fronts = self.by_severity.iter().filter_map(|queue| queue.front().map(|entry| entry.seq));
        fronts.chain(self.taken.keys().next().copied()).min()
    }

    /// Counts what is not settled, taken or not.
    pub(super) fn unsettled(&self) -> usize {
        self.len() + self.taken.len()
    }

    /// When the oldest of what is not settled occurred, as far as the order of arrival tells.
    pub(super) fn oldest_at(&self) -> Option<Timestamp> {
        let fronts = self.by_severity.iter().filter_map(VecDeque::front).chain(self.taken.values().next());
        fronts.map(|entry| entry.event.occurred_at()).min()
    }

    /// The next entry: the oldest of the urgent ones, if there are any and order does not come first; else the oldest.
    fn next(&mut self, in_order: bool) -> Option<Entry> {
        let (lesser, urgent) = self.by_severity.split_at_mut(Severity::Error as usize);
        let first = if in_order { None } else { pop_oldest(urgent.iter_mut()) };
        let next = first.or_else(|| pop_oldest(lesser.iter_mut().chain(urgent)))?;
        self.spilled -= next.event.entries().spilled();
        Some(next)
    }
}

fn pop_oldest<'a>(queues: impl Iterator<Item = &'a mut VecDeque<Entry>>) -> Option<Entry> {
    queues.min_by_key(|queue| queue.front().map_or(Seq(u64::MAX), |entry| entry.seq))?.pop_front()
}
