//! Observes a future wherever it is polled.

use std::fmt;
use std::mem::forget;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::capture::call::{Call, ERRORS};
use crate::capture::observe::{Running, finish_with, panicked};
use crate::capture::panics::Entered;
use crate::capture::probe::Look;
use crate::capture::timing::{self, Times};
use crate::capture::trail::{self, Depth, Rising};
use crate::logger::{self, Tick};

/// Observes the body of an `async fn`.
#[inline]
pub const fn observe_async<const WATCHED: u8, R, F, L>(
    call: Call<WATCHED>,
    future: F,
    look: L,
) -> Observed<Call<WATCHED>, F, L>
where
    F: Future<Output = R>,
    L: Fn(&R) -> Look<'_>,
{
    Observed { future, look, call, state: State::new() }
}

/// Observes the future that a body makes; the body itself runs at once, as it would without the attribute.
#[inline]
pub fn observe_future<const WATCHED: u8, R, F, L>(
    call: Call<WATCHED>,
    body: impl FnOnce() -> F,
    look: L,
) -> Observed<Call<WATCHED>, F, L>
where
    F: Future<Output = R>,
    L: Fn(&R) -> Look<'_>,
{
    if !logger::is_on() {
        return Observed { future: body(), look, call, state: State::new() };
    }
    let running = Running::start(call);
    let future = body();
    let (call, inner) = running.leave();
    let mut state = State::new();
    state.carry(inner);
    Observed { future, look, call, state }
}

/// Like [`observe_future`], for functions that return their future in a box.
#[inline]
pub fn observe_boxed<const WATCHED: u8, R, F, L>(
    call: Call<WATCHED>,
    body: impl FnOnce() -> F,
    look: L,
) -> Pin<Box<Observed<Call<WATCHED>, F, L>>>
where
    F: Future<Output = R>,
    L: Fn(&R) -> Look<'_>,
{
    Box::pin(observe_future(call, body, look))
}

/// Stands where a value is wanted for its type alone, and never runs.
#[cold]
pub fn unreached<R>() -> R {
    std::process::abort()
}

/// The type `!`, which may not be written where the attributes need it.
pub type Never = <fn() -> ! as Returns>::Value;

/// Gives the type that a function returns.
pub trait Returns {
    /// That type.
    type Value;
}

impl<R> Returns for fn() -> R {
    type Value = R;
}

pin_project! {
    /// A future under observation.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Observed<C, F, L>
    where
        C: Cancel,
    {
        #[pin]
        future: F,
        look: L,
        call: C,
        state: State,
    }

    impl<C, F, L> PinnedDrop for Observed<C, F, L>
    where
        C: Cancel,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Phase::Watched = this.state.phase {
                this.call.cancel(this.state.started.elapsed_nanos());
            }
        }
    }
}

/// A call that can be given up.
pub trait Cancel: sealed::Sealed {
    /// Tells that it was given up after so much time.
    fn cancel(&self, wall_nanos: u64);
}

impl<const WATCHED: u8> Cancel for Call<WATCHED> {
    fn cancel(&self, wall_nanos: u64) {
        timing::cancelled(self, wall_nanos);
    }
}

mod sealed {
    use crate::capture::call::Call;

    #[expect(unnameable_types, reason = "that it cannot be named is what seals it")]
    pub trait Sealed {}
    impl<const WATCHED: u8> Sealed for Call<WATCHED> {}
}

/// What is kept from one poll to the next.
struct State {
    phase: Phase,
    started: Tick,
    busy_nanos: u64,
    /// Failures inside of the future that wait for its word.
    carried: Option<Box<Vec<Rising>>>,
}

/// How far an observed future has come.
#[derive(Clone, Copy)]
enum Phase {
    /// It was never polled.
    Fresh,
    /// Nobody listened at its first poll, or it is over.
    Unwatched,
    Watched,
}

impl State {
    const fn new() -> Self {
        Self { phase: Phase::Fresh, started: Tick::ZERO, busy_nanos: 0, carried: None }
    }

    #[inline]
    fn begin(&mut self, watched: u8) {
        self.phase = if logger::is_on() { Phase::Watched } else { Phase::Unwatched };
        if let Phase::Watched = self.phase {
            self.started = timing::start(watched);
        }
    }

    fn carry(&mut self, failures: Vec<Rising>) {
        if !failures.is_empty() {
            self.carried.get_or_insert_default().extend(failures);
        }
    }

    /// Takes the failures inside of the future off the thread, which turns to other futures now.
    #[cold]
    fn carry_from(&mut self, depth: Depth) {
        self.carry(trail::take(depth));
    }

    /// Counts the time of a poll.
    #[inline]
    fn spend(&mut self, watched: u8, since: Tick, now: Tick) {
        if timing::is_timed(watched) {
            self.busy_nanos += now.nanos_since(since);
        }
    }

    /// Gives the times of a future that ends now.
    fn times(&self, now: Tick) -> Times {
        Times { wall_nanos: now.nanos_since(self.started), busy_nanos: Some(self.busy_nanos) }
    }
}

/// One poll. It is dropped by a panic alone.
struct Turn<'f, const WATCHED: u8> {
    call: &'f Call<WATCHED>,
    state: &'f mut State,
    depth: Depth,
    entered: Entered,
    since: Tick,
}

impl<'f, const WATCHED: u8> Turn<'f, WATCHED> {
    #[inline]
    fn begin(call: &'f Call<WATCHED>, state: &'f mut State, since: Tick) -> Self {
        let depth = if WATCHED & ERRORS != 0 { trail::enter(call.site) } else { Depth::NONE };
        Self { call, state, depth, entered: Entered::now(), since }
    }

    /// Ends the poll, and gives when that was.
    #[inline]
    fn end(self) -> (Depth, Tick) {
        let (depth, now) = (self.depth, timing::start(WATCHED));
        self.state.spend(WATCHED, self.since, now);
        if WATCHED & ERRORS != 0 && trail::leave(depth) {
            self.state.carry_from(depth);
        }
        forget(self);
        (depth, now)
    }
}

impl<const WATCHED: u8> Drop for Turn<'_, WATCHED> {
    #[cold]
    fn drop(&mut self) {
        self.state.phase = Phase::Unwatched;
        let inner = self.state.carried.take().map_or_else(Vec::new, |inner| *inner);
        let now = timing::start(WATCHED);
        self.state.spend(WATCHED, self.since, now);
        let state = &*self.state;
        panicked(self.call, self.depth, self.entered, inner, || state.times(now));
    }
}

impl<C: Cancel, F, L> fmt::Debug for Observed<C, F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed").finish_non_exhaustive()
    }
}

impl<const WATCHED: u8, F, L> Future for Observed<Call<WATCHED>, F, L>
where
    F: Future,
    L: Fn(&F::Output) -> Look<'_>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let state = this.state;
        let is_first = matches!(state.phase, Phase::Fresh);
        if is_first {
            state.begin(WATCHED);
        }
        if let Phase::Unwatched = state.phase {
            return this.future.poll(context);
        }
        let since = if is_first { state.started } else { timing::start(WATCHED) };
        let turn = Turn::begin(this.call, state, since);
        let polled = this.future.poll(context);
        let (depth, now) = turn.end();
        if let Poll::Ready(returned) = &polled {
            state.phase = Phase::Unwatched;
            let inner = state.carried.take();
            let has_inner = inner.is_some();
            let inner = || inner.map_or_else(Vec::new, |inner| *inner);
            finish_with(this.call, depth, (this.look)(returned), || state.times(now), inner, has_inner);
        }
        polled
    }
}
