//! How the counters of a process changed within a minute: a line of the history, so that the numbers of a day outlive the
//! processes that counted them. Every process writes its own, and they add up.
//!
//! ```text
//! 8d3f2a10 {"counts":{"since":"2026-05-01T10:00:00Z","until":"2026-05-01T10:01:00Z","accepted":12,"delivered":12,
//!           "functions":[{"module":"billing","function":"charge","file":"src/billing.rs","line":7,"buckets":{"31":12}}]}}
//! ```

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::chunk;

/// What was counted within a span of time.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Counts {
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
    /// Events that a log call took.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) accepted: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) delivered: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) merged: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) buried: u64,
    /// By reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) lost: BTreeMap<String, u64>,
    /// Earlier runs that were found to have ended without a word: what they counted last is not in the history.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) unclean: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) functions: Vec<FunctionCounts>,
}

/// What was counted of one annotated function.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct FunctionCounts {
    pub(crate) module: String,
    pub(crate) function: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) failures: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) panics: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) cancelled: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) slow: u64,
    /// Calls by how long they took: the buckets of the function's histogram that are not empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) buckets: BTreeMap<usize, u64>,
}

#[derive(Serialize)]
struct Line<'a> {
    counts: &'a Counts,
}

impl Counts {
    /// Says whether nothing was counted.
    pub(crate) fn is_empty(&self) -> bool {
        let nothing = Self { since: self.since, until: self.until, ..Self::default() };
        *self == nothing
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        chunk::encode_json(&mut bytes, &serde_json::to_vec(&Line { counts: self }).unwrap_or_default());
        bytes
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
