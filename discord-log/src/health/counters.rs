//! The numbers behind the snapshot, and what was published beside them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;

use super::{Health, Loss, Running, Status, Stock, Webhook, WebhookState, functions};

/// The built-in channels, and one for all others.
pub(crate) const CHANNELS: usize = 5;

/// The process's counters.
pub(crate) static COUNTERS: Counters = Counters::new();

/// What became of events so far.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Totals {
    pub(crate) accepted: u64,
    pub(crate) delivered: u64,
    pub(crate) merged: u64,
    pub(crate) buried: u64,
    /// In the order of [`Loss::ALL`].
    pub(crate) lost: [u64; Loss::ALL.len()],
}

/// Counts events in and out. Relaxed everywhere: each number is right by itself.
#[derive(Debug)]
pub(crate) struct Counters {
    accepted: AtomicU64,
    /// Those of the accepted that earlier processes accepted first.
    adopted: AtomicU64,
    crossed: AtomicU64,
    written: AtomicU64,
    left: AtomicU64,
    delivered: AtomicU64,
    delivered_locally: AtomicU64,
    merged: AtomicU64,
    buried: AtomicU64,
    lost: [AtomicU64; Loss::ALL.len()],
    /// Of each built-in channel, and at last of all others or of none that is known.
    lost_of: [[AtomicU64; Loss::ALL.len()]; CHANNELS],
    webhooks: Mutex<Vec<Webhook>>,
    running: Mutex<Option<Running>>,
}

impl Counters {
    pub(crate) const fn new() -> Self {
        Self {
            accepted: AtomicU64::new(0),
            adopted: AtomicU64::new(0),
            crossed: AtomicU64::new(0),
            written: AtomicU64::new(0),
            left: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            delivered_locally: AtomicU64::new(0),
            merged: AtomicU64::new(0),
            buried: AtomicU64::new(0),
            lost: [const { AtomicU64::new(0) }; Loss::ALL.len()],
            lost_of: [const { [const { AtomicU64::new(0) }; Loss::ALL.len()] }; CHANNELS],
            webhooks: Mutex::new(Vec::new()),
            running: Mutex::new(None),
        }
    }

    /// Starts again at nothing, in a fork: what the parent counts is the parent's.
    pub(crate) fn reset(&self) {
        let own = [&self.accepted, &self.crossed, &self.written, &self.left, &self.delivered, &self.delivered_locally];
        own.into_iter()
            .chain([&self.merged, &self.buried, &self.adopted])
            .chain(&self.lost)
            .chain(self.lost_of.iter().flatten())
            .for_each(|counter| counter.store(0, Ordering::Release));
        self.publish(Vec::new());
        self.stop();
    }

    /// Counts an event before it is pushed: whoever sees it later has seen it counted.
    pub(crate) fn accept(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Acquire)
    }

    /// Counts an accepted event that needs no recorder any more: it has it, or nobody will.
    pub(crate) fn cross(&self, events: usize) {
        self.crossed.fetch_add(events as u64, Ordering::Release);
    }

    pub(crate) fn crossed(&self) -> u64 {
        self.crossed.load(Ordering::Acquire)
    }

    /// Notes that so many accepted events would outlive the process.
    pub(crate) fn write_upto(&self, crossed: u64) {
        self.written.fetch_max(crossed, Ordering::Release);
    }

    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Counts events that earlier processes left; those of an earlier guard of this process are counted already.
    pub(crate) fn adopt(&self, events: u64) {
        let own = self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| Some(left.saturating_sub(events)));
        let new = events.saturating_sub(own.unwrap_or_default());
        self.adopted.fetch_add(new, Ordering::Relaxed);
        self.accepted.fetch_add(new, Ordering::Relaxed);
        self.crossed.fetch_add(new, Ordering::Release);
    }

    /// Notes that events wait in the journal for another process, or for another guard of this one.
    pub(crate) fn leave(&self, events: u64) {
        self.left.store(events, Ordering::Release);
    }

    pub(crate) fn left(&self) -> u64 {
        self.left.load(Ordering::Acquire)
    }

    /// Counts an event that one of our own threads made.
    pub(crate) fn accept_own(&self) {
        self.accept();
        self.cross(1);
    }

    pub(crate) fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Acquire)
    }

    pub(crate) fn deliver(&self, events: usize) {
        self.delivered.fetch_add(events as u64, Ordering::Release);
    }

    pub(crate) fn deliver_locally(&self, events: u64) {
        self.delivered_locally.fetch_add(events, Ordering::Relaxed);
        self.delivered.fetch_add(events, Ordering::Release);
    }

    /// Counts events that stand in the message of another one, or would say nothing beside it.
    pub(crate) fn merge(&self, events: u64) {
        self.merged.fetch_add(events, Ordering::Release);
    }

    pub(crate) fn bury(&self, events: u64) {
        self.buried.fetch_add(events, Ordering::Release);
    }

    pub(crate) fn lose(&self, loss: Loss, events: u64) {
        self.lose_of(loss, CHANNELS - 1, events);
    }

    /// Counts events of one channel as lost.
    pub(crate) fn lose_of(&self, loss: Loss, channel: usize, events: u64) {
        let of_channel = self.lost_of.get(channel.min(CHANNELS - 1)).and_then(|of| of.get(loss as usize));
        if let Some(counter) = of_channel {
            counter.fetch_add(events, Ordering::Relaxed);
        }
        if let Some(counter) = self.lost.get(loss as usize) {
            counter.fetch_add(events, Ordering::Release);
        }
    }

    /// Gives what was lost of a channel, by reason.
    pub(crate) fn losses_of(&self, channel: usize) -> [(Loss, u64); Loss::ALL.len()] {
        let count =
            |loss: Loss| self.lost_of.get(channel)?.get(loss as usize).map(|count| count.load(Ordering::Relaxed));
        Loss::ALL.map(|loss| (loss, count(loss).unwrap_or_default()))
    }

    pub(crate) fn lost(&self, loss: Loss) -> u64 {
        self.lost.get(loss as usize).map_or(0, |counter| counter.load(Ordering::Acquire))
    }

    /// Gives what became of events so far, of which each event is accepted once, whichever process delivers it.
    pub(crate) fn totals(&self) -> Totals {
        let adopted = self.adopted.load(Ordering::Relaxed);
        Totals {
            accepted: self.accepted().saturating_sub(adopted),
            delivered: self.delivered(),
            merged: self.merged.load(Ordering::Acquire),
            buried: self.buried.load(Ordering::Acquire),
            lost: Loss::ALL.map(|loss| self.lost(loss)),
        }
    }

    /// Publishes how the webhooks are; called by the sender after each answer.
    pub(crate) fn publish(&self, webhooks: Vec<Webhook>) {
        *lock(&self.webhooks) = webhooks;
    }

    /// Publishes what runs from now on.
    pub(crate) fn start(&self, running: Running) {
        *lock(&self.running) = Some(running);
    }

    /// Nothing runs any more.
    pub(crate) fn stop(&self) {
        let stopped = lock(&self.running).take();
        // It holds the journal, whose end is not awaited under a lock.
        drop(stopped);
    }

    /// Counts the events on their way.
    pub(crate) fn waiting(&self) -> u64 {
        let ends = [self.delivered(), self.merged.load(Ordering::Acquire), self.buried.load(Ordering::Acquire)];
        let lost = Loss::ALL.into_iter().map(|loss| self.lost(loss));
        // The ends are read before the beginning, so that an event which ends meanwhile still counts as waiting.
        let ended: u64 = ends.into_iter().chain(lost).sum();
        self.accepted().saturating_sub(ended)
    }

    pub(crate) fn snapshot(&self, now: Instant, wall: Timestamp) -> Health {
        let running = lock(&self.running).clone().filter(Running::is_here);
        // Asked without the lock: whoever keeps what waits has locks of its own.
        let stock = running.as_ref().map(Running::stock);
        let webhooks = lock(&self.webhooks).clone();
        // The ends are read before the beginning, as in `waiting`.
        let delivered = self.delivered();
        let merged = self.merged.load(Ordering::Acquire);
        let buried = self.buried.load(Ordering::Acquire);
        let lost: BTreeMap<_, _> = Loss::ALL.into_iter().map(|loss| (loss, self.lost(loss))).collect();
        let accepted = self.accepted();
        let stock = stock.unwrap_or_default();
        Health {
            status: status(&webhooks, &stock),
            service: running.map(|running| running.health(now)),
            accepted,
            delivered,
            delivered_locally: self.delivered_locally.load(Ordering::Relaxed).min(delivered),
            merged,
            waiting: accepted.saturating_sub(delivered + merged + buried + lost.values().sum::<u64>()),
            buried,
            lost: lost.into_iter().filter(|(_, count)| *count > 0).collect(),
            oldest_waiting: stock.waiting.values().filter_map(|waiting| waiting.oldest).min(),
            webhooks: webhooks.into_iter().map(|webhook| webhook.health(&stock, now, wall)).collect(),
            journal: stock.journal,
            functions: functions::functions(),
        }
    }
}

fn status(webhooks: &[Webhook], stock: &Stock) -> Status {
    let is_unwritable = stock.journal.as_ref().is_some_and(|journal| journal.directory.is_some() && !journal.writable);
    let are_up = webhooks.iter().all(|webhook| webhook.state == WebhookState::Up);
    if are_up && !is_unwritable { Status::Ok } else { Status::Degraded }
}

/// No code of others runs under these locks, so what a panic left behind is whole.
fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
