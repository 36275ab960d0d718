//! One counting window: it opens with its first request, takes so many, and closes after a fixed time.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::Rate;
use crate::reply;

/// What is left of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Standing {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    #[serde(serialize_with = "seconds")]
    pub(crate) reset_after: Duration,
}

fn seconds<S: Serializer>(delay: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(reply::seconds(*delay))
}

/// A count since a moment; times are since the server's start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window {
    opened: Duration,
    used: u32,
}

impl Window {
    /// Takes one request, or says when the next one fits.
    pub(crate) fn take(&mut self, rate: Rate, now: Duration) -> Result<Standing, Standing> {
        self.turn(rate, now);
        if self.used >= rate.requests {
            return Err(self.standing(rate, now));
        }
        self.used += 1;
        Ok(self.standing(rate, now))
    }

    /// What is left, taking nothing.
    pub(crate) fn look(&self, rate: Rate, now: Duration) -> Standing {
        let mut copy = *self;
        copy.turn(rate, now);
        copy.standing(rate, now)
    }

    fn turn(&mut self, rate: Rate, now: Duration) {
        if self.used == 0 || now >= self.opened + rate.per {
            *self = Self { opened: now, used: 0 };
        }
    }

    fn standing(&self, rate: Rate, now: Duration) -> Standing {
        Standing {
            limit: rate.requests,
            remaining: rate.requests.saturating_sub(self.used),
            reset_after: (self.opened + rate.per).saturating_sub(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn milliseconds(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn a_window_takes_its_number_and_opens_again_after_its_time() {
        let rate = Rate::new(2, milliseconds(1_000));
        let mut window = Window::default();
        assert_eq!(window.take(rate, milliseconds(100)).map(|s| s.remaining), Ok(1));
        assert_eq!(window.take(rate, milliseconds(600)).map(|s| s.remaining), Ok(0));
        let refused = window.take(rate, milliseconds(900)).unwrap_err();
        assert_eq!(refused.reset_after, milliseconds(200));
        assert!(window.take(rate, milliseconds(1_099)).is_err());
        assert!(window.take(rate, milliseconds(1_100)).is_ok());
    }

    #[test]
    fn looking_takes_nothing() {
        let rate = Rate::new(1, milliseconds(1_000));
        let mut window = Window::default();
        assert_eq!(window.look(rate, milliseconds(5)).remaining, 1);
        assert!(window.take(rate, milliseconds(5)).is_ok());
        assert_eq!(window.look(rate, milliseconds(6)).remaining, 0);
        assert_eq!(window.look(rate, milliseconds(1_005)).remaining, 1);
    }

    proptest! {
        #[test]
        fn no_window_grants_more_than_its_number_and_waiting_as_told_is_enough(
            limit in 1_u32..8,
            per in 1_u64..5_000,
            steps in prop::collection::vec(0_u64..900, 1..120),
        ) {
            let rate = Rate::new(limit, milliseconds(per));
            let mut window = Window::default();
            let mut now = Duration::ZERO;
            let mut granted: Vec<Duration> = Vec::new();
            for step in steps {
                now += milliseconds(step);
                match window.take(rate, now) {
                    Ok(standing) => {
                        prop_assert!(standing.remaining < limit);
                        granted.push(now);
                    }
                    Err(standing) => {
                        prop_assert_eq!(standing.remaining, 0);
                        prop_assert!(standing.reset_after > Duration::ZERO);
                        prop_assert!(standing.reset_after <= rate.per);
                        let mut waited = window;
                        prop_assert!(waited.take(rate, now + standing.reset_after).is_ok());
                        let early = now + standing.reset_after - Duration::from_nanos(1);
                        let mut hasty = window;
                        prop_assert!(hasty.take(rate, early).is_err());
                    }
                }
            }
            // A fixed window may be filled at its end and again at the start of the next, never beyond.
            for (n, start) in granted.iter().enumerate() {
                let within = granted.iter().skip(n).filter(|at| **at < *start + rate.per).count();
                prop_assert!(within <= 2 * limit as usize);
            }
        }
    }
}
