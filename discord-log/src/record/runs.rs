//! How a run of the service ended, as the next one reads it. One that is killed notes nothing: its directory tells.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A run that ended as it should.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Timestamp,
    /// Why it ended.
    pub(crate) reason: String,
}
