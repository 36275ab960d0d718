//! The driver on the caller's thread: gate, stamp, push. Everything here is a few atomic operations; the rest happens on
//! the recorder's thread.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::event::{Event, Kind, Severity};
use crate::filter::{Toggle, Toggles};
use crate::health::{COUNTERS, Loss};
use crate::local_log;
use crate::queue::{Digest, Flow, Queue, Valve};
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

/// Says whether the logger does anything at all: one relaxed load.
#[inline]
pub(crate) fn is_on() -> bool {
    GATE.load(Ordering::Relaxed) != 0 || testing::captures()
}

/// Says whether somebody listens to events of a kind and severity.
#[inline]
pub(crate) fn listens(kind: Kind, severity: Severity) -> bool {
    is_let_through(GATE.load(Ordering::Relaxed), kind, severity) || testing::captures()
}

/// Says whether an event is worth building: somebody listens and there is room. An event that finds no room is counted
/// here, so nothing is formatted for it.
pub(crate) fn admits(kind: Kind, severity: Severity) -> bool {
    if testing::captures() {
        return true;
    }
    let gate = GATE.load(Ordering::Relaxed);
    if !is_let_through(gate, kind, severity) || is_ours() {
        return false;
    }
    let is_full = gate & ENDED == 0 && QUEUE.get().is_none_or(|queue| queue.is_full_for(severity));
    if is_full {
        COUNTERS.accept_own();
        COUNTERS.lose(Loss::QueueFull, 1);
    }
    !is_full
}

/// What becomes of a failure before anything is made of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Admission {
    /// Nobody listens.
    Refused,
    /// It is to be told.
    Wanted,
    /// It was counted, since the function fails alike all the time.
    Withheld,
    /// The same, and its event is to be kept for all that follow.
    WithheldFirst {
        /// Where in the valve.
        slot: usize,
    },
}

/// Decides on a failure of a function: what a function repeats beyond a burst is counted and not built. `write` gives
/// the texts that tell one failure from another, and is asked only when the function fails often.
pub(crate) fn admit(
    kind: Kind,
    severity: Severity,
    valve: &Valve,
    write: impl FnOnce(&mut dyn FnMut(fmt::Arguments<'_>)),
) -> Admission {
    if testing::captures() {
        return Admission::Wanted;
    }
    let gate = GATE.load(Ordering::Relaxed);
    if !is_let_through(gate, kind, severity) || is_ours() {
        return Admission::Refused;
    }
    let second = Tick::now().seconds();
    if gate & RUNNING == 0 || !valve.is_pressed(second) {
        return Admission::Wanted;
    }
    let mut digest = Digest::new();
    let written = catch_unwind(AssertUnwindSafe(|| {
        write(&mut |text| {
            // A `Display` that fails has told what it has to tell.
            let _ = digest.write_fmt(text);
            digest.end_text();
        });
    }));
    let flow = if written.is_ok() { valve.flow(digest.finish(), second) } else { Flow::Crosses };
    if flow != Flow::Crosses {
        COUNTERS.accept_own();
    }
    match flow {
        Flow::Crosses => Admission::Wanted,
        Flow::Withheld => Admission::Withheld,
        Flow::WithheldFirst { slot } => Admission::WithheldFirst { slot },
    }
}

/// Gives an event the time of day.
pub(crate) fn stamped(mut event: Event) -> Event {
    event.stamp(Timestamp::now());
    event
}

/// Hands an event over; never blocks, never panics, does no I/O while the logger runs.
pub(crate) fn log(event: Event) {
    let Some(event) = testing::intercept(event) else { return };
    let gate = GATE.load(Ordering::Relaxed);
    if !is_let_through(gate, event.kind(), event.severity()) || is_ours() {
        return;
    }
    let event = stamped(event);
    COUNTERS.accept();
    if gate & ENDED != 0 {
        after_the_end(&event);
    } else if QUEUE.get().is_none_or(|queue| queue.push(event).is_err()) {
        COUNTERS.cross(1);
        COUNTERS.lose(Loss::QueueFull, 1);
    }
}

/// A critical event passes a toggle that is off: it goes to the local log, whatever happens.
#[inline]
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
            let is_kept = catch_unwind(AssertUnwindSafe(|| keep.is_some_and(|keep| keep(event))));
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
pub struct Tick(u64);

impl Tick {
    /// Where no time is wanted.
    pub(crate) const ZERO: Self = Self(0);

    #[inline]
    pub(crate) fn now() -> Self {
        Self(clock().raw())
    }

    /// Gives the time since; none if that was later.
    #[inline]
    pub(crate) fn nanos_since(self, earlier: Self) -> u64 {
        clock().delta_as_nanos(earlier.0, self.0)
    }

    #[inline]
    pub(crate) fn elapsed_nanos(self) -> u64 {
        Self::now().nanos_since(self)
    }

    /// Gives whole seconds since some moment.
    fn seconds(self) -> u64 {
        self.nanos_since(Self::ZERO) / 1_000_000_000
    }
}

const SAVING_STEP: Duration = Duration::from_millis(1);
