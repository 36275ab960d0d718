//! Moments: `<t:1700000000:R>`. They are shown in the reader's zone by the page; the text here is in UTC, for readers
//! without scripts.

use jiff::{Timestamp, tz::TimeZone};

/// A moment and how to show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    at: Timestamp,
    style: char,
}

impl Stamp {
    /// Reads what stands after `t:`. What no calendar holds is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (seconds, style) = match text.split_once(':') {
            Some((seconds, style)) => (seconds, style.parse().ok()?),
            None => (text, DEFAULT),
        };
        let digits = seconds.strip_prefix('-').unwrap_or(seconds);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) || !STYLES.contains(style) {
            return None;
        }
        let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
        Some(Self { at, style })
    }

    pub(super) fn style(self) -> char {
        self.style
    }

    /// Gives it as RFC 3339, in UTC.
    pub(super) fn rfc3339(self) -> String {
        self.at.to_string()
    }

    /// Gives the text for a reader without scripts. How long ago it was is not known here, so that style gives the
    /// moment.
    pub(super) fn in_utc(self) -> String {
        let format = match self.style {
            't' => "%H:%M UTC",
            'T' => "%H:%M:%S UTC",
            'd' => "%d/%m/%Y",
            'D' => "%-d %B %Y",
            'F' => "%A, %-d %B %Y at %H:%M UTC",
            's' => "%d/%m/%Y, %H:%M UTC",
            'S' => "%d/%m/%Y, %H:%M:%S UTC",
            _ => "%-d %B %Y at %H:%M UTC",
        };
        self.at.to_zoned(TimeZone::UTC).strftime(format).to_string()
    }
}

/// The styles of <https://docs.discord.com/developers/reference#message-formatting-timestamp-styles>.
const STYLES: &str = "tTdDfFsSR";
const DEFAULT: char = 'f';

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        Stamp::parse(text).unwrap().in_utc()
    }

    #[test]
    fn each_style_has_a_text_in_utc() {
        assert_eq!(shown("1795428245:t"), "10:04 UTC");
        assert_eq!(shown("1795428245:T"), "10:04:05 UTC");
        assert_eq!(shown("1795428245:d"), "23/11/2026");
        assert_eq!(shown("1795428245:D"), "23 November 2026");
        assert_eq!(shown("1795428245:f"), "23 November 2026 at 10:04 UTC");
        assert_eq!(shown("1795428245:F"), "Monday, 23 November 2026 at 10:04 UTC");
        assert_eq!(shown("1795428245:s"), "23/11/2026, 10:04 UTC");
        assert_eq!(shown("1795428245:S"), "23/11/2026, 10:04:05 UTC");
        assert_eq!(shown("1795428245:R"), "23 November 2026 at 10:04 UTC");
        assert_eq!(shown("1795428245"), "23 November 2026 at 10:04 UTC");
    }

    #[test]
    fn a_moment_may_be_before_1970() {
        assert_eq!(Stamp::parse("-1").unwrap().rfc3339(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_moment_no_calendar_holds_is_none() {
        assert_eq!(Stamp::parse("8640000000001"), None);
        assert_eq!(Stamp::parse("99999999999999999999999"), None);
    }

    #[test]
    fn an_unknown_style_is_none() {
        for text in ["0:r", "0:", "0:ff", "+1", "-", "1.5", "0:R:R"] {
            assert_eq!(Stamp::parse(text), None, "{text}");
        }
    }
}
