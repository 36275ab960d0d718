//! The variables of the process, and those of `.env` beneath them, as one map. The process environment is read and
//! never written: other threads may be reading it.

use std::collections::BTreeMap;
use std::path::Path;

use super::problem::Problem;

/// Variables by name; of blank ones nothing is kept, since an empty variable is how many tools spell an unset one.
#[derive(Default)]
pub(super) struct Environment {
    pub(super) variables: BTreeMap<String, String>,
    pub(super) problems: Vec<Problem>,
}

impl Environment {
    /// Reads `.env`, in the working directory or above it, and the process environment, which wins.
    pub(super) fn read() -> Self {
        let mut environment = Self::default();
        match dotenvy::dotenv_iter() {
            Ok(lines) => lines.for_each(|line| match line {
                Ok((name, value)) => environment.insert(name, &value),
                Err(error) => environment.problems.push(unreadable(&error)),
            }),
            Err(error) if error.not_found() => {}
            Err(error) => environment.problems.push(unreadable(&error)),
        }
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => environment.insert(name, &value),
                Err(_) if name.starts_with(PREFIX) => {
                    environment.problems.push(Problem::with_finding(name, "bytes that are no text", "UTF-8 text"));
                }
                Err(_) => {}
            }
        }
        environment.read_files();
        environment
    }

    /// Takes the variables as given; for tests and for programs that have their settings elsewhere.
    pub(super) fn of(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut environment = Self::default();
        variables.into_iter().for_each(|(name, value)| environment.insert(name, &value));
        environment.read_files();
        environment
    }

    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.variables.remove(name)
    }

    fn insert(&mut self, name: String, value: &str) {
        // An empty variable of the process hides the one of `.env`.
        if value.trim().is_empty() {
            self.variables.remove(&name);
        } else if name.starts_with(PREFIX) {
            self.variables.insert(name, value.trim().to_owned());
        }
    }

    /// Replaces `DISCORD_WEBHOOK_<NAME>_FILE` by what the file holds, as container secrets are handed over.
    fn read_files(&mut self) {
        let files: Vec<_> = self
            .variables
            .keys()
            .filter(|name| name.starts_with(WEBHOOK_PREFIX))
            .filter_map(|name| name.strip_suffix("_FILE").map(|plain| (name.clone(), plain.to_owned())))
            .filter(|(_, plain)| plain.len() > WEBHOOK_PREFIX.len())
            .collect();
        for (name, plain) in files {
            let Some(path) = self.variables.remove(&name) else { continue };
            match std::fs::read_to_string(Path::new(&path)) {
                Ok(text) => self.insert(plain, text.trim_start_matches('\u{feff}')),
                Err(error) => self.problems.push(Problem::with_finding(
                    name,
                    format!("a file that cannot be read ({})", error.kind()),
                    "the path of a readable file that holds the webhook's address",
                )),
            }
        }
    }
}

/// Never shows the line, since it may hold a webhook's address.
fn unreadable(error: &dotenvy::Error) -> Problem {
    let found = match error {
        dotenvy::Error::LineParse(_, position) => {
            format!("a line that cannot be read from its character {position} on")
        }
        dotenvy::Error::Io(error) => format!("a file that cannot be read ({})", error.kind()),
        _ => "a file that cannot be read".to_owned(),
    };
    Problem::with_finding(".env", found, "lines of `NAME=value`, with quotes around values that hold spaces")
}

/// All variables of this crate begin so.
const PREFIX: &str = "DISCORD_";
/// What comes after it names a channel.
pub(super) const WEBHOOK_PREFIX: &str = "DISCORD_WEBHOOK_";
