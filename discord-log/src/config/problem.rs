//! What is wrong with the settings, told all at once.

use std::fmt;

/// Some settings are wrong; all of them are listed.
///
/// Each line names the variable, what was found in it (never a token) and what is accepted.
///
/// # Examples
///
/// ```
/// use discord_log::Config;
///
/// let error = Config::builder().rate_limit(0).build().unwrap_err();
/// let problem = error.problems().next().unwrap();
/// assert_eq!((problem.variable(), problem.found()), ("DISCORD_RATE_LIMIT", "`0`"));
/// assert_eq!(problem.accepted(), "a whole number from 1 to 6,000");
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn of(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// Walks over what is wrong, in the order in which it was found.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => write!(f, "a setting is wrong:")?,
            count => write!(f, "{count} settings are wrong:")?,
        }
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// Like `Display`: a `main` that returns the error prints this, and it should be the list.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}

/// One wrong setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    variable: String,
    found: String,
    accepted: &'static str,
}

impl Problem {
    /// Keeps what may be shown of a value: long ones and what looks like a webhook are only described.
    pub(super) fn with_value(variable: impl Into<String>, value: &str, accepted: &'static str) -> Self {
        let length = value.chars().count();
        let found = if value.contains("webhooks") {
            "a webhook's address".to_owned()
        } else if length > SHOWN_CAPACITY {
            format!("a text of {length} characters")
        } else {
            format!("`{}`", value.escape_debug())
        };
        Self { variable: variable.into(), found, accepted }
    }

    pub(super) fn with_finding(variable: impl Into<String>, found: impl fmt::Display, accepted: &'static str) -> Self {
        Self { variable: variable.into(), found: found.to_string(), accepted }
    }

    /// Gives the name of the variable; settings made in code have the name of their variable too.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// Says what was found, without anything secret.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// Says what would be accepted.
    #[must_use]
    pub const fn accepted(&self) -> &'static str {
        self.accepted
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}; accepted: {}", self.variable, self.found, self.accepted)
    }
}

/// Longest value that is repeated; a webhook's token has 68 characters.
const SHOWN_CAPACITY: usize = 40;
