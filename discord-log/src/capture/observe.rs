//! Observes a call on the thread that makes it.

use std::fmt;
use std::mem::take;
use std::thread;

use crate::capture::call::{Asking, Call, ERRORS};
use crate::capture::failing::Ending;
use crate::capture::panics::Entered;
use crate::capture::probe::Look;
use crate::capture::timing::{self, End};
use crate::capture::trail::{self, Carried, Depth, Rising};
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
    let mut running = Running::start(call);
    let returned = body();
    if let Look::Fine = look(&returned) {
        running.succeed();
        return returned;
    }
    look_closely(running, returned, look)
}

/// Takes the value itself, so that on success its address is known to nobody and it can stay in registers.
#[cold]
#[inline(never)]
fn look_closely<const WATCHED: u8, A: Asking, R>(
    mut running: Running<WATCHED, A>,
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
        Self { depth, entered: Entered::now(WATCHED), started: timing::start(WATCHED), call, is_under_way: true }
    }

    /// Ends the call that did not fail, and of which nothing is to be shown.
    // Always, because all of it is two stores and a look under `log_errors` alone.
    #[inline(always)]
    fn succeed(&mut self) {
        self.is_under_way = false;
        if WATCHED & ERRORS != 0 && trail::leave(self.depth) {
            self.ending().recovered();
        }
        if timing::is_timed(WATCHED) {
            timing::succeeded(self.call.site, WATCHED, self.call.asked(), self.started);
        }
    }

    /// Ends the call that came to any other end of its own.
    #[inline(never)]
    fn end(&mut self, look: Look<'_>) {
        self.is_under_way = false;
        let ending = self.ending();
        let inner = || if trail::leave(self.depth) { trail::take(self.depth) } else { Vec::new() };
        let end = ending.finish(WATCHED, look, inner);
        if timing::is_timed(WATCHED) {
            timing::ended_since(self.call.site, WATCHED, self.call.asked(), self.started, end);
        }
    }

    fn ending(&self) -> Ending<'_> {
        Ending { site: self.call.site, asked: self.call.asked(), depth: self.depth }
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

impl<const WATCHED: u8, A: Asking> Drop for Running<WATCHED, A> {
    #[inline]
    fn drop(&mut self) {
        if self.is_under_way {
            self.unwind();
        }
    }
}

impl<const WATCHED: u8, A: Asking> Running<WATCHED, A> {
    /// The call is left by a panic. By itself, so that no function carries a copy of what is done then.
    #[cold]
    #[inline(never)]
    fn unwind(&self) {
        self.ending().unwind(WATCHED, self.entered, Carried::NOTHING);
        if timing::is_timed(WATCHED) {
            timing::ended_since(self.call.site, WATCHED, self.call.asked(), self.started, End::Panicked);
        }
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
        let is_panic = thread::panicking() && !self.is_panicking;
        let end = if is_panic { End::Panicked } else { End::Returned { shown: None } };
        timing::ended_since(self.call.site, WATCHED, self.call.asked(), started, end);
    }
}
