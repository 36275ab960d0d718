//! `#[log_performance]`: warns when a call took longer than its threshold.

use std::time::Duration;

use crate::capture::call::Call;
use crate::capture::fields::Fields;
use crate::capture::observe::Observer;
use crate::capture::probe::Failure;
use crate::capture::stopwatch::Stopwatch;
use crate::event::{Callsite, Event, Kind};
use crate::logger;

/// Reports calls that took too long, however they ended; those that were given up are not judged.
#[derive(Debug)]
pub struct Performance {
    call: Call,
    stopwatch: Stopwatch,
}

impl Performance {
    /// Observes a call of a function.
    #[inline]
    #[must_use]
    pub const fn at(callsite: &'static Callsite) -> Self {
        Self { call: Call::at(callsite), stopwatch: Stopwatch::Fresh }
    }

    /// Adds the fields that the attribute names, if somebody listens.
    #[inline]
    #[must_use]
    pub fn with(mut self, build: impl FnOnce(&mut Fields)) -> Self {
        self.call.collect(Kind::SlowCall, build);
        self
    }

    #[inline]
    fn ended(&mut self) {
        if let Some(took) = self.stopwatch.stop()
            && took > self.call.callsite.threshold()
        {
            warn(&self.call, took);
        }
    }
}

impl Observer for Performance {
    type Entry = ();

    #[inline]
    fn begin(&mut self) {
        self.stopwatch.start(Kind::SlowCall);
    }

    #[inline]
    fn enter(&self) {}

    #[inline]
    fn returned(&mut self, _: Option<Failure<'_>>) {
        self.ended();
    }

    fn panicked(&mut self, (): ()) {
        self.ended();
    }

    #[inline]
    fn cancelled(&mut self) {}
}

#[cold]
#[inline(never)]
fn warn(call: &Call, took: Duration) {
    if logger::admits(Kind::SlowCall) {
        call.log(Event::slow_call(call.callsite.function(), took, call.callsite.threshold()));
    }
}
