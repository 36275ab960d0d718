//! `#[log_activity]` and `#[log_performance]`: both time a call, count it, and tell of it at its end.

use std::fmt::Debug;
use std::time::Duration;

use crate::capture::call::{ACTIVITY, Asked, ERRORS, PERFORMANCE, add_fields, filled_in};
use crate::capture::site::Site;
use crate::event::{Event, Kind, Severity};
use crate::logger::{self, Tick};

/// How a call ended.
#[derive(Clone, Copy)]
pub(crate) enum End<'r> {
    Returned {
        shown: Option<&'r dyn Debug>,
    },
    /// An error was returned.
    Failed,
    Panicked,
    Cancelled,
}

/// How long a call took.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) wall_nanos: u64,
    /// Time within polls; nothing for functions that are not async.
    pub(crate) busy_nanos: Option<u64>,
}

/// Whether a call is to be timed.
#[inline]
pub(crate) const fn is_timed(watched: u8) -> bool {
    watched & (ACTIVITY | PERFORMANCE) != 0
}

/// Reads the clock, if the call is to be timed.
#[inline]
pub(crate) fn start(watched: u8) -> Tick {
    if is_timed(watched) { Tick::now() } else { Tick::ZERO }
}

/// Ends a call that began at a tick.
pub(crate) fn ended_since(site: &'static Site, watched: u8, asked: Option<&Asked>, started: Tick, end: End<'_>) {
    ended(site, watched, asked, Times { wall_nanos: started.elapsed_nanos(), busy_nanos: None }, end);
}

/// Ends a call that began at a tick and did not fail; by itself, because all that is of the other ends falls away.
pub(crate) fn succeeded(site: &'static Site, watched: u8, asked: Option<&Asked>, started: Tick) {
    let times = Times { wall_nanos: started.elapsed_nanos(), busy_nanos: None };
    ended(site, watched, asked, times, End::Returned { shown: None });
}

/// Ends a call that is timed.
#[inline]
pub(crate) fn ended(site: &'static Site, watched: u8, asked: Option<&Asked>, times: Times, end: End<'_>) {
    site.introduce();
    site.tally().count(times.wall_nanos);
    if let Some(busy) = times.busy_nanos {
        site.tally().spend(times.wall_nanos, busy);
    }
    if !matches!(end, End::Returned { .. }) {
        count_end(site, watched, end);
    }
    if watched & PERFORMANCE != 0 && times.wall_nanos > site.threshold_nanos() {
        warn(site, asked, times);
    }
    if watched & ACTIVITY != 0 {
        tell(site, asked, times, end);
    }
}

/// A future was dropped before its end: told by `log_activity` alone, since the losers of a `select!` are no news.
#[cold]
#[inline(never)]
pub(crate) fn cancelled(site: &'static Site, watched: u8, asked: Option<&Asked>, started: Tick) {
    site.introduce();
    site.tally().cancel();
    if watched & ACTIVITY != 0 {
        let times = Times { wall_nanos: started.elapsed_nanos(), busy_nanos: None };
        tell(site, asked, times, End::Cancelled);
    }
}

/// `log_errors` counts its failures and panics itself.
#[cold]
fn count_end(site: &Site, watched: u8, end: End<'_>) {
    match end {
        End::Failed if watched & ERRORS == 0 => site.tally().fail(),
        End::Panicked if watched & ERRORS == 0 => site.tally().panic(),
        _ => {}
    }
}

#[cold]
#[inline(never)]
fn warn(site: &'static Site, asked: Option<&Asked>, times: Times) {
    site.tally().slow();
    if !logger::admits(Kind::SlowCall, Severity::Warning) {
        return;
    }
    let threshold = Duration::from_nanos(site.threshold_nanos());
    let mut event = Event::slow_call(site.callsite().function, Duration::from_nanos(times.wall_nanos), threshold);
    if let Some(busy) = times.busy_nanos {
        event.add_field("busy", &Duration::from_nanos(busy).into());
    }
    event.set_callsite(site.callsite());
    add_fields(&mut event, asked, PERFORMANCE);
    logger::log(event);
}

#[inline(never)]
fn tell(site: &'static Site, asked: Option<&Asked>, times: Times, end: End<'_>) {
    let outcome = match end {
        End::Returned { .. } => "ok",
        End::Failed => "error",
        End::Panicked => "panicked",
        End::Cancelled => "cancelled",
    };
    let severity = if outcome == "ok" { Severity::Info } else { Severity::Warning };
    if !logger::admits(Kind::Activity, severity) {
        return;
    }
    let took = Duration::from_nanos(times.wall_nanos);
    let mut event = Event::activity(filled_in(site.action(), asked, ACTIVITY), outcome, took);
    if let Some(channel) = site.activity_channel() {
        event.set_channel(channel);
    }
    event.set_callsite(site.callsite());
    add_fields(&mut event, asked, ACTIVITY);
    if let End::Returned { shown: Some(value) } = end {
        event = event.field_debug("returned", &value);
    }
    logger::log(event);
}
