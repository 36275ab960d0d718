//! The server's time: real time since the start, plus what a test skipped.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// A moment, as an argument of everything that decides by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Since the server's start.
    pub(crate) since_start: Duration,
    /// Milliseconds since 1970.
    pub(crate) unix_ms: u64,
}

impl Moment {
    /// RFC 3339, as Discord writes it.
    pub(crate) fn rfc3339(self) -> String {
        let milliseconds = i64::try_from(self.unix_ms).unwrap_or(i64::MAX);
        let moment = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
        format!("{moment:.6}").replace('Z', "+00:00")
    }
}

/// Where the server's time comes from.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    started_unix: Duration,
    skipped: Duration,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            started_unix: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            skipped: Duration::ZERO,
        }
    }

    pub(crate) fn now(&self) -> Moment {
        let since_start = self.started.elapsed() + self.skipped;
        let unix = self.started_unix + since_start;
        Moment { since_start, unix_ms: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX) }
    }

    /// When the server started, in milliseconds since 1970.
    pub(crate) fn started_ms(&self) -> u64 {
        u64::try_from(self.started_unix.as_millis()).unwrap_or(u64::MAX)
    }

    /// Lets time pass at once.
    pub(crate) fn skip(&mut self, by: Duration) {
        self.skipped = self.skipped.saturating_add(by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_discord_writes_them() {
        let moment = Moment { since_start: Duration::ZERO, unix_ms: 1_777_629_600_123 };
        assert_eq!(moment.rfc3339(), "2026-05-01T10:00:00.123000+00:00");
    }
}
