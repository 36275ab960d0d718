//! What a lane has taken and not settled: a short row of batches, the first of which is being sent.

use std::collections::VecDeque;

use crate::record::Entry;

/// Events that go out as one message.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) entries: Vec<Entry>,
    /// An earlier attempt may have arrived.
    pub(crate) may_repeat: bool,
}

/// What one lane has taken from the journal and not settled.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    batches: VecDeque<Batch>,
}

impl Intake {
    /// Entries that one message can carry; more are not taken at a time, so that an error which comes meanwhile goes
    /// before what still waits in the journal.
    ///
    /// Source: ten embeds a message, <https://discord.com/developers/docs/resources/webhook#execute-webhook>.
    pub(crate) const CAPACITY: usize = 10;

    pub(crate) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    pub(crate) fn push(&mut self, entries: Vec<Entry>) {
        if !entries.is_empty() {
            self.batches.push_back(Batch { entries, may_repeat: false });
        }
    }

    /// Gives the batch that goes next.
    pub(crate) fn first(&self) -> Option<&Batch> {
        self.batches.front()
    }

    /// Keeps `fit` entries in the first batch, as many as a message held, and makes the rest the next batch.
    pub(crate) fn split_first(&mut self, fit: usize) {
        let Some(first) = self.batches.front_mut() else { return };
        if fit == 0 || fit >= first.entries.len() {
            return;
        }
        let rest = Batch { entries: first.entries.split_off(fit), may_repeat: first.may_repeat };
        self.batches.insert(1, rest);
    }

    /// Cuts a refused batch in two, to find what Discord refuses; gives back an entry that was alone.
    pub(crate) fn bisect_first(&mut self) -> Option<Entry> {
        let count = self.batches.front()?.entries.len();
        if count > 1 {
            self.split_first(count / 2);
            return None;
        }
        self.batches.pop_front()?.entries.pop()
    }

    /// Marks that the first batch may have arrived already.
    pub(crate) fn repeat_first(&mut self) {
        if let Some(first) = self.batches.front_mut() {
            first.may_repeat = true;
        }
    }

    /// Takes the first batch out, to be settled.
    pub(crate) fn finish_first(&mut self) -> Vec<Entry> {
        self.batches.pop_front().map(|batch| batch.entries).unwrap_or_default()
    }

    /// Takes everything out, when the lane ends.
    pub(crate) fn drain(&mut self) -> Vec<Entry> {
        self.batches.drain(..).flat_map(|batch| batch.entries).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::event::Event;
    use crate::record::{EventId, Seq};

    fn entries(numbers: std::ops::Range<u64>) -> Vec<Entry> {
        let id = EventId::new(Timestamp::UNIX_EPOCH, 0);
        numbers.map(|number| Entry { seq: Seq(number), id, event: Event::startup() }).collect()
    }

    fn seqs(entries: &[Entry]) -> Vec<u64> {
        entries.iter().map(|entry| entry.seq.0).collect()
    }

    #[test]
    fn a_refused_batch_is_halved_until_the_culprit_is_alone() {
        const CULPRIT: u64 = 6;
        let mut intake = Intake::default();
        intake.push(entries(0..10));
        let (mut delivered, mut attempts) = (Vec::new(), 0);
        let culprit = loop {
            attempts += 1;
            let first = seqs(&intake.first().expect("a batch").entries);
            if !first.contains(&CULPRIT) {
                delivered.extend(seqs(&intake.finish_first()));
            } else if let Some(entry) = intake.bisect_first() {
                break entry.seq.0;
            }
        };
        delivered.extend(seqs(&intake.drain()));
        assert_eq!(culprit, CULPRIT);
        assert_eq!(delivered, [0, 1, 2, 3, 4, 5, 7, 8, 9], "all others, in order");
        assert!(attempts <= 8, "{attempts}");
    }

    #[test]
    fn what_did_not_fit_goes_next_and_is_marked_alike() {
        let mut intake = Intake::default();
        intake.push(entries(0..4));
        intake.repeat_first();
        intake.split_first(3);
        assert_eq!(seqs(&intake.finish_first()), [0, 1, 2]);
        assert!(intake.first().is_some_and(|batch| batch.may_repeat && seqs(&batch.entries) == [3]));
    }
}
