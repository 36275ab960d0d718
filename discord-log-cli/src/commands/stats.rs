//! `discord-log stats`.

use clap::{Args, ValueEnum};
use discord_log::Severity;
use discord_log::journal::FileKind;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::search::Which;
use crate::event_line::{mark, shortened};
use crate::exit::{Exit, Failure};
use crate::index::{Count, Delay, Index, Totals};
use crate::output::{BAD, BOLD, DIM, Output};
use crate::when;

/// Count events: by channel, severity and time, the most frequent problems, and how long deliveries took.
///
/// With --json, one object: `totals`, `channels`, `severities`, `times`, `problems`, `delay_ms` (median, p95, most), and
/// `dead`, `damaged_lines`, `quarantined_files`.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// By which spans of time; without it by hours up to three days, else by days
    #[arg(long, value_enum)]
    by: Option<Span>,
    #[command(flatten)]
    which: Which,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Span {
    Hour,
    Day,
}

#[derive(Serialize)]
struct Stats {
    totals: Totals,
    channels: Vec<Count<String>>,
    severities: Vec<Count<&'static str>>,
    times: Vec<Count<Timestamp>>,
    problems: Vec<Frequent>,
    delay_ms: Option<Delay>,
    dead: usize,
    damaged_lines: u64,
    quarantined_files: usize,
}

#[derive(Serialize)]
struct Frequent {
    problem: String,
    occurrences: u64,
    last: Timestamp,
    title: String,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let journal = arguments.which.chosen.journal()?;
    let filter = arguments.which.filter(&[])?;
    let (mut dead, mut quarantined_files) = (0, 0);
    for service in arguments.which.chosen.services(&journal)? {
        dead += service.files(FileKind::Dead).map_or(0, |files| files.len());
        quarantined_files += service.files(FileKind::Quarantine).map_or(0, |files| files.len());
    }
    let stats = Index::ask(&journal, |index| {
        let totals = index.totals(&filter)?;
        let (span, ahead) = span(arguments.by, totals);
        let severities = index.by_severity(&filter)?.into_iter();
        let problems = index.problems(&filter, MOST_PROBLEMS)?.into_iter().map(|problem| Frequent {
            title: index
                .read(&problem.newest)
                .map(|(service, record)| record.headline(service.name()))
                .unwrap_or_default(),
            problem: problem.fingerprint,
            occurrences: problem.occurrences,
            last: problem.last,
        });
        Ok(Stats {
            totals,
            channels: index.by_channel(&filter)?,
            severities: severities
                .map(|Count { name, events, occurrences }| Count { name: severity(name).name(), events, occurrences })
                .collect(),
            times: index.by_span(&filter, span, ahead)?,
            problems: problems.collect(),
            delay_ms: index.delay(&filter)?,
            dead,
            damaged_lines: index.damaged(),
            quarantined_files,
        })
    })?;
    output.json(&stats)?;
    if !output.is_json() {
        tell(&stats, output)?;
    }
    Ok(Exit::Fine)
}

/// Chooses the spans: seconds, and how far this machine's clock is ahead of UTC.
fn span(by: Option<Span>, totals: Totals) -> (i64, i64) {
    let length = totals.first.zip(totals.last).map_or(0, |(first, last)| last.duration_since(first).as_secs());
    let by = by.unwrap_or(if length <= 3 * DAY { Span::Hour } else { Span::Day });
    let ahead = TimeZone::system().to_offset(totals.last.unwrap_or_default()).seconds();
    match by {
        Span::Hour => (HOUR, ahead.into()),
        Span::Day => (DAY, ahead.into()),
    }
}

fn severity(number: i64) -> Severity {
    Severity::ALL.into_iter().find(|severity| *severity as i64 == number).unwrap_or(Severity::Info)
}

fn tell(stats: &Stats, output: &mut Output) -> Result<(), Failure> {
    let Totals { events, occurrences, first, last } = stats.totals;
    let (Some(first), Some(last)) = (first, last) else { return output.line("no events") };
    let more =
        if occurrences > events { format!(", {occurrences} with those that were only counted") } else { String::new() };
    output.line(format_args!("{BOLD}{events} events{BOLD:#}{more}"))?;
    output.line(format_args!("{DIM}{} to {}{DIM:#}", when::local(first), when::local(last)))?;
    let most = |counts: &mut dyn Iterator<Item = u64>| counts.max().unwrap_or_default();
    output.line("")?;
    let highest = most(&mut stats.channels.iter().map(|count| count.occurrences));
    for Count { name, occurrences, .. } in &stats.channels {
        output.line(format_args!(
            "  {:<11} {occurrences:>9}  {DIM}{}{DIM:#}",
            shortened(name, 11),
            bar(*occurrences, highest)
        ))?;
    }
    output.line("")?;
    let highest = most(&mut stats.severities.iter().map(|count| count.occurrences));
    for Count { name, occurrences, .. } in &stats.severities {
        let (mark, style) = mark(name.parse().unwrap_or(Severity::Info));
        let bar = bar(*occurrences, highest);
        output.line(format_args!("{style}{mark} {name:<11}{style:#} {occurrences:>9}  {style}{bar}{style:#}"))?;
    }
    output.line("")?;
    let highest = most(&mut stats.times.iter().map(|count| count.occurrences));
    let hidden = stats.times.len().saturating_sub(MOST_SPANS);
    for Count { name, occurrences, .. } in stats.times.iter().skip(hidden) {
        let at = when::local(*name);
        let at = at.get(..16).unwrap_or(&at);
        output.line(format_args!("  {at} {occurrences:>9}  {DIM}{}{DIM:#}", bar(*occurrences, highest)))?;
    }
    if !stats.problems.is_empty() {
        output.line("")?;
        output.line(format_args!("{BOLD}most frequent problems{BOLD:#}"))?;
    }
    for Frequent { problem, occurrences, last, title } in &stats.problems {
        let (title, ago) = (shortened(title, MOST_TITLE), when::ago(*last));
        output.line(format_args!("  {occurrences:>9}  {title}  {DIM}{problem}, {ago}{DIM:#}"))?;
    }
    output.line("")?;
    if let Some(Delay { median, p95, most }) = stats.delay_ms {
        let [median, p95, most] = [median, p95, most].map(millis);
        output.line(format_args!("delivered within {median} (half), {p95} (95 of 100), {most} (all)"))?;
    }
    for (number, what) in [
        (stats.dead as u64, "refused by Discord: `discord-log dead list` shows them"),
        (stats.damaged_lines, "damaged lines: `discord-log journal verify` finds them"),
        (stats.quarantined_files as u64, "damaged files in quarantine"),
    ] {
        if number > 0 {
            output.line(format_args!("{BAD}{number} {what}{BAD:#}"))?;
        }
    }
    Ok(())
}

fn bar(number: u64, highest: u64) -> String {
    let length = number.saturating_mul(BAR).checked_div(highest).unwrap_or_default().max(u64::from(number > 0));
    "▇".repeat(usize::try_from(length).unwrap_or_default())
}

fn millis(millis: u64) -> String {
    match millis {
        ..1_000 => format!("{millis} ms"),
        1_000..120_000 => format!("{:.1} s", millis as f64 / 1_000.0),
        _ => when::lasted(i64::try_from(millis / 1_000).unwrap_or(i64::MAX)),
    }
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const MOST_PROBLEMS: usize = 10;
/// Lines of the table of times.
const MOST_SPANS: usize = 72;
const MOST_TITLE: usize = 80;
/// Characters of the longest bar.
const BAR: u64 = 40;
