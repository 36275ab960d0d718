//! Who did something, and how often.

use std::collections::BTreeMap;

/// Counts by name, in bounded memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Actors {
    counts: BTreeMap<String, u64>,
    /// Somebody came for whom there was no room.
    has_more: bool,
}

impl Actors {
    pub(super) fn take(&mut self, name: &str) {
        if let Some(count) = self.counts.get_mut(name) {
            *count += 1;
        } else if self.counts.len() < MOST {
            self.counts.insert(name.to_owned(), 1);
        } else {
            self.has_more = true;
        }
    }

    /// Says how many there were, and whether that is all.
    pub(super) fn number(&self) -> (u64, bool) {
        (self.counts.len() as u64, !self.has_more)
    }

    /// Lists the busiest, the busiest first.
    pub(super) fn busiest(&self, most: usize) -> Vec<(String, u64)> {
        let mut all: Vec<_> = self.counts.iter().collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        all.into_iter().take(most).map(|(name, count)| (name.clone(), *count)).collect()
    }
}

/// Names that are told apart: some megabytes.
const MOST: usize = 50_000;
