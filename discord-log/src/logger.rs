//! The driver on the caller's thread: gate, stamp, push. Everything here is a few atomic operations; the rest happens on
//! the recorder's thread.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::context;
use crate::event::{Channel, Event, Kind, Severity, Stage};
use crate::filter::{self, Redaction, Toggle, Toggles};
use crate::health::{COUNTERS, Loss};
use crate::local_log;
use crate::queue::{self, Digest, Flow, Queue, Valve};
use crate::render;

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
    redaction: Redaction,
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
    GATE.load(Ordering::Relaxed) != 0 || context::is_heard()
}

/// Says whether somebody listens to events of a kind and severity.
#[inline]
pub(crate) fn listens(kind: Kind, severity: Severity) -> bool {
    is_let_through(GATE.load(Ordering::Relaxed), kind, severity) || context::is_heard()
}

/// Says whether what this thread logs comes to a recorder.
pub(crate) fn is_recorded() -> bool {
    GATE.load(Ordering::Relaxed) & RUNNING != 0 && !is_ours() && !context::is_heard()
}

/// Says whether an event is worth building: somebody listens and there is room. An event that finds no room is counted
/// here, so nothing is formatted for it.
pub(crate) fn admits(kind: Kind, severity: Severity) -> bool {
    if context::is_heard() {
        return true;
    }
    let gate = GATE.load(Ordering::Relaxed);
    if !is_let_through(gate, kind, severity) || is_ours() {
        return false;
    }
    let is_full = gate & ENDED == 0 && QUEUE.get().is_none_or(|queue| queue.is_full_for(severity));
    if is_full {
        COUNTERS.accept_own();
        COUNTERS.lose_of(Loss::QueueFull, kind.channel().index(), 1);
    }
    !is_full
}

/// Counts a failure of a function, and says when it was if the function fails so often that its kind matters.
pub(crate) fn presses(valve: &Valve) -> Option<u64> {
    if GATE.load(Ordering::Relaxed) & RUNNING == 0 || context::is_heard() {
        return None;
    }
    let second = Tick::now().seconds();
    valve.is_pressed(second).then_some(second)
}

/// Lets a failure through a valve, or counts it: what a function repeats beyond a burst is told in one event. Failures
/// are alike that have the same type and, but for their digits, the same texts.
pub(crate) fn flow(valve: &Valve, type_name: &'static str, event: &Event, second: u64) -> Flow {
    // Where the name stands says which it is.
    flow_of(valve, type_name.as_ptr().addr() as u64, event.severity(), event.failure_texts(), second)
}

/// The same for a panic, which is told apart by its place.
pub(crate) fn flow_at(valve: &Valve, place: Option<&Location<'_>>, event: &Event, second: u64) -> Flow {
    flow_of(valve, place.map_or(0, number_of), event.severity(), event.failure_texts(), second)
}

/// Numbers a line of the source by where its place stands in memory: nothing is read.
pub(crate) fn number_of(place: &Location<'_>) -> u64 {
    std::ptr::from_ref(place).addr() as u64
}

fn flow_of<'e>(
    valve: &Valve,
    seed: u64,
    severity: Severity,
    texts: impl Iterator<Item = &'e [u8]>,
    second: u64,
) -> Flow {
    let mut digest = Digest::new(seed);
    for text in texts {
        digest.write(text);
        digest.end_text();
    }
    let flow = valve.flow(digest.finish(), second);
    if flow != Flow::Crosses {
        COUNTERS.accept_own();
        context::fail_with(severity);
    }
    flow
}

/// Counts trouble that one line of the source tells beyond a burst, and says whether that is all that is done with it.
/// What has to be written locally in any case, and what belongs to money or to a failure that others tell of, crosses.
pub(crate) fn is_withheld(event: &mut Event) -> bool {
    let is_trouble = (Severity::Warning..Severity::Critical).contains(&event.severity());
    let is_alone = event.channel() != Channel::Finance && event.failure().is_none();
    let Some(line) = event.line_number().filter(|_| is_trouble && is_alone) else { return false };
    let valve = queue::valve_at(line);
    let Some(second) = presses(valve) else { return false };
    match flow_of(valve, line, event.severity(), event.trouble_texts(), second) {
        Flow::Crosses => return false,
        Flow::Withheld => {}
        Flow::WithheldFirst { slot } => {
            stamp(event);
            valve.keep(slot, event.clone());
        }
    }
    true
}

/// Gives an event the time of day, and what is known of the request or job that it belongs to.
pub(crate) fn stamp(event: &mut Event) {
    event.stamp(Timestamp::now());
    context::complete(event);
}

/// Hands an event over; never blocks, never panics, does no I/O while the logger runs.
#[inline]
pub(crate) fn log(mut event: Event) {
    // Only the ways out take the event: each move of one copies all of it.
    match way_of(&mut event) {
        Way::Queue => hand_over(event),
        Way::Listener => context::tell(event),
        Way::AfterTheEnd => after_the_end(event),
        Way::None => {}
    }
}

/// Where an event goes from the caller's thread.
#[derive(Clone, Copy)]
enum Way {
    AfterTheEnd,
    Listener,
    None,
    Queue,
}

/// Says which way an event goes, and makes it ready for that.
fn way_of(event: &mut Event) -> Way {
    let gate = GATE.load(Ordering::Relaxed);
    let way = if context::is_heard() {
        Way::Listener
    } else if !is_let_through(gate, event.kind(), event.severity())
        || is_ours()
        || (event.severity() >= Severity::Warning && is_withheld(event))
    {
        return Way::None;
    } else if gate & ENDED != 0 {
        Way::AfterTheEnd
    } else {
        Way::Queue
    };
    stamp(event);
    way
}

fn hand_over(event: Event) {
    COUNTERS.accept();
    let channel = event.channel();
    if QUEUE.get().is_none_or(|queue| queue.push(event).is_err()) {
        COUNTERS.cross(1);
        COUNTERS.lose_of(Loss::QueueFull, channel.index(), 1);
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
fn after_the_end(mut event: Event) {
    COUNTERS.accept();
    COUNTERS.cross(1);
    if event.failure().is_some_and(|failure| failure.stage != Stage::Raised) {
        // The report it belongs to has left this process.
        return COUNTERS.merge(1);
    }
    let words = LAST_WORDS.try_read().ok().and_then(|words| words.clone());
    match words {
        Some(LastWords { redaction, render, keep }) if event.severity() >= Severity::Error => {
            redaction.apply(&mut event);
            local_log::write(&render, &event);
            let is_kept = catch_unwind(AssertUnwindSafe(|| keep.is_some_and(|keep| keep(&event))));
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
pub(crate) fn open(filter: &filter::Settings, render: &render::Settings, keep: Option<Keep>) {
    clock();
    let words = LastWords { redaction: filter.redaction.clone(), render: render.clone(), keep };
    *LAST_WORDS.write().unwrap_or_else(PoisonError::into_inner) = Some(words);
    GATE.store(filter.toggles.bits() | RUNNING, Ordering::Release);
}

/// Waits until what was logged so far would outlive the process, for a program that is about to die; never longer than
/// `at_most`, and not at all on our own threads. Says whether it would.
pub(crate) fn save(at_most: Duration) -> bool {
    if GATE.load(Ordering::Relaxed) & RUNNING == 0 || is_ours() {
        return false;
    }
    let (accepted, until) = (COUNTERS.accepted(), Instant::now() + at_most);
    while COUNTERS.written() < accepted && Instant::now() < until {
        queue().hurry();
        std::thread::sleep(SAVING_STEP);
    }
    COUNTERS.written() >= accepted
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

/// Says whether the calling thread is one of our own.
pub(crate) fn is_ours() -> bool {
    IS_OURS.try_with(Cell::get).unwrap_or(false)
}

/// A point in time, read from the processor's own counter: about 10 ns, and never backwards.
#[derive(Clone, Copy, Debug)]
pub struct Tick(u64);

/// Nanoseconds in 2³² ticks: to multiply and shift by a constant is several times as fast as to shift by a variable.
static SCALE: AtomicU64 = AtomicU64::new(0);

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
        let ticks = self.0.saturating_sub(earlier.0);
        ((u128::from(ticks) * u128::from(SCALE.load(Ordering::Relaxed))) >> 32) as u64
    }

    #[inline]
    pub(crate) fn elapsed_nanos(self) -> u64 {
        Self(clock().raw()).nanos_since(self)
    }

    /// Gives whole seconds since some moment.
    #[inline]
    fn seconds(self) -> u64 {
        self.nanos_since(Self::ZERO) / 1_000_000_000
    }
}

#[inline]
fn clock() -> &'static quanta::Clock {
    match CLOCK.get() {
        Some(clock) => clock,
        None => set_clock(),
    }
}

#[cold]
fn set_clock() -> &'static quanta::Clock {
    CLOCK.get_or_init(|| {
        let clock = quanta::Clock::new();
        SCALE.store(clock.delta_as_nanos(0, 1 << 32), Ordering::Relaxed);
        clock
    })
}

const SAVING_STEP: Duration = Duration::from_millis(1);
