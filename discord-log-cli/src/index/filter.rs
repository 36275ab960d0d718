//! Which events are wanted: found by their words, and by what is known beside them.

use discord_log::Severity;
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::cache::Trouble;
use super::item::{self, Key};
use super::{Hit, Index, words};

/// Which events are wanted; everything that is given has to hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) words: Vec<String>,
    pub(crate) channels: Vec<String>,
    /// At least.
    pub(crate) severity: Option<Severity>,
    /// By the names of their folders; none: all.
    pub(crate) services: Vec<String>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) problem: Option<String>,
}

/// A condition, and the values for its question marks.
pub(super) struct Condition {
    pub(super) from: &'static str,
    pub(super) terms: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl Condition {
    fn add(&mut self, term: impl Into<String>, value: impl Into<Value>) {
        self.terms.push(term.into());
        self.values.push(value.into());
    }

    fn one_of(&mut self, column: &str, wanted: &[String]) {
        if wanted.is_empty() {
            return;
        }
        self.terms.push(format!("{column} IN ({})", vec!["?"; wanted.len()].join(", ")));
        self.values.extend(wanted.iter().cloned().map(Value::from));
    }

    pub(super) fn text(&self) -> String {
        if self.terms.is_empty() { "true".to_owned() } else { self.terms.join(" AND ") }
    }
}

impl Filter {
    pub(super) fn condition(&self, connection: &Connection) -> rusqlite::Result<Condition> {
        let (from, key) = match words::query(&self.words) {
            Some(_) => ("words CROSS JOIN events ON events.id = words.rowid", "words.rowid"),
            None => ("events", "events.id"),
        };
        let mut condition = Condition { from, terms: Vec::new(), values: Vec::new() };
        if let Some(query) = words::query(&self.words) {
            condition.add("words MATCH ?", query);
        }
        if let Some(since) = self.since {
            condition.add(format!("{key} >= ?"), Key::of(since).0);
        }
        if let Some(until) = self.until {
            condition.add(format!("{key} < ?"), Key::of(until).0);
        }
        if let Some(problem) = &self.problem {
            condition.add("events.problem = ?", item::number_of(problem).unwrap_or_default());
        }
        if let Some(severity) = self.severity {
            condition.add("events.severity >= ?", severity as i64);
        }
        condition.one_of("events.channel", &self.channels);
        if !self.services.is_empty() {
            let marks = vec!["?"; self.services.len()].join(", ");
            let mut statement = connection.prepare(&format!("SELECT id FROM files WHERE service IN ({marks})"))?;
            let files = statement.query_map(params_from_iter(&self.services), |row| row.get::<_, i64>(0))?;
            let files: Vec<String> = files.map(|id| id.map(|id| id.to_string())).collect::<Result<_, _>>()?;
            condition.terms.push(format!("+events.file IN ({})", files.join(", ")));
        }
        Ok(condition)
    }
}

impl Index {
    /// Finds the newest events, at most so many.
    pub(crate) fn find(&self, filter: &Filter, most: usize) -> Result<Vec<Hit>, Trouble> {
        let condition = filter.condition(&self.connection)?;
        let key = if condition.from == "events" { "events.id" } else { "words.rowid" };
        let sql = format!(
            "SELECT found.id, files.service, files.path, found.offset FROM
             (SELECT events.id, events.file, events.offset FROM {} WHERE {} ORDER BY {key} DESC LIMIT {most}) AS found
             JOIN files ON files.id = found.file ORDER BY found.id DESC",
            condition.from,
            condition.text()
        );
        let mut statement = self.connection.prepare(&sql)?;
        let hits = statement.query_map(params_from_iter(&condition.values), |row| {
            Ok(Hit { at: item::moment(row.get(0)?), service: row.get(1)?, path: row.get(2)?, offset: row.get(3)? })
        })?;
        Ok(hits.collect::<Result<_, _>>()?)
    }
}
