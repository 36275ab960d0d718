//! Drives a future that never waits.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Polls a future to its end. It is polled where it lies in memory, by a call that is not inlined, as a runtime does.
#[inline]
pub fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(returned) = poll(future.as_mut()) {
            return returned;
        }
    }
}

#[inline(never)]
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}
