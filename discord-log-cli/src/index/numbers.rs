//! What can be counted.

use jiff::Timestamp;
use rusqlite::params_from_iter;
use serde::Serialize;

use super::cache::Trouble;
use super::filter::Filter;
use super::item::Key;
use super::{Hit, Index, item};

/// How many there are of something.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Count<Name> {
    pub(crate) name: Name,
    /// Events.
    pub(crate) events: u64,
    /// With those that were only counted.
    pub(crate) occurrences: u64,
}

/// How many events there are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub(crate) struct Totals {
    pub(crate) events: u64,
    pub(crate) occurrences: u64,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
}

/// How long deliveries took, in milliseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Delay {
    pub(crate) median: u64,
    pub(crate) p95: u64,
    pub(crate) most: u64,
}

/// A problem, as often as it is in the journal.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) fingerprint: String,
    pub(crate) service: String,
    pub(crate) occurrences: u64,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) newest: Hit,
}

impl Index {
    pub(crate) fn totals(&self, filter: &Filter) -> Result<Totals, Trouble> {
        let condition = filter.condition(&self.connection)?;
        let sql = format!(
            "SELECT count(*), coalesce(sum(occurrences), 0), min(events.id), max(events.id) FROM {} WHERE {}",
            condition.from,
            condition.text()
        );
        let at = |key: Option<i64>| key.map(|key| Key(key).at());
        Ok(self.connection.query_row(&sql, params_from_iter(&condition.values), |row| {
            Ok(Totals { events: row.get(0)?, occurrences: row.get(1)?, first: at(row.get(2)?), last: at(row.get(3)?) })
        })?)
    }

    /// Counts by channel, the most first.
    pub(crate) fn by_channel(&self, filter: &Filter) -> Result<Vec<Count<String>>, Trouble> {
        self.by("channel", "count(*) DESC", filter, |row| row.get(0))
    }

    /// Counts by severity, the most severe first.
    pub(crate) fn by_severity(&self, filter: &Filter) -> Result<Vec<Count<i64>>, Trouble> {
        self.by("severity", "severity DESC", filter, |row| row.get(0))
    }

    /// Counts by spans of so many seconds of a clock that is so many seconds ahead of UTC, the first first; each is named by
    /// its beginning.
    pub(crate) fn by_span(&self, filter: &Filter, span: i64, ahead: i64) -> Result<Vec<Count<Timestamp>>, Trouble> {
        let (second, behind) = (Key::of(Timestamp::from_second(1).unwrap_or_default()).0, ahead);
        let expression = format!("(events.id / {second} + {ahead}) / {span}");
        self.by(&expression, "1", filter, |row| {
            let number: i64 = row.get(0)?;
            Ok(Timestamp::from_second(number * span - behind).unwrap_or_default())
        })
    }

    fn by<Name>(
        &self,
        expression: &str,
        order: &str,
        filter: &Filter,
        name: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Name>,
    ) -> Result<Vec<Count<Name>>, Trouble> {
        let condition = filter.condition(&self.connection)?;
        let sql = format!(
            "SELECT {expression}, count(*), sum(occurrences) FROM {} WHERE {} GROUP BY 1 ORDER BY {order}",
            condition.from,
            condition.text()
        );
        let mut statement = self.connection.prepare(&sql)?;
        let counts = statement.query_map(params_from_iter(&condition.values), |row| {
            Ok(Count { name: name(row)?, events: row.get(1)?, occurrences: row.get(2)? })
        })?;
        Ok(counts.collect::<Result<_, _>>()?)
    }

    /// Says how long deliveries took; nothing where nothing was delivered.
    pub(crate) fn delay(&self, filter: &Filter) -> Result<Option<Delay>, Trouble> {
        let condition = filter.condition(&self.connection)?;
        let sql = format!("SELECT delay FROM {} WHERE delay IS NOT NULL AND {}", condition.from, condition.text());
        let mut statement = self.connection.prepare(&sql)?;
        let delays = statement.query_map(params_from_iter(&condition.values), |row| row.get::<_, u64>(0))?;
        let mut delays: Vec<u64> = delays.collect::<Result<_, _>>()?;
        delays.sort_unstable();
        let part = |percent: usize| delays.get(delays.len().saturating_sub(1) * percent / 100).copied();
        Ok(part(50).zip(part(95)).zip(part(100)).map(|((median, p95), most)| Delay { median, p95, most }))
    }

    /// Lists the problems that occurred most often.
    pub(crate) fn problems(&self, filter: &Filter, most: usize) -> Result<Vec<Problem>, Trouble> {
        let condition = filter.condition(&self.connection)?;
        let sql = format!(
            "SELECT found.problem, found.service, found.times, found.first, found.last, files.path, newest.offset FROM
             (SELECT problem, service, sum(occurrences) AS times, min(events.id) AS first, max(events.id) AS last
              FROM {} JOIN files ON files.id = events.file WHERE problem IS NOT NULL AND {} GROUP BY 1, 2) AS found
             JOIN events AS newest ON newest.id = found.last JOIN files ON files.id = newest.file
             ORDER BY found.times DESC, found.last DESC LIMIT {most}",
            condition.from,
            condition.text()
        );
        let mut statement = self.connection.prepare(&sql)?;
        let problems = statement.query_map(params_from_iter(&condition.values), |row| {
            let (number, service, last): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(4)?);
            let (at, path, offset) = (item::moment(last), row.get(5)?, row.get(6)?);
            Ok(Problem {
                fingerprint: format!("{number:016x}"),
                occurrences: row.get(2)?,
                first: Key(row.get(3)?).at(),
                last: Key(last).at(),
                newest: Hit { at, service: service.clone(), path, offset },
                service,
            })
        })?;
        Ok(problems.collect::<Result<_, _>>()?)
    }
}
