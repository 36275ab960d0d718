//! The driver between the callers and the journal: a plain thread that empties the queue and appends to the journal.
//! Neither a slow network nor a slow reader stands between a call and the journal.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::event::{Channel, Event, Severity};
use crate::filter::{Toggle, high_value_alert};
use crate::health::{COUNTERS, Loss};
use crate::local_log;
use crate::logger;
use crate::queue::Queue;
use crate::record::Journal;
use crate::sender::{Inbox, Input, Reply};

/// What the recorder is asked for.
pub(crate) enum Order {
    /// Answer when all events are settled that were accepted before, which were this many.
    Flush { accepted: u64, deadline: Instant, reply: Reply },
    /// Record what was accepted so far, and end.
    Stop { deadline: Instant, reply: Reply },
}

/// Empties the queue into the journal.
pub(crate) struct Recorder {
    pub(crate) config: Arc<Config>,
    pub(crate) queue: &'static Queue,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) orders: Receiver<Order>,
    pub(crate) sender: Inbox,
}

/// How long a batch gathers; within the 100 ms that an event may stay in memory alone.
const LINGER: Duration = Duration::from_millis(1);
/// Empty looks into the queue before the recorder parks and the next caller has to wake it.
const LOOKS: u32 = 20;
/// Longest park, should a wake ever be missed.
const PARK: Duration = Duration::from_secs(1);
/// Events that are appended together.
const BATCH: usize = 512;

impl Recorder {
    /// Runs until it is told to stop.
    pub(crate) fn run(self) {
        logger::own_this_thread();
        self.queue.attend();
        let mut announced = BTreeSet::new();
        let mut flushes = Vec::new();
        let mut empty_looks = 0;
        loop {
            empty_looks = if self.record(&mut announced) { 0 } else { empty_looks + 1 };
            match self.orders.try_recv() {
                Ok(Order::Flush { accepted, deadline, reply }) => flushes.push((accepted, deadline, reply)),
                Ok(Order::Stop { deadline, reply }) => {
                    self.finish(&mut announced, deadline);
                    return self.sender.put(Input::Stop { deadline, reply });
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return,
            }
            self.pass_on(&mut flushes);
            if empty_looks < LOOKS || !flushes.is_empty() {
                self.queue.linger(LINGER);
            } else {
                self.queue.sleep(PARK);
            }
        }
    }

    /// Moves a batch from the queue to the journal; says whether there was one.
    fn record(&self, announced: &mut BTreeSet<Channel>) -> bool {
        let events: Vec<_> = std::iter::from_fn(|| self.queue.pop()).take(BATCH).collect();
        if events.is_empty() {
            return false;
        }
        let popped = events.len();
        let alerts: Vec<_> = events.iter().filter_map(|event| self.alert(event)).collect();
        let (journalled, local): (Vec<_>, Vec<_>) =
            events.into_iter().chain(alerts).partition(|event| self.goes_to_discord(event));
        let critical: Vec<_> =
            journalled.iter().filter(|event| event.severity() == Severity::Critical).cloned().collect();

        if !journalled.is_empty() {
            let shed = self.journal.append(&mut journalled.into_iter());
            COUNTERS.lose(Loss::JournalFull, shed);
            self.sender.notice();
        }
        COUNTERS.cross(popped);
        for event in &critical {
            local_log::write(&self.config.render, event);
        }
        for event in &local {
            self.announce(event.channel(), announced);
            local_log::write(&self.config.render, event);
            COUNTERS.deliver_locally(1);
        }
        true
    }

    fn alert(&self, event: &Event) -> Option<Event> {
        let alert = high_value_alert(event, self.config.filter.high_value_threshold?)?;
        COUNTERS.accept_own();
        Some(alert)
    }

    fn goes_to_discord(&self, event: &Event) -> bool {
        self.config.filter.toggles.has(Toggle::of(event.kind())) && self.config.webhook(event.channel()).is_some()
    }

    /// Says once that a channel of the program's own has no webhook; of the others `init` said it.
    fn announce(&self, channel: Channel, announced: &mut BTreeSet<Channel>) {
        let is_unknown = matches!(channel, Channel::Named(_)) && self.config.webhook(channel).is_none();
        if is_unknown && announced.insert(channel) {
            let variable = channel.name().to_ascii_uppercase();
            local_log::tell(
                Severity::Info,
                &format!("`{channel}` has no webhook, so its events are written here; set DISCORD_WEBHOOK_{variable}"),
            );
        }
    }

    /// Hands on the flushes whose events all came through the queue.
    fn pass_on(&self, flushes: &mut Vec<(u64, Instant, Reply)>) {
        let crossed = COUNTERS.crossed();
        let now = Instant::now();
        for (_, deadline, reply) in
            flushes.extract_if(.., |(accepted, deadline, _)| crossed >= *accepted || now >= *deadline)
        {
            self.sender.put(Input::Flush { upto: self.journal.last(), deadline, reply });
        }
    }

    /// Records what callers were handing over when the gate was closed.
    fn finish(&self, announced: &mut BTreeSet<Channel>, deadline: Instant) {
        let accepted = COUNTERS.accepted();
        while self.record(announced) || (COUNTERS.crossed() < accepted && Instant::now() < deadline) {
            self.queue.linger(LINGER);
        }
    }
}
