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

    /// The changes after one, the oldest first, each message once and at most `most`, with the number of the last of
    /// them; `None` when some are forgotten, or when the number is none of ours.
    pub(crate) fn since(&self, revision: u64, most: usize) -> Option<(u64, Vec<Change>)> {
        let oldest = self.kept.front().map_or(self.latest, |change| change.revision - 1);
        if !(oldest..=self.latest).contains(&revision) {
            return None;
        }
        let mut seen = HashSet::new();
        let newer = self.kept.partition_point(|change| change.revision <= revision);
        let part: Vec<&Change> = self.kept.iter().skip(newer).take(most).collect();
        let upto = part.last().map_or(revision, |change| change.revision);
        let mut changes: Vec<Change> =
            part.into_iter().rev().filter(|change| seen.insert(change.key)).cloned().collect();
        changes.reverse();
        Some((upto, changes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(changes: &Changes, since: u64) -> Option<Vec<u64>> {
        Some(changes.since(since, usize::MAX)?.1.iter().map(|change| change.key).collect())
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
    fn much_is_told_in_parts_that_follow_one_another() {
        let mut changes = Changes::default();
        (1..=10).for_each(|key| changes.note("1", key));
        let (upto, part) = changes.since(0, 4).unwrap();
        assert_eq!((upto, part.len()), (4, 4));
        assert_eq!(keys(&changes, upto), Some((5..=10).collect()));
        assert_eq!(changes.since(10, 4).unwrap(), (10, Vec::new()));
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
