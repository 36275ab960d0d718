//! `#[log_errors]`: tells of the errors that a function returns, and of the panics that leave it. All of it off the hot
//! path: a call that succeeds comes here only when a failure inside of it was reported.

use std::backtrace::Backtrace;
use std::borrow::Cow;

use crate::capture::call::{Asked, ERRORS, add_fields, filled_in};
use crate::capture::panic_report;
use crate::capture::panics::{Entered, Panic};
use crate::capture::probe::{Failure, Look, Shown};
use crate::capture::site::Site;
use crate::capture::timing::End;
use crate::capture::trail::{self, Carried, Depth, Rising};
use crate::event::{Channel, Event, FailureId, Kind, Stage};
use crate::logger;
use crate::queue::Flow;

/// A function that ends, with what is known of the call.
#[derive(Clone, Copy)]
pub(crate) struct Ending<'c> {
    pub(crate) site: &'static Site,
    pub(crate) asked: Option<&'c Asked>,
    pub(crate) depth: Depth,
}

impl Ending<'_> {
    /// Tells what there is to tell of a call that came to its own end, and how that counts; `inner` gives the failures
    /// inside of it that wait for its word.
    pub(crate) fn finish<'r>(self, watched: u8, look: Look<'r>, inner: impl FnOnce() -> Vec<Rising>) -> End<'r> {
        let inner = if watched & ERRORS != 0 { inner() } else { Vec::new() };
        match look {
            Look::Failed(failure) => {
                if watched & ERRORS != 0 {
                    self.failed(failure, inner);
                }
                return End::Failed;
            }
            Look::Answered(answer) => return answer.end(self, inner),
            Look::Fine | Look::Shown(_) => self.recovered_from(inner),
        }
        End::Returned { shown: if let Look::Shown(value) = look { Some(value) } else { None } }
    }

    /// Tells what there is to tell of a call that is left by a panic.
    #[cold]
    #[inline(never)]
    pub(crate) fn unwind(self, watched: u8, entered: Entered, carried: Carried) {
        if watched & ERRORS != 0 {
            let mut inner = carried.take();
            if trail::leave(self.depth) {
                inner.extend(trail::take(self.depth));
            }
            self.panicked(entered, inner);
        }
    }

    /// The function returned an error; `inner` are the failures inside of it that wait for its word.
    #[cold]
    #[inline(never)]
    fn failed(self, failure: Failure<'_>, inner: Vec<Rising>) {
        if failure.is_excused {
            return self.pass_on(inner);
        }
        self.site.introduce();
        self.site.tally().fail();
        let severity = self.site.severity().unwrap_or(Kind::Error.severity());
        if !logger::listens(Kind::Error, severity) {
            return self.pass_on(inner);
        }
        // Of finance nothing is withheld.
        let is_valved = self.site.errors_channel() != Some(Channel::Finance);
        let pressed = if is_valved { logger::presses(self.site.valve()) } else { None };
        if pressed.is_none() && !logger::admits(Kind::Error, severity) {
            return self.pass_on(inner);
        }
        let mut event = self.report(failure);
        event.set_severity(severity);
        if !inner.is_empty() {
            return self.failed_around(event, inner, failure.type_name, pressed);
        }
        if self.crosses(&mut event, failure.type_name, pressed) {
            self.raise(&mut event, &[]);
            logger::log(event);
        }
    }

    /// The same for a function in which others failed before.
    #[cold]
    #[inline(never)]
    fn failed_around(self, mut event: Event, inner: Vec<Rising>, type_name: &'static str, pressed: Option<u64>) {
        let (same, other): (Vec<_>, Vec<_>) = inner.into_iter().partition(|inner| is_same(&event, inner));
        if !same.is_empty() {
            self.pass(event, same);
        } else if self.crosses(&mut event, type_name, pressed) {
            self.raise(&mut event, &other);
            // First what came first: what waits for no more is held no longer.
            other.into_iter().for_each(close);
            return logger::log(event);
        }
        other.into_iter().for_each(close);
    }

    /// Says whether a failure crosses by itself, or counts it for a function that fails often.
    pub(super) fn crosses(self, event: &mut Event, type_name: &'static str, pressed: Option<u64>) -> bool {
        let Some(second) = pressed else { return true };
        match logger::flow(self.site.valve(), type_name, event, second) {
            Flow::Crosses => logger::admits(Kind::Error, event.severity()),
            Flow::Withheld => {
                self.hand_up(None, event);
                false
            }
            Flow::WithheldFirst { slot } => {
                self.hand_up(None, event);
                let mut sample = event.clone();
                self.add_trail(&mut sample);
                logger::stamp(&mut sample);
                self.site.valve().keep(slot, sample);
                false
            }
        }
    }

    /// The function went on in spite of what failed inside of it on this thread.
    #[cold]
    #[inline(never)]
    pub(crate) fn recovered(self) {
        self.recovered_from(trail::take(self.depth));
    }

    /// The function went on in spite of what failed inside of it.
    #[cold]
    #[inline(never)]
    pub(crate) fn recovered_from(self, inner: Vec<Rising>) {
        let name = self.context().unwrap_or(Cow::Borrowed(self.site.callsite().function));
        for failure in inner.into_iter().filter(|failure| !failure.is_record_alone()) {
            let mut own = Event::of(Kind::Error);
            self.add_own(&mut own);
            let mut failure = failure.passed_with(own);
            let event = known(&mut failure).recovered_in(&name);
            follow(&failure, Stage::Recovered, event);
        }
    }

    /// The function is left by a panic.
    #[cold]
    #[inline(never)]
    fn panicked(self, entered: Entered, inner: Vec<Rising>) {
        self.site.introduce();
        self.site.tally().panic();
        let severity = panic_report::severity_in(Some(self.site));
        if logger::listens(Kind::Panic, severity)
            && let Some(panic) = entered.claim()
            && logger::admits(Kind::Panic, severity)
        {
            let mut event = self.report_panic(&panic);
            event.set_severity(severity);
            add_after(&mut event, &inner);
            self.end_all(inner);
            return logger::log(event);
        }
        self.end_all(inner);
    }

    /// Nothing more will be told of failures inside of a function that panicked. Of a panic among them, which the hook
    /// told without the function's fields, these are told.
    fn end_all(self, inner: Vec<Rising>) {
        let mut before: Option<String> = None;
        for failure in inner {
            if failure.is_panic() {
                let mut own = Event::of(Kind::Panic);
                self.add_own(&mut own);
                if let Some(earlier) = &before {
                    own.set_after(earlier);
                }
                close(failure.passed_with(own));
            } else {
                before = Some(failure.text.clone());
                close(failure);
            }
        }
    }

    fn report(self, failure: Failure<'_>) -> Event {
        let Failure { type_name, shown, .. } = failure;
        let mut event = Event::of(Kind::Error);
        match shown {
            Shown::Error(error) => event.report_as(type_name, error),
            Shown::Display(error) => event.report_text(type_name, &error),
            Shown::Debug(error) => event.report_text(type_name, &format_args!("{error:?}")),
            Shown::Not => event.report_text(type_name, &NO_TEXT),
        }
        self.place(&mut event);
        event
    }

    fn report_panic(self, panic: &Panic) -> Event {
        let mut event = panic_report::report(panic.message.as_deref(), panic.place.as_deref());
        self.place(&mut event);
        self.add_trail(&mut event);
        event
    }

    fn place(self, event: &mut Event) {
        if self.site.is_in_the_source() {
            event.set_callsite(self.site.callsite());
        }
        if let Some(channel) = self.site.errors_channel() {
            event.set_channel(channel);
        }
    }

    /// Adds what was being done: by this function, and by those around it.
    fn add_trail(self, event: &mut Event) {
        if let Some(context) = self.context() {
            event.add_context("", &context);
        }
        trail::for_each_enclosing(self.depth, |site| {
            if let Some(context) = site.context().filter(|_| !std::ptr::eq(site, self.site)) {
                event.add_context("", context);
            }
        });
        add_fields(event, self.asked, ERRORS);
    }

    /// Adds what this function knows of a failure that another one reported.
    fn add_own(self, event: &mut Event) {
        if let (Some(template), Some(context)) = (self.site.context(), self.context()) {
            event.add_context(template, &context);
        }
        add_fields(event, self.asked, ERRORS);
    }

    fn context(&self) -> Option<Cow<'static, str>> {
        self.site.context().map(|context| filled_in(context, self.asked, ERRORS))
    }

    /// Completes the report of a failure that nobody has reported.
    fn raise(self, event: &mut Event, before: &[Rising]) {
        self.add_trail(event);
        add_after(event, before);
        event.set_backtrace(Backtrace::capture());
        if !self.depth.is_outermost() {
            let id = FailureId::new();
            self.hand_up(Some(id), event);
            event.set_failure(id, Stage::Raised);
        }
    }

    /// Passes on a failure that a function inside has reported.
    fn pass(self, mut event: Event, same: Vec<Rising>) {
        self.add_own(&mut event);
        let passed = same.into_iter().map(|inner| inner.passed_with(event.clone()));
        if self.depth.is_outermost() {
            passed.for_each(close);
        } else {
            trail::hand_up(self.depth, passed);
        }
    }

    /// Lets the functions around this one know of a failure that was reported, or only counted.
    fn hand_up(self, id: Option<FailureId>, event: &Event) {
        if !self.depth.is_outermost() {
            trail::hand_up(self.depth, [Rising::new(id, event)]);
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

/// Logs an error that the program's own log tells. What the functions around it then return may be that error.
#[cfg(any(feature = "log", feature = "tracing"))]
pub(super) fn log_record(mut event: Event) {
    let depth = trail::depth();
    if depth.is_outermost() {
        return logger::log(event);
    }
    let id = if logger::is_withheld(&mut event) { None } else { Some(FailureId::new()) };
    trail::hand_up(depth, [Rising::new(id, &event)]);
    if let Some(id) = id {
        event.set_failure(id, Stage::Raised);
        logger::log(event);
    }
}

/// An outer error is the same failure if the inner text stands in its chain. A record is also told by an error that the
/// record's own words tell; but whoever sent it to another channel wants to see it there as well.
fn is_same(event: &Event, inner: &Rising) -> bool {
    let Some(report) = event.error_report() else { return false };
    let may_be = !inner.is_record() || inner.channel == event.channel();
    let is_told = |text| tells(text, &inner.text) || (inner.is_record() && tells(&inner.text, text));
    may_be && (is_told(report.message()) || report.causes().any(is_told))
}

fn tells(text: &str, of: &str) -> bool {
    text == of || (of.chars().nth(TELLING - 1).is_some() && text.contains(of))
}

/// Characters of a text that may be looked for within another: shorter ones are in there by chance.
const TELLING: usize = 8;

/// Says what failed right before.
fn add_after(event: &mut Event, before: &[Rising]) {
    if let Some(earlier) = before.last() {
        event.set_after(&earlier.text);
    }
}

/// Tells the last that is known of a failure, so that nobody waits for more.
pub(super) fn close(mut failure: Rising) {
    if failure.is_record_alone() {
        return;
    }
    let event = known(&mut failure);
    follow(&failure, Stage::Passed, event);
}

/// What the functions around the failing one have told so far.
pub(super) fn known(failure: &mut Rising) -> Event {
    failure.passed.take().map_or_else(|| Event::of(Kind::Error), |known| *known)
}

pub(super) fn follow(failure: &Rising, stage: Stage, event: Event) {
    let Some(id) = failure.id else { return };
    if logger::admits(Kind::Error, failure.severity) {
        let event = event.in_channel(failure.channel).with_severity(failure.severity);
        logger::log(event.of_failure(id, stage));
    }
}

/// Stands for an error that implements nothing.
const NO_TEXT: &str = "an error without a text";
