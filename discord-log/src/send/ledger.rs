//! What the processes of a host tell each other about one budget, so that all of them together keep to its limits: who
//! sends, what was sent of late, and until when nobody may. Plain data that is read from a file and written back, by
//! wall-clock milliseconds, which is all that processes share. Pure: time is an argument.
//!
//! Nothing in it is trusted. Whatever it says, and however the clock jumps, no wait is longer than two hours.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answer::LONGEST_DELAY;
use super::rate_limit::{CHANNEL_PERIOD, COLD_BUCKET, GLOBAL, INVALID};

/// What the processes of a host tell each other about one budget.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct Ledger {
    requests: Vec<Request>,
    /// When refused requests came back that count towards a ban.
    invalid: Vec<u64>,
    /// Kept beyond its end until one request has found out that the limit is over.
    paused_until: Option<u64>,
    /// Who asked, and when last.
    users: BTreeMap<String, u64>,
}

/// A request of one of the processes.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Request {
    /// When it was let go; once it is done, when its answer came.
    at: u64,
    by: String,
    done: bool,
}

/// What all processes together keep to.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    periods: Vec<Period>,
    invalid: Option<Period>,
}

/// At most so many in any period of a length.
#[derive(Clone, Copy, Debug)]
struct Period {
    most: usize,
    length: u64,
}

impl Ledger {
    /// Lets one more request go, and remembers who asked in any case.
    ///
    /// # Errors
    ///
    /// The moment before which there is no use in asking again.
    pub(crate) fn reserve(&mut self, now: u64, who: &str, limits: &Limits) -> Result<(), u64> {
        self.tidy(now, limits);
        self.users.insert(who.to_owned(), now);
        let invalid = limits.invalid.and_then(|period| period.ready_at(self.invalid.iter().copied(), now));
        let periods = limits.periods.iter().filter_map(|period| self.ready_at(*period, now));
        let wait = periods.chain(invalid).chain(self.pause_end(now)).max();
        match wait {
            Some(until) => Err(until),
            None => {
                self.requests.push(Request { at: now, by: who.to_owned(), done: false });
                Ok(())
            }
        }
    }

    /// Counts a request when its answer came: later than Discord counted it, so that no window of Discord's ever holds
    /// more. An answer to a request from after a pause ends the pause for all.
    pub(crate) fn finish(&mut self, now: u64, who: &str, reserved_at: u64) {
        let done = Request { at: now.max(reserved_at), by: who.to_owned(), done: true };
        match self.requests.iter_mut().find(|request| request.is(who, reserved_at)) {
            Some(request) => *request = done,
            // It was given up, or the file was emptied meanwhile.
            None => self.requests.push(done),
        }
        self.paused_until = self.paused_until.filter(|until| reserved_at < *until);
    }

    /// Forgets a request that was let go here, and held back elsewhere.
    pub(crate) fn forget(&mut self, who: &str, reserved_at: u64) {
        if let Some(index) = self.requests.iter().rposition(|request| request.is(who, reserved_at)) {
            self.requests.swap_remove(index);
        }
    }

    /// Counts the requests of processes that are gone as answered now: they may have been sent until then.
    pub(crate) fn release(&mut self, now: u64, is_gone: impl Fn(&str) -> bool) {
        for request in self.requests.iter_mut().filter(|request| !request.done && is_gone(&request.by)) {
            (request.done, request.at) = (true, now);
        }
    }

    /// Lets nobody send before a moment, and one request at first then.
    pub(crate) fn pause(&mut self, until: u64) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    /// Counts a refused request.
    pub(crate) fn record_invalid(&mut self, now: u64) {
        self.invalid.push(now);
    }

    /// Gives how many processes use the budget, with the one that asks.
    pub(crate) fn processes(&self, now: u64, who: &str) -> usize {
        let others = self.users.iter().filter(|(name, at)| *name != who && is_recent(**at, now, USER_PERIOD));
        others.count() + 1
    }

    /// Drops what is over, and what cannot be true.
    fn tidy(&mut self, now: u64, limits: &Limits) {
        let longest = limits.periods.iter().map(|period| period.length).max().unwrap_or_default();
        for request in self.requests.iter_mut().filter(|request| !request.done) {
            // Its process is stopped or gone; it may have been sent until now.
            let given_up_at = request.at.saturating_add(LONGEST_FLIGHT);
            if given_up_at <= now {
                (request.done, request.at) = (true, given_up_at);
            }
        }
        // Kept a little longer than they count, for an asker whose reading of the clock is older than the last one's.
        self.requests
            .retain(|request| !request.done || is_recent(request.at, now, longest.saturating_add(STALE_READING)));
        self.requests.retain(|request| request.at <= now.saturating_add(CLOCK_TOLERANCE));
        self.users.retain(|_, at| is_recent(*at, now, USER_PERIOD));
        let invalid = limits.invalid.map_or(0, |period| period.length);
        self.invalid.retain(|at| is_recent(*at, now, invalid));
        let most = limits.invalid.map_or(0, |period| period.most);
        self.invalid.sort_unstable();
        self.invalid.drain(..self.invalid.len().saturating_sub(most));
        self.paused_until = self.paused_until.map(|until| until.min(now.saturating_add(LONGEST_PAUSE)));
    }

    /// Gives when a period has room for one more, if not now; requests on their way count as used now.
    fn ready_at(&self, period: Period, now: u64) -> Option<u64> {
        let in_flight = self.requests.iter().filter(|request| !request.done).count();
        let most = period.most.saturating_sub(in_flight);
        if most == 0 {
            return Some(now.saturating_add(BETWEEN_LOOKS));
        }
        let done = self.requests.iter().filter(|request| request.done).map(|request| request.at);
        Period { most, ..period }.ready_at(done, now)
    }

    fn pause_end(&self, now: u64) -> Option<u64> {
        let until = self.paused_until?;
        let is_probed = self.requests.iter().any(|request| !request.done && request.at >= until);
        if until > now { Some(until) } else { is_probed.then(|| now.saturating_add(BETWEEN_LOOKS)) }
    }
}

impl Request {
    fn is(&self, who: &str, reserved_at: u64) -> bool {
        !self.done && self.at == reserved_at && self.by == who
    }
}

impl Limits {
    /// What a Discord channel takes, if `messages` of them may go in a minute.
    pub(crate) fn of_channel(messages: u32) -> Self {
        let periods =
            vec![Period::new(messages.max(1) as usize, CHANNEL_PERIOD), Period::new(COLD_BUCKET.0, COLD_BUCKET.1)];
        Self { periods, invalid: None }
    }

    /// What a Discord channel takes in a minute, where each of its webhooks has a budget of its own beside it.
    pub(crate) fn of_minute(messages: u32) -> Self {
        Self { periods: vec![Period::new(messages.max(1) as usize, CHANNEL_PERIOD)], invalid: None }
    }

    /// What Discord takes from one address.
    pub(crate) fn of_host() -> Self {
        Self { periods: vec![Period::new(GLOBAL.0, GLOBAL.1)], invalid: Some(Period::new(INVALID.0, INVALID.1)) }
    }
}

impl Period {
    fn new(most: usize, length: Duration) -> Self {
        Self { most, length: millis(length) }
    }

    /// The newest ones up to the limit stand in the way of the next until the oldest of them is a period old.
    fn ready_at(self, times: impl Iterator<Item = u64>, now: u64) -> Option<u64> {
        let mut ends: Vec<_> = times.map(|at| at.saturating_add(self.length)).filter(|end| *end > now).collect();
        ends.sort_unstable_by(|one, other| other.cmp(one));
        ends.get(self.most.saturating_sub(1)).copied()
    }
}

/// Says whether a moment lies within a period before now; a clock that was set back leaves moments in the future, and
/// only the nearest ones are believed.
const fn is_recent(at: u64, now: u64, period: u64) -> bool {
    at <= now.saturating_add(CLOCK_TOLERANCE) && at.saturating_add(period) > now
}

const fn millis(duration: Duration) -> u64 {
    // No duration in here is longer than hours.
    duration.as_secs() * 1_000 + duration.subsec_millis() as u64
}

/// How far in the future a moment may lie to be believed.
const CLOCK_TOLERANCE: u64 = 60_000;

/// How old the reading of a clock may be when it is used: a thread may be held up in between.
const STALE_READING: u64 = 1_000;

/// After so long a request counts as answered, since its process may be stopped or gone. One that waits longer for its
/// answer counts once more when that comes.
const LONGEST_FLIGHT: u64 = 30_000;

/// For so long after its last question a process counts as a user of the budget.
const USER_PERIOD: u64 = 60_000;

/// How soon to ask again when only an answer to somebody else makes room.
const BETWEEN_LOOKS: u64 = 250;

/// The longest pause that an answer may ask for, with some room for what spreads its end.
const LONGEST_PAUSE: u64 = millis(LONGEST_DELAY) + 1_000;

#[cfg(test)]
mod tests;
