//! The journal in memory: the same promises, short of surviving the process.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Entry, EventId, Journal, Seq, Settings};
use crate::event::{Channel, Event, Severity};

/// Events that one message can carry, so that a setting in messages bounds events.
const EVENTS_PER_MESSAGE: usize = 10;

/// Bytes of long texts that a channel keeps: 4 MiB, beside the 300 bytes that every event has.
const SPILL_CAPACITY: usize = 4 * 1024 * 1024;

/// Keeps undelivered events in memory, at most ten times the queue's size a channel, and a bounded number of bytes.
///
/// When a channel is full, its least severe entry goes, and among those the oldest.
#[derive(Debug)]
pub(crate) struct MemoryJournal {
    capacity: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Seq,
    channels: BTreeMap<Channel, Backlog>,
}

/// What waits for one channel.
#[derive(Debug, Default)]
struct Backlog {
    /// One queue a severity, so that the least severe is found without a search.
    by_severity: [VecDeque<Entry>; Severity::ALL.len()],
    spilled: usize,
    taken: BTreeSet<Seq>,
}

impl MemoryJournal {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { capacity: settings.queue_size.saturating_mul(EVENTS_PER_MESSAGE), state: Mutex::new(State::default()) }
    }

    /// No user code runs under the lock, so what a panic left behind is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for MemoryJournal {
    fn append(&self, events: &mut dyn Iterator<Item = Event>) -> u64 {
        let mut state = self.state();
        let mut shed = 0;
        for event in events {
            let seq = state.last.next();
            state.last = seq;
            let id = EventId::new(event.occurred_at(), fastrand::u128(..));
            let backlog = state.channels.entry(event.channel()).or_default();
            backlog.push(Entry { seq, id, event });
            while backlog.len() > self.capacity || (backlog.spilled > SPILL_CAPACITY && backlog.len() > 1) {
                backlog.shed();
                shed += 1;
            }
        }
        shed
    }

    fn backlog(&self) -> Vec<Channel> {
        let state = self.state();
        let mut waiting: Vec<_> = state
            .channels
            .iter()
            .filter_map(|(channel, backlog)| backlog.most_severe().map(|severity| (severity, *channel)))
            .collect();
        waiting.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
        waiting.into_iter().map(|(_, channel)| channel).collect()
    }

    fn take(&self, channel: Channel, most: usize) -> Vec<Entry> {
        let mut state = self.state();
        let Some(backlog) = state.channels.get_mut(&channel) else { return Vec::new() };
        let in_order = channel == Channel::Finance;
        let taken: Vec<_> = std::iter::from_fn(|| backlog.next(in_order)).take(most).collect();
        backlog.taken.extend(taken.iter().map(|entry| entry.seq));
        taken
    }

    fn settle(&self, entries: &[Entry]) {
        let mut state = self.state();
        for entry in entries {
            if let Some(backlog) = state.channels.get_mut(&entry.event.channel()) {
                backlog.taken.remove(&entry.seq);
            }
        }
    }

    fn last(&self) -> Seq {
        self.state().last
    }

    fn waiting(&self, upto: Seq) -> Vec<Channel> {
        let state = self.state();
        let has_waiting = |backlog: &Backlog| backlog.oldest().is_some_and(|oldest| oldest <= upto);
        state.channels.iter().filter(|(_, backlog)| has_waiting(backlog)).map(|(channel, _)| *channel).collect()
    }
}

impl Backlog {
    fn push(&mut self, entry: Entry) {
        self.spilled += entry.event.entries().spilled();
        if let Some(queue) = self.by_severity.get_mut(entry.event.severity() as usize) {
            queue.push_back(entry);
        }
    }

    fn len(&self) -> usize {
        self.by_severity.iter().map(VecDeque::len).sum()
    }

    fn shed(&mut self) {
        let shed = self.by_severity.iter_mut().find(|queue| !queue.is_empty()).and_then(VecDeque::pop_front);
        self.spilled -= shed.map_or(0, |entry| entry.event.entries().spilled());
    }

    fn most_severe(&self) -> Option<Severity> {
        let queues = Severity::ALL.into_iter().zip(&self.by_severity);
        queues.rev().find(|(_, queue)| !queue.is_empty()).map(|(severity, _)| severity)
    }

    fn oldest(&self) -> Option<Seq> {
        let fronts = self.by_severity.iter().filter_map(|queue| queue.front().map(|entry| entry.seq));
        fronts.chain(self.taken.first().copied()).min()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(queue_size: usize) -> MemoryJournal {
        MemoryJournal::new(&Settings { queue_size })
    }

    fn event(title: usize, severity: Severity) -> Event {
        Event::user_action(title.to_string()).with_severity(severity)
    }

    fn titles(entries: &[Entry]) -> Vec<&str> {
        entries.iter().filter_map(|entry| entry.event.title()).collect()
    }

    #[test]
    fn errors_come_before_the_rest_and_each_in_its_order() {
        use Severity::{Critical, Error, Info, Warning};
        let journal = journal(10);
        let severities = [Info, Error, Warning, Critical, Info, Error];
        journal.append(&mut severities.into_iter().enumerate().map(|(title, severity)| event(title, severity)));
        assert_eq!(titles(&journal.take(Channel::Activity, 10)), ["1", "3", "5", "0", "2", "4"]);
    }

    #[test]
    fn finance_stays_in_order_whatever_its_severities() {
        let journal = journal(10);
        let severities = [Severity::Info, Severity::Error, Severity::Success, Severity::Warning];
        journal.append(
            &mut severities
                .into_iter()
                .enumerate()
                .map(|(title, severity)| event(title, severity).in_channel(Channel::Finance)),
        );
        assert_eq!(titles(&journal.take(Channel::Finance, 10)), ["0", "1", "2", "3"]);
    }

    #[test]
    fn a_full_channel_sheds_its_oldest_least_severe_and_says_how_many() {
        let journal = journal(1);
        let shed = journal
            .append(&mut (0..25).map(|title| event(title, if title < 5 { Severity::Warning } else { Severity::Info })));
        assert_eq!(shed, 15);
        let kept = journal.take(Channel::Activity, 100);
        assert_eq!(titles(&kept), ["0", "1", "2", "3", "4", "20", "21", "22", "23", "24"]);
    }

    #[test]
    fn long_texts_are_bounded_in_bytes() {
        let journal = journal(1_000);
        let long = "x".repeat(200 * 1024);
        let shed = journal.append(&mut (0..100).map(|title| event(title, Severity::Info).field("text", &long)));
        let kept = journal.take(Channel::Activity, 1_000);
        assert_eq!(kept.len() as u64 + shed, 100);
        assert!((8..=20).contains(&kept.len()), "{} of 200 KiB in 4 MiB", kept.len());
        assert_eq!(titles(&kept).last(), Some(&"99"), "the newest stay");
    }

    #[test]
    fn an_entry_waits_until_it_is_settled() {
        let journal = journal(10);
        journal.append(&mut (0..3).map(|title| event(title, Severity::Info)));
        let upto = journal.last();
        journal.append(&mut std::iter::once(event(3, Severity::Error)));
        let taken = journal.take(Channel::Activity, 10);
        assert!(journal.backlog().is_empty());
        assert_eq!(journal.waiting(upto), [Channel::Activity]);
        let (later, earlier): (Vec<_>, Vec<_>) = taken.into_iter().partition(|entry| entry.seq > upto);
        journal.settle(&earlier);
        assert_eq!(journal.waiting(upto), []);
        assert_eq!(journal.waiting(journal.last()), [Channel::Activity]);
        journal.settle(&later);
        assert_eq!(journal.waiting(journal.last()), []);
    }

    #[test]
    fn channels_with_errors_are_listed_first() {
        let journal = journal(10);
        journal.append(&mut [Event::user_action("a"), Event::critical("b", "c"), Event::startup()].into_iter());
        assert_eq!(journal.backlog(), [Channel::Errors, Channel::System, Channel::Activity]);
    }
}
