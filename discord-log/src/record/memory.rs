//! The journal in memory: the same promises, short of surviving the process.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::backlog::Backlog;
use super::{Ending, Entry, EventId, Journal, Load, Seq, Settings, Ticket};
use crate::event::{Channel, Event};

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

impl MemoryJournal {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { capacity: settings.events_in_memory(), state: Mutex::new(State::default()) }
    }

    /// No user code runs under the lock, so what a panic left behind is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for MemoryJournal {
    fn append(&self, events: &mut dyn Iterator<Item = Event>, _now: Instant) -> u64 {
        let mut state = self.state();
        let mut shed = 0;
        for event in events {
            let seq = state.last.next();
            state.last = seq;
            let id = EventId::new(event.occurred_at(), fastrand::u128(..));
            let backlog = state.channels.entry(event.channel()).or_insert_with(|| Backlog::new(SPILL_CAPACITY));
            backlog.push(Entry::new(seq, id, event));
            shed += backlog.shed(self.capacity);
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
        state.channels.get_mut(&channel).map_or_else(Vec::new, |backlog| backlog.take(channel, most))
    }

    fn settle(&self, entries: Vec<Entry>, _ending: Option<&Ending>) -> Ticket {
        let mut state = self.state();
        for entry in entries.into_iter().flat_map(Entry::flatten) {
            if let Some(backlog) = state.channels.get_mut(&entry.event.channel()) {
                backlog.settle(entry.seq);
            }
        }
        Ticket::default()
    }

    fn load(&self) -> Vec<Load> {
        let state = self.state();
        let load = |(channel, backlog): (&Channel, &Backlog)| {
            let (events, oldest) = (backlog.unsettled() as u64, backlog.oldest_at());
            (events > 0).then_some(Load { channel: *channel, events, oldest })
        };
        state.channels.iter().filter_map(load).collect()
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

/// Bytes of long texts that a channel keeps: 2 MiB, beside the 300 bytes that every event has; 8 MiB for four channels.
const SPILL_CAPACITY: usize = 2 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::Severity;

    fn journal(queue_size: usize) -> MemoryJournal {
        MemoryJournal::new(&Settings {
            queue_size,
            dir: None,
            namespace: String::new(),
            most_bytes: 0,
            retention: Duration::ZERO,
        })
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
        journal.append(
            &mut severities.into_iter().enumerate().map(|(title, severity)| event(title, severity)),
            Instant::now(),
        );
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
            Instant::now(),
        );
        assert_eq!(titles(&journal.take(Channel::Finance, 10)), ["0", "1", "2", "3"]);
    }

    #[test]
    fn a_full_channel_sheds_its_oldest_least_severe_and_says_how_many() {
        let journal = journal(1);
        let shed = journal.append(
            &mut (0..25).map(|title| event(title, if title < 5 { Severity::Warning } else { Severity::Info })),
            Instant::now(),
        );
        assert_eq!(shed, 15);
        let kept = journal.take(Channel::Activity, 100);
        assert_eq!(titles(&kept), ["0", "1", "2", "3", "4", "20", "21", "22", "23", "24"]);
    }

    #[test]
    fn long_texts_are_bounded_in_bytes() {
        let journal = journal(1_000);
        let long = "x".repeat(200 * 1024);
        let shed = journal
            .append(&mut (0..100).map(|title| event(title, Severity::Info).field("text", &long)), Instant::now());
        let kept = journal.take(Channel::Activity, 1_000);
        assert_eq!(kept.len() as u64 + shed, 100);
        assert!((8..=20).contains(&kept.len()), "{} of 200 KiB in 2 MiB", kept.len());
        assert_eq!(titles(&kept).last(), Some(&"99"), "the newest stay");
    }

    #[test]
    fn an_entry_waits_until_it_is_settled() {
        let journal = journal(10);
        journal.append(&mut (0..3).map(|title| event(title, Severity::Info)), Instant::now());
        let upto = journal.last();
        journal.append(&mut std::iter::once(event(3, Severity::Error)), Instant::now());
        let taken = journal.take(Channel::Activity, 10);
        assert!(journal.backlog().is_empty());
        assert_eq!(journal.waiting(upto), [Channel::Activity]);
        let load = journal.load();
        assert_eq!(load.iter().map(|load| (load.channel, load.events)).collect::<Vec<_>>(), [(Channel::Activity, 4)]);
        let (later, earlier): (Vec<_>, Vec<_>) = taken.into_iter().partition(|entry| entry.seq > upto);
        journal.settle(earlier, None);
        assert_eq!(journal.waiting(upto), []);
        assert_eq!(journal.waiting(journal.last()), [Channel::Activity]);
        journal.settle(later, None);
        assert_eq!(journal.waiting(journal.last()), []);
        assert_eq!(journal.load(), []);
    }

    #[test]
    fn channels_with_errors_are_listed_first() {
        let journal = journal(10);
        journal.append(
            &mut [Event::user_action("a"), Event::critical("b", "c"), Event::startup()].into_iter(),
            Instant::now(),
        );
        assert_eq!(journal.backlog(), [Channel::Errors, Channel::System, Channel::Activity]);
    }
}
