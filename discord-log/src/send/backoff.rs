//! How long to wait after a failure: doubling, capped, with full jitter, so that many waiters do not come back at once.

use std::time::Duration;

/// The longest wait between attempts while a webhook is down.
pub(super) const LONGEST: Duration = Duration::from_secs(60);

/// Gives the wait after the `failures`-th failure in a row (from 1), for `random` in `0.0..1.0`.
///
/// The first `quick` waits double from `first` and spread over their whole length; after that the webhook counts as
/// down and is probed every 30 to 60 seconds.
pub(super) fn backoff(first: Duration, quick: u32, failures: u32, random: f64) -> Duration {
    if is_down(quick, failures) {
        return LONGEST.mul_f64(0.5 + random / 2.0);
    }
    let doublings = failures.saturating_sub(1).min(31);
    let longest = first.saturating_mul(1_u32 << doublings).min(LONGEST);
    // A wait of nothing would hammer a server that refuses at once.
    longest.mul_f64(random).max(first.min(SHORTEST))
}

/// Says whether so many failures in a row mean that the webhook is down.
pub(super) const fn is_down(quick: u32, failures: u32) -> bool {
    failures > quick
}

/// The shortest wait, unless the first one is set to be shorter.
const SHORTEST: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_wait_doubles_up_to_its_cap(failures in 1_u32..100, random in 0.0..1.0_f64) {
            let first = Duration::from_secs(1);
            let wait = backoff(first, 3, failures, random);
            let most = if failures > 3 { LONGEST } else { first * (1 << (failures - 1)) };
            prop_assert!(wait <= most && wait >= SHORTEST, "{wait:?} after {failures}");
            prop_assert!(failures <= 3 || wait >= LONGEST / 2, "a webhook that is down is probed slowly");
        }
    }

    #[test]
    fn waits_spread_over_their_whole_length() {
        let first = Duration::from_secs(1);
        assert_eq!(backoff(first, 3, 3, 0.5), Duration::from_secs(2));
        assert!(backoff(first, 3, 3, 0.01) < Duration::from_millis(200));
    }
}
