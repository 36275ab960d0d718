//! How serious an event is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How serious an event is, from the least to the most.
///
/// # Examples
///
/// ```
/// use discord_log::Severity;
///
/// assert!(Severity::Critical > Severity::Error);
/// assert_eq!("warning".parse(), Ok(Severity::Warning));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Something went well that could have failed.
    Success,
    /// Worth a look today.
    Warning,
    /// Something failed.
    Error,
    /// Somebody has to act now; also written to the local log, whatever happens.
    Critical,
}

impl Severity {
    /// All severities, the least first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Success, Self::Warning, Self::Error, Self::Critical];

    /// Gives the lower-case name, as settings spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|severity| severity.name().eq_ignore_ascii_case(text)).ok_or(UnknownSeverity)
    }
}

/// The text names no severity.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a severity: use `info`, `success`, `warning`, `error` or `critical`")]
pub struct UnknownSeverity;
