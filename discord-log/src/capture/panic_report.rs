//! What the panic hook tells, before anything is unwound: what the panic says and where it was, on which thread, and
//! what the annotated functions around it were doing. Nothing of it waits for a lock that a panicking thread could hold,
//! runs code of the program's, or can panic: a panic in here would end the process.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;
use std::thread;

use crate::capture::site::Site;
use crate::capture::trail::{self, Depth, Rising};
use crate::event::{Channel, Event, FailureId, Kind, Severity, Stage};
use crate::logger;
use crate::queue::{self, Flow, Valve};

/// What became of a panic.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Told {
    /// Nobody has told it.
    Not,
    /// It was told by itself, or there was no room for it.
    Now,
    /// It was counted, and is told with those like it.
    Later,
}

/// Says how serious a panic within a function is: at least an error.
pub(crate) fn severity_in(site: Option<&Site>) -> Severity {
    site.and_then(Site::severity).max(Some(Kind::Panic.severity())).unwrap_or(Severity::Error)
}

/// Starts the report of a panic.
pub(crate) fn report(message: Option<&str>, place: Option<&str>) -> Event {
    let mut event = Event::of(Kind::Panic);
    event.report_text("", &message.unwrap_or(NO_TEXT));
    if let Some(place) = place {
        event.add_field("panicked_at", &place.into());
    }
    event
}

/// Tells a panic of this thread, if somebody listens. `is_ending` says that the thread may have lost its name already.
pub(crate) fn tell(info: &PanicHookInfo<'_>, message: Option<&str>, place: Option<&str>, is_ending: bool) -> Told {
    let depth = trail::depth();
    let around = Around::of(depth);
    let severity = severity_in(around.innermost);
    if !logger::is_recorded() || !logger::listens(Kind::Panic, severity) {
        return Told::Not;
    }
    // Of finance nothing is withheld.
    let valve = around.valve(info).filter(|_| around.channel() != Some(Channel::Finance));
    let pressed = valve.and_then(|valve| Some((valve, logger::presses(valve)?)));
    if pressed.is_none() && !logger::admits(Kind::Panic, severity) {
        return Told::Now;
    }
    let mut event = report(message, place);
    event.set_severity(severity);
    around.describe(&mut event, info);
    if !is_ending {
        event.add_field("thread", &thread::current().name().unwrap_or("unnamed").into());
    }
    match pressed.map(|(valve, second)| (valve, logger::flow_at(valve, info.location(), &event, second))) {
        None => {}
        Some((_, Flow::Crosses)) if logger::admits(Kind::Panic, severity) => {}
        Some((_, Flow::Crosses)) => return Told::Now,
        Some((_, Flow::Withheld)) => return Told::Later,
        Some((valve, Flow::WithheldFirst { slot })) => {
            logger::stamp(&mut event);
            valve.keep(slot, event);
            return Told::Later;
        }
    }
    event.set_backtrace(Backtrace::capture());
    if !depth.is_outermost() {
        let id = FailureId::new();
        trail::hand_up(depth, [Rising::new(Some(id), &event)]);
        event.set_failure(id, Stage::Raised);
    }
    logger::log(event);
    Told::Now
}

/// The annotated functions around a panic.
struct Around {
    innermost: Option<&'static Site>,
    depth: Depth,
}

impl Around {
    fn of(depth: Depth) -> Self {
        let mut innermost = None;
        let in_the_source = |site: &&'static Site| site.is_in_the_source();
        trail::for_each_enclosing(depth, |site| innermost = innermost.or(Some(site).filter(in_the_source)));
        Self { innermost, depth }
    }

    fn channel(&self) -> Option<Channel> {
        self.innermost.and_then(Site::errors_channel)
    }

    /// The valve of the innermost function, or that of the place.
    fn valve(&self, info: &PanicHookInfo<'_>) -> Option<&'static Valve> {
        self.innermost
            .map(Site::valve)
            .or_else(|| info.location().map(|place| queue::valve_at(logger::number_of(place))))
    }

    /// Adds where it was and what was being done. The values in a context are known to its function alone.
    fn describe(&self, event: &mut Event, info: &PanicHookInfo<'_>) {
        match (self.innermost, info.location()) {
            (Some(site), _) => event.set_callsite(site.callsite()),
            (None, Some(location)) => event.set_place(None, location.file(), location.line()),
            (None, None) => {}
        }
        if let Some(channel) = self.channel() {
            event.set_channel(channel);
        }
        let mut is_innermost = true;
        trail::for_each_enclosing(self.depth, |site| {
            let is_again = !is_innermost && self.innermost.is_some_and(|innermost| std::ptr::eq(innermost, site));
            if let Some(context) = site.context().filter(|_| !is_again) {
                event.add_context("", context);
            }
            is_innermost = false;
        });
    }
}

/// Stands for what a panic says whose payload is no text.
const NO_TEXT: &str = "a panic";
