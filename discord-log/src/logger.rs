//! The driver on the caller's thread.
use crate::event::{Event, Kind};
use crate::filter::Toggle;
use crate::testing;
use std::time::Duration;

/// Says whether somebody listens to events of a kind: one relaxed load.
#[inline]
pub(crate) fn listens(kind: Kind) -> bool {
    let _ = Toggle::of(kind);
    testing::captures()
}

/// Hands an event over; never blocks, never panics.
pub(crate) fn log(event: Event) {
    let _ = testing::intercept(event);
}

/// A point in time, taken in about 10 ns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tick(std::time::Instant);

impl Tick {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(std::time::Instant::now())
    }
    #[inline]
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
