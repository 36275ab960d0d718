//! How many requests may be sent, and when the next one may: what Discord's headers tell of a webhook's bucket, and
//! windows for the limits that no header tells. Pure: time is an argument.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::answer::LimitHeaders;
use super::permit::Denied;

/// Requests to one webhook before its first answer tells the real number, and to one channel always: 5 in 2 seconds.
///
/// Source: <https://github.com/discord/discord-api-docs/issues/367>.
pub(super) const COLD_BUCKET: (usize, Duration) = (5, Duration::from_secs(2));

/// Time over which a channel's hidden limit counts.
///
/// Source: <https://github.com/discord/discord-api-docs/issues/367> (30 messages in 60 seconds, in no header).
pub(super) const CHANNEL_PERIOD: Duration = Duration::from_secs(60);

/// Requests a second of the whole process; Discord allows 50 an address.
///
/// Source: <https://discord.com/developers/docs/topics/rate-limits#global-rate-limit>.
pub(super) const GLOBAL: (usize, Duration) = (40, Duration::from_secs(1));

/// Measurements of what an event costs need a server without limits, and no pace of their own.
#[cfg(feature = "bench")]
pub(crate) static ANY_PACE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Refused requests (401, 403, 429) in ten minutes before the process pauses; at 10,000 Discord bans the address, which
/// other programs may share.
///
/// Source: <https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>.
pub(super) const INVALID: (usize, Duration) = (1_000, Duration::from_secs(600));

/// Added to every reset, since headers round to milliseconds.
const RESET_MARGIN: Duration = Duration::from_millis(20);

/// At most so many events in any period of a length: stricter than Discord's own windows, which start anew.
#[derive(Clone, Debug)]
pub(super) struct Window {
    limit: usize,
    period: Duration,
    used: VecDeque<Instant>,
}

impl Window {
    pub(super) fn new(limit: usize, period: Duration) -> Self {
        Self { limit, period, used: VecDeque::new() }
    }

    pub(super) fn cold_bucket() -> Self {
        Self::new(COLD_BUCKET.0, COLD_BUCKET.1)
    }

    pub(super) fn of_channel(messages: u32) -> Self {
        Self::new(messages as usize, CHANNEL_PERIOD)
    }

    pub(super) fn global() -> Self {
        #[cfg(feature = "bench")]
        if ANY_PACE.load(std::sync::atomic::Ordering::Relaxed) {
            return Self::new(1_000_000, GLOBAL.1);
        }
        Self::new(GLOBAL.0, GLOBAL.1)
    }

    pub(super) fn of_invalid_requests() -> Self {
        Self::new(INVALID.0, INVALID.1)
    }

    pub(super) fn record(&mut self, now: Instant) {
        self.used.push_back(now);
        // More than the limit is never needed to answer, and refusals may come faster than they expire.
        if self.used.len() > self.limit {
            self.used.pop_front();
        }
    }

    /// Forgets what was recorded for a moment, and then did not happen.
    pub(super) fn forget(&mut self, at: Instant) {
        if let Some(index) = self.used.iter().rposition(|used| *used == at) {
            self.used.remove(index);
        }
    }

    /// Gives when the next one may be, if not now.
    pub(super) fn ready_at(&self, now: Instant) -> Option<Instant> {
        self.room(self.limit, now)
    }

    /// Gives when the next one may be, if not now, under a lower limit and while some are not recorded yet: those count
    /// as used now.
    ///
    /// # Errors
    ///
    /// [`Denied::Busy`] if those alone use up the limit.
    pub(super) fn ready_among(&self, limit: usize, in_flight: usize, now: Instant) -> Result<Option<Instant>, Denied> {
        let room = limit.min(self.limit).saturating_sub(in_flight);
        if room == 0 { Err(Denied::Busy) } else { Ok(self.room(room, now)) }
    }

    /// Gives the limit of one of so many that share it.
    pub(super) fn part(&self, sharers: usize) -> usize {
        (self.limit / sharers.max(1)).max(1)
    }

    /// Takes in what another window of the same kind has seen.
    pub(super) fn absorb(&mut self, other: Self) {
        self.used.extend(other.used);
        self.used.make_contiguous().sort_unstable();
        self.used.drain(..self.used.len().saturating_sub(self.limit));
    }

    /// The newest `limit` stand in the way of the next one until the oldest of them is a period old.
    fn room(&self, limit: usize, now: Instant) -> Option<Instant> {
        let oldest = self.used.len().checked_sub(limit).and_then(|index| self.used.get(index))?;
        Some(*oldest + self.period).filter(|ready| *ready > now)
    }
}

/// What the answers of a webhook tell of its bucket.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    cold: Option<Window>,
    resets_at: Option<Instant>,
}

impl Bucket {
    pub(super) fn new() -> Self {
        Self { cold: Some(Window::cold_bucket()), resets_at: None }
    }

    /// Takes an answer's headers; `now` is when it came, which is later than what they count.
    pub(super) fn learn(&mut self, headers: &LimitHeaders, now: Instant) {
        match (headers.remaining, headers.reset_after) {
            (Some(remaining), Some(reset_after)) => {
                self.cold = None;
                self.resets_at = (remaining == 0).then(|| now + reset_after + RESET_MARGIN);
            }
            // Some routes send no headers: then the cold numbers stay.
            _ => {
                if let Some(cold) = self.cold.as_mut() {
                    cold.record(now);
                }
            }
        }
    }

    pub(super) fn ready_at(&self, now: Instant) -> Option<Instant> {
        let cold = self.cold.as_ref().and_then(|window| window.ready_at(now));
        cold.max(self.resets_at.filter(|reset| *reset > now))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(remaining: u32, reset_after: f64) -> LimitHeaders {
        LimitHeaders {
            remaining: Some(remaining),
            reset_after: Some(Duration::from_secs_f64(reset_after)),
            ..LimitHeaders::default()
        }
    }

    #[test]
    fn an_empty_bucket_waits_for_its_reset() {
        let now = Instant::now();
        let mut bucket = Bucket::new();
        bucket.learn(&headers(1, 1.5), now);
        assert_eq!(bucket.ready_at(now), None);
        bucket.learn(&headers(0, 1.5), now);
        assert_eq!(bucket.ready_at(now), Some(now + Duration::from_millis(1_500) + RESET_MARGIN));
        assert_eq!(bucket.ready_at(now + Duration::from_millis(1_520)), None);
    }

    #[test]
    fn without_headers_the_cold_numbers_hold() {
        let now = Instant::now();
        let mut bucket = Bucket::new();
        for _ in 0..5 {
            assert_eq!(bucket.ready_at(now), None);
            bucket.learn(&LimitHeaders::default(), now);
        }
        assert_eq!(bucket.ready_at(now), Some(now + Duration::from_secs(2)));
    }

    proptest! {
        #[test]
        fn no_period_ever_holds_more_than_the_limit(
            limit in 1_usize..8,
            steps in prop::collection::vec(0_u64..1_500, 1..200),
        ) {
            let period = Duration::from_secs(2);
            let mut window = Window::new(limit, period);
            let mut now = Instant::now();
            let mut sent: Vec<Instant> = Vec::new();
            for step in steps {
                now += Duration::from_millis(step);
                if let Some(ready) = window.ready_at(now) {
                    prop_assert!(ready > now);
                    now = ready;
                    prop_assert_eq!(window.ready_at(now), None);
                }
                window.record(now);
                sent.push(now);
                let recent = sent.iter().filter(|at| now.duration_since(**at) < period).count();
                prop_assert!(recent <= limit, "{recent} within {period:?}");
            }
        }
    }
}
