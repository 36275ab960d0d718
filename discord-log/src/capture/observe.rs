//! Observes a call on the thread that makes it.

use std::fmt;
use std::mem::take;
use std::thread;

use crate::capture::call::{Asking, Call, ERRORS};
use crate::capture::failing::Ending;
use crate::capture::panics::Entered;
use crate::capture::probe::Look;
use crate::capture::timing::{self, End, Times};
use crate::capture::trail::{self, Depth, Rising};
use crate::logger::{self, Tick};

/// Runs a body, sees how it ends, and gives what it gave. While the logger is off it only runs the body.
#[inline]
pub fn observe<const WATCHED: u8, A: Asking, R>(
    call: Call<WATCHED, A>,
    body: impl FnOnce() -> R,
    look: impl Fn(&R) -> Look<'_>,
) -> R {
    if logger::is_on() { observed(call, body, look) } else { body() }
}

/// By itself, so that a function whose logger is off needs no more of the stack than it did.
#[inline(never)]
fn observed<const WATCHED: u8, A: Asking, R>(
    call: Call<WATCHED, A>,
    body: impl FnOnce() -> R,
    look: impl Fn(&R) -> Look<'_>,
) -> R {
    let running = Running::start(call);
    let returned = body();
    if let Look::Fine = look(&returned) {
        running.end(Look::Fine);
        return returned;
    }
    look_closely(running, returned, look)
}

/// Takes the value itself, so that on success its address is known to nobody and it can stay in registers.
#[cold]
#[inline(never)]
fn look_closely<const WATCHED: u8, A: Asking, R>(
    running: Running<WATCHED, A>,
    returned: R,
    look: impl Fn(&R) -> Look<'_>,
) -> R {
    running.end(look(&returned));
    returned
}

/// A call under way.
pub(crate) struct Running<const WATCHED: u8, A: Asking> {
    call: Call<WATCHED, A>,
    depth: Depth,
    entered: Entered,
    started: Tick,
    /// Set while the body runs: what is dropped then is dropped by a panic. Catching the panic would give its payload,
    /// but moves each return value through memory twice, a hundred instructions for one of 256 bytes, on every success.
    is_under_way: bool,
}

impl<const WATCHED: u8, A: Asking> Running<WATCHED, A> {
    #[inline]
    pub(crate) fn start(call: Call<WATCHED, A>) -> Self {
        let depth = if WATCHED & ERRORS != 0 { trail::enter(call.site) } else { Depth::NONE };
        Self { depth, entered: Entered::now(), started: timing::start(WATCHED), call, is_under_way: true }
    }

    /// Ends the call that came to its own end.
    #[inline]
    fn end(mut self, look: Look<'_>) {
        self.is_under_way = false;
        let started = self.started;
        finish(&self.call, self.depth, look, || Times { wall_nanos: started.elapsed_nanos(), busy_nanos: None });
    }

    /// Leaves a body that made a future, whose call goes on; gives the failures inside of it.
    pub(crate) fn leave(mut self) -> (Call<WATCHED, A>, Vec<Rising>) {
        self.is_under_way = false;
        let call = Call { site: self.call.site, asked: take(&mut self.call.asked) };
        let inner =
            if WATCHED & ERRORS != 0 && trail::leave(self.depth) { trail::take(self.depth) } else { Vec::new() };
        (call, inner)
    }
}

/// Tells what there is to tell of a call that came to its own end.
#[inline]
pub(crate) fn finish<const WATCHED: u8, A: Asking>(
    call: &Call<WATCHED, A>,
    depth: Depth,
    look: Look<'_>,
    times: impl FnOnce() -> Times,
) {
    let inner = WATCHED & ERRORS != 0 && trail::leave(depth);
    finish_with(call, depth, look, times, || if inner { trail::take(depth) } else { Vec::new() }, inner);
}

/// The same for a call that has left the trail; `inner` gives the failures inside of it, if there are some.
#[inline]
pub(crate) fn finish_with<const WATCHED: u8, A: Asking>(
    call: &Call<WATCHED, A>,
    depth: Depth,
    look: Look<'_>,
    times: impl FnOnce() -> Times,
    inner: impl FnOnce() -> Vec<Rising>,
    has_inner: bool,
) {
    let times = timing::is_timed(WATCHED).then(times);
    let ending = || Ending { site: call.site, asked: call.asked(), depth };
    let end = match look {
        Look::Failed(failure) => {
            if WATCHED & ERRORS != 0 {
                ending().failed(failure, inner());
            }
            End::Failed
        }
        Look::Fine | Look::Shown(_) => {
            if has_inner {
                ending().recovered(inner());
            }
            End::Returned { shown: if let Look::Shown(value) = look { Some(value) } else { None } }
        }
    };
    if let Some(times) = times {
        timing::ended(call, times, end);
    }
}

impl<const WATCHED: u8, A: Asking> Drop for Running<WATCHED, A> {
    #[inline]
    fn drop(&mut self) {
        if !self.is_under_way {
            return;
        }
        let times = || Times { wall_nanos: self.started.elapsed_nanos(), busy_nanos: None };
        panicked(&self.call, self.depth, self.entered, Vec::new(), times);
    }
}

/// Tells of a call that is left by a panic.
#[cold]
pub(crate) fn panicked<const WATCHED: u8, A: Asking>(
    call: &Call<WATCHED, A>,
    depth: Depth,
    entered: Entered,
    mut inner: Vec<Rising>,
    times: impl FnOnce() -> Times,
) {
    if WATCHED & ERRORS != 0 {
        if trail::leave(depth) {
            inner.extend(trail::take(depth));
        }
        Ending { site: call.site, asked: call.asked(), depth }.panicked(entered, inner);
    }
    if timing::is_timed(WATCHED) {
        timing::ended(call, times(), End::Panicked);
    }
}

/// Observes the rest of the block it is bound in, for bodies that no closure can hold; what they return is not seen.
#[inline]
pub fn scope<const WATCHED: u8, A: Asking>(call: Call<WATCHED, A>) -> Scope<WATCHED, A> {
    let started = logger::is_on().then(|| timing::start(WATCHED));
    Scope { call, started, is_panicking: thread::panicking() }
}

/// See [`scope`].
pub struct Scope<const WATCHED: u8, A: Asking> {
    call: Call<WATCHED, A>,
    started: Option<Tick>,
    is_panicking: bool,
}

impl<const WATCHED: u8, A: Asking> fmt::Debug for Scope<WATCHED, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl<const WATCHED: u8, A: Asking> Drop for Scope<WATCHED, A> {
    #[inline]
    fn drop(&mut self) {
        let Some(started) = self.started else { return };
        let times = Times { wall_nanos: started.elapsed_nanos(), busy_nanos: None };
        let is_panic = thread::panicking() && !self.is_panicking;
        timing::ended(&self.call, times, if is_panic { End::Panicked } else { End::Returned { shown: None } });
    }
}
