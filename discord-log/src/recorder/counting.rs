//! What the counters of this process did since the history was told last: a line of the history for each minute in which
//! anything changed. Pure: times and counts are arguments.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::health::{Function, Loss, Tallied, Totals};
use crate::record::{Counts, FunctionCounts};

/// Module, name, file and line of a function.
type Place = (&'static str, &'static str, &'static str, u32);

/// What the history knows of the counters, and since when it is not told more.
#[derive(Clone, Debug)]
pub(super) struct Counting {
    since: Timestamp,
    totals: Totals,
    functions: BTreeMap<Place, Tallied>,
    /// Earlier runs that were found to have ended without a word, and are not told yet.
    unclean: u64,
}

impl Counting {
    /// Starts with what was counted so far, which is an earlier guard's.
    pub(super) fn new(now: Timestamp, totals: Totals, functions: Vec<(Function, Tallied)>) -> Self {
        Self { since: now, totals, functions: by_place(functions), unclean: 0 }
    }

    /// Says whether the minute is over in which this began. Minutes are those of the clock, so that none belongs to two
    /// days.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let minute = |at: Timestamp| at.as_second().div_euclid(60);
        minute(now) != minute(self.since)
    }

    pub(super) fn found_unclean(&mut self, runs: usize) {
        self.unclean += runs as u64;
    }

    /// Gives what changed, and what is known once that is told.
    pub(super) fn changes(
        &self,
        now: Timestamp,
        totals: Totals,
        functions: Vec<(Function, Tallied)>,
    ) -> (Counts, Self) {
        let next = Self::new(now, totals, functions);
        let old = &self.totals;
        let lost = Loss::ALL.iter().zip(totals.lost).zip(old.lost);
        let lost = lost.map(|((loss, new), old)| (loss.name().to_owned(), new.saturating_sub(old)));
        let changed = next.functions.iter().filter_map(|(place, tallied)| {
            let before = self.functions.get(place).copied().unwrap_or_default();
            (*tallied != before).then(|| function(*place, tallied, &before))
        });
        let counts = Counts {
            since: self.since.min(now),
            until: now,
            accepted: totals.accepted.saturating_sub(old.accepted),
            delivered: totals.delivered.saturating_sub(old.delivered),
            merged: totals.merged.saturating_sub(old.merged),
            buried: totals.buried.saturating_sub(old.buried),
            lost: lost.filter(|(_, events)| *events > 0).collect(),
            unclean: self.unclean,
            functions: changed.collect(),
        };
        (counts, next)
    }
}

fn by_place(functions: Vec<(Function, Tallied)>) -> BTreeMap<Place, Tallied> {
    let place = |function: Function| (function.module, function.name, function.file, function.line);
    functions.into_iter().map(|(function, tallied)| (place(function), tallied)).collect()
}

fn function(place: Place, now: &Tallied, before: &Tallied) -> FunctionCounts {
    let (module, name, file, line) = place;
    let buckets = now.buckets.iter().zip(before.buckets).map(|(now, before)| now.saturating_sub(before));
    FunctionCounts {
        module: module.to_owned(),
        function: name.to_owned(),
        file: file.to_owned(),
        line,
        failures: now.failures.saturating_sub(before.failures),
        panics: now.panics.saturating_sub(before.panics),
        cancelled: now.cancelled.saturating_sub(before.cancelled),
        slow: now.slow.saturating_sub(before.slow),
        buckets: buckets.enumerate().filter(|(_, calls)| *calls > 0).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHARGE: Function = Function { name: "charge", module: "billing", file: "src/billing.rs", line: 7 };
    const REFUND: Function = Function { name: "refund", module: "billing", file: "src/billing.rs", line: 9 };

    fn tallied(calls: u64, failures: u64) -> Tallied {
        let mut tallied = Tallied { failures, ..Tallied::default() };
        tallied.buckets[31] = calls;
        tallied
    }

    #[test]
    fn only_what_changed_is_told_and_the_changes_add_up() {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let totals = |accepted, full| {
            let mut totals = Totals { accepted, delivered: accepted, ..Totals::default() };
            totals.lost[Loss::QueueFull as usize] = full;
            totals
        };
        let mut counting = Counting::new(at(59), totals(10, 3), vec![(CHARGE, tallied(5, 1)), (REFUND, tallied(1, 0))]);
        assert!(
            !counting.is_due(at(59)) && counting.is_due(at(60)) && counting.is_due(at(1)) != counting.is_due(at(-1))
        );
        counting.found_unclean(2);
        let functions = vec![(CHARGE, tallied(7, 2)), (REFUND, tallied(1, 0))];
        let (counts, next) = counting.changes(at(60), totals(14, 3), functions.clone());
        assert_eq!((counts.since, counts.until, counts.accepted, counts.unclean), (at(59), at(60), 4, 2));
        assert!(counts.lost.is_empty());
        let [charge] = counts.functions.as_slice() else { panic!("{counts:?}") };
        assert_eq!((charge.function.as_str(), charge.failures, charge.buckets.get(&31)), ("charge", 1, Some(&2)));
        let (counts, _) = next.changes(at(120), totals(14, 3), functions.clone());
        assert!(counts.is_empty(), "{counts:?}");
        let (counts, _) = next.changes(at(30), totals(14, 5), functions);
        assert_eq!((counts.since, counts.lost.get("queue_full")), (at(30), Some(&2)), "a clock that was set back");
    }
}
