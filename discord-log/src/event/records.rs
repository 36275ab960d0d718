//! Events that the program's own log tells.

use super::{Event, Kind, Severity};

impl Event {
    /// A record of a log, as serious as it says.
    pub(crate) fn record(severity: Severity) -> Self {
        Self::of(Kind::of_record(severity)).with_severity(severity)
    }
}
