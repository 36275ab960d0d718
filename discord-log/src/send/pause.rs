//! A pause, and the one request after it that finds out whether its cause is over: those who waited together do not
//! start together.

use std::time::Instant;

use super::permit::{Denied, LaneId};

/// Until when nobody may send, and who goes first then.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pause {
    until: Option<Instant>,
    probe: Probe,
}

/// How far the request is that goes first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Probe {
    Due,
    #[default]
    Needless,
    Sent(LaneId),
}

impl Pause {
    /// Pauses; at the end there is nothing to find out.
    pub(super) fn rest(&mut self, until: Instant) {
        self.until = self.until.max(Some(until));
    }

    /// Pauses for a limit, whose end is only known by one request that goes first.
    pub(super) fn limit(&mut self, until: Instant) {
        self.rest(until);
        self.probe = Probe::Due;
    }

    /// Gives when the next request may go, if not now.
    ///
    /// # Errors
    ///
    /// [`Denied::Busy`] while the request is on its way that goes first.
    pub(super) fn ready_at(&self, now: Instant) -> Result<Option<Instant>, Denied> {
        match (self.until.filter(|until| *until > now), self.probe) {
            (Some(until), _) => Ok(Some(until)),
            (None, Probe::Sent(_)) => Err(Denied::Busy),
            (None, Probe::Due | Probe::Needless) => Ok(None),
        }
    }

    pub(super) fn is_paused(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| until > now)
    }

    /// Says whether everybody may send.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        !self.is_paused(now) && self.probe == Probe::Needless
    }

    /// Lets a lane's request go; the first one finds out for all.
    pub(super) fn admit(&mut self, lane: LaneId) {
        if self.probe == Probe::Due {
            self.probe = Probe::Sent(lane);
        }
    }

    /// Takes the answer of a lane that found out nothing, or its unused permit: somebody else may go first.
    pub(super) fn give_back(&mut self, lane: LaneId) {
        if self.probe == Probe::Sent(lane) {
            self.probe = Probe::Due;
        }
    }

    /// Takes a lane's answer that came through, and says whether it went first. Requests from before the pause prove
    /// nothing.
    pub(super) fn answer(&mut self, lane: LaneId) -> bool {
        let is_probe = self.probe == Probe::Sent(lane);
        if is_probe {
            self.probe = Probe::Needless;
        }
        is_probe
    }

    /// Takes in another pause: the later end, and the need to find out of either.
    pub(super) fn absorb(&mut self, other: Self) {
        self.until = self.until.max(other.until);
        self.probe = match (self.probe, other.probe) {
            (Probe::Needless, probe) | (probe, Probe::Needless | Probe::Due) => probe,
            (Probe::Due | Probe::Sent(_), Probe::Sent(lane)) => Probe::Sent(lane),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn two_pauses_become_one_that_ends_last_and_is_found_out_once() {
        let now = Instant::now();
        let (one, two) = (LaneId(1), LaneId(2));
        let later = now + Duration::from_secs(9);
        let limited = |probe: Option<LaneId>| {
            let mut pause = Pause::default();
            pause.limit(now);
            probe.into_iter().for_each(|lane| pause.admit(lane));
            pause
        };
        let mut resting = Pause::default();
        resting.rest(later);
        for (mut pause, other) in [(limited(None), resting), (resting, limited(None))] {
            pause.absorb(other);
            assert_eq!(pause.ready_at(now), Ok(Some(later)));
            pause.admit(one);
            assert_eq!(pause.ready_at(later), Err(Denied::Busy), "somebody still goes first");
        }
        for (mut pause, other) in [(limited(Some(one)), limited(None)), (limited(None), limited(Some(one)))] {
            pause.absorb(other);
            assert_eq!(pause.ready_at(now), Err(Denied::Busy));
            assert!(!pause.answer(two) && pause.answer(one) && pause.is_over(now));
        }
    }
}
