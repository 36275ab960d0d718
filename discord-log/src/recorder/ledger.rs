//! The ledger: what could not be kept is told in the channel that it concerns, by reason and number, at most once a
//! minute. Pure: time and counts are arguments.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::event::{Channel, Event};
use crate::health::{CHANNELS, Counters, Loss};
use crate::record::Now;
use crate::render::grouped;

/// What was told of each channel, and when.
#[derive(Debug)]
pub(super) struct Ledger {
    told: [Told; CHANNELS],
}

#[derive(Clone, Copy, Debug, Default)]
struct Told {
    losses: [u64; Loss::ALL.len()],
    /// Since when what is not told was lost.
    since: Option<Timestamp>,
    at: Option<Instant>,
}

impl Ledger {
    /// Starts with what was lost so far, which is not told again.
    pub(super) fn new(counters: &Counters) -> Self {
        let mut ledger = Self { told: Default::default() };
        for (channel, told) in ledger.told.iter_mut().enumerate() {
            told.losses = counters.losses_of(channel).map(|(_, count)| count);
        }
        ledger
    }

    /// Gives the lines that are due, or all if this is the end.
    pub(super) fn lines(&mut self, counters: &Counters, is_end: bool, now: Now) -> Vec<Event> {
        let mut lines = Vec::new();
        for (number, told) in self.told.iter_mut().enumerate() {
            let losses = counters.losses_of(number);
            let new = losses.iter().zip(&told.losses).map(|((loss, count), told)| (*loss, count.saturating_sub(*told)));
            let new: Vec<_> = new.filter(|(_, count)| *count > 0).collect();
            if new.is_empty() {
                told.since = Some(now.wall);
                continue;
            }
            let is_due = told.at.is_none_or(|at| now.instant.saturating_duration_since(at) >= BETWEEN_LINES);
            if is_due || is_end {
                let channel = Channel::BUILT_IN.get(number).copied().unwrap_or(Channel::System);
                lines.push(line(channel, &new, told.since.unwrap_or(now.wall), now.wall));
                *told = Told { losses: losses.map(|(_, count)| count), since: Some(now.wall), at: Some(now.instant) };
            }
        }
        lines
    }
}

fn line(channel: Channel, losses: &[(Loss, u64)], since: Timestamp, now: Timestamp) -> Event {
    let all: u64 = losses.iter().map(|(_, count)| count).sum();
    let events = if all == 1 { "event" } else { "events" };
    let reasons: Vec<_> = losses.iter().map(|(loss, count)| format!("{} {loss}", grouped(*count))).collect();
    let text = format!("{} (from {since:.0} to {now:.0})", reasons.join(", "));
    // Not a warning: those are grouped, and a number of lines would hide what each of them says.
    let mut event =
        Event::system_event(format!("{} {events} could not be kept", grouped(all)), text).in_channel(channel);
    event.stamp(now);
    event
}

/// A second flood would help nobody.
const BETWEEN_LINES: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Event]) -> Vec<(Channel, &str, &str)> {
        let text = |event: &Event| event.text().map_or(0, |text| text.find(" (").unwrap_or(text.len()));
        lines
            .iter()
            .map(|line| (line.channel(), line.title().unwrap_or(""), &line.text().unwrap_or("")[..text(line)]))
            .collect()
    }

    #[test]
    fn each_channel_is_told_once_a_minute_and_the_numbers_add_up() {
        let counters = Counters::new();
        counters.lose_of(Loss::QueueFull, Channel::Errors.index(), 7);
        let mut ledger = Ledger::new(&counters);
        let start = Now { instant: Instant::now(), wall: Timestamp::UNIX_EPOCH };
        let after = |seconds| Now {
            instant: start.instant + Duration::from_secs(seconds),
            wall: start.wall + Duration::from_secs(seconds),
        };
        assert!(ledger.lines(&counters, true, start).is_empty(), "what an earlier guard lost was told by it");
        counters.lose_of(Loss::QueueFull, Channel::Errors.index(), 400);
        counters.lose_of(Loss::JournalFull, Channel::Errors.index(), 12);
        counters.lose(Loss::JournalDamaged, 1);
        let lines = ledger.lines(&counters, false, after(5));
        assert_eq!(
            texts(&lines),
            [
                (Channel::Errors, "412 events could not be kept", "12 journal full, 400 queue full"),
                (Channel::System, "1 event could not be kept", "1 journal damaged"),
            ]
        );
        counters.lose_of(Loss::QueueFull, Channel::Errors.index(), 5);
        counters.lose_of(Loss::QueueFull, Channel::Activity.index(), 1);
        let lines = ledger.lines(&counters, false, after(64));
        assert_eq!(texts(&lines), [(Channel::Activity, "1 event could not be kept", "1 queue full")]);
        counters.lose_of(Loss::QueueFull, Channel::Errors.index(), 5);
        let lines = ledger.lines(&counters, false, after(65));
        assert_eq!(texts(&lines), [(Channel::Errors, "10 events could not be kept", "10 queue full")]);
        assert!(ledger.lines(&counters, false, after(1_000)).is_empty());
        counters.lose_of(Loss::QueueFull, Channel::Errors.index(), 2);
        ledger.lines(&counters, false, after(1_001));
        counters.lose_of(Loss::QueueFull, Channel::Errors.index(), 3_000);
        let lines = ledger.lines(&counters, true, after(1_002));
        assert_eq!(
            texts(&lines),
            [(Channel::Errors, "3,000 events could not be kept", "3,000 queue full")],
            "the end waits not"
        );
    }
}
