//! What a lane has taken and not settled: a short row of batches, the first of which is being sent; reports that are
//! held for what follows them; and messages that are to be edited.

use std::collections::VecDeque;
use std::time::Instant;

use super::posted::{Messages, Posted};
use super::reports::{Reports, adds_to, tells_of};
use crate::event::{Channel, FailureId};
use crate::record::{Entry, Now};

/// Events that go out as one message.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) entries: Vec<Entry>,
    /// An earlier attempt may have arrived.
    pub(crate) may_repeat: bool,
    /// How often in a row the server broke over it.
    faults: u32,
    /// How many messages of the lane had been delivered when it was put aside last.
    aside_since: Option<u64>,
    /// How often it came back from there, after others were delivered, and the server broke over it again.
    proofs: u32,
}

impl Batch {
    fn of(entries: Vec<Entry>) -> Self {
        Self { entries, may_repeat: false, faults: 0, aside_since: None, proofs: 0 }
    }
}

/// What one lane has taken from the journal and not settled.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    batches: VecDeque<Batch>,
    /// Suspected of breaking the server, and sent when nothing else waits.
    aside: VecDeque<Batch>,
    delivered: u64,
    reports: Reports,
    messages: Messages,
    /// The message that is being edited.
    editing: Option<String>,
}

/// What to do about a message that the server breaks over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Doubt {
    /// The server may be at fault: try it again.
    No,
    /// It is the event at the front: everything around it was delivered.
    Proven,
    /// It is smaller now, or out of the way.
    Moved,
}

impl Intake {
    /// Entries that one message can carry; more are not taken at a time, so that an error which comes meanwhile goes
    /// before what still waits in the journal.
    ///
    /// Source: ten embeds a message, <https://discord.com/developers/docs/resources/webhook#execute-webhook>.
    pub(crate) const CAPACITY: usize = 10;

    /// Says from when on there is something to send, if there is anything.
    pub(crate) fn ready_at(&self, hurries: bool, now: Instant) -> Option<Instant> {
        let has_some = !self.batches.is_empty() || !self.aside.is_empty() || self.messages.next().is_some();
        let held_until = self.reports.release_at().map(|at| if hurries { now } else { at.max(now) });
        if has_some { Some(now) } else { held_until }
    }

    /// Takes in what came from the journal: reports that may be told more about are held for a moment, unless somebody
    /// waits for the end, and what is told later joins its report. Gives back what can be shown nowhere any more.
    pub(crate) fn take_in(&mut self, taken: Vec<Entry>, hurries: bool, now: Now) -> Vec<Entry> {
        let mut ready = if hurries { self.reports.drain() } else { self.reports.release(now.instant) };
        let mut unshown = Vec::new();
        for entry in taken {
            match adds_to(&entry) {
                Some(failure) => unshown.extend(self.complete(failure, entry, &mut ready)),
                None if hurries => ready.push(entry),
                None => ready.extend(self.reports.hold(entry, now)),
            }
        }
        self.push(ready);
        unshown
    }

    /// Brings what was told later to its report, wherever that is; gives it back if that is nowhere.
    fn complete(&mut self, failure: FailureId, later: Entry, ready: &mut Vec<Entry>) -> Option<Entry> {
        let later = match self.reports.complete(failure, later) {
            Ok(report) => {
                ready.push(report);
                return None;
            }
            Err(later) => later,
        };
        let waiting = self.batches.iter_mut().chain(&mut self.aside).flat_map(|batch| &mut batch.entries);
        match ready.iter_mut().chain(waiting).find(|entry| tells_of(entry, failure)) {
            Some(report) => {
                report.absorb(later);
                None
            }
            None => self.messages.complete(failure, later).err(),
        }
    }

    /// Adds entries behind the others; without any, and with nothing else to send, what was put aside comes back.
    pub(crate) fn push(&mut self, entries: Vec<Entry>) {
        if !entries.is_empty() {
            self.batches.push_back(Batch::of(entries));
        } else if self.batches.is_empty() {
            self.batches.extend(self.aside.pop_front());
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
        let entries = first.entries.split_off(fit);
        let rest = Batch { may_repeat: first.may_repeat, ..Batch::of(entries) };
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

    /// Notes that the server broke over the first batch.
    ///
    /// A server breaks by itself as well, so a batch is suspected after some attempts, cut in two, and at last put
    /// aside so that others go before it. An event is the culprit only when others were delivered meanwhile, twice.
    /// What has to keep its order is never put aside, and so never given up.
    pub(crate) fn doubt_first(&mut self) -> Doubt {
        let Some(first) = self.batches.front_mut() else { return Doubt::No };
        first.faults += 1;
        if first.faults < FAULTS {
            return Doubt::No;
        }
        first.faults = 0;
        if first.entries.len() > 1 {
            let half = first.entries.len() / 2;
            self.split_first(half);
            return Doubt::Moved;
        }
        if first.entries.iter().any(|entry| entry.event.channel() == Channel::Finance) {
            return Doubt::No;
        }
        let witnesses = first.aside_since.map_or(0, |since| self.delivered - since);
        first.proofs += u32::from(witnesses >= WITNESSES);
        if first.proofs >= PROOFS {
            return Doubt::Proven;
        }
        first.aside_since = Some(self.delivered);
        self.aside.extend(self.batches.pop_front());
        Doubt::Moved
    }

    /// Marks that the first batch may have arrived already.
    pub(crate) fn repeat_first(&mut self) {
        if let Some(first) = self.batches.front_mut() {
            first.may_repeat = true;
        }
    }

    /// Takes the first batch out, to be settled.
    pub(crate) fn finish_first(&mut self) -> Vec<Entry> {
        self.delivered += 1;
        self.batches.pop_front().map(|batch| batch.entries).unwrap_or_default()
    }

    /// Takes the first batch out, which stands in a message now; gives it with what can be shown no more for that.
    pub(crate) fn post_first(&mut self, message: Option<&str>, now: Instant) -> (Vec<Entry>, Vec<Entry>) {
        let may_repeat = self.first().is_some_and(|batch| batch.may_repeat);
        let entries = self.finish_first();
        let unshown = message.map(|message| self.messages.post(message.to_owned(), &entries, may_repeat, now));
        (entries, unshown.unwrap_or_default())
    }

    /// Gives the message that should be edited, and notes that it is being edited until [`land`](Self::land).
    pub(crate) fn edit(&mut self) -> Option<&Posted> {
        let posted = self.messages.next()?;
        self.editing = Some(posted.id.clone());
        Some(posted)
    }

    /// Notes that nothing of the lane is under way any more; gives the message that was being edited.
    pub(crate) fn land(&mut self) -> Option<String> {
        self.editing.take()
    }

    /// Takes what an edit has shown.
    pub(crate) fn edited(&mut self, message: &str) -> Vec<Entry> {
        self.messages.edited(message)
    }

    /// Takes what came for a message that cannot be edited.
    pub(crate) fn forget(&mut self, message: &str) -> Vec<Entry> {
        self.messages.forget(message)
    }

    /// Takes what came for messages that are too old to be edited by now, and says when there will be more of it.
    pub(crate) fn expire(&mut self, now: Instant) -> (Vec<Entry>, Option<Instant>) {
        (self.messages.expire(now), self.messages.expires_at())
    }

    /// Takes everything out, when the lane ends.
    pub(crate) fn drain(&mut self) -> Vec<Entry> {
        let held = self.reports.drain();
        let batches = self.batches.drain(..).chain(self.aside.drain(..)).flat_map(|batch| batch.entries);
        batches.chain(held).chain(self.messages.drain()).collect()
    }
}

/// Attempts after which a batch is suspected; a server that breaks by itself mends in that time.
///
/// Source: clients of Discord try five times over half a minute,
/// <https://github.com/Rapptz/discord.py/blob/master/discord/http.py>.
const FAULTS: u32 = 5;
/// Messages delivered between two attempts that count as a proof, and how many proofs it takes.
const WITNESSES: u64 = 3;
const PROOFS: u32 = 2;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::event::Event;
    use crate::record::{EventId, Seq};

    fn entries(numbers: std::ops::Range<u64>) -> Vec<Entry> {
        let id = EventId::new(Timestamp::UNIX_EPOCH, 0);
        numbers.map(|number| Entry::new(Seq(number), id, Event::startup())).collect()
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

    /// Sends until the culprit is found or a number of attempts was made; gives what was delivered, and the culprit.
    fn send(intake: &mut Intake, breaks: impl Fn(u64) -> bool) -> (Vec<u64>, Option<u64>) {
        let (mut delivered, mut next) = (Vec::new(), 100);
        for _ in 0..200 {
            let Some(first) = intake.first().map(|batch| seqs(&batch.entries)) else {
                // Other events come now and then; when there are none, what was put aside comes back.
                let others = if next % 5 > 0 { entries(next..next + 1) } else { Vec::new() };
                next += 1;
                intake.push(others);
                continue;
            };
            if !first.iter().any(|seq| breaks(*seq)) {
                delivered.extend(seqs(&intake.finish_first()));
            } else if intake.doubt_first() == Doubt::Proven {
                return (delivered, seqs(&intake.finish_first()).first().copied());
            }
        }
        (delivered, None)
    }

    #[test]
    fn an_event_that_breaks_the_server_is_found_while_others_are_delivered() {
        const CULPRIT: u64 = 3;
        let mut intake = Intake::default();
        intake.push(entries(0..8));
        let (delivered, culprit) = send(&mut intake, |seq| seq == CULPRIT);
        assert_eq!(culprit, Some(CULPRIT));
        assert!([0, 1, 2, 4, 5, 6, 7].iter().all(|seq| delivered.contains(seq)), "{delivered:?}");
    }

    #[test]
    fn while_nothing_is_delivered_no_event_is_the_culprit() {
        let mut intake = Intake::default();
        intake.push(entries(0..4));
        assert_eq!(send(&mut intake, |_| true), (Vec::new(), None));
        assert!(intake.drain().len() >= 4, "none is given up");
    }

    #[test]
    fn what_has_to_keep_its_order_is_never_passed() {
        let mut intake = Intake::default();
        let finance = entries(0..4)
            .into_iter()
            .map(|entry| Entry::new(entry.seq, entry.id, Event::startup().in_channel(Channel::Finance)));
        intake.push(finance.collect());
        assert_eq!(send(&mut intake, |seq| seq == 1), (vec![0], None));
    }
}
