//! The driver's plain half between the journal and Discord: which request goes next, and what an answer changes. Reads no
//! clock and does no I/O, so that a test drives it through outages and crashes in virtual time; `sender` only runs it.

mod answered;
mod heartbeat;
mod tell;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::heartbeat::Beating;
use crate::config::Config;
use crate::event::{Channel, Event, Severity};
use crate::health::{Counters, Loss, Webhook};
use crate::record::{Ending, Entry, Journal, Now, Seq, Ticket};
use crate::reduce::{Batch, Form, Intake, Known, Next, Target};
use crate::render;
use crate::send::{Answer, Denied, Engine, Introduction, LaneId, Limits, Outcome, Permit, WebhookUrl};

/// Decides what goes out.
#[derive(Debug)]
pub(crate) struct Dispatch {
    config: Arc<Config>,
    journal: Arc<dyn Journal>,
    counters: &'static Counters,
    engine: Engine,
    intakes: BTreeMap<LaneId, Intake>,
    /// Lanes whose last message is settled, but perhaps not yet on the disk, with when that is waited for no longer.
    settling: BTreeMap<LaneId, (Ticket, Instant)>,
    /// Lanes of which people know that they are suspended.
    told: BTreeSet<LaneId>,
    /// Lanes that turned out to be a forum, or not to be one.
    misplaced: BTreeSet<(LaneId, bool)>,
    known: Known,
    /// The message that says who is alive, if there is to be one.
    beating: Option<Beating>,
    /// The channels of each lane, by name.
    channels: BTreeMap<LaneId, Vec<String>>,
    /// Whether it matters which webhooks share a channel.
    introduces: bool,
    /// Somebody waits for the end: nothing is held.
    hurries: bool,
    is_open: bool,
    opens_at: Instant,
    said: Vec<Said>,
}

/// A request that may be sent now.
#[derive(Debug)]
pub(crate) enum Request {
    /// Asks which channel a webhook belongs to.
    Introduce { introduction: Introduction, budgets: Vec<(String, Limits)> },
    /// Posts a message, or changes the one that is named, in a thread or not, out of the budgets that other processes
    /// know by these names.
    Send {
        permit: Permit,
        edited: Option<String>,
        thread: Option<String>,
        body: render::Body,
        budgets: Vec<(String, Limits)>,
    },
}

/// What goes to the local log.
#[derive(Debug)]
pub(crate) enum Said {
    /// A line about the logger itself.
    Told(Severity, String),
    /// An event that does not go to Discord.
    Event(Arc<Event>),
}

impl Dispatch {
    pub(crate) fn new(
        config: Arc<Config>,
        journal: Arc<dyn Journal>,
        counters: &'static Counters,
        seed: u64,
        now: Instant,
    ) -> Self {
        let mut engine = Engine::new(config.send.clone(), seed);
        for webhook in config.all_webhooks() {
            engine.open(webhook);
        }
        // A webhook alone, in a process that shares nothing with others, has its channel's budget to itself.
        let introduces = config.record.dir.is_some() || engine.health().count() > 1;
        let dispatch = Self {
            introduces,
            beating: Beating::start(&config, &engine, now),
            channels: channels_by_lane(&config, &engine),
            config,
            journal,
            counters,
            engine,
            intakes: BTreeMap::new(),
            settling: BTreeMap::new(),
            told: BTreeSet::new(),
            misplaced: BTreeSet::new(),
            known: Known::default(),
            hurries: false,
            is_open: false,
            opens_at: now + OPENING,
            said: Vec::new(),
        };
        dispatch.publish();
        dispatch
    }

    /// Publishes how the webhooks are.
    fn publish(&self) {
        let webhooks = self.engine.health().map(|(lane, webhook)| {
            let is_forum = self.is_forum(lane);
            let is_known = is_forum || webhook.delivered > 0;
            let channels = self.channels.get(&lane).cloned().unwrap_or_default();
            Webhook { channels, forum: is_known.then_some(is_forum), ..webhook }
        });
        self.counters.publish(webhooks.collect());
    }

    /// Gives every request that may go now, and when the next one may.
    pub(crate) fn next(&mut self, now: Now) -> (Vec<Request>, Option<Instant>) {
        if !self.opens(now) {
            return (Vec::new(), Some(self.opens_at));
        }
        self.restore(now);
        let (lanes, mut wake) = self.ready(now.instant);
        let mut requests = Vec::new();
        for lane in lanes {
            let next = self
                .settles_until(lane, now.instant)
                .map_or_else(|| self.engine.permit(lane, now.instant), |until| Err(Denied::Until(until)));
            match next {
                Ok(permit) => wake = earliest(wake, self.request(permit, now, &mut requests)),
                Err(Denied::Until(until)) => wake = earliest(wake, Some(until)),
                Err(Denied::Closed) => self.spill(lane),
                Err(Denied::Busy) => {}
            }
        }
        wake = earliest(wake, self.beat(now, &mut requests));
        (requests, wake)
    }

    /// Lists the lanes that may have something to send, and says when one will.
    fn ready(&mut self, now: Instant) -> (Vec<LaneId>, Option<Instant>) {
        let (mut lanes, mut wake, mut unshown) = (Vec::new(), None, Vec::new());
        for (lane, intake) in &mut self.intakes {
            unshown.extend(intake.expire(&mut self.known, now));
            let ready_at = intake.ready_at(self.hurries, now);
            if ready_at.is_some_and(|at| at <= now) {
                lanes.push(*lane);
            } else {
                wake = earliest(wake, ready_at);
            }
        }
        self.end_unshown(unshown);
        let news = self.known.news();
        if !news.is_empty() {
            self.journal.note_problems(news);
        }
        for lane in self.journal.backlog().into_iter().filter_map(|channel| self.lane_of(channel)) {
            if !lanes.contains(&lane) {
                lanes.push(lane);
            }
        }
        (lanes, wake)
    }

    /// Says whether somebody waits for the end, so that nothing is held.
    pub(crate) fn hurry(&mut self, hurries: bool) {
        self.hurries = hurries;
    }

    /// Waits for what earlier processes left, and for which webhooks are closed; a disk that hangs is not waited for.
    fn opens(&mut self, now: Now) -> bool {
        if !self.is_open && (self.journal.is_ready() || now.instant >= self.opens_at) {
            self.is_open = true;
            self.close_those_of(&self.journal.closures(), now);
            self.known = Known::read(&self.journal.problems());
        }
        self.is_open
    }

    /// Goes on with messages of earlier processes; those of webhooks that are not used any more stay as they are.
    fn restore(&mut self, now: Now) {
        let config = Arc::clone(&self.config);
        for (message, state) in self.journal.take_open() {
            if self.restore_heartbeat(&state, now) {
                continue;
            }
            let goes_on = |webhook: &WebhookUrl| {
                let lane = self.engine.lane(webhook)?;
                self.intake(lane).0.restore(&state, &webhook.fingerprint(), now)
            };
            match config.all_webhooks().find_map(goes_on) {
                Some(unshown) => self.end_unshown(unshown),
                None => self.journal.keep_open(&message, None),
            }
        }
    }

    /// A lane's next message waits until the last one is settled on the disk: so a crash repeats one message of it at
    /// the most. A disk that hangs is not waited for.
    fn settles_until(&mut self, lane: LaneId, now: Instant) -> Option<Instant> {
        let (ticket, until) = *self.settling.get(&lane)?;
        if now >= until || self.journal.is_kept(ticket) {
            self.settling.remove(&lane);
            return None;
        }
        Some(until)
    }

    fn webhook_of(&self, lane: LaneId) -> Option<&WebhookUrl> {
        self.config.all_webhooks().find(|webhook| self.engine.lane(webhook) == Some(lane))
    }

    fn lane_of(&self, channel: Channel) -> Option<LaneId> {
        self.engine.lane(self.config.webhook(channel)?)
    }

    /// Renders a lane's next message, or the edit of an earlier one; the first message goes together with the question
    /// where it goes. Gives when to ask again, if that is not a matter of events.
    fn request(&mut self, permit: Permit, now: Now, requests: &mut Vec<Request>) -> Option<Instant> {
        let lane = permit.lane();
        self.refill(lane, now);
        let edits_at = self.engine.edits_at(lane, now.instant);
        let settings = &self.config.render;
        let Some(intake) = self.intakes.get_mut(&lane) else {
            self.engine.cancel(permit);
            return None;
        };
        let (edited, thread, body) = match intake.next(edits_at.is_none(), self.hurries, now.instant) {
            Some(Next::Post(batch)) => {
                let (thread, title) = match &batch.target {
                    Target::Channel => (None, None),
                    Target::NewThread => (None, Some(title_of(settings, batch))),
                    Target::Thread(thread) => (Some(thread.clone()), None),
                };
                let repeat = render::Repeat::of(batch.may_repeat);
                let post = render::Post { form: batch.form, repeat, thread: title.as_deref() };
                let (body, fit) = render::post(settings, &batch.shown, post);
                intake.fit_first(fit);
                (None, thread, body)
            }
            Some(Next::Edit { place, shown, may_repeat }) => {
                let body = render::edit(settings, &shown, render::Repeat::of(may_repeat));
                (Some(place.id), place.thread, body)
            }
            // Nothing to send after all: the permit goes back unused.
            None => {
                let waits =
                    intake.ready_at(self.hurries, now.instant).map(|at| edits_at.map_or(at, |edits| at.max(edits)));
                self.engine.cancel(permit);
                return waits;
            }
        };
        requests.push(Request::Send { permit, edited, thread, body, budgets: self.engine.budgets(lane) });
        if self.introduces
            && let Some(introduction) = self.engine.introduce(lane, now.instant)
        {
            requests.push(Request::Introduce { introduction, budgets: self.engine.budget_of_questions(lane) });
        }
        None
    }

    /// Takes what waits for a lane, the most urgent channel first, unless a message waits already: what waits in the
    /// journal meanwhile costs no memory.
    fn refill(&mut self, lane: LaneId, now: Now) {
        let mut entries = Vec::new();
        let intake = self.intakes.get(&lane);
        if intake.is_none_or(|intake| intake.first().is_none()) {
            for channel in self.journal.backlog() {
                let room = self.intakes.get(&lane).map_or(Form::Digest.capacity(), Intake::room);
                if self.lane_of(channel) == Some(lane) && entries.len() < room {
                    entries.extend(self.take(channel, room - entries.len()));
                }
            }
        }
        let hurries = self.hurries;
        let (intake, known) = self.intake(lane);
        let unshown = intake.take_in(entries, hurries, known, now);
        self.end_unshown(unshown);
    }

    fn intake(&mut self, lane: LaneId) -> (&mut Intake, &mut Known) {
        let is_forum = self.is_forum(lane);
        let config = &self.config;
        let intake = self.intakes.entry(lane).or_insert_with(|| Intake::new(config.reduce.clone(), is_forum));
        (intake, &mut self.known)
    }

    /// Takes entries of the journal. Calls that they count for an earlier process are known only now.
    fn take(&self, channel: Channel, most: usize) -> Vec<Entry> {
        let entries = self.journal.take(channel, most);
        let adopted: u64 = entries.iter().filter(|entry| entry.is_adopted).map(Entry::repeats).sum();
        if adopted > 0 {
            self.counters.adopt(adopted);
        }
        entries
    }

    /// Takes a permit back that another process has used up, until a moment.
    pub(crate) fn deferred(&mut self, permit: Permit, until: Instant) {
        if self.is_beating(permit.lane()) {
            self.cancel_beat();
        } else {
            let _ = self.intake(permit.lane()).0.land();
        }
        self.engine.defer(permit, until);
    }

    /// Takes only a part of the limits while so many processes cannot agree on who sends what.
    pub(crate) fn share_with(&mut self, processes: Option<usize>) {
        self.engine.share_with(processes);
    }

    /// Takes the answer to which channel a webhook belongs to.
    pub(crate) fn introduced(&mut self, introduction: Introduction, answer: &Answer, now: Now) {
        let lane = introduction.lane();
        if let Some(Outcome::Closed { reason }) = self.engine.introduced(introduction, answer, now.instant) {
            self.tell_closed(lane, &reason, now);
        }
        self.publish();
    }

    fn settle(&mut self, lane: LaneId, entries: Vec<Entry>, ending: &Ending, now: Now) {
        self.tell_ends(&entries, ending);
        let ticket = self.journal.settle(entries, Some(ending));
        self.settling.insert(lane, (ticket, now.instant + SETTLING));
    }

    fn tell_ends(&self, entries: &[Entry], ending: &Ending) {
        if let Some(told) = &self.config.told_ends {
            entries.iter().for_each(|entry| told.tell(&entry.event, ending));
        }
    }

    /// Ends what was told of a failure whose message cannot be changed: too old, of another process, or deleted by a
    /// person, who did not want it back. It is not buried, since nobody refused it, and is counted with what its report
    /// tells.
    fn end_unshown(&self, entries: Vec<Entry>) {
        if !entries.is_empty() {
            self.counters.merge(weight_of(&entries));
            let _ = self.journal.settle(entries, None);
        }
    }

    /// What waits for a closed webhook waits on for its new address, if this process's files outlive it; else it is
    /// written to the local log.
    fn spill(&mut self, lane: LaneId) {
        if self.journal.outlives_the_process() {
            return;
        }
        let entries = self.take_all(|of| of == Some(lane), |of| of == lane);
        for entry in &entries {
            let own = if entry.is_follow_up() { 0 } else { 1 + entry.repeats() };
            self.counters.deliver_locally(own);
            self.counters.merge(entry.weight() - own);
        }
        self.give_up(entries);
    }

    fn take_all(
        &mut self,
        of_channel: impl Fn(Option<LaneId>) -> bool,
        of_lane: impl Fn(LaneId) -> bool,
    ) -> Vec<Entry> {
        let lanes = self.intakes.iter_mut().filter(|(lane, _)| of_lane(**lane));
        let mut entries: Vec<_> = lanes.flat_map(|(_, intake)| intake.drain()).collect();
        for channel in self.journal.backlog() {
            if of_channel(self.lane_of(channel)) {
                entries.extend(self.take(channel, usize::MAX));
            }
        }
        entries
    }

    fn give_up(&mut self, entries: Vec<Entry>) {
        self.said.extend(entries.iter().map(|entry| Said::Event(Arc::clone(&entry.event))));
        let _ = self.journal.settle(entries, None);
    }

    /// Nothing can be sent from this host: every webhook's events stay here.
    pub(crate) fn close_all(&mut self, reason: &str, now: Instant) {
        self.said.push(Said::Told(Severity::Error, reason.to_owned()));
        for webhook in self.config.all_webhooks() {
            let lane = self.engine.open(webhook);
            self.engine.close(lane, reason, now);
        }
        self.publish();
    }

    /// Says whether all entries up to a number are settled, but those of closed webhooks.
    pub(crate) fn is_settled(&self, upto: Seq) -> bool {
        let waiting = self.journal.waiting(upto);
        waiting.into_iter().all(|channel| self.lane_of(channel).is_none_or(|lane| self.engine.is_closed(lane)))
    }

    /// Gives up what no other process would find; gives how many events that were.
    pub(crate) fn finish(&mut self) -> usize {
        let waiting = self.counters.waiting();
        if self.journal.outlives_the_process() {
            if waiting > 0 {
                let text =
                    format!("{waiting} events are not delivered yet; they wait in the journal for the next start");
                self.said.push(Said::Told(Severity::Warning, text));
            }
            return 0;
        }
        let left = self.take_all(|_| true, |_| true);
        if !left.is_empty() {
            let text = format!("{} events could not be delivered in time; they follow here", left.len());
            self.said.push(Said::Told(Severity::Warning, text));
        }
        self.counters.lose(Loss::Shutdown, weight_of(&left));
        let count = left.len();
        self.give_up(left);
        count
    }

    /// Hands out what is to be written to the local log.
    pub(crate) fn said(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }
}

/// A problem is a forum post of its own; everything else goes to one for all.
fn title_of(settings: &render::Settings, batch: &Batch) -> String {
    match batch.shown.as_slice() {
        [one] if one.group.is_some() => render::thread_name(settings, one),
        _ => format!("{}: everything else", settings.service),
    }
}

/// Lists which channels each webhook serves.
fn channels_by_lane(config: &Config, engine: &Engine) -> BTreeMap<LaneId, Vec<String>> {
    let known: BTreeSet<_> = Channel::BUILT_IN.iter().chain(config.webhooks.keys()).collect();
    let mut channels: BTreeMap<LaneId, Vec<String>> = BTreeMap::new();
    for channel in known {
        if let Some(lane) = config.webhook(*channel).and_then(|webhook| engine.lane(webhook)) {
            channels.entry(lane).or_default().push(channel.name().to_owned());
        }
    }
    channels
}

fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

/// How many accepted events end with these.
fn weight_of(entries: &[Entry]) -> u64 {
    entries.iter().map(Entry::weight).sum()
}

/// How long earlier processes' journals are waited for.
const OPENING: Duration = Duration::from_millis(500);
/// How long a lane waits for a slow disk before its next message.
const SETTLING: Duration = Duration::from_millis(200);

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
