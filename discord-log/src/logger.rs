//! The driver on the caller's thread: gate, stamp, push. Everything here is a few atomic operations; the rest happens on
//! the recorder's thread.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::event::{Event, Kind, Severity};
use crate::filter::{Toggle, Toggles};
use crate::health::{COUNTERS, Loss};
use crate::local_log;
use crate::queue::Queue;
use crate::render;
use crate::testing;

/// Which kinds of event somebody listens to; the upper bits say how the logger itself is. Zero: nobody listens.
static GATE: AtomicU8 = AtomicU8::new(0);

/// Set in the gate after the guard is gone: there is no recorder any more.
const ENDED: u8 = 1 << 7;
/// Set in the gate while there is a recorder, whatever the toggles say.
const RUNNING: u8 = 1 << 6;

static QUEUE: OnceLock<Queue> = OnceLock::new();
static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();
/// What is done with an error when no other thread is left to do it.
static LAST_WORDS: RwLock<Option<LastWords>> = RwLock::new(None);

/// Keeps an event for the next process, on the caller's thread; says whether that was possible.
pub(crate) type Keep = Arc<dyn Fn(&Event) -> bool + Send + Sync>;

#[derive(Clone)]
struct LastWords {
    render: render::Settings,
    keep: Option<Keep>,
}

thread_local! {
    /// Set on our own threads, which must never log through us.
    static IS_OURS: Cell<bool> = const { Cell::new(false) };
}

/// Says whether somebody listens to events of a kind: one relaxed load.
#[inline]
pub(crate) fn listens(kind: Kind) -> bool {
    Toggles::from_bits(GATE.load(Ordering::Relaxed)).has(Toggle::of(kind)) || testing::captures()
}

/// Says whether an event of a kind is worth building: somebody listens and there is room. An event that finds no room
/// is counted here, so nothing is formatted for it.
pub(crate) fn admits(kind: Kind) -> bool {
    if testing::captures() {
        return true;
    }
    let gate = GATE.load(Ordering::Relaxed);
    if !is_let_through(gate, kind, kind.severity()) || is_ours() {
        return false;
    }
    let is_full = gate & ENDED == 0 && QUEUE.get().is_none_or(|queue| queue.is_full_for(kind.severity()));
    if is_full {
        COUNTERS.accept_own();
        COUNTERS.lose(Loss::QueueFull, 1);
    }
    !is_full
}

/// Hands an event over; never blocks, never panics, does no I/O while the logger runs.
pub(crate) fn log(event: Event) {
    let Some(mut event) = testing::intercept(event) else { return };
    let gate = GATE.load(Ordering::Relaxed);
    if !is_let_through(gate, event.kind(), event.severity()) || is_ours() {
        return;
    }
    event.stamp(Timestamp::now());
    COUNTERS.accept();
    if gate & ENDED != 0 {
        after_the_end(&event);
    } else if QUEUE.get().is_none_or(|queue| queue.push(event).is_err()) {
        COUNTERS.cross(1);
        COUNTERS.lose(Loss::QueueFull, 1);
    }
}

/// A critical event passes a toggle that is off: it goes to the local log, whatever happens.
fn is_let_through(gate: u8, kind: Kind, severity: Severity) -> bool {
    let is_on = Toggles::from_bits(gate).has(Toggle::of(kind));
    is_on || (severity == Severity::Critical && gate & (RUNNING | ENDED) != 0)
}

/// Without a recorder, errors are still journalled and written locally, on the caller's thread since no other is left.
#[cold]
fn after_the_end(event: &Event) {
    COUNTERS.cross(1);
    let words = LAST_WORDS.try_read().ok().and_then(|words| words.clone());
    match words {
        Some(LastWords { render, keep }) if event.severity() >= Severity::Error => {
            local_log::write(&render, event);
            let is_kept =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| keep.is_some_and(|keep| keep(event))));
            if is_kept.unwrap_or(false) {
                COUNTERS.leave(COUNTERS.left() + 1);
            } else {
                COUNTERS.deliver_locally(1);
            }
        }
        _ => COUNTERS.lose(Loss::AfterShutdown, 1),
    }
}

/// Opens the gate, after the recorder was started.
pub(crate) fn open(toggles: Toggles, render: &render::Settings, keep: Option<Keep>) {
    clock();
    let words = LastWords { render: render.clone(), keep };
    *LAST_WORDS.write().unwrap_or_else(PoisonError::into_inner) = Some(words);
    GATE.store(toggles.bits() | RUNNING, Ordering::Release);
}

/// Waits until what was logged so far would outlive the process, for a program that is about to die; never longer than
/// `at_most`, and not at all on our own threads.
pub(crate) fn save(at_most: Duration) {
    if GATE.load(Ordering::Relaxed) & RUNNING == 0 || is_ours() {
        return;
    }
    let (accepted, until) = (COUNTERS.accepted(), Instant::now() + at_most);
    while COUNTERS.written() < accepted && Instant::now() < until {
        queue().hurry();
        std::thread::sleep(SAVING_STEP);
    }
}

/// Gives the queue, which is made once and kept: a caller may be in it at any time.
pub(crate) fn queue() -> &'static Queue {
    QUEUE.get_or_init(Queue::new)
}

/// Closes the gate to all but what is written locally.
pub(crate) fn close() {
    GATE.store(Toggles::ALL.bits() | ENDED, Ordering::Release);
}

/// Closes the gate to everything.
pub(crate) fn silence() {
    GATE.store(0, Ordering::Release);
}

/// Marks the calling thread as one of our own.
pub(crate) fn own_this_thread() {
    IS_OURS.set(true);
}

fn is_ours() -> bool {
    IS_OURS.try_with(Cell::get).unwrap_or(false)
}

fn clock() -> &'static quanta::Clock {
    CLOCK.get_or_init(quanta::Clock::new)
}

/// A point in time, read from the processor's own counter: about 10 ns, and never backwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tick(u64);

impl Tick {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(clock().raw())
    }

    #[inline]
    pub(crate) fn elapsed(self) -> Duration {
        let clock = clock();
        clock.delta(self.0, clock.raw())
    }
}

const SAVING_STEP: Duration = Duration::from_millis(1);
