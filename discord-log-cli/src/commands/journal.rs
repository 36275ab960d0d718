//! `discord-log journal`.

use std::io;

use clap::{Args, Subcommand};
use discord_log::journal::{FileKind, Journal, ProcessState, Service};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use crate::chosen::{Chosen, told};
use crate::exit::{Exit, Failure};
use crate::output::{BAD, BOLD, DIM, DOUBTFUL, GOOD, Output};
use crate::progress::Progress;
use crate::when;

/// Look after the journal: who is at it, what waits, whether it is whole, how much of it to keep.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say who is at it and what waits; with --json one object a service: `service`, `environment`, `processes`, `waiting`,
    /// `history_days`, `history_bytes`, `dead`, `quarantined`, `open_problems`, `last_run`
    Status {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Read every line and check it; ends with 1 if any is damaged; with --json one object a service: `service`,
    /// `environment`, `files`, `events`, `others`, `damaged`, `unfinished_bytes`, `damaged_files`
    Verify {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Remove old days of the history; with --json one object a service: `service`, `environment`, `files`, `bytes`, `left`
    #[command(group = clap::ArgGroup::new("bound").required(true).multiple(true))]
    Prune {
        /// Keep what was delivered in so many days
        #[arg(long, value_name = "DAYS", group = "bound")]
        keep_days: Option<u16>,
        /// Keep at most so many megabytes of each service
        #[arg(long, value_name = "MB", group = "bound")]
        keep_mb: Option<u32>,
        #[command(flatten)]
        chosen: Chosen,
    },
}

#[derive(Serialize)]
struct Status {
    service: String,
    environment: Option<String>,
    processes: Vec<ProcessRow>,
    waiting: Vec<WaitingRow>,
    history_days: usize,
    history_bytes: u64,
    dead: usize,
    quarantined: usize,
    open_problems: usize,
    last_run: Option<RunRow>,
}

#[derive(Serialize)]
struct ProcessRow {
    id: Option<u32>,
    state: &'static str,
    started_at: Option<Timestamp>,
    waiting: u64,
}

#[derive(Serialize)]
struct WaitingRow {
    channel: String,
    events: u64,
    files: usize,
    oldest: Option<Timestamp>,
}

#[derive(Serialize)]
struct RunRow {
    started_at: Timestamp,
    ended_at: Timestamp,
    reason: String,
}

#[derive(Serialize)]
struct Verified {
    service: String,
    environment: Option<String>,
    files: usize,
    events: u64,
    others: u64,
    damaged: u64,
    unfinished_bytes: u64,
    damaged_files: Vec<String>,
}

#[derive(Serialize)]
struct PrunedRow {
    service: String,
    environment: Option<String>,
    files: usize,
    bytes: u64,
    left: u64,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    match &arguments.what {
        What::Status { chosen } => status(chosen, output),
        What::Verify { chosen } => verify(chosen, output),
        What::Prune { keep_days, keep_mb, chosen } => prune(*keep_days, *keep_mb, chosen, output),
    }
}

fn status(chosen: &Chosen, output: &mut Output) -> Result<Exit, Failure> {
    let journal = chosen.journal()?;
    let services = chosen.services(&journal)?;
    output.line(format_args!("{DIM}{}{DIM:#}", journal.dir().display()))?;
    if services.is_empty() {
        output.line("no service has journalled anything here yet")?;
    }
    for service in &services {
        let status = status_of(service).map_err(|error| unreadable(&journal, &error))?;
        output.json(&status)?;
        if !output.is_json() {
            output.line("")?;
            output.line(format_args!("{BOLD}{}{BOLD:#}", told(service)))?;
            tell(&status, output)?;
        }
    }
    let closed = journal.closed_webhooks().len();
    if closed > 0 {
        output.line("")?;
        output
            .line(format_args!("{BAD}{closed} webhooks are closed{BAD:#}: `discord-log webhooks list` names them"))?;
    }
    Ok(Exit::Fine)
}

fn status_of(service: &Service) -> io::Result<Status> {
    let history = service.files(FileKind::History)?;
    let processes = service.processes()?.into_iter().map(|process| ProcessRow {
        id: process.id,
        state: match process.state {
            ProcessState::Alive => "alive",
            ProcessState::Ended => "ended",
            ProcessState::Starting => "starting",
            _ => "killed",
        },
        started_at: process.started_at,
        waiting: process.waiting,
    });
    let waiting = service.waiting()?.into_iter().map(|waiting| WaitingRow {
        channel: waiting.channel.name().to_owned(),
        events: waiting.events,
        files: waiting.files,
        oldest: waiting.oldest,
    });
    Ok(Status {
        service: service.name().to_owned(),
        environment: service.environment().map(str::to_owned),
        processes: processes.collect(),
        waiting: waiting.collect(),
        history_days: history.len(),
        history_bytes: history.iter().map(|file| file.bytes()).sum(),
        dead: service.files(FileKind::Dead)?.len(),
        quarantined: service.files(FileKind::Quarantine)?.len(),
        open_problems: service.problems()?.iter().filter(|problem| problem.is_open).count(),
        last_run: service.last_run().map(|run| RunRow {
            started_at: run.started_at,
            ended_at: run.ended_at,
            reason: run.reason,
        }),
    })
}

fn tell(status: &Status, output: &mut Output) -> Result<(), Failure> {
    for process in &status.processes {
        let style = if matches!(process.state, "alive" | "starting") { GOOD } else { DOUBTFUL };
        let id = process.id.map(|id| id.to_string()).unwrap_or_default();
        let since = process.started_at.map(|at| format!("since {}", when::local(at))).unwrap_or_default();
        let left = match process.state {
            "ended" | "killed" => ", and left what waits to the next process",
            _ => "",
        };
        output.line(format_args!("  process {id} {style}{}{style:#} {since}{left}", process.state))?;
    }
    if status.processes.is_empty() {
        output.line("  no process runs")?;
    }
    for WaitingRow { channel, events, files, oldest } in &status.waiting {
        let oldest = oldest.map(|at| format!(", the oldest from {}", when::ago(at))).unwrap_or_default();
        output.line(format_args!("  {DOUBTFUL}{events} wait{DOUBTFUL:#} for {channel} in {files} files{oldest}"))?;
    }
    if status.waiting.is_empty() {
        output.line(format_args!("  {GOOD}nothing waits{GOOD:#}"))?;
    }
    let megabytes = status.history_bytes as f64 / 1_000_000.0;
    output.line(format_args!("  history of {} days, {megabytes:.1} MB", status.history_days))?;
    if status.open_problems > 0 {
        output.line(format_args!(
            "  {BAD}{} problems are open{BAD:#}: `discord-log groups --open`",
            status.open_problems
        ))?;
    }
    if status.dead > 0 {
        output.line(format_args!("  {BAD}Discord refused {}{BAD:#}: `discord-log dead list`", status.dead))?;
    }
    if status.quarantined > 0 {
        output.line(format_args!("  {BAD}{} damaged files in quarantine{BAD:#}", status.quarantined))?;
    }
    if let Some(run) = &status.last_run {
        output.line(format_args!("  last run ended {} ({})", when::ago(run.ended_at), run.reason))?;
    }
    Ok(())
}

fn verify(chosen: &Chosen, output: &mut Output) -> Result<Exit, Failure> {
    let journal = chosen.journal()?;
    let mut exit = Exit::Fine;
    for service in chosen.services(&journal)? {
        let verified = verify_one(&service).map_err(|error| unreadable(&journal, &error))?;
        output.json(&verified)?;
        let Verified { files, events, others, damaged, .. } = &verified;
        let others = if *others > 0 { format!(", {others} other lines") } else { String::new() };
        let state = match damaged {
            0 => format!("{GOOD}whole{GOOD:#}"),
            _ => format!("{BAD}{damaged} damaged{BAD:#}"),
        };
        output.line(format_args!("{}: {state}, {files} files, {events} events{others}", told(&service)))?;
        for file in &verified.damaged_files {
            output.line(format_args!("  {BAD}{file}{BAD:#}"))?;
        }
        if *damaged > 0 {
            exit = Exit::Wrong;
        }
    }
    Ok(exit)
}

fn verify_one(service: &Service) -> io::Result<Verified> {
    let mut verified = Verified {
        service: service.name().to_owned(),
        environment: service.environment().map(str::to_owned),
        files: 0,
        events: 0,
        others: 0,
        damaged: 0,
        unfinished_bytes: 0,
        damaged_files: Vec::new(),
    };
    let kinds = [FileKind::Waiting, FileKind::History, FileKind::Dead];
    let files: Vec<_> = kinds.into_iter().map(|kind| service.files(kind)).collect::<io::Result<Vec<_>>>()?.concat();
    let (total, mut done): (u64, u64) = (files.iter().map(|file| file.bytes()).sum(), 0);
    let mut progress = Progress::new("MB checked", Some(total / MEGABYTE));
    for file in &files {
        let checked = file.check()?;
        verified.files += 1;
        verified.events += checked.events;
        verified.others += checked.others;
        verified.damaged += checked.damaged;
        verified.unfinished_bytes += checked.unfinished;
        if checked.damaged > 0 {
            verified.damaged_files.push(file.path().display().to_string());
        }
        done += file.bytes();
        progress.set(done / MEGABYTE, file.name());
    }
    Ok(verified)
}

fn prune(days: Option<u16>, megabytes: Option<u32>, chosen: &Chosen, output: &mut Output) -> Result<Exit, Failure> {
    let journal = chosen.journal()?;
    let before = days.and_then(|days| Timestamp::now().checked_sub((i64::from(days) * 24).hours()).ok());
    let most_bytes = megabytes.map(|megabytes| u64::from(megabytes) * 1_000_000);
    for service in chosen.services(&journal)? {
        let pruned = service
            .prune(before, most_bytes)
            .map_err(|error| Failure::new(format!("the history of {} cannot be removed: {error}", told(&service))))?;
        let (gone, left) = (pruned.bytes as f64 / 1_000_000.0, pruned.left as f64 / 1_000_000.0);
        output.line(format_args!(
            "{}: {} days removed, {gone:.1} MB; {left:.1} MB left",
            told(&service),
            pruned.files
        ))?;
        output.json(&PrunedRow {
            service: service.name().to_owned(),
            environment: service.environment().map(str::to_owned),
            files: pruned.files,
            bytes: pruned.bytes,
            left: pruned.left,
        })?;
    }
    Ok(Exit::Fine)
}

fn unreadable(journal: &Journal, error: &io::Error) -> Failure {
    Failure::new(format!("the journal in {} cannot be read: {error}", journal.dir().display()))
}

/// Bytes of what is counted while a person waits.
const MEGABYTE: u64 = 1_000_000;
