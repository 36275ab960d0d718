//! The ledger of one validation: where we are in the body, what is wrong so far, what is unknown, what is left out.

use std::fmt::Display;

use serde_json::{Map, Value};

use crate::refusal::Problem;

/// Collects everything about a body, so that all of it is told at once.
#[derive(Debug, Default)]
pub(crate) struct Check {
    path: Vec<String>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) unknown_keys: Vec<String>,
    pub(crate) dropped: Vec<String>,
}

impl Check {
    /// Looks one step further down.
    pub(crate) fn at<R>(&mut self, step: impl Display, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(step.to_string());
        let found = inside(self);
        self.path.pop();
        found
    }

    /// Notes something wrong here.
    pub(crate) fn problem(&mut self, code: &'static str, message: impl Into<String>) {
        self.problems.push(Problem { path: self.path.clone(), code, message: message.into() });
    }

    /// Notes the keys of an object that Discord does not know.
    pub(crate) fn keys(&mut self, object: &Map<String, Value>, known: &[&str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let path = self.here(key);
            self.unknown_keys.push(path);
        }
    }

    /// Notes that something is left out without Discord saying so.
    pub(crate) fn drops(&mut self, what: impl Display, why: &str) {
        let path = self.here(what);
        self.dropped.push(format!("{path}: {why}"));
    }

    /// How many problems there are, to tell whether a part was sound.
    pub(crate) fn count(&self) -> usize {
        self.problems.len()
    }

    fn here(&self, last: impl Display) -> String {
        let mut path = self.path.join(".");
        if !path.is_empty() {
            path.push('.');
        }
        path + &last.to_string()
    }
}
