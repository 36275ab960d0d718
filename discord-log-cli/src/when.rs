//! Moments as people write them and read them, in this machine's time zone.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

/// What [`parse`] takes.
pub(crate) const FORMS: &str = "`30m`, `2h`, `7d`, `2026-05-01`, `2026-05-01T10:00` or `2026-05-01T10:00:00Z`";

/// Reads a moment: so long ago, or a date with or without a time.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    let ago = text.parse::<Span>().ok().and_then(|span| Zoned::now().checked_sub(span.abs()).ok());
    let local = || text.parse::<DateTime>().ok().and_then(|at| at.to_zoned(TimeZone::system()).ok());
    let found = text.parse::<Timestamp>().ok().or_else(|| ago.or_else(local).map(|at| at.timestamp()));
    found.ok_or_else(|| format!("expected {FORMS}"))
}

/// Writes a moment to the second.
pub(crate) fn local(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Writes how long ago a moment is, in the largest unit that says it.
pub(crate) fn ago(at: Timestamp) -> String {
    let seconds = Timestamp::now().duration_since(at).as_secs().max(0);
    format!("{} ago", lasted(seconds))
}

/// Writes a number of seconds in the largest unit that says it.
pub(crate) fn lasted(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_moments_in_many_ways() {
        for text in ["30m", "2h", "7d", "1h 30m", "2026-05-01", "2026-05-01T10:00", "2026-05-01T10:00:00Z"] {
            assert!(parse(text).is_ok_and(|at| at < Timestamp::now() || text.starts_with("2026")), "{text}");
        }
        for text in ["", "soon", "2", "99999999999h", "2026-13-01", "\u{0}"] {
            assert!(parse(text).is_err_and(|error| error.contains("2h")), "{text}");
        }
    }
}
