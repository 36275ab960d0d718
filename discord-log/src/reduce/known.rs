//! Problems that are over, remembered so that one which comes back says so.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::group::{Back, Earlier, Group};

/// Problems that were seen and are over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    problems: BTreeMap<Fingerprint, Seen>,
    /// What is new since it was asked for last, a line of JSON each.
    news: Vec<u8>,
}

/// What is remembered of one that is over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) problem: Fingerprint,
    pub(crate) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) release: Option<String>,
    /// Where the message is that told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
}

impl Known {
    /// Reads the lines that processes of the service have written; what cannot be read is forgotten.
    pub(crate) fn read(lines: &[u8]) -> Self {
        let mut known = Self::default();
        for line in lines.split(|byte| *byte == b'\n') {
            if let Ok(seen) = serde_json::from_slice(line) {
                known.remember(seen);
            }
        }
        known
    }

    /// Takes the lines that tell what is new.
    pub(crate) fn news(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.news)
    }

    /// Notes that a problem is over.
    pub(super) fn see(&mut self, group: &Group, release: Option<&str>, address: Option<String>) {
        let (problem, release) = (group.fingerprint(), release.map(str::to_owned));
        let seen = Seen { problem, at: group.last_seen(), release, address };
        self.news.extend(serde_json::to_vec(&seen).unwrap_or_default());
        self.news.push(b'\n');
        self.remember(seen);
    }

    fn remember(&mut self, seen: Seen) {
        if self.problems.get(&seen.problem).is_none_or(|known| known.at <= seen.at) {
            self.problems.insert(seen.problem, seen);
        }
        if self.problems.len() > MOST {
            let oldest = self.problems.values().min_by_key(|seen| seen.at).map(|seen| seen.problem);
            oldest.and_then(|oldest| self.problems.remove(&oldest));
        }
    }

    /// Says of a problem that occurs how long it had not, if that is worth saying.
    pub(super) fn greet(&self, group: &mut Group, window: Duration) {
        let Some(seen) = self.problems.get(&group.fingerprint()) else { return };
        let after = Duration::try_from(group.first_seen().duration_since(seen.at)).unwrap_or_default();
        if after >= window {
            let earlier = seen.address.clone().map(|address| Earlier::Posted { address: Some(address) });
            group.come_back(Back { after, release: seen.release.clone() }, earlier);
        }
    }
}

/// Gives what lines of the journal tell of problems that are over.
#[cfg(feature = "journal")]
pub(crate) fn over(lines: &[u8]) -> impl Iterator<Item = Seen> {
    Known::read(lines).problems.into_values()
}

/// Problems that are remembered: some 400 KiB.
const MOST: usize = 2_048;
