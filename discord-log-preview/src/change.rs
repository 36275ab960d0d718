//! Which messages changed since when, so that a page that is open can be brought up to date without being shown anew.

use std::collections::{HashSet, VecDeque};

/// How many changes are remembered; who is further behind has to start anew.
const KEPT: usize = 4_096;

/// A message that was posted, edited or deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    revision: u64,
    pub(crate) channel_id: String,
    pub(crate) key: u64,
}

/// The newest changes, numbered from 1.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    latest: u64,
    kept: VecDeque<Change>,
}

impl Changes {
    pub(crate) fn note(&mut self, channel_id: &str, key: u64) {
        self.latest += 1;
        self.kept.push_back(Change { revision: self.latest, channel_id: channel_id.to_owned(), key });
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
    }

    /// The number of the newest change; 0 before the first.
    pub(crate) fn latest(&self) -> u64 {
        self.latest
    }

    /// Every change after one, the oldest first and each message once; `None` when some of them are forgotten, or
    /// when the number is none of ours.
    pub(crate) fn since(&self, revision: u64) -> Option<Vec<Change>> {
        let oldest = self.kept.front().map_or(self.latest, |change| change.revision - 1);
        if !(oldest..=self.latest).contains(&revision) {
            return None;
        }
        let mut seen = HashSet::new();
        let newer = self.kept.iter().rev().take_while(|change| change.revision > revision);
        let mut changes: Vec<Change> = newer.filter(|change| seen.insert(change.key)).cloned().collect();
        changes.reverse();
        Some(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(changes: &Changes, since: u64) -> Option<Vec<u64>> {
        Some(changes.since(since)?.iter().map(|change| change.key).collect())
    }

    #[test]
    fn a_reader_gets_what_is_newer_and_each_message_once() {
        let mut changes = Changes::default();
        assert_eq!(keys(&changes, 0), Some(vec![]));
        for key in [7, 8, 7, 9] {
            changes.note("1", key);
        }
        assert_eq!(keys(&changes, 0), Some(vec![8, 7, 9]));
        assert_eq!(keys(&changes, 3), Some(vec![9]));
        assert_eq!(keys(&changes, changes.latest()), Some(vec![]));
    }

    #[test]
    fn a_reader_too_far_behind_or_of_another_run_starts_anew() {
        let mut changes = Changes::default();
        for key in 0..KEPT as u64 + 1 {
            changes.note("1", key);
        }
        assert_eq!(keys(&changes, 0), None);
        assert_eq!(keys(&changes, 1).map(|keys| keys.len()), Some(KEPT));
        assert_eq!(keys(&changes, changes.latest() + 1), None);
    }
}
