//! Observes a future wherever it is polled.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::capture::observe::{Observer, watch_panics};
use crate::capture::probe::Failure;

/// Observes the body of an `async fn`.
#[inline]
pub const fn observe_async<R, F, O, S>(observer: O, future: F, failure: S) -> Observed<F, O, S>
where
    F: Future<Output = R>,
    O: Observer,
    S: Fn(&R) -> Option<Failure<'_>>,
{
    Observed { future, observer, failure }
}

/// Observes the future that a body makes; the body itself runs at once, as it would without the attribute.
#[inline]
pub fn observe_future<R, F, O, S>(mut observer: O, body: impl FnOnce() -> F, failure: S) -> Observed<F, O, S>
where
    F: Future<Output = R>,
    O: Observer,
    S: Fn(&R) -> Option<Failure<'_>>,
{
    let future = watch_panics(&mut observer, body);
    Observed { future, observer, failure }
}

/// Like [`observe_future`], for functions that return their future in a box.
#[inline]
pub fn observe_boxed<R, F, O, S>(observer: O, body: impl FnOnce() -> F, failure: S) -> Pin<Box<Observed<F, O, S>>>
where
    F: Future<Output = R>,
    O: Observer,
    S: Fn(&R) -> Option<Failure<'_>>,
{
    Box::pin(observe_future(observer, body, failure))
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
    pub struct Observed<F, O, S>
    where
        O: Observer,
    {
        #[pin]
        future: F,
        observer: O,
        failure: S,
    }

    impl<F, O, S> PinnedDrop for Observed<F, O, S>
    where
        O: Observer,
    {
        fn drop(this: Pin<&mut Self>) {
            this.project().observer.cancelled();
        }
    }
}

impl<F, O: Observer, S> fmt::Debug for Observed<F, O, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed").finish_non_exhaustive()
    }
}

impl<F, O, S> Future for Observed<F, O, S>
where
    F: Future,
    O: Observer,
    S: Fn(&F::Output) -> Option<Failure<'_>>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.observer.begin();
        let polled = watch_panics(this.observer, || this.future.poll(context));
        if let Poll::Ready(returned) = &polled {
            this.observer.returned((this.failure)(returned));
        }
        polled
    }
}
