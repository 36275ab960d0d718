//! What a lane has taken and not settled: what waits to be posted, a short row of batches, the first of which is being
//! sent; reports that are held for what follows them; and messages that are to be edited.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Settings;
use super::batch::{Batch, Target};
use super::board::{Board, Lost, Place, Repeated, Untold};
use super::fingerprint::Fingerprint;
use super::form::Form;
use super::group::Group;
use super::known::Known;
use super::pace::Pace;
use super::reports::{Reports, adds_to};
use super::saved;
use super::shown::Shown;
use super::waiting::Waiting;
use crate::event::FailureId;
use crate::record::{Entry, Now};

/// What one lane has taken from the journal and not settled.
#[derive(Debug)]
pub(crate) struct Intake {
    settings: Settings,
    pace: Pace,
    waiting: Waiting,
    batches: VecDeque<Batch>,
    /// Suspected of breaking the server, and sent when nothing else waits.
    aside: VecDeque<Batch>,
    delivered: u64,
    reports: Reports,
    board: Board,
    /// The message that is being edited.
    editing: Option<String>,
    /// The last request was an edit.
    has_edited: bool,
    /// The channel is a forum, in which this post takes what is no group.
    forum: Option<Option<String>>,
    log_changed: bool,
}

/// What to send next.
#[derive(Debug)]
pub(crate) enum Next<'a> {
    /// An edit of a message that is there.
    Edit { place: Place, shown: Vec<Shown>, may_repeat: bool },
    /// A message.
    Post(&'a Batch),
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

/// Entries that stand in a message now.
#[derive(Debug, Default)]
pub(crate) struct Shipped {
    /// Each told by itself.
    pub(crate) told: Vec<Entry>,
    /// Told by their number, with another one.
    pub(crate) counted: Vec<Entry>,
    /// Can be shown no more, for what is shown now.
    pub(crate) unshown: Vec<Entry>,
}

impl Intake {
    pub(crate) fn new(settings: Settings, is_forum: bool) -> Self {
        Self {
            pace: Pace::default(),
            waiting: Waiting::default(),
            batches: VecDeque::new(),
            aside: VecDeque::new(),
            delivered: 0,
            reports: Reports::default(),
            board: Board::new(settings.window),
            editing: None,
            has_edited: false,
            forum: is_forum.then_some(None),
            log_changed: false,
            settings,
        }
    }

    /// How many more entries it takes; the rest waits in the journal, where it costs no memory.
    pub(crate) fn room(&self) -> usize {
        Form::Digest.capacity().saturating_sub(self.waiting.held() + self.board.held())
    }

    /// Says from when on there is something to send, if there is anything.
    pub(crate) fn ready_at(&self, hurries: bool, now: Instant) -> Option<Instant> {
        if !self.batches.is_empty() || !self.aside.is_empty() || !self.waiting.is_empty() {
            return Some(now);
        }
        let held_until = self.reports.release_at().map(|at| if hurries { now } else { at });
        held_until.into_iter().chain(self.board.wakes_at(hurries)).min().map(|at| at.max(now))
    }

    /// Takes in what came from the journal: reports that may be told more about are held for a moment, unless somebody
    /// waits for the end; what is told later joins its report, and what occurs again its group. Gives back what can be
    /// shown nowhere any more.
    pub(crate) fn take_in(&mut self, taken: Vec<Entry>, hurries: bool, known: &Known, now: Now) -> Vec<Entry> {
        let released = if hurries { self.reports.drain() } else { self.reports.release(now.instant) };
        released.into_iter().for_each(|entry| self.admit(entry, known, now));
        let mut unshown = Vec::new();
        for entry in taken {
            match adds_to(&entry) {
                Some(failure) => unshown.extend(self.complete(failure, entry, known, now)),
                None if hurries => self.admit(entry, known, now),
                None => {
                    if let Some(entry) = self.reports.hold(entry, now) {
                        self.admit(entry, known, now);
                    }
                }
            }
        }
        unshown
    }

    /// Brings an event to where it is told: into its group, or into a message of its own.
    fn admit(&mut self, entry: Entry, known: &Known, now: Now) {
        let Some(fingerprint) = Fingerprint::of(&entry.event) else {
            return self.waiting.push(Shown::alone(entry));
        };
        let mut entry = Some(entry);
        let joined = self.untold().find(|shown| shown.fingerprint() == Some(fingerprint)).and_then(|shown| {
            let before = shown.importance();
            shown.join(entry.take()?);
            Some((before, shown.importance()))
        });
        let Some(entry) = entry else {
            if let Some((before, now)) = joined
                && now < before
            {
                self.waiting.sort(before);
            }
            return;
        };
        match self.board.repeat(fingerprint, entry, now.instant) {
            Repeated::Added => {}
            Repeated::Anew(shown) => self.waiting.push(*shown),
            Repeated::Unknown(entry) => {
                let mut group = Group::new(fingerprint, &entry.event);
                known.greet(&mut group, self.settings.window);
                self.waiting.push(Shown::first(entry, group));
            }
        }
    }

    /// Brings what was told later to its report, wherever that is; gives it back if that is nowhere.
    fn complete(&mut self, failure: FailureId, later: Entry, known: &Known, now: Now) -> Option<Entry> {
        let mut later = match self.reports.complete(failure, later) {
            Ok(report) => {
                self.admit(report, known, now);
                return None;
            }
            Err(later) => later,
        };
        for shown in self.untold() {
            match shown.complete(failure, later) {
                Ok(()) => return None,
                Err(back) => later = back,
            }
        }
        self.board.complete(failure, later, now.instant).err()
    }

    /// Walks over all that is to be posted. Whoever takes something in has the lane's permit, so nothing of it is under
    /// way.
    fn untold(&mut self) -> impl Iterator<Item = &mut Shown> {
        let batches = self.batches.iter_mut().chain(&mut self.aside);
        self.waiting.iter_mut().chain(batches.flat_map(|batch| &mut batch.shown))
    }

    /// Gives what goes next; an edit only if one may go. New messages go before edits, but not for ever.
    pub(crate) fn next(&mut self, may_edit: bool, hurries: bool, now: Instant) -> Option<Next<'_>> {
        self.form_batch();
        let due = self.board.due(hurries, now).filter(|_| may_edit);
        let is_overdue = due.as_ref().is_some_and(|(at, _)| now.saturating_duration_since(*at) >= OVERDUE);
        if !self.batches.is_empty() && (due.is_none() || !is_overdue || self.has_edited) {
            self.has_edited = false;
            return self.batches.front().map(Next::Post);
        }
        let (_, posted) = due?;
        self.has_edited = true;
        self.editing = Some(posted.place.id.clone());
        let shown = posted.told.iter().map(|told| told.shown.clone()).collect();
        Some(Next::Edit { place: posted.place.clone(), shown, may_repeat: posted.may_repeat })
    }

    /// Makes a batch if there is none; when nothing else waits, what was put aside comes back.
    fn form_batch(&mut self) {
        if !self.batches.is_empty() {
            return;
        }
        let messages = self.pace.messages(self.settings.rate_limit);
        let taken = match &self.forum {
            None => self.waiting.take(messages).map(|(form, shown)| (form, shown, Target::Channel)),
            Some(thread) => self.waiting.take_for_forum(messages).map(|(form, shown)| {
                let thread = match shown.as_slice() {
                    [one] if one.group.is_some() => &one.thread,
                    _ => thread,
                };
                let target = thread.clone().map_or(Target::NewThread, Target::Thread);
                (form, shown, target)
            }),
        };
        match taken {
            Some((form, shown, target)) => self.batches.push_back(Batch::new(form, target, shown)),
            None => self.batches.extend(self.aside.pop_front()),
        }
    }

    /// Gives the batch that goes next.
    pub(crate) fn first(&self) -> Option<&Batch> {
        self.batches.front()
    }

    /// Keeps `fit` things in the first batch, as many as a message held; the rest waits for the next.
    pub(crate) fn fit_first(&mut self, fit: usize) {
        let Some(first) = self.batches.front_mut() else { return };
        if fit == 0 || fit >= first.shown.len() {
            return;
        }
        let rest = first.split_off(fit);
        if rest.is_fresh() {
            self.waiting.put_back(rest.shown);
        } else {
            self.batches.insert(1, rest);
        }
    }

    /// Cuts the first batch in two.
    fn cut_first(&mut self) {
        let Some(first) = self.batches.front_mut() else { return };
        first.is_cut = true;
        let rest = first.split_off(first.shown.len() / 2);
        self.batches.insert(1, rest);
    }

    /// Cuts a refused batch in two, to find what Discord refuses; gives back what was alone.
    pub(crate) fn bisect_first(&mut self) -> Vec<Entry> {
        if self.batches.front().is_some_and(|first| first.shown.len() > 1) {
            self.cut_first();
            return Vec::new();
        }
        self.drop_first()
    }

    /// Takes the first batch out, which will not be told.
    pub(crate) fn drop_first(&mut self) -> Vec<Entry> {
        let shown = self.batches.pop_front().map(|batch| batch.shown).unwrap_or_default();
        shown.into_iter().flat_map(Shown::into_entries).collect()
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
        if first.shown.len() > 1 {
            self.cut_first();
            return Doubt::Moved;
        }
        if first.keeps_its_order() {
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

    /// Takes the first batch out, which stands in a message now.
    pub(crate) fn post_first(&mut self, place: Option<Place>, now: Instant) -> Shipped {
        self.delivered += 1;
        let Some(Batch { shown, form, target, may_repeat, .. }) = self.batches.pop_front() else {
            return Shipped::default();
        };
        self.pace.note(now, !self.waiting.is_empty() || !self.batches.is_empty());
        let is_group = shown.first().is_some_and(|shown| shown.group.is_some());
        let mut shipped = Shipped::default();
        let told: Vec<_> =
            if form == Form::Embeds { shown.iter().map(Shown::without_entries).collect() } else { Vec::new() };
        for shown in shown {
            shipped.counted.extend(shown.repeats);
            shipped.told.push(shown.entry);
        }
        let Some(place) = place else { return shipped };
        if let Some(log) = &mut self.forum
            && target == Target::NewThread
            && !(is_group && form == Form::Embeds)
        {
            log.clone_from(&place.thread);
            self.log_changed = true;
        }
        let untold = self.board.post(place, told, may_repeat, now);
        shipped.unshown = self.tell_untold(untold);
        shipped
    }

    /// Tells anew what a message will not tell; gives back what is not worth one.
    fn tell_untold(&mut self, untold: Untold) -> Vec<Entry> {
        self.waiting.put_back(untold.groups);
        untold.entries
    }

    /// Notes that nothing of the lane is under way any more; gives the message that was being edited.
    pub(crate) fn land(&mut self) -> Option<String> {
        self.editing.take()
    }

    pub(crate) fn is_in_thread(&self, message: &str) -> bool {
        self.board.is_in_thread(message)
    }

    /// Takes what an edit has shown.
    pub(crate) fn edited(&mut self, message: &str, now: Instant) -> Vec<Entry> {
        self.board.edited(message, now)
    }

    /// Notes that an edit did not work out; says whether the server broke over it too often.
    pub(crate) fn fail_edit(&mut self, message: &str, is_fault: bool, now: Instant) -> bool {
        self.board.fail(message, is_fault, now)
    }

    /// Tells in a new message what the old one cannot: a person deleted it, or nobody may change it. Gives back what
    /// is not worth one.
    pub(crate) fn tell_anew(&mut self, message: &str, lost: Lost) -> Vec<Entry> {
        let (groups, unshown) = self.board.forget(message, lost);
        self.waiting.put_back(groups);
        unshown
    }

    pub(crate) const fn is_forum(&self) -> bool {
        self.forum.is_some()
    }

    /// The channel turned out to be a forum, or not to be one.
    pub(crate) fn set_forum(&mut self, is_forum: bool) {
        self.forum = is_forum.then_some(None);
        self.reconsider_first();
    }

    /// The forum post that the first batch was for is gone: another is opened.
    pub(crate) fn lose_thread(&mut self) {
        if let Some(Some(log)) = &self.forum
            && self.first().is_some_and(|batch| batch.target == Target::Thread(log.clone()))
        {
            self.forum = Some(None);
        }
        if let Some(first) = self.batches.front_mut() {
            first.shown.iter_mut().for_each(|shown| shown.thread = None);
        }
        self.reconsider_first();
    }

    /// Lets the batches be made anew.
    fn reconsider_first(&mut self) {
        for batch in self.batches.drain(..).rev() {
            self.waiting.put_back(batch.shown);
        }
    }

    /// Notes what is over by now, and takes what came for messages that are too old to be edited.
    pub(crate) fn expire(&mut self, known: &mut Known, now: Instant) -> Vec<Entry> {
        let unshown = self.board.expire(self.editing.as_deref(), now);
        for (group, address) in self.board.over() {
            known.see(&group, self.settings.release.as_deref(), address);
        }
        unshown
    }

    /// Takes what the journal should know of messages since this was asked last: what they tell, or that they change no
    /// more.
    pub(crate) fn changed(&mut self, webhook: &str, now: Now) -> Vec<(String, Option<Vec<u8>>)> {
        let log = self.forum.iter().flatten().filter(|_| std::mem::take(&mut self.log_changed));
        let log = log.map(|thread| (format!("log-{webhook}"), Some(saved::write_log(thread, webhook)))).next();
        let changed = self.board.changed().into_iter();
        let messages = changed.map(|(id, posted)| (id, posted.map(|posted| saved::write(posted, webhook, now))));
        messages.chain(log).collect()
    }

    /// Goes on with a message of an earlier process, if it is one of this webhook's; gives what others can show no more
    /// for it.
    pub(crate) fn restore(&mut self, bytes: &[u8], webhook: &str, now: Now) -> Option<Vec<Entry>> {
        if let Some(thread) = saved::read_log(bytes, webhook) {
            // Whatever this process has opened meanwhile is as good.
            if let Some(log @ None) = &mut self.forum {
                *log = Some(thread);
            }
            return Some(Vec::new());
        }
        let untold = self.board.restore(saved::read(bytes, webhook, now)?);
        Some(self.tell_untold(untold))
    }

    /// Takes everything out, when the lane ends.
    pub(crate) fn drain(&mut self) -> Vec<Entry> {
        let held = self.reports.drain();
        let batches = self.batches.drain(..).chain(self.aside.drain(..)).flat_map(|batch| batch.shown);
        let shown = batches.chain(self.waiting.drain()).flat_map(Shown::into_entries);
        shown.chain(held).chain(self.board.drain()).collect()
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
/// How long an edit gives way to new messages; from then on every other request is one.
const OVERDUE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::event::{Channel, Event};
    use crate::record::{EventId, Seq};
    use crate::reduce::tests::settings;

    fn entries(numbers: std::ops::Range<u64>) -> Vec<Entry> {
        let id = EventId::new(Timestamp::UNIX_EPOCH, 0);
        numbers.map(|number| Entry::new(Seq(number), id, Event::startup())).collect()
    }

    /// Adds entries behind the others, and lets the next message be made.
    fn push(intake: &mut Intake, entries: Vec<Entry>) {
        entries.into_iter().for_each(|entry| intake.waiting.push(Shown::alone(entry)));
        intake.form_batch();
    }

    fn first(intake: &mut Intake) -> Option<Vec<u64>> {
        intake.form_batch();
        Some(intake.first()?.shown.iter().map(|shown| shown.entry.seq.0).collect())
    }

    fn finish(intake: &mut Intake) -> Vec<u64> {
        intake.form_batch();
        seqs(&intake.post_first(None, Instant::now()).told)
    }

    fn seqs(entries: &[Entry]) -> Vec<u64> {
        entries.iter().map(|entry| entry.seq.0).collect()
    }

    #[test]
    fn a_refused_batch_is_halved_until_the_culprit_is_alone() {
        const CULPRIT: u64 = 6;
        let mut intake = Intake::new(settings(), false);
        push(&mut intake, entries(0..10));
        let (mut delivered, mut attempts) = (Vec::new(), 0);
        let culprit = loop {
            attempts += 1;
            let first = first(&mut intake).expect("a batch");
            if !first.contains(&CULPRIT) {
                delivered.extend(finish(&mut intake));
            } else if let Some(entry) = intake.bisect_first().pop() {
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
        let mut intake = Intake::new(settings(), false);
        push(&mut intake, entries(0..4));
        intake.repeat_first();
        intake.fit_first(3);
        assert_eq!(finish(&mut intake), [0, 1, 2]);
        assert_eq!(first(&mut intake), Some(vec![3]));
        assert!(intake.first().is_some_and(|batch| batch.may_repeat));
    }

    /// Sends until the culprit is found or a number of attempts was made; gives what was delivered, and the culprit.
    fn send(intake: &mut Intake, breaks: impl Fn(u64) -> bool) -> (Vec<u64>, Option<u64>) {
        let (mut delivered, mut next) = (Vec::new(), 100);
        for _ in 0..200 {
            let Some(first) =
                intake.first().map(|batch| batch.shown.iter().map(|shown| shown.entry.seq.0).collect::<Vec<_>>())
            else {
                // Other events come now and then; when there are none, what was put aside comes back.
                let others = if next % 5 > 0 { entries(next..next + 1) } else { Vec::new() };
                next += 1;
                push(intake, others);
                continue;
            };
            if !first.iter().any(|seq| breaks(*seq)) {
                delivered.extend(finish(intake));
            } else if intake.doubt_first() == Doubt::Proven {
                return (delivered, seqs(&intake.drop_first()).first().copied());
            }
        }
        (delivered, None)
    }

    #[test]
    fn an_event_that_breaks_the_server_is_found_while_others_are_delivered() {
        const CULPRIT: u64 = 3;
        let mut intake = Intake::new(settings(), false);
        push(&mut intake, entries(0..8));
        let (delivered, culprit) = send(&mut intake, |seq| seq == CULPRIT);
        assert_eq!(culprit, Some(CULPRIT));
        assert!([0, 1, 2, 4, 5, 6, 7].iter().all(|seq| delivered.contains(seq)), "{delivered:?}");
    }

    #[test]
    fn while_nothing_is_delivered_no_event_is_the_culprit() {
        let mut intake = Intake::new(settings(), false);
        push(&mut intake, entries(0..4));
        assert_eq!(send(&mut intake, |_| true), (Vec::new(), None));
        assert!(intake.drain().len() >= 4, "none is given up");
    }

    #[test]
    fn what_has_to_keep_its_order_is_never_passed() {
        let mut intake = Intake::new(settings(), false);
        let finance = entries(0..4)
            .into_iter()
            .map(|entry| Entry::new(entry.seq, entry.id, Event::startup().in_channel(Channel::Finance)));
        push(&mut intake, finance.collect());
        assert_eq!(send(&mut intake, |seq| seq == 1), (vec![0], None));
    }
}
