//! `#[log_errors]`: tells of the errors that a function returns, and of the panics that leave it. All of it off the hot
//! path: a call that succeeds comes here only when a failure inside of it was reported.

use std::backtrace::Backtrace;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::capture::call::{Asked, ERRORS, filled_in, with_fields};
use crate::capture::panics::{Entered, Panic};
use crate::capture::probe::{Failure, Shown};
use crate::capture::site::Site;
use crate::capture::trail::{self, Depth, Rising};
use crate::event::{Channel, Event, FailureId, Kind, Severity, Stage};
use crate::logger::{self, Admission};

/// A function that ends, with what is known of the call.
#[derive(Clone, Copy)]
pub(crate) struct Ending<'c> {
    pub(crate) site: &'static Site,
    pub(crate) asked: Option<&'c Asked>,
    pub(crate) depth: Depth,
}

impl Ending<'_> {
    /// The function returned an error; `inner` are the failures inside of it that wait for its word.
    #[cold]
    #[inline(never)]
    pub(crate) fn failed(self, failure: Failure<'_>, inner: Vec<Rising>) {
        if failure.is_excused {
            return self.pass_on(inner);
        }
        self.site.introduce();
        self.site.tally().fail();
        let severity = self.site.severity().unwrap_or(Kind::Error.severity());
        let Some(other) = self.passed(failure, severity, inner) else { return };
        match self.admit(failure, severity) {
            Admission::Wanted if logger::admits(Kind::Error, severity) => {
                self.raise(self.report(failure).with_severity(severity), &other);
            }
            Admission::WithheldFirst { slot } => {
                let event = self.report(failure).with_severity(severity);
                self.hand_up(None, &event);
                self.site.valve().keep(slot, logger::stamped(self.on_trail(event)));
            }
            Admission::Withheld => self.stay_silent(failure),
            Admission::Wanted | Admission::Refused => return self.pass_on(other),
        }
        other.into_iter().for_each(close);
    }

    /// Passes the failure on if a function inside has reported it; gives back the failures that are others.
    fn passed(self, failure: Failure<'_>, severity: Severity, inner: Vec<Rising>) -> Option<Vec<Rising>> {
        if inner.is_empty() {
            return Some(inner);
        }
        let event = self.report(failure).with_severity(severity);
        let (same, other): (Vec<_>, Vec<_>) = inner.into_iter().partition(|inner| is_same(&event, &inner.text));
        if same.is_empty() {
            return Some(other);
        }
        self.pass(event, same);
        other.into_iter().for_each(close);
        None
    }

    /// Of finance nothing is withheld.
    fn admit(self, failure: Failure<'_>, severity: Severity) -> Admission {
        if self.site.errors_channel() == Some(Channel::Finance) {
            return Admission::Wanted;
        }
        logger::admit(Kind::Error, severity, self.site.valve(), |digest| failure.write_to(digest))
    }

    /// The function went on in spite of what failed inside of it.
    #[cold]
    #[inline(never)]
    pub(crate) fn recovered(self, inner: Vec<Rising>) {
        let name = self.context().unwrap_or_else(|| self.site.callsite().function.to_owned());
        for failure in inner {
            follow(&failure, Stage::Recovered, Event::of(Kind::Error).recovered_in(&name));
        }
    }

    /// The function is left by a panic.
    #[cold]
    #[inline(never)]
    pub(crate) fn panicked(self, entered: Entered, inner: Vec<Rising>) {
        self.site.introduce();
        self.site.tally().panic();
        let severity = self.site.severity().max(Some(Kind::Panic.severity())).unwrap_or(Severity::Error);
        if logger::listens(Kind::Panic, severity)
            && let Some(panic) = entered.claim()
            && logger::admits(Kind::Panic, severity)
        {
            let event = self.report_panic(&panic).with_severity(severity);
            logger::log(after(event, &inner));
        }
        inner.into_iter().for_each(close);
    }

    fn report(self, failure: Failure<'_>) -> Event {
        let Failure { type_name, shown, .. } = failure;
        let event = Event::of(Kind::Error);
        let event = match shown {
            Shown::Error(error) => event.reporting_as(type_name, error),
            Shown::Display(error) => event.reporting_text(type_name, &error),
            Shown::Debug(error) => event.reporting_text(type_name, &format_args!("{error:?}")),
            Shown::Not => event.reporting_text(type_name, &NO_TEXT),
        };
        self.placed(event)
    }

    fn report_panic(self, panic: &Panic) -> Event {
        let message = panic.message.as_deref().unwrap_or("a panic");
        let mut event = Event::of(Kind::Panic).reporting_text("", &message);
        if let Some(place) = &panic.place {
            event = event.field("panicked_at", place);
        }
        self.on_trail(self.placed(event))
    }

    fn placed(self, event: Event) -> Event {
        let event = event.at_callsite(self.site.callsite());
        match self.site.errors_channel() {
            Some(channel) => event.in_channel(channel),
            None => event,
        }
    }

    /// Adds what was being done: by this function, and by those around it.
    fn on_trail(self, mut event: Event) -> Event {
        if let Some(context) = self.context() {
            event = event.while_doing(&context);
        }
        for site in trail::enclosing(self.depth) {
            if let Some(context) = site.context().filter(|_| !std::ptr::eq(site, self.site)) {
                event = event.while_doing(context);
            }
        }
        with_fields(event, self.asked, ERRORS)
    }

    fn context(self) -> Option<String> {
        self.site.context().map(|context| filled_in(context, self.asked, ERRORS))
    }

    /// Reports a failure that nobody has reported.
    fn raise(self, event: Event, before: &[Rising]) {
        let event = after(self.on_trail(event).traced(Backtrace::capture()), before);
        if self.depth.is_outermost() {
            return logger::log(event);
        }
        let id = FailureId::new();
        self.hand_up(Some(id), &event);
        logger::log(event.of_failure(id, Stage::Raised));
    }

    /// Passes on a failure that a function inside has reported.
    fn pass(self, mut event: Event, same: Vec<Rising>) {
        if let (Some(template), Some(context)) = (self.site.context(), self.context()) {
            event = event.while_doing_as(template, &context);
        }
        let event = with_fields(event, self.asked, ERRORS);
        let passed = same.into_iter().map(|inner| inner.passed_with(event.clone()));
        if self.depth.is_outermost() {
            passed.for_each(close);
        } else {
            trail::hand_up(self.depth, passed);
        }
    }

    /// Lets the functions around this one know of a failure that was only counted.
    #[cold]
    fn stay_silent(self, failure: Failure<'_>) {
        if !self.depth.is_outermost() {
            self.hand_up(None, &self.report(failure));
        }
    }

    fn hand_up(self, id: Option<FailureId>, event: &Event) {
        if !self.depth.is_outermost() {
            let text = event.error_report().map(|report| report.message().to_owned());
            trail::hand_up(self.depth, [Rising::new(id, event, text.unwrap_or_default())]);
        }
    }

    /// Leaves the word to the function around this one.
    pub(crate) fn pass_on(self, inner: Vec<Rising>) {
        if self.depth.is_outermost() {
            inner.into_iter().for_each(close);
        } else {
            trail::hand_up(self.depth, inner);
        }
    }
}

/// An outer error is the same failure if the inner text stands in its chain.
fn is_same(event: &Event, inner: &str) -> bool {
    let Some(report) = event.error_report() else { return false };
    let is_told_by = |text: &str| text == inner || (inner.chars().nth(TELLING - 1).is_some() && text.contains(inner));
    is_told_by(report.message()) || report.causes().any(is_told_by)
}

/// Characters of a text that may be looked for within another: shorter ones are in there by chance.
const TELLING: usize = 8;

/// Says what failed right before.
fn after(event: Event, before: &[Rising]) -> Event {
    match before.last() {
        Some(earlier) => event.after(&earlier.text),
        None => event,
    }
}

/// Tells the last that is known of a failure, so that nobody waits for more.
fn close(mut failure: Rising) {
    let known = failure.passed.take().map_or_else(|| Event::of(Kind::Error), |known| *known);
    follow(&failure, Stage::Passed, known);
}

fn follow(failure: &Rising, stage: Stage, event: Event) {
    let Some(id) = failure.id else { return };
    if logger::admits(Kind::Error, failure.severity) {
        let event = event.in_channel(failure.channel).with_severity(failure.severity);
        logger::log(event.of_failure(id, stage));
    }
}

impl Failure<'_> {
    /// Writes what tells this failure from others, with all its causes; nothing is allocated.
    fn write_to(self, digest: &mut dyn FnMut(fmt::Arguments<'_>)) {
        digest(format_args!("{}", self.type_name));
        match self.shown {
            Shown::Error(error) => {
                let mut cause = Some(error);
                for _ in 0..CAUSES {
                    let Some(current) = cause else { break };
                    digest(format_args!("{current}"));
                    cause = catch_unwind(AssertUnwindSafe(|| current.source())).unwrap_or(None);
                }
            }
            Shown::Display(error) => digest(format_args!("{error}")),
            Shown::Debug(error) => digest(format_args!("{error:?}")),
            Shown::Not => {}
        }
    }
}

/// Causes by which failures are told apart; a chain that points back at itself ends here.
const CAUSES: usize = 8;

/// Stands for an error that implements nothing.
const NO_TEXT: &str = "an error without a text";
