//! How many different things there were, in bounded memory: exact as long as they are few, estimated from there on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Counts different things by their hashes.
///
/// Of all hashes the smallest are kept. When there are no more than are kept, their number is exact; else the space
/// between them tells how many there are, within about 6 % (K. Beyer et al., "On Synopses for Distinct-Value
/// Estimation", 2007).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Distinct {
    smallest: BTreeSet<u64>,
}

/// A number of different things.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Count {
    pub(crate) number: u64,
    pub(crate) is_exact: bool,
}

impl Distinct {
    /// Counts a thing by its hash, which has to be spread evenly; says whether it may be new.
    pub(super) fn insert(&mut self, hash: u64) -> bool {
        let is_new = self.smallest.insert(hash);
        if self.smallest.len() > KEPT {
            self.smallest.pop_last();
        }
        is_new
    }

    pub(super) fn count(&self) -> Count {
        let kept = self.smallest.len();
        match self.smallest.last() {
            Some(largest) if kept == KEPT => {
                let share = (*largest as f64 + 1.0) / (u64::MAX as f64 + 1.0);
                Count { number: ((KEPT - 1) as f64 / share).round() as u64, is_exact: false }
            }
            _ => Count { number: kept as u64, is_exact: true },
        }
    }
}

/// Hashes that are kept: 2 KiB.
const KEPT: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_counted_exactly_and_many_well_enough() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut distinct = Distinct::default();
        let mut hashes = Vec::new();
        for number in 1..=100_000_u64 {
            hashes.push(random.u64(..));
            distinct.insert(*hashes.last().expect("one"));
            // One that was there before changes nothing.
            distinct.insert(hashes[random.usize(..hashes.len())]);
            let Count { number: counted, is_exact } = distinct.count();
            if number < KEPT as u64 {
                assert_eq!((counted, is_exact), (number, true));
            } else {
                assert!(!is_exact && counted.abs_diff(number) * 4 < number, "{counted} for {number}");
            }
        }
    }
}
