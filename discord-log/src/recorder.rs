//! The driver between the callers and the journal: a plain thread that empties the queue, appends to the journal, and does
//! the journal's work on the disk. Neither a slow network nor a slow reader stands between a call and the journal.

mod counting;
mod daily;
mod ledger;
mod runs;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use self::counting::Counting;
use self::daily::{Daily, Ready};
use self::ledger::Ledger;
use self::runs::Found;
use crate::config::Config;
use crate::event::{Channel, Event, Severity, Stage};
use crate::filter::{Toggle, high_value_alert};
use crate::health::{self, COUNTERS, Loss};
use crate::local_log;
use crate::queue::{self, Queue};
use crate::record::{Journal, Now, Persisted, Run};
use crate::sender::{Inbox, Input, Reply};
use crate::testing;

/// What the recorder is asked for.
pub(crate) enum Order {
    /// Answer when all events are settled that were accepted before, which were this many.
    Flush { accepted: u64, deadline: Instant, reply: Reply },
    /// Record what was accepted so far, and end, for a reason.
    Stop { deadline: Instant, reason: String, reply: Reply },
}

/// Empties the queue into the journal.
pub(crate) struct Recorder {
    config: Arc<Config>,
    queue: &'static Queue,
    journal: Arc<dyn Journal>,
    orders: Receiver<Order>,
    sender: Inbox,
    announced: BTreeSet<Channel>,
    flushes: Vec<(u64, Instant, Reply)>,
    /// When the valves are emptied next.
    collects_at: Instant,
    ledger: Ledger,
    /// When the time of day is looked at next.
    clock_at: Instant,
    counting: Counting,
    daily: Daily,
    started_at: Timestamp,
    /// The start is still to be told, with what was found.
    starts: Option<Found>,
    /// Taken from the queue and not looked at yet; outlives a panic, as does what follows.
    batch: VecDeque<Event>,
    /// Ready for the journal.
    sorted: Vec<Event>,
    /// How many accepted events end with the one that is being looked at, and is in neither.
    in_hand: u64,
}

/// How long a batch gathers; within the 100 ms that an event may stay in memory alone.
const LINGER: Duration = Duration::from_millis(1);
/// Empty looks into the queue before the recorder parks and the next caller has to wake it.
const LOOKS: u32 = 20;
/// Longest park, should a wake ever be missed.
const PARK: Duration = Duration::from_secs(1);
/// How long withheld failures gather.
const COLLECTED: Duration = Duration::from_secs(queue::WINDOW);
/// When the counters are noted again after the disk failed.
const COUNTED: Duration = Duration::from_secs(60);
/// How often it is looked what the time of day asks for.
const TICK: Duration = Duration::from_secs(1);
/// Events that are appended together.
const BATCH: usize = 512;

impl Recorder {
    pub(crate) fn new(
        config: Arc<Config>,
        queue: &'static Queue,
        journal: Arc<dyn Journal>,
        orders: Receiver<Order>,
        sender: Inbox,
    ) -> Self {
        Self {
            starts: config.lifecycle.then(Found::default),
            started_at: Timestamp::now(),
            clock_at: Instant::now(),
            counting: Counting::new(Timestamp::now(), COUNTERS.totals(), health::tallied()),
            daily: Daily::new(config.summaries.clone(), config.render.currency),
            config,
            queue,
            journal,
            orders,
            sender,
            announced: BTreeSet::new(),
            flushes: Vec::new(),
            collects_at: Instant::now() + COLLECTED,
            ledger: Ledger::new(&COUNTERS),
            batch: VecDeque::new(),
            sorted: Vec::new(),
            in_hand: 0,
        }
    }

    /// Runs until it is told to stop; may be run again after a panic.
    pub(crate) fn run(&mut self) {
        self.queue.attend();
        let mut empty_looks = 0;
        // What earlier processes left comes before anything of this one.
        let mut again = self.persist(false);
        self.tell_start();
        loop {
            empty_looks = if self.record() { 0 } else { empty_looks + 1 };
            let hurry = self.queue.hurries();
            if hurry || Instant::now() >= self.collects_at {
                self.collect();
            }
            let is_due = again.is_none_or(|again| again <= Instant::now());
            again = if hurry || is_due || empty_looks == 0 || self.queue.has_settled() {
                self.persist(hurry)
            } else {
                again
            };
            if Instant::now() >= self.clock_at && self.follow_the_clock() {
                again = None;
            }
            match self.orders.try_recv() {
                Ok(Order::Flush { accepted, deadline, reply }) => {
                    self.collect();
                    self.flushes.push((accepted, deadline, reply));
                }
                Ok(Order::Stop { deadline, reason, reply }) => return self.finish(deadline, reason, reply),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return,
            }
            self.pass_on();
            let now = Instant::now();
            let idle = again.map_or(PARK, |again| again.saturating_duration_since(now)).min(PARK);
            if empty_looks < LOOKS || !self.flushes.is_empty() {
                self.queue.linger(LINGER.min(idle));
            } else if !idle.is_zero() {
                self.queue.sleep(idle);
            }
        }
    }

    /// Moves a batch from the queue to the journal; says whether there was one.
    fn record(&mut self) -> bool {
        if self.batch.is_empty() {
            self.batch.extend(std::iter::from_fn(|| self.queue.pop()).take(BATCH));
        }
        while let Some(mut event) = self.batch.pop_front() {
            // An event that this thread panics over is lost, and not tried again.
            self.in_hand = 1 + event.repeats();
            COUNTERS.cross(1);
            testing::fail_point(testing::Part::Recorder);
            self.config.filter.redaction.apply(&mut event);
            if let Some(alert) = self.alert(&event) {
                self.sort(alert);
            }
            self.sort(event);
            self.in_hand = 0;
        }
        self.append()
    }

    /// Appends what is ready to the journal; says whether there was something.
    fn append(&mut self) -> bool {
        if self.sorted.is_empty() {
            return false;
        }
        let shed = self.journal.append(&mut std::mem::take(&mut self.sorted).into_iter(), Instant::now());
        COUNTERS.lose(Loss::JournalFull, shed);
        self.sender.notice();
        true
    }

    /// Records what the valves withheld since the last time.
    fn collect(&mut self) {
        self.collects_at = Instant::now() + COLLECTED;
        // They were counted when they were withheld.
        for mut event in queue::collect() {
            self.config.filter.redaction.apply(&mut event);
            self.sort(event);
        }
        self.tell_losses(false);
        self.append();
    }

    /// Tells what could not be kept.
    fn tell_losses(&mut self, is_end: bool) {
        for line in self.ledger.lines(&COUNTERS, is_end, now()) {
            COUNTERS.accept_own();
            self.sort(line);
        }
    }

    fn alert(&self, event: &Event) -> Option<Event> {
        let alert = high_value_alert(event, self.config.filter.high_value_threshold?)?;
        COUNTERS.accept_own();
        Some(alert)
    }

    /// Sends an event on its way: to the journal, to the local log, or to both.
    fn sort(&mut self, event: Event) {
        let goes_to_discord = self.goes_to_discord(&event);
        if !goes_to_discord {
            self.announce(event.channel());
        }
        if !goes_to_discord || event.severity() == Severity::Critical {
            local_log::write(&self.config.render, &event);
        }
        if goes_to_discord {
            self.sorted.push(event);
        } else {
            count_locally(&event);
        }
    }

    fn goes_to_discord(&self, event: &Event) -> bool {
        self.config.filter.toggles.has(Toggle::of(event.kind()))
            && self.config.webhook(event.channel()).is_some()
            && !self.sender.is_broken()
    }

    /// Says once that a channel of the program's own has no webhook; of the others `init` said it.
    fn announce(&mut self, channel: Channel) {
        let is_unknown = matches!(channel, Channel::Named(_)) && self.config.webhook(channel).is_none();
        if is_unknown && self.announced.insert(channel) {
            let variable = channel.name().to_ascii_uppercase();
            local_log::tell(
                Severity::Info,
                &format!("`{channel}` has no webhook, so its events are written here; set DISCORD_WEBHOOK_{variable}"),
            );
        }
    }

    /// Does what the journal has to do on the disk, and gives when it has to do something again.
    fn persist(&mut self, all: bool) -> Option<Instant> {
        let crossed = COUNTERS.crossed();
        let Persisted { again, is_news, adopted, unclean, evicted, damaged, troubles } =
            self.journal.persist(now(), all);
        COUNTERS.adopt(adopted);
        COUNTERS.lose(Loss::JournalFull, evicted);
        COUNTERS.lose(Loss::JournalDamaged, damaged);
        if self.journal.is_written() {
            COUNTERS.write_upto(crossed);
        }
        self.counting.found_unclean(unclean);
        troubles.iter().for_each(|trouble| local_log::tell(Severity::Warning, trouble));
        match &mut self.starts {
            Some(found) => {
                found.unclean += unclean;
                found.adopted += adopted;
            }
            None if unclean > 0 => self.tell_unclean(unclean, adopted),
            None => {}
        }
        if is_news {
            self.sender.notice();
        }
        again
    }

    /// Does what the time of day asks for; says whether the journal has more to do.
    fn follow_the_clock(&mut self) -> bool {
        self.clock_at = Instant::now() + TICK;
        self.note_counts(false);
        let looked = self.daily.look(&*self.journal, &self.config.filter.redaction, now());
        looked.trouble.iter().for_each(|trouble| local_log::tell(Severity::Warning, trouble));
        let has_summary = looked.ready.is_some();
        looked.ready.into_iter().for_each(|summary| self.hand_over(summary));
        has_summary
    }

    /// Notes in the history how the counters changed, once a minute.
    fn note_counts(&mut self, is_end: bool) {
        let now = Timestamp::now();
        if is_end || self.counting.is_due(now) {
            let (counts, next) = self.counting.changes(now, COUNTERS.totals(), health::tallied());
            if counts.is_empty() || self.journal.note_counts(&counts) {
                self.counting = next;
            } else {
                // The disk fails: what is counted meanwhile is told with it.
                self.clock_at = Instant::now() + COUNTED;
            }
        }
    }

    /// Hands a summary to the journal, or to the local log, and waits until it is on the disk: whoever finds its claim
    /// then finds it, too.
    fn hand_over(&mut self, Ready { id, event }: Ready) {
        COUNTERS.accept_own();
        if self.goes_to_discord(&event) {
            let shed = self.journal.append_named(id, event, Instant::now());
            COUNTERS.lose(Loss::JournalFull, shed);
            self.persist(true);
            self.sender.notice();
        } else {
            local_log::write(&self.config.render, &event);
            count_locally(&event);
        }
        // What cannot be confirmed now is with the next look.
        let _ = self.journal.summaries().map(|summaries| self.daily.confirm(&*self.journal, &summaries));
    }

    /// Tells that an earlier run ended without its guard: a crash, a kill, or a power cut.
    fn tell_unclean(&mut self, runs: usize, adopted: u64) {
        let text = runs::unclean(runs, adopted);
        local_log::tell(Severity::Warning, &text);
        self.tell(Event::system_event("Unclean end", &text).with_severity(Severity::Warning));
    }

    /// Tells once that the service started, if that was asked for, and how the run before ended.
    fn tell_start(&mut self) {
        let Some(mut found) = self.starts.take() else { return };
        found.last = self.journal.last_run();
        found.is_known = self.journal.is_ready() && self.journal.outlives_the_process();
        if found.unclean > 0 {
            local_log::tell(Severity::Warning, &runs::unclean(found.unclean, found.adopted));
        }
        let event = runs::startup(&self.config.render, std::process::id(), &found);
        self.tell(event);
        self.append();
    }

    /// Sends an event of our own on its way.
    fn tell(&mut self, mut event: Event) {
        event.stamp(Timestamp::now());
        self.config.filter.redaction.apply(&mut event);
        COUNTERS.accept_own();
        self.sort(event);
    }

    /// Hands on the flushes whose events all came through the queue.
    fn pass_on(&mut self) {
        let crossed = COUNTERS.crossed();
        let now = Instant::now();
        let is_through = |(accepted, deadline, _): &mut (u64, Instant, Reply)| crossed >= *accepted || now >= *deadline;
        for (_, deadline, reply) in self.flushes.extract_if(.., is_through) {
            self.sender.put(Input::Flush { upto: self.journal.last(), deadline, reply });
        }
    }

    /// Records what callers were handing over when the gate was closed, lets the sender end, and then the journal.
    fn finish(&mut self, deadline: Instant, reason: String, reply: Reply) {
        let accepted = COUNTERS.accepted();
        self.collect();
        while self.record() || (COUNTERS.crossed() < accepted && Instant::now() < deadline) {
            self.queue.linger(LINGER);
        }
        self.tell_losses(true);
        let run = Run { started_at: self.started_at, ended_at: Timestamp::now(), reason };
        if self.config.lifecycle {
            self.tell(runs::shutdown(&run));
        }
        self.append();
        // What the sender cannot deliver in time is safe before it tries.
        self.persist(true);
        let (sent, is_sent) = sync_channel(1);
        let sent: Reply = Box::new(move |is_settled| {
            // It may have stopped waiting.
            let _ = sent.try_send(is_settled);
        });
        self.sender.put(Input::Stop { deadline, reply: sent });
        let is_settled = loop {
            match is_sent.try_recv() {
                Ok(is_settled) => break is_settled,
                Err(TryRecvError::Disconnected) => break false,
                Err(TryRecvError::Empty) if Instant::now() > deadline + GRACE => break false,
                Err(TryRecvError::Empty) => self.queue.linger(LINGER),
            }
            self.persist(false);
        };
        self.persist(true);
        if self.journal.outlives_the_process() {
            COUNTERS.leave(COUNTERS.waiting());
        }
        self.note_counts(true);
        self.journal.note_run(&run);
        self.journal.end();
        reply(is_settled);
    }

    /// Notes an event that was lost with a panic of this thread.
    pub(crate) fn mend(&mut self) {
        COUNTERS.lose(Loss::LoggerPanicked, std::mem::take(&mut self.in_hand));
    }

    /// Writes what is in the queue to the local log, for when this thread is given up.
    pub(crate) fn give_up(&mut self) {
        let redacted = |mut event| {
            self.config.filter.redaction.apply(&mut event);
            event
        };
        let left = self.batch.drain(..).chain(std::iter::from_fn(|| self.queue.pop())).map(redacted);
        for event in left.chain(self.sorted.drain(..)) {
            local_log::write(&self.config.render, &event);
            count_locally(&event);
        }
    }
}

/// Counts an event that was written here, with the calls that it tells of. What only adds to the report of a failure is no
/// event of its own any more.
fn count_locally(event: &Event) {
    let events = 1 + event.repeats();
    if event.failure().is_some_and(|failure| failure.stage != Stage::Raised) {
        COUNTERS.merge(events);
    } else {
        COUNTERS.deliver_locally(events);
    }
}

fn now() -> Now {
    Now { instant: Instant::now(), wall: Timestamp::now() }
}

/// What the sender may take beyond a deadline to answer that it is over.
const GRACE: Duration = Duration::from_millis(100);
