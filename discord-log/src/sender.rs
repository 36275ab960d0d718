//! The driver between the journal and Discord: a thread with a runtime of its own, so that no runtime of the host's can
//! stop it. It asks the engine for a permit, takes a batch, renders it, posts it, and settles it by the outcome.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::timeout_at;

use crate::config::Config;
use crate::event::{Channel, Event, Severity};
use crate::health::{COUNTERS, Loss};
use crate::local_log;
use crate::logger;
use crate::record::{Entry, Journal, Seq};
use crate::reduce::Intake;
use crate::render;
use crate::send::{Answer, Client, Denied, Engine, LaneId, Outcome, Permit};

/// Answers whoever waits: whether everything was settled in time.
pub(crate) type Reply = Box<dyn FnOnce(bool) + Send>;

/// What reaches the sender.
pub(crate) enum Input {
    /// The answer to a request.
    Answered { permit: Permit, answer: Answer },
    /// The journal has something new.
    Appended,
    /// Answer when all entries up to a number are settled, but those of closed webhooks.
    Flush { upto: Seq, deadline: Instant, reply: Reply },
    /// Settle what can be settled until the deadline, and end.
    Stop { deadline: Instant, reply: Reply },
}

/// Where the sender gets its input from; never blocks.
#[derive(Clone)]
pub(crate) struct Inbox {
    inputs: mpsc::UnboundedSender<Input>,
    /// A notice of new entries is under way, so that a flood sends one and not thousands.
    is_noticed: Arc<AtomicBool>,
}

impl Inbox {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Input>) {
        let (sender, inputs) = mpsc::unbounded_channel();
        (Self { inputs: sender, is_noticed: Arc::new(AtomicBool::new(false)) }, inputs)
    }

    /// Says that the journal has something new.
    pub(crate) fn notice(&self) {
        if !self.is_noticed.swap(true, Ordering::AcqRel) {
            self.put(Input::Appended);
        }
    }

    /// Hands an input over; if the sender has ended, nobody waits for it.
    pub(crate) fn put(&self, input: Input) {
        let _ = self.inputs.send(input);
    }
}

/// Brings what the journal holds to Discord.
pub(crate) struct Sender {
    config: Arc<Config>,
    journal: Arc<dyn Journal>,
    engine: Engine,
    client: Option<Client>,
    intakes: BTreeMap<LaneId, Intake>,
    inbox: Inbox,
    flushes: Vec<(Seq, Instant, Reply)>,
    stop: Option<(Instant, Reply)>,
}

impl Sender {
    /// Runs on the calling thread until it is told to stop.
    pub(crate) fn run(
        config: Arc<Config>,
        journal: Arc<dyn Journal>,
        inbox: Inbox,
        inputs: mpsc::UnboundedReceiver<Input>,
    ) {
        logger::own_this_thread();
        let runtime = match tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .on_thread_start(logger::own_this_thread)
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => {
                return local_log::tell(Severity::Error, &format!("nothing can be sent: no runtime ({error})"));
            }
        };
        let engine = Engine::new(config.send.clone(), fastrand::u64(..));
        let mut sender = Self {
            config,
            journal,
            engine,
            client: None,
            intakes: BTreeMap::new(),
            inbox,
            flushes: Vec::new(),
            stop: None,
        };
        runtime.block_on(async {
            sender.connect();
            sender.serve(inputs).await;
        });
        // A name look-up that hangs cannot be cancelled, and must not hold up the program's end.
        runtime.shutdown_background();
    }

    /// Builds the client, off the caller's thread; without one every webhook's events go to the local log.
    fn connect(&mut self) {
        let webhooks: Vec<_> = self.config.webhooks.values().chain(&self.config.send.shared_webhook).cloned().collect();
        let needs_tls = webhooks.iter().any(|webhook| webhook.needs_tls());
        let lanes: Vec<_> = webhooks.iter().map(|webhook| self.engine.open(webhook)).collect();
        match Client::new(self.config.send.timeout, needs_tls) {
            Ok(client) => self.client = Some(client),
            Err(error) => {
                let reason = format!("nothing can be sent, events are written here instead: {error}");
                local_log::tell(Severity::Error, &reason);
                lanes.into_iter().for_each(|lane| self.engine.close(lane, &reason));
            }
        }
        COUNTERS.publish(self.engine.health());
    }

    async fn serve(&mut self, mut inputs: mpsc::UnboundedReceiver<Input>) {
        loop {
            let wake = self.dispatch(Instant::now());
            let flush = self.answer_flushes(Instant::now());
            if self.ends(Instant::now()) {
                return;
            }
            let stop = self.stop.as_ref().map(|(deadline, _)| *deadline);
            let wake = [wake, flush, stop].into_iter().flatten().min();
            let wake = wake.unwrap_or_else(|| Instant::now() + LONGEST_SLEEP);
            match timeout_at(wake.into(), inputs.recv()).await {
                Ok(Some(Input::Answered { permit, answer })) => self.settle(permit, &answer, Instant::now()),
                // Cleared before the journal is looked at: what comes after that look is noticed again.
                Ok(Some(Input::Appended)) => self.inbox.is_noticed.store(false, Ordering::Release),
                Err(_) => {}
                Ok(Some(Input::Flush { upto, deadline, reply })) => self.flushes.push((upto, deadline, reply)),
                Ok(Some(Input::Stop { deadline, reply })) => self.stop = Some((deadline, reply)),
                Ok(None) => return,
            }
        }
    }

    /// Starts every request that may go now, and gives when the next one may.
    fn dispatch(&mut self, now: Instant) -> Option<Instant> {
        let mut lanes: Vec<_> =
            self.intakes.iter().filter(|(_, intake)| !intake.is_empty()).map(|(id, _)| *id).collect();
        for channel in self.journal.backlog() {
            lanes.extend(self.lane_of(channel));
        }
        let mut wake: Option<Instant> = None;
        for lane in lanes {
            match self.engine.permit(lane, now) {
                Ok(permit) => self.post(permit),
                Err(Denied::Until(until)) => wake = Some(wake.map_or(until, |wake| wake.min(until))),
                Err(Denied::Closed) => self.spill(lane),
                Err(Denied::Busy) => {}
            }
        }
        wake
    }

    fn lane_of(&self, channel: Channel) -> Option<LaneId> {
        self.engine.lane(self.config.webhook(channel)?)
    }

    /// Posts a lane's next message.
    fn post(&mut self, permit: Permit) {
        self.refill(permit.lane());
        let intake = self.intakes.entry(permit.lane()).or_default();
        let (Some(batch), Some(client)) = (intake.first(), &self.client) else {
            // Nothing to send after all: the permit goes back unused.
            return self.engine.cancel(permit);
        };
        let repeat = if batch.may_repeat { render::Repeat::Possible } else { render::Repeat::First };
        let (message, fit) = render::message(&self.config.render, &batch.entries, repeat);
        intake.split_first(fit);
        let (client, inbox) = (client.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let mut flight = Flight { permit: Some(permit), inbox };
            if let Some(permit) = &flight.permit {
                let answer = client.post(permit, message.to_json()).await;
                flight.land(answer);
            }
        });
    }

    /// Takes what waits for a lane, the most urgent channel first, as long as there is room in one message.
    fn refill(&mut self, lane: LaneId) {
        if self.intakes.get(&lane).is_some_and(|intake| !intake.is_empty()) {
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

    fn settle(&mut self, permit: Permit, answer: &Answer, now: Instant) {
        let lane = permit.lane();
        let intake = self.intakes.entry(lane).or_default();
        let events = intake.first().map_or(0, |batch| batch.entries.len());
        let outcome = self.engine.complete(permit, answer, events, now);
        match outcome {
            Outcome::Again { may_repeat: false } => {}
            Outcome::Again { may_repeat: true } => intake.repeat_first(),
            Outcome::Delivered => {
                let entries = intake.finish_first();
                self.journal.settle(&entries);
                COUNTERS.deliver(entries.len());
            }
            Outcome::Refused { reason } => {
                if let Some(entry) = intake.bisect_first() {
                    self.bury(entry, &reason);
                }
            }
            Outcome::Closed { reason } => self.tell_closed(lane, &reason),
        }
        COUNTERS.publish(self.engine.health());
    }

    fn bury(&self, entry: Entry, reason: &str) {
        local_log::tell(Severity::Error, &format!("Discord refuses event {} for good: {reason}", entry.id));
        local_log::write(&self.config.render, &entry.event);
        self.journal.settle(&[entry]);
        COUNTERS.bury(1);
    }

    /// Writes everything that waits for a closed lane to the local log.
    fn spill(&mut self, lane: LaneId) {
        let mut entries = self.intakes.entry(lane).or_default().drain();
        for channel in self.journal.backlog() {
            if self.lane_of(channel) == Some(lane) {
                entries.extend(self.journal.take(channel, usize::MAX));
            }
        }
        for entry in &entries {
            local_log::write(&self.config.render, &entry.event);
        }
        self.journal.settle(&entries);
        COUNTERS.deliver_locally(entries.len());
    }

    /// Tells that a webhook is gone: locally, and in the first channel that still has one.
    fn tell_closed(&mut self, lane: LaneId, reason: &str) {
        let channels = self.channels_of(lane);
        let text = format!(
            "The webhook of {channels} answers: {reason}. Its events are written to the local log. Make a new webhook, \
             set it, and start the service again."
        );
        local_log::tell(Severity::Error, &text);
        let elsewhere = [Channel::System, Channel::Errors, Channel::Activity, Channel::Finance]
            .into_iter()
            .find(|channel| self.lane_of(*channel).is_some_and(|lane| !self.engine.is_closed(lane)));
        if let Some(channel) = elsewhere {
            let mut event =
                Event::system_event("A webhook is gone", text).in_channel(channel).with_severity(Severity::Error);
            event.stamp(jiff::Timestamp::now());
            COUNTERS.accept_own();
            self.journal.append(&mut std::iter::once(event));
        }
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

    /// Answers the flushes that are complete or out of time, and gives when the next one will be.
    fn answer_flushes(&mut self, now: Instant) -> Option<Instant> {
        let mut flushes = std::mem::take(&mut self.flushes);
        for (upto, _, reply) in flushes.extract_if(.., |(upto, deadline, _)| now >= *deadline || self.is_settled(*upto))
        {
            reply(self.is_settled(upto));
        }
        self.flushes = flushes;
        self.flushes.iter().map(|(_, deadline, _)| *deadline).min()
    }

    fn is_settled(&self, upto: Seq) -> bool {
        let waiting = self.journal.waiting(upto);
        waiting.into_iter().all(|channel| self.lane_of(channel).is_none_or(|lane| self.engine.is_closed(lane)))
    }

    /// Ends the sender if it was told to stop and is done, or its time is over; what is left is written locally.
    fn ends(&mut self, now: Instant) -> bool {
        let Some((deadline, _)) = self.stop else { return false };
        let is_settled = self.is_settled(Seq(u64::MAX));
        if !is_settled && now < deadline {
            return false;
        }
        let mut left: Vec<_> = self.intakes.values_mut().flat_map(Intake::drain).collect();
        for channel in self.journal.backlog() {
            left.extend(self.journal.take(channel, usize::MAX));
        }
        if !left.is_empty() {
            let text = format!("{} events could not be delivered in time; they follow here", left.len());
            local_log::tell(Severity::Warning, &text);
        }
        for entry in &left {
            local_log::write(&self.config.render, &entry.event);
        }
        self.journal.settle(&left);
        COUNTERS.lose(Loss::Shutdown, left.len() as u64);
        COUNTERS.publish(self.engine.health());
        if let Some((_, reply)) = self.stop.take() {
            reply(left.is_empty());
        }
        true
    }
}

/// Gives a permit back also when its request panicked.
struct Flight {
    permit: Option<Permit>,
    inbox: Inbox,
}

impl Flight {
    fn land(&mut self, answer: Answer) {
        if let Some(permit) = self.permit.take() {
            self.inbox.put(Input::Answered { permit, answer });
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.land(Answer::Failed { trouble: "the request was abandoned".to_owned(), may_have_arrived: true });
    }
}

/// The sender wakes for every input; this only bounds a mistake.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
