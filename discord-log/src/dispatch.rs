//! The driver's plain half between the journal and Discord: which request goes next, and what an answer changes. Reads no
//! clock and does no I/O, so that a test drives it through outages and crashes in virtual time; `sender` only runs it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::event::{Channel, Event, Severity};
use crate::health::{Counters, Loss};
use crate::record::{Closure, Closures, Ending, Entry, Journal, Now, Seq, Ticket};
use crate::reduce::{Doubt, Intake};
use crate::render;
use crate::send::{Answer, Denied, Engine, Introduction, LaneId, Limits, Outcome, Permit};

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
    /// Whether it matters which webhooks share a channel.
    introduces: bool,
    is_open: bool,
    opens_at: Instant,
    said: Vec<Said>,
}

/// A request that may be sent now.
#[derive(Debug)]
pub(crate) enum Request {
    /// Asks which channel a webhook belongs to.
    Introduce { introduction: Introduction, budgets: Vec<(String, Limits)> },
    /// Posts a message, out of the budgets that other processes know by these names.
    Post { permit: Permit, body: Vec<u8>, budgets: Vec<(String, Limits)> },
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
        counters.publish(engine.health());
        // A webhook alone, in a process that shares nothing with others, has its channel's budget to itself.
        let introduces = config.record.dir.is_some() || engine.health().len() > 1;
        Self {
            introduces,
            config,
            journal,
            counters,
            engine,
            intakes: BTreeMap::new(),
            settling: BTreeMap::new(),
            told: BTreeSet::new(),
            is_open: false,
            opens_at: now + OPENING,
            said: Vec::new(),
        }
    }

    /// Gives every request that may go now, and when the next one may.
    pub(crate) fn next(&mut self, now: Instant) -> (Vec<Request>, Option<Instant>) {
        if !self.opens(now) {
            return (Vec::new(), Some(self.opens_at));
        }
        let mut lanes: BTreeSet<_> =
            self.intakes.iter().filter(|(_, intake)| !intake.is_empty()).map(|(id, _)| *id).collect();
        let mut in_order: Vec<_> = lanes.iter().copied().collect();
        for lane in self.journal.backlog().into_iter().filter_map(|channel| self.lane_of(channel)) {
            if lanes.insert(lane) {
                in_order.push(lane);
            }
        }
        let mut requests = Vec::new();
        let mut wake: Option<Instant> = None;
        for lane in in_order {
            let next = self
                .settles_until(lane, now)
                .map_or_else(|| self.engine.permit(lane, now), |until| Err(Denied::Until(until)));
            match next {
                Ok(permit) => self.request(permit, now, &mut requests),
                Err(Denied::Until(until)) => wake = Some(wake.map_or(until, |wake| wake.min(until))),
                Err(Denied::Closed) => self.spill(lane),
                Err(Denied::Busy) => {}
            }
        }
        (requests, wake)
    }

    /// Waits for what earlier processes left, and for which webhooks are closed; a disk that hangs is not waited for.
    fn opens(&mut self, now: Instant) -> bool {
        if !self.is_open && (self.journal.is_ready() || now >= self.opens_at) {
            self.is_open = true;
            self.close_those_of(&self.journal.closures());
        }
        self.is_open
    }

    /// Closes what earlier processes found closed, as long as it has the same address.
    fn close_those_of(&mut self, closures: &Closures) {
        let config = Arc::clone(&self.config);
        for webhook in config.all_webhooks() {
            if let Some(Closure { reason, at }) = closures.get(&webhook.fingerprint()) {
                let lane = self.engine.open(webhook);
                let text = format!(
                    "The webhook of {} is gone since {at:.0} ({reason}). Make a new one, set it, and start the service \
                     again; what is meant for it waits in the journal.",
                    self.channels_of(lane)
                );
                self.said.push(Said::Told(Severity::Error, text));
                self.engine.close(lane, reason);
            }
        }
        self.counters.publish(self.engine.health());
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

    fn lane_of(&self, channel: Channel) -> Option<LaneId> {
        self.engine.lane(self.config.webhook(channel)?)
    }

    /// Renders a lane's next message; the first one goes together with the question where it goes.
    fn request(&mut self, permit: Permit, now: Instant, requests: &mut Vec<Request>) {
        let lane = permit.lane();
        self.refill(lane);
        let intake = self.intakes.entry(lane).or_default();
        let Some(batch) = intake.first() else {
            // Nothing to send after all: the permit goes back unused.
            return self.engine.cancel(permit);
        };
        let repeat = if batch.may_repeat { render::Repeat::Possible } else { render::Repeat::First };
        let (message, fit) = render::message(&self.config.render, &batch.entries, repeat);
        intake.split_first(fit);
        requests.push(Request::Post { permit, body: message.to_json(), budgets: self.engine.budgets(lane) });
        if self.introduces
            && let Some(introduction) = self.engine.introduce(lane, now)
        {
            requests.push(Request::Introduce { introduction, budgets: self.engine.budget_of_questions(lane) });
        }
    }

    /// Takes what waits for a lane, the most urgent channel first, as long as there is room in one message.
    fn refill(&mut self, lane: LaneId) {
        if self.intakes.get(&lane).is_some_and(|intake| intake.first().is_some()) {
            return;
        }
        let mut entries = Vec::new();
        for channel in self.journal.backlog() {
            if self.lane_of(channel) == Some(lane) && entries.len() < Intake::CAPACITY {
                entries.extend(self.journal.take(channel, Intake::CAPACITY - entries.len()));
            }
        }
        self.intakes.entry(lane).or_default().push(entries);
    }

    /// Takes a permit back with what came of its request.
    pub(crate) fn answered(&mut self, permit: Permit, answer: &Answer, now: Now) {
        let lane = permit.lane();
        let intake = self.intakes.entry(lane).or_default();
        let events = intake.first().map_or(0, |batch| batch.entries.len());
        let outcome = self.engine.complete(permit, answer, events, now.instant);
        match outcome {
            Outcome::Again { may_repeat, is_fault } => {
                if may_repeat {
                    intake.repeat_first();
                }
                if is_fault {
                    self.doubt(lane, now);
                }
            }
            Outcome::Delivered { message } => {
                let entries = intake.finish_first();
                self.counters.deliver(entries.len());
                self.told.remove(&lane);
                self.settle(lane, entries, &Ending::Delivered { at: now.wall, message }, now);
            }
            Outcome::Refused { reason } => {
                if let Some(entry) = intake.bisect_first() {
                    self.bury(lane, entry, reason, now);
                }
            }
            Outcome::Suspended { reason } => self.tell_suspended(lane, &reason, now),
            Outcome::Closed { reason } => self.tell_closed(lane, &reason, now),
        }
        self.counters.publish(self.engine.health());
    }

    /// Takes a permit back that another process has used up, until a moment.
    pub(crate) fn deferred(&mut self, permit: Permit, until: Instant) {
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
        self.counters.publish(self.engine.health());
    }

    /// The server broke over a message: by itself, or because of what is in it.
    fn doubt(&mut self, lane: LaneId, now: Now) {
        let intake = self.intakes.entry(lane).or_default();
        if intake.doubt_first() == Doubt::Proven {
            let reason = "the server breaks over it (status 500) while it takes others".to_owned();
            for entry in intake.finish_first() {
                self.bury(lane, entry, reason.clone(), now);
            }
        }
    }

    fn bury(&mut self, lane: LaneId, entry: Entry, reason: String, now: Now) {
        let text = format!("Discord refuses event {} for good: {reason}", entry.id);
        self.said.push(Said::Told(Severity::Error, text));
        self.said.push(Said::Event(Arc::clone(&entry.event)));
        self.counters.bury(1);
        self.settle(lane, vec![entry], &Ending::Buried { at: now.wall, reason }, now);
    }

    fn settle(&mut self, lane: LaneId, entries: Vec<Entry>, ending: &Ending, now: Now) {
        let ticket = self.journal.settle(entries, Some(ending));
        self.settling.insert(lane, (ticket, now.instant + SETTLING));
    }

    /// What waits for a closed webhook waits on for its new address, if this process's files outlive it; else it is
    /// written to the local log.
    fn spill(&mut self, lane: LaneId) {
        if self.journal.outlives_the_process() {
            return;
        }
        let entries = self.take_all(|of| of == Some(lane), |of| of == lane);
        self.counters.deliver_locally(entries.len());
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
                entries.extend(self.journal.take(channel, usize::MAX));
            }
        }
        entries
    }

    fn give_up(&mut self, entries: Vec<Entry>) {
        self.said.extend(entries.iter().map(|entry| Said::Event(Arc::clone(&entry.event))));
        let _ = self.journal.settle(entries, None);
    }

    /// Nothing can be sent from this host: every webhook's events stay here.
    pub(crate) fn close_all(&mut self, reason: &str) {
        self.said.push(Said::Told(Severity::Error, reason.to_owned()));
        for webhook in self.config.all_webhooks() {
            let lane = self.engine.open(webhook);
            self.engine.close(lane, reason);
        }
        self.counters.publish(self.engine.health());
    }

    /// Tells that a webhook is gone: locally, and in the first channel that still has one.
    fn tell_closed(&mut self, lane: LaneId, reason: &str, now: Now) {
        if let Some(webhook) = self.config.all_webhooks().find(|webhook| self.engine.lane(webhook) == Some(lane)) {
            let closure = Closure { reason: reason.to_owned(), at: now.wall };
            self.journal.close(Closures::from([(webhook.fingerprint(), closure)]));
        }
        let waits = if self.journal.outlives_the_process() {
            "What is meant for it waits in the journal"
        } else {
            "Its events are written to the local log"
        };
        let text = format!(
            "The webhook of {} answers: {reason}. {waits}. Make a new webhook, set it, and start the service again.",
            self.channels_of(lane)
        );
        self.tell("A webhook is gone", text, now);
    }

    /// Tells once that a webhook takes nothing at the moment.
    fn tell_suspended(&mut self, lane: LaneId, reason: &str, now: Now) {
        if self.told.insert(lane) {
            let text = format!(
                "The webhook of {} answers: {reason}. What is meant for it waits, and is tried again every quarter of an hour.",
                self.channels_of(lane)
            );
            self.tell("A webhook takes nothing", text, now);
        }
    }

    fn tell(&mut self, title: &str, text: String, now: Now) {
        let takes = |channel: &Channel| {
            self.lane_of(*channel).is_some_and(|lane| !self.engine.is_closed(lane) && !self.told.contains(&lane))
        };
        let elsewhere = [Channel::System, Channel::Errors, Channel::Activity, Channel::Finance].into_iter().find(takes);
        if let Some(channel) = elsewhere {
            let mut event = Event::system_event(title, &text).in_channel(channel).with_severity(Severity::Error);
            event.stamp(now.wall);
            self.counters.accept_own();
            let shed = self.journal.append(&mut std::iter::once(event), now.instant);
            self.counters.lose(Loss::JournalFull, shed);
        }
        self.said.push(Said::Told(Severity::Error, text));
    }

    fn channels_of(&self, lane: LaneId) -> String {
        let known = Channel::BUILT_IN.iter().chain(self.config.webhooks.keys());
        let mut names: Vec<_> = known
            .filter(|channel| self.lane_of(**channel) == Some(lane))
            .map(|channel| format!("`{channel}`"))
            .collect();
        names.sort_unstable();
        names.dedup();
        names.join(", ")
    }

    /// Says whether all entries up to a number are settled, but those of closed webhooks.
    pub(crate) fn is_settled(&self, upto: Seq) -> bool {
        let waiting = self.journal.waiting(upto);
        waiting.into_iter().all(|channel| self.lane_of(channel).is_none_or(|lane| self.engine.is_closed(lane)))
    }

    /// Gives up what no other process would find; gives how many events that were.
    pub(crate) fn finish(&mut self) -> usize {
        let waiting = self.counters.snapshot().waiting;
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
        self.counters.lose(Loss::Shutdown, left.len() as u64);
        let count = left.len();
        self.give_up(left);
        count
    }

    /// Hands out what is to be written to the local log.
    pub(crate) fn said(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }
}

/// How long earlier processes' journals are waited for.
const OPENING: Duration = Duration::from_millis(500);
/// How long a lane waits for a slow disk before its next message.
const SETTLING: Duration = Duration::from_millis(200);

#[cfg(test)]
mod simulation;
