//! Drives a future that never waits.

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Polls a future to its end. It is polled where it lies in memory, by a call that is not inlined and with a context that
/// is there already, as a runtime does.
#[inline]
pub fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(returned) = poll(future.as_mut(), black_box(&mut context)) {
            return returned;
        }
    }
}

#[inline(never)]
fn poll<F: Future>(future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
    future.poll(context)
}
