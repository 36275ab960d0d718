//! Moments on the page: the machine's form for the script, which shows them in the reader's zone, and words in UTC for
//! readers without it.

use jiff::Timestamp;

/// A moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) machine: String,
    pub(super) words: String,
}

impl At {
    /// Reads RFC 3339; what is none is shown as it is.
    pub(super) fn read(text: &str) -> Self {
        match text.parse::<Timestamp>() {
            Ok(moment) => {
                Self { machine: moment.to_string(), words: moment.strftime("%Y-%m-%d %H:%M UTC").to_string() }
            }
            Err(_) => Self { machine: String::new(), words: text.to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_utc_whatever_its_offset() {
        let at = At::read("2026-05-01T12:00:00.123000+02:00");
        assert_eq!(at.machine, "2026-05-01T10:00:00.123Z");
        assert_eq!(at.words, "2026-05-01 10:00 UTC");
        assert_eq!(At::read("soon"), At { machine: String::new(), words: "soon".to_owned() });
    }
}
