//! `#[log_activity]`: tells once, at the end of a call, what was done, how it ended and how long it took.

use crate::capture::call::Call;
use crate::capture::fields::Fields;
use crate::capture::observe::Observer;
use crate::capture::probe::Failure;
use crate::capture::stopwatch::Stopwatch;
use crate::event::{Callsite, Event, Kind};
use crate::logger;

/// Reports that a call ended.
#[derive(Debug)]
pub struct Activity {
    call: Call,
    stopwatch: Stopwatch,
}

impl Activity {
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
        self.call.collect(Kind::Activity, build);
        self
    }

    #[inline]
    fn ended(&mut self, outcome: &str) {
        if let Stopwatch::Running(_) = self.stopwatch {
            self.report(outcome);
        }
    }

    #[cold]
    #[inline(never)]
    fn report(&mut self, outcome: &str) {
        if let Some(took) = self.stopwatch.stop()
            && logger::admits(Kind::Activity)
        {
            let action = self.call.callsite.purpose().unwrap_or(self.call.callsite.function());
            self.call.log(Event::activity(action, outcome, took));
        }
    }
}

impl Observer for Activity {
    type Entry = ();

    #[inline]
    fn begin(&mut self) {
        self.stopwatch.start(Kind::Activity);
    }

    #[inline]
    fn enter(&self) {}

    #[inline]
    fn returned(&mut self, failure: Option<Failure<'_>>) {
        self.ended(if failure.is_some() { "error" } else { "ok" });
    }

    fn panicked(&mut self, (): ()) {
        self.ended("panicked");
    }

    #[inline]
    fn cancelled(&mut self) {
        self.ended("cancelled");
    }
}
