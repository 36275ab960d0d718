//! `#[log_errors]`: tells of the errors that a function returns, and of the panics that leave it.

use crate::capture::call::Call;
use crate::capture::fields::Fields;
use crate::capture::observe::Observer;
use crate::capture::panics::{Entered, Panic};
use crate::capture::probe::{Failure, Shown};
use crate::event::{Callsite, Event, Kind, Severity};
use crate::logger;

/// Reports errors and panics. On success it has only looked at the discriminant.
#[derive(Debug)]
pub struct Errors(Call);

impl Errors {
    /// Observes a call of a function.
    #[inline]
    #[must_use]
    pub const fn at(callsite: &'static Callsite) -> Self {
        Self(Call::at(callsite))
    }

    /// Adds the fields that the attribute names, if somebody listens.
    #[inline]
    #[must_use]
    pub fn with(mut self, build: impl FnOnce(&mut Fields)) -> Self {
        self.0.collect(Kind::Error, build);
        self
    }
}

impl Observer for Errors {
    type Entry = Entered;

    #[inline]
    fn begin(&mut self) {}

    #[inline]
    fn enter(&self) -> Entered {
        Entered::now()
    }

    #[inline]
    fn returned(&mut self, failure: Option<Failure<'_>>) {
        if let Some(failure) = failure {
            report(&self.0, failure);
        }
    }

    fn panicked(&mut self, entry: Entered) {
        if logger::listens(Kind::Panic)
            && let Some(panic) = entry.claim()
            && logger::admits(Kind::Panic)
        {
            report_panic(&self.0, &panic);
        }
    }

    #[inline]
    fn cancelled(&mut self) {}
}

#[cold]
#[inline(never)]
fn report(call: &Call, failure: Failure<'_>) {
    if !logger::admits(Kind::Error) {
        return;
    }
    let Failure { type_name, shown } = failure;
    let event = Event::of(Kind::Error);
    let event = match shown {
        Shown::Error(error) => event.reporting_as(type_name, error),
        Shown::Display(error) => event.reporting_text(type_name, &error),
        Shown::Debug(error) => event.reporting_text(type_name, &format_args!("{error:?}")),
        Shown::Not => event.reporting_text(type_name, &"an error without a text"),
    };
    log(call, call.callsite.severity(), event);
}

#[cold]
#[inline(never)]
fn report_panic(call: &Call, panic: &Panic) {
    let message = panic.message.as_deref().unwrap_or("a panic");
    let mut event = Event::of(Kind::Panic).reporting_text("", &message);
    if let Some(place) = &panic.place {
        event = event.field("panicked_at", place);
    }
    log(call, call.callsite.severity().max(Some(Kind::Panic.severity())), event);
}

fn log(call: &Call, severity: Option<Severity>, mut event: Event) {
    if let Some(purpose) = call.callsite.purpose() {
        event = event.while_doing(purpose);
    }
    if let Some(severity) = severity {
        event = event.with_severity(severity);
    }
    call.log(event);
}
