//! How often something happened over the last hour, in spans of five minutes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Occurrences in each of the twelve spans that end with the newest occurrence.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Rate {
    /// The number of the newest span since the Unix epoch.
    newest: i64,
    /// The newest first.
    counts: [u64; SPANS],
}

impl Rate {
    pub(super) fn count(&mut self, at: Timestamp, occurrences: u64) {
        let span = at.as_second().div_euclid(SPAN_SECONDS);
        let ahead = span.saturating_sub(self.newest);
        if ahead > 0 {
            let shift = usize::try_from(ahead).unwrap_or(SPANS).min(SPANS);
            self.counts.rotate_right(shift);
            self.counts.iter_mut().take(shift).for_each(|count| *count = 0);
            self.newest = span;
        }
        // A clock that was set back counts into the newest span it may belong to.
        let behind = usize::try_from(self.newest.saturating_sub(span)).unwrap_or(0);
        if let Some(count) = self.counts.get_mut(behind) {
            *count += occurrences;
        }
    }

    /// Gives the spans, the oldest first.
    pub(super) fn spans(&self) -> [u64; SPANS] {
        let mut spans = self.counts;
        spans.reverse();
        spans
    }
}

/// Spans of an hour.
pub(crate) const SPANS: usize = 12;
const SPAN_SECONDS: i64 = 300;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::new(1_777_629_600 + minutes * 60, 0).expect("a moment")
    }

    #[test]
    fn an_hour_has_twelve_spans_and_forgets_what_is_older() {
        let mut rate = Rate::default();
        for (minute, occurrences) in [(0, 5), (4, 1), (6, 2), (59, 7)] {
            rate.count(at(minute), occurrences);
        }
        assert_eq!(rate.spans(), [6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
        rate.count(at(62), 1);
        assert_eq!(rate.spans(), [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 1]);
        rate.count(at(7), 3);
        assert_eq!(rate.spans()[0], 5, "what comes late counts where it belongs");
        rate.count(at(-1_000), 3);
        rate.count(at(10_000), 4);
        assert_eq!(rate.spans(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
    }
}
