//! Observes a future wherever it is polled.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::capture::call::{Asked, Asking, Call, ERRORS};
use crate::capture::failing::Ending;
use crate::capture::observe::Running;
use crate::capture::panics::Entered;
use crate::capture::probe::Look;
use crate::capture::site::Site;
use crate::capture::timing::{self, End, Times};
use crate::capture::trail::{self, Carried, Depth, Rising};
use crate::logger::{self, Tick};

/// Observes the body of an `async fn`.
#[inline]
pub const fn observe_async<const WATCHED: u8, A, R, F, L>(
    call: Call<WATCHED, A>,
    future: F,
    look: L,
) -> Observed<Call<WATCHED, A>, F, L>
where
    A: Asking,
    F: Future<Output = R>,
    L: Fn(&R) -> Look<'_>,
{
    Observed { future, look, call, state: State::Fresh }
}

/// Observes the future that a body makes; the body itself runs at once, as it would without the attribute.
#[inline]
pub fn observe_future<const WATCHED: u8, A, R, F, L>(
    call: Call<WATCHED, A>,
    body: impl FnOnce() -> F,
    look: L,
) -> Observed<Call<WATCHED, A>, F, L>
where
    A: Asking,
    F: Future<Output = R>,
    L: Fn(&R) -> Look<'_>,
{
    if !logger::is_on() {
        return Observed { future: body(), look, call, state: State::Fresh };
    }
    let running = Running::start(call);
    let future = body();
    let (call, inner) = running.leave();
    let state = if inner.is_empty() { State::Fresh } else { State::Failing(Carried::of(inner)) };
    Observed { future, look, call, state }
}

/// Like [`observe_future`], for functions that return their future in a box.
#[inline]
pub fn observe_boxed<const WATCHED: u8, A, R, F, L>(
    call: Call<WATCHED, A>,
    body: impl FnOnce() -> F,
    look: L,
) -> Pin<Box<Observed<Call<WATCHED, A>, F, L>>>
where
    A: Asking,
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
        #[inline]
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            match this.state {
                State::Fresh | State::Unwatched => {}
                State::Failing(carried) => carried.forget(),
                State::Watched(watched) => this.call.cancel(watched),
            }
        }
    }
}

/// A call that can be given up.
pub trait Cancel: sealed::Sealed {
    #[doc(hidden)]
    fn cancel(&self, watched: &Watched);
}

impl<const WATCHED: u8, A: Asking> Cancel for Call<WATCHED, A> {
    #[cold]
    #[inline(never)]
    fn cancel(&self, watched: &Watched) {
        watched.carried.forget();
        timing::cancelled(self.site, WATCHED, self.asked(), watched.started);
    }
}

mod sealed {
    use crate::capture::call::{Asking, Call};

    #[expect(unnameable_types, reason = "that it cannot be named is what seals it")]
    pub trait Sealed {}
    impl<const WATCHED: u8, A: Asking> Sealed for Call<WATCHED, A> {}
}

/// How far an observed future has come. Nothing in here has to be dropped, so that a future which nobody watches costs
/// no more at its end than a look.
enum State {
    /// It was never polled.
    Fresh,
    /// Nobody listened at its first poll, or it is over.
    Unwatched,
    /// It was never polled, and something failed while it was made.
    Failing(Carried),
    Watched(Watched),
}

impl State {
    /// A call that began unwatched stays so.
    #[inline]
    fn stay_unwatched(&mut self) {
        if let Self::Failing(carried) = self {
            carried.forget();
        }
        *self = Self::Unwatched;
    }
}

/// What is kept from one poll to the next.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    started: Tick,
    busy_nanos: u64,
    carried: Carried,
}

/// One poll. It is dropped by a panic alone, unless it was ended.
struct Turn<'f, const WATCHED: u8, A: Asking> {
    call: &'f Call<WATCHED, A>,
    state: &'f mut State,
    depth: Depth,
    entered: Entered,
    since: Tick,
    is_under_way: bool,
}

impl<'f, const WATCHED: u8, A: Asking> Turn<'f, WATCHED, A> {
    #[inline]
    fn begin(call: &'f Call<WATCHED, A>, state: &'f mut State) -> Self {
        let since = timing::start(WATCHED);
        match *state {
            State::Watched(_) => {}
            State::Failing(carried) => *state = State::Watched(Watched { started: since, busy_nanos: 0, carried }),
            State::Fresh | State::Unwatched => {
                *state = State::Watched(Watched { started: since, busy_nanos: 0, carried: Carried::NOTHING });
            }
        }
        let depth = if WATCHED & ERRORS != 0 { trail::enter(call.site) } else { Depth::NONE };
        Self { call, state, depth, entered: Entered::now(WATCHED), since, is_under_way: true }
    }

    /// Ends a poll after which the future goes on.
    #[inline(never)]
    fn pause(&mut self) {
        self.is_under_way = false;
        let State::Watched(watched) = &mut *self.state else { return };
        if timing::is_timed(WATCHED) {
            watched.spend(self.since);
        }
        if WATCHED & ERRORS != 0 && trail::leave(self.depth) {
            watched.carried.add(trail::take(self.depth));
        }
    }

    /// Ends the poll with which the future ended, without a failure and without anything to show.
    #[inline]
    fn succeed(&mut self) {
        self.is_under_way = false;
        // Looked at where it lies: what was just written piece by piece is slow to read as a whole.
        let State::Watched(watched) = &*self.state else { return };
        let (site, asked) = (self.call.site, self.call.asked());
        if WATCHED & ERRORS != 0 {
            let is_awaited = trail::leave(self.depth);
            if is_awaited || watched.carried.is_something() {
                Ending { site, asked, depth: self.depth }.recovered_from(watched.inner(self.depth));
            }
        }
        if timing::is_timed(WATCHED) {
            watched.end(site, WATCHED, asked, self.since, End::Returned { shown: None });
        }
        *self.state = State::Unwatched;
    }

    /// Ends the poll with which the future ended in any other way of its own.
    #[cold]
    #[inline(never)]
    fn end(&mut self, look: Look<'_>) {
        self.is_under_way = false;
        let State::Watched(watched) = *self.state else { return };
        *self.state = State::Unwatched;
        let (site, asked) = (self.call.site, self.call.asked());
        let ending = Ending { site, asked, depth: self.depth };
        if WATCHED & ERRORS != 0 {
            trail::leave(self.depth);
        }
        let end = ending.finish(WATCHED, look, || watched.inner(self.depth));
        if timing::is_timed(WATCHED) {
            watched.end(site, WATCHED, asked, self.since, end);
        }
    }
}

impl Watched {
    /// Counts the time of a poll.
    fn spend(&mut self, since: Tick) {
        self.busy_nanos += Tick::now().nanos_since(since);
    }

    /// Takes the failures that wait for the future: those it carries, and those of its last poll.
    #[cold]
    fn inner(&self, depth: Depth) -> Vec<Rising> {
        let mut inner = self.carried.take();
        inner.extend(trail::take(depth));
        inner
    }

    /// Ends a future that is timed, with its last poll.
    fn end(&self, site: &'static Site, watched: u8, asked: Option<&Asked>, since: Tick, end: End<'_>) {
        let now = Tick::now();
        let busy = self.busy_nanos + now.nanos_since(since);
        let times = Times { wall_nanos: now.nanos_since(self.started), busy_nanos: Some(busy) };
        timing::ended(site, watched, asked, times, end);
    }
}

impl<const WATCHED: u8, A: Asking> Drop for Turn<'_, WATCHED, A> {
    #[inline]
    fn drop(&mut self) {
        if self.is_under_way {
            self.unwind();
        }
    }
}

impl<const WATCHED: u8, A: Asking> Turn<'_, WATCHED, A> {
    /// The future is left by a panic. By itself, so that no function carries a copy of what is done then.
    #[cold]
    #[inline(never)]
    fn unwind(&mut self) {
        if let State::Watched(watched) = *self.state {
            *self.state = State::Unwatched;
            let (site, asked) = (self.call.site, self.call.asked());
            Ending { site, asked, depth: self.depth }.unwind(WATCHED, self.entered, watched.carried);
            if timing::is_timed(WATCHED) {
                watched.end(site, WATCHED, asked, self.since, End::Panicked);
            }
        }
    }
}

impl<C: Cancel, F, L> fmt::Debug for Observed<C, F, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed").finish_non_exhaustive()
    }
}

impl<const WATCHED: u8, A, F, L> Future for Observed<Call<WATCHED, A>, F, L>
where
    A: Asking,
    F: Future,
    L: Fn(&F::Output) -> Look<'_>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let is_watched = match self.state {
            State::Fresh | State::Failing(_) => logger::is_on(),
            State::Watched(_) => true,
            State::Unwatched => false,
        };
        if is_watched {
            return self.poll_watched(context);
        }
        let this = self.project();
        let polled = this.future.poll(context);
        if polled.is_pending() {
            this.state.stay_unwatched();
        }
        polled
    }
}

impl<const WATCHED: u8, A, F, L> Observed<Call<WATCHED, A>, F, L>
where
    A: Asking,
    F: Future,
    L: Fn(&F::Output) -> Look<'_>,
{
    /// By itself, so that a poll while the logger is off needs no more of the stack than it did.
    #[inline(never)]
    fn poll_watched(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut turn = Turn::begin(this.call, this.state);
        let polled = this.future.poll(context);
        match &polled {
            Poll::Pending => turn.pause(),
            Poll::Ready(returned) => match (this.look)(returned) {
                Look::Fine => turn.succeed(),
                look => turn.end(look),
            },
        }
        polled
    }
}
