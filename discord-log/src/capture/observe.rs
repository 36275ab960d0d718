//! Observes a call on the thread that makes it.

use std::fmt;
use std::thread;

use crate::capture::probe::Failure;

/// What an attribute does with a call of its function, which ends in one of three ways.
pub trait Observer {
    /// What is remembered from each entry to the end of it.
    type Entry: Copy;

    /// The call begins; said again at each poll of a future.
    fn begin(&mut self);

    /// Code of the user's is about to run.
    fn enter(&self) -> Self::Entry;

    /// The body gave its value; with a failure in it, or none.
    fn returned(&mut self, failure: Option<Failure<'_>>);

    /// The code that was entered panicked, and unwinds.
    fn panicked(&mut self, entry: Self::Entry);

    /// The body began, and will never end.
    fn cancelled(&mut self);
}

/// Runs a body, lets the observer see how it ends, and gives what it gave.
#[inline]
pub fn observe<R, O: Observer>(
    mut observer: O,
    body: impl FnOnce() -> R,
    failure: impl Fn(&R) -> Option<Failure<'_>>,
) -> R {
    observer.begin();
    let returned = watch_panics(&mut observer, body);
    look(observer, returned, failure)
}

/// Shows a return value to the observer, and gives it on.
#[inline]
fn look<R, O: Observer>(mut observer: O, returned: R, failure: impl Fn(&R) -> Option<Failure<'_>>) -> R {
    if failure(&returned).is_some() {
        return look_at_failure(observer, returned, failure);
    }
    observer.returned(None);
    returned
}

/// Takes the value itself, so that on success its address is known to nobody and it can stay in registers.
#[cold]
#[inline(never)]
fn look_at_failure<R, O: Observer>(mut observer: O, returned: R, failure: impl Fn(&R) -> Option<Failure<'_>>) -> R {
    observer.returned(failure(&returned));
    returned
}

/// Runs a body, and tells the observer if it panics.
///
/// Catching the panic would give its payload, but moves each return value through memory twice: a hundred
/// instructions for one of 256 bytes, on every success.
#[inline]
pub(crate) fn watch_panics<R, O: Observer>(observer: &mut O, body: impl FnOnce() -> R) -> R {
    let entry = observer.enter();
    let unwinding = Unwinding { observer, entry };
    let returned = body();
    std::mem::forget(unwinding);
    returned
}

/// Is dropped by a panic alone.
struct Unwinding<'o, O: Observer> {
    observer: &'o mut O,
    entry: O::Entry,
}

impl<O: Observer> Drop for Unwinding<'_, O> {
    #[cold]
    fn drop(&mut self) {
        // A function may panic before it has made its future; its call never began.
        self.observer.begin();
        self.observer.panicked(self.entry);
    }
}

/// Observes the rest of the block it is bound in, for bodies that no closure can hold; what they return is not seen.
#[inline]
pub fn scope<O: Observer>(mut observer: O) -> Scope<O> {
    observer.begin();
    let entry = observer.enter();
    Scope { observer, entry, panicking: thread::panicking() }
}

/// See [`scope`].
pub struct Scope<O: Observer> {
    observer: O,
    entry: O::Entry,
    panicking: bool,
}

impl<O: Observer> fmt::Debug for Scope<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl<O: Observer> Drop for Scope<O> {
    #[inline]
    fn drop(&mut self) {
        if thread::panicking() && !self.panicking {
            self.observer.panicked(self.entry);
        } else {
            self.observer.returned(None);
        }
    }
}
