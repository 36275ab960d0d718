//! How often a lane really gets to send a message. What is permitted is the most; limits that only answers tell, a slow
//! server and a slow disk make it less.

use std::time::{Duration, Instant};

/// The time from one message to the next, while messages wait for each other.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When a message was delivered for which others waited.
    last: Option<Instant>,
    /// From one to the next, of late.
    between: Duration,
}

impl Pace {
    /// Notes that a message was delivered, and whether the next one waits.
    pub(super) fn note(&mut self, now: Instant, is_awaited: bool) {
        let took = self.last.map(|last| now.saturating_duration_since(last)).filter(|took| *took < PAUSE);
        if let Some(took) = took {
            self.between = (self.between * (MEMORY - 1) + took) / MEMORY;
        }
        self.last = is_awaited.then_some(now);
    }

    /// Says how many messages go in a minute, of so many that are permitted.
    pub(super) fn messages(&self, permitted: u32) -> u32 {
        let millis = self.between.as_millis().max(1);
        u32::try_from(MINUTE.as_millis() / millis).map_or(permitted, |possible| possible.clamp(1, permitted.max(1)))
    }
}

/// What takes as long is an outage, which says nothing about what comes after it.
const PAUSE: Duration = Duration::from_secs(10);
/// How many messages the pace goes by.
const MEMORY: u32 = 4;
const MINUTE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    /// Delivers a message after each of some pauses, while others wait.
    fn after(pauses: &[u64]) -> Pace {
        let mut pace = Pace::default();
        let mut now = Instant::now();
        pace.note(now, true);
        for pause in pauses {
            now += Duration::from_millis(*pause);
            pace.note(now, true);
        }
        pace
    }

    #[test]
    fn what_is_permitted_is_the_most_and_what_happens_is_what_counts() {
        assert_eq!(after(&[]).messages(6_000), 6_000, "nothing is known yet");
        assert_eq!(after(&[1; 30]).messages(28), 28);
        let slow = after(&[200; 30]).messages(6_000);
        assert!((300..=310).contains(&slow), "five a second: {slow}");
        assert_eq!(after(&[9_000; 30]).messages(6_000), 6);
        let again = after(&[[2_000; 30], [10; 30]].concat()).messages(6_000);
        assert!(again > 5_000, "it is fast again: {again}");
    }

    #[test]
    fn neither_an_outage_nor_a_time_without_messages_is_a_pace() {
        assert_eq!(after(&[60_000, 3_600_000]).messages(6_000), 6_000);
        let mut idle = after(&[1; 30]);
        idle.note(Instant::now(), false);
        idle.note(Instant::now() + Duration::from_secs(5), true);
        assert_eq!(idle.messages(6_000), 6_000);
    }
}
