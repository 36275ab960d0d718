//! `discord-log groups`.

use std::cmp::Reverse;

use clap::Args;
use discord_log::journal::{Problem, Service};
use discord_log::{Channel, Severity};
use jiff::Timestamp;
use serde::Serialize;

use super::search::Which;
use crate::chosen::told;
use crate::event_line::{mark, shortened};
use crate::exit::{Exit, Failure};
use crate::index::{self, Index};
use crate::output::{BAD, DIM, GOOD, Output};
use crate::when;

/// List problems: what failed alike, how often, and whether it goes on.
///
/// A problem is open while its message is kept up to date, and quiet once it was not seen for DISCORD_GROUP_WINDOW. Counts
/// are those of the journal. `discord-log search --problem DIGITS` shows the occurrences.
///
/// With --json, one object a problem: `problem`, `service`, `environment`, `open`, `occurrences`, `first_seen`,
/// `last_seen`, `severity`, `channel`, `title`, `address` of its message, `release`.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Only those that are open
    #[arg(long)]
    open: bool,
    /// Most problems that are shown
    #[arg(short = 'n', long, default_value_t = 50, value_name = "NUMBER")]
    limit: usize,
    #[command(flatten)]
    which: Which,
}

#[derive(Serialize)]
struct Row {
    problem: String,
    service: String,
    environment: Option<String>,
    open: bool,
    occurrences: u64,
    first_seen: Option<Timestamp>,
    last_seen: Timestamp,
    severity: Option<&'static str>,
    channel: Option<String>,
    title: String,
    address: Option<String>,
    release: Option<String>,
    #[serde(skip)]
    told: String,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let journal = arguments.which.chosen.journal()?;
    let filter = arguments.which.filter(&[])?;
    let counted = Index::ask(&journal, |index| {
        let problems = index.problems(&filter, MOST)?.into_iter();
        Ok(problems.map(|problem| (index.read(&problem.newest).map(|(_, record)| record), problem)).collect::<Vec<_>>())
    })?;
    let mut rows = Vec::new();
    for service in arguments.which.chosen.services(&journal)? {
        let known = service.problems().map_err(|error| Failure::new(format!("the journal cannot be read: {error}")))?;
        let of_service = counted.iter().filter(|(_, problem)| problem.service == service.namespace());
        for (record, problem) in of_service.clone() {
            let known = known.iter().find(|known| known.fingerprint == problem.fingerprint);
            let (title, channel, severity) = record.as_ref().map_or((String::new(), None, None), |record| {
                let event = record.event();
                (record.headline(service.name()), Some(event.channel()), Some(event.severity()))
            });
            rows.push(row(&service, problem, known, (title, channel, severity)));
        }
        // Told of in a message, and not a line in the history yet.
        let is_new = |known: &&Problem| {
            known.is_open && of_service.clone().all(|(_, counted)| counted.fingerprint != known.fingerprint)
        };
        rows.extend(known.iter().filter(is_new).map(|known| new_row(&service, known)));
    }
    rows.retain(|row| row.open || !arguments.open);
    rows.sort_by_key(|row| (Reverse(row.open), Reverse(row.last_seen)));
    rows.truncate(arguments.limit);
    for row in &rows {
        output.json(row)?;
        let (mark, style) = row.severity.and_then(|name| name.parse().ok()).map(mark).unwrap_or_default();
        let state = if row.open { format!("{BAD}open {BAD:#}") } else { format!("{GOOD}quiet{GOOD:#}") };
        let since = row.first_seen.map(|first| format!(", first {}", when::local(first))).unwrap_or_default();
        output.line(format_args!(
            "{state} {:>8}  {style}{mark}{style:#} {}  {DIM}last {}{since}, {}, {}{DIM:#}",
            row.occurrences,
            shortened(&row.title, MOST_TITLE),
            when::ago(row.last_seen),
            row.told,
            row.problem
        ))?;
    }
    if rows.is_empty() {
        output.line(format_args!("{DIM}no problems{DIM:#}"))?;
    }
    Ok(Exit::Fine)
}

fn row(
    service: &Service,
    counted: &index::Problem,
    known: Option<&Problem>,
    (title, channel, severity): (String, Option<Channel>, Option<Severity>),
) -> Row {
    let last = known.map_or(counted.last, |known| known.last_seen.max(counted.last));
    Row {
        problem: counted.fingerprint.clone(),
        service: service.name().to_owned(),
        environment: service.environment().map(str::to_owned),
        open: known.is_some_and(|known| known.is_open),
        occurrences: known.and_then(|known| known.count).unwrap_or_default().max(counted.occurrences),
        first_seen: Some(
            known.and_then(|known| known.first_seen).map_or(counted.first, |first| first.min(counted.first)),
        ),
        last_seen: last,
        severity: severity.map(Severity::name),
        channel: channel.map(|channel| channel.name().to_owned()),
        title,
        address: known.and_then(|known| known.address.clone()),
        release: known.and_then(|known| known.release.clone()),
        told: told(service),
    }
}

fn new_row(service: &Service, known: &Problem) -> Row {
    Row {
        problem: known.fingerprint.clone(),
        service: service.name().to_owned(),
        environment: service.environment().map(str::to_owned),
        open: known.is_open,
        occurrences: known.count.unwrap_or_default(),
        first_seen: known.first_seen,
        last_seen: known.last_seen,
        severity: known.severity.map(Severity::name),
        channel: None,
        title: known.headline.clone().unwrap_or_default(),
        address: known.address.clone(),
        release: known.release.clone(),
        told: told(service),
    }
}

/// Problems that are counted, the most frequent first.
const MOST: usize = 1_000;
const MOST_TITLE: usize = 90;
