//! What the attributes of a function know of it: one static a function, written by the macros.

use std::time::Duration;

use crate::event::{Callsite, Channel, Severity};
use crate::health::{Function, Tally};
use crate::queue::Valve;

/// A function with its attributes.
#[derive(Debug)]
pub struct Site {
    callsite: Callsite,
    meter: &'static Meter,
    // Empty where nothing was said.
    context: &'static str,
    action: &'static str,
    errors_channel: &'static str,
    activity_channel: &'static str,
    severity: Option<Severity>,
    threshold_nanos: u64,
}

/// What changes with every call; apart from the rest, so that it takes no room in the executable.
#[derive(Debug, Default)]
pub struct Meter {
    pub(crate) tally: Tally,
    pub(crate) valve: Valve,
}

impl Meter {
    /// Starts at nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { tally: Tally::new(), valve: Valve::new() }
    }
}

impl Site {
    /// Describes a function: its name, its module path, its file and the line of its attribute.
    #[must_use]
    pub const fn new(
        function: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
        meter: &'static Meter,
    ) -> Self {
        Self {
            callsite: Callsite::new(function, module, file, line),
            meter,
            context: "",
            action: "",
            errors_channel: "",
            activity_channel: "",
            severity: None,
            threshold_nanos: SLOW_NANOS,
        }
    }

    /// Says what is being done when the function fails.
    #[must_use]
    pub const fn failing_in(mut self, context: &'static str) -> Self {
        self.context = context;
        self
    }

    /// Says which activity a call is.
    #[must_use]
    pub const fn doing(mut self, action: &'static str) -> Self {
        self.action = action;
        self
    }

    /// Names the channel that is told of failures, where it is not `errors`.
    #[must_use]
    pub const fn failing_to(mut self, channel: &'static str) -> Self {
        self.errors_channel = channel;
        self
    }

    /// Names the channel that is told of the activity, where it is not `activity`.
    #[must_use]
    pub const fn telling(mut self, channel: &'static str) -> Self {
        self.activity_channel = channel;
        self
    }

    /// Says how serious a failure is, where it is no `Error`.
    #[must_use]
    pub const fn ranked(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Sets the time after which a call counts as slow.
    #[must_use]
    pub const fn slow_after_nanos(mut self, nanos: u64) -> Self {
        self.threshold_nanos = nanos;
        self
    }

    pub(crate) const fn callsite(&'static self) -> &'static Callsite {
        &self.callsite
    }

    /// Says whether it is a function of the program's, and no door of ours.
    pub(crate) const fn is_in_the_source(&self) -> bool {
        !self.callsite.file.is_empty()
    }

    pub(crate) const fn tally(&self) -> &'static Tally {
        &self.meter.tally
    }

    pub(crate) const fn valve(&self) -> &'static Valve {
        &self.meter.valve
    }

    pub(crate) fn context(&self) -> Option<&'static str> {
        said(self.context)
    }

    pub(crate) const fn action(&self) -> &'static str {
        self.action
    }

    pub(crate) fn errors_channel(&self) -> Option<Channel> {
        said(self.errors_channel).map(Channel::named)
    }

    pub(crate) fn activity_channel(&self) -> Option<Channel> {
        said(self.activity_channel).map(Channel::named)
    }

    pub(crate) const fn severity(&self) -> Option<Severity> {
        self.severity
    }

    pub(crate) const fn threshold_nanos(&self) -> u64 {
        self.threshold_nanos
    }

    /// Lists the function among those that are counted, unless it is.
    #[inline]
    pub(crate) fn introduce(&self) {
        if !self.meter.tally.is_known() {
            self.list();
        }
    }

    #[cold]
    fn list(&self) {
        let Callsite { function, module, file, line } = self.callsite;
        self.meter.tally.introduce(Function { name: function, module, file, line });
    }
}

fn said(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}

/// After this time a call counts as slow, unless its attribute says otherwise: one second.
const SLOW_NANOS: u64 = 1_000_000_000;

/// A constant of the user's that says when a call is slow: seconds, or a `Duration`.
#[derive(Clone, Copy, Debug)]
pub struct Threshold<T>(T);

/// Takes a constant that says when a call is slow.
#[must_use]
pub const fn threshold<T: Slowness + Copy>(constant: T) -> Threshold<T> {
    Threshold(constant)
}

/// What a constant may be that says when a call is slow.
#[diagnostic::on_unimplemented(
    message = "`threshold` cannot be a constant of type `{Self}`",
    label = "no `Duration`, and no number of seconds",
    note = "use a `std::time::Duration`, or seconds as an `f64` or an integer"
)]
pub trait Slowness: sealed::Sealed {}

mod sealed {
    #[expect(unnameable_types, reason = "that it cannot be named is what seals it")]
    pub trait Sealed {}
}

macro_rules! thresholds {
    ($($of:ty: $value:ident => $nanos:expr;)+) => {$(
        impl sealed::Sealed for $of {}
        impl Slowness for $of {}

        impl Threshold<$of> {
            /// Gives the nanoseconds; at compile time, where what makes no sense is an error.
            #[must_use]
            pub const fn discord_log_nanos(self) -> u64 {
                let $value = self.0;
                let nanos: u128 = $nanos;
                assert!(nanos > 0, "`threshold` has to be longer than nothing");
                assert!(nanos < u64::MAX as u128, "`threshold` has to be shorter than 500 years");
                nanos as u64
            }
        }
    )+};
}

thresholds! {
    Duration: duration => duration.as_nanos();
    f64: seconds => (seconds * 1e9) as u128;
    f32: seconds => (seconds as f64 * 1e9) as u128;
    i32: seconds => if seconds > 0 { seconds as u128 * NANOS } else { 0 };
    i64: seconds => if seconds > 0 { seconds as u128 * NANOS } else { 0 };
    u32: seconds => seconds as u128 * NANOS;
    u64: seconds => seconds as u128 * NANOS;
}

const NANOS: u128 = 1_000_000_000;
