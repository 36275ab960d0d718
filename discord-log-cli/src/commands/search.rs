//! `discord-log search`.

use clap::Args;
use discord_log::{Channel, Severity};
use jiff::Timestamp;
use serde::Serialize;

use crate::chosen::Chosen;
use crate::event_line;
use crate::exit::{Exit, Failure};
use crate::index::{Filter, Index, Totals};
use crate::output::{DIM, Output};
use crate::when;

/// Find events in the journal by words, channel, severity and time; the newest come first.
///
/// Searches what was delivered, what waits and what Discord refused, of all services on this host. WORDS all have to be
/// there: `payment refused`. A phrase stands in quotes, as one argument: "connection refused". A star stands for the rest
/// of a word: pay*. Case and accents do not count.
///
/// An index in $XDG_CACHE_HOME/discord-log (or ~/.cache/discord-log) keeps that fast. It is brought up to date by each
/// search, and may be removed at any time.
#[derive(Args, Debug)]
#[command(after_help = event_line::FIELDS)]
pub(crate) struct Arguments {
    /// Words, phrases and beginnings of words
    words: Vec<String>,
    #[command(flatten)]
    which: Which,
    /// Most events that are shown
    #[arg(short = 'n', long, default_value_t = 20, value_name = "NUMBER")]
    limit: usize,
    /// Only count: `events`, and `occurrences` with those that a message only counted
    #[arg(long)]
    count: bool,
}

/// Which events are wanted.
#[derive(Args, Debug)]
pub(crate) struct Which {
    /// Only this channel; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(crate) channel: Vec<String>,
    /// Only this severity and those above it: info, success, warning, error or critical
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) severity: Option<Severity>,
    /// Only this problem, by its 16 digits
    #[arg(long, value_name = "DIGITS", value_parser = digits)]
    pub(crate) problem: Option<String>,
    /// Only what occurred since: 30m, 2h, 7d, 2026-05-01, 2026-05-01T10:00
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    pub(crate) since: Option<Timestamp>,
    /// Only what occurred before
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    pub(crate) until: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) chosen: Chosen,
}

impl Which {
    pub(crate) fn filter(&self, words: &[String]) -> Result<Filter, Failure> {
        let journal = self.chosen.journal()?;
        let services = self.chosen.services(&journal)?;
        let all = Chosen::all(&journal)?;
        let is_all = services.len() == all.len();
        let services = services.iter().map(|service| service.namespace().to_owned());
        Ok(Filter {
            words: words.to_vec(),
            channels: self.channel.iter().map(|name| Channel::named(name).name().to_owned()).collect(),
            severity: self.severity,
            services: if is_all { Vec::new() } else { services.collect() },
            since: self.since,
            until: self.until,
            problem: self.problem.clone(),
        })
    }
}

/// What `--count` gives.
#[derive(Serialize)]
struct Counted {
    events: u64,
    occurrences: u64,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let filter = arguments.which.filter(&arguments.words)?;
    let journal = arguments.which.chosen.journal()?;
    if arguments.count {
        let Totals { events, occurrences, .. } = Index::ask(&journal, |index| index.totals(&filter))?;
        let more = if occurrences > events {
            format!(" ({occurrences} with those that were only counted)")
        } else {
            String::new()
        };
        output.line(format_args!("{events} events{more}"))?;
        output.json(&Counted { events, occurrences })?;
        return Ok(Exit::Fine);
    }
    let found = Index::ask(&journal, |index| {
        let hits = index.find(&filter, arguments.limit.saturating_add(1).min(MOST))?;
        let read = hits.iter().take(arguments.limit).filter_map(|hit| index.read(hit));
        let found: Vec<_> = read.map(|(service, record)| (service.clone(), record)).collect();
        Ok((found, hits.len() > arguments.limit))
    })?;
    let (events, is_more) = found;
    for (service, record) in &events {
        event_line::write(output, service, record)?;
    }
    if events.is_empty() {
        output.line(format_args!("{DIM}nothing was found{DIM:#}"))?;
    } else if is_more {
        output.line(format_args!("{DIM}there are more: --limit shows them, --count counts them{DIM:#}"))?;
    }
    Ok(Exit::Fine)
}

/// Reads the digits of a problem.
fn digits(text: &str) -> Result<String, String> {
    let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { Ok(text.to_ascii_lowercase()) } else { Err("expected the 16 digits that `groups` shows".to_owned()) }
}

/// Events that are held at once.
const MOST: usize = 100_000;
