//! `discord-log dead`.

use clap::{Args, Subcommand};
use discord_log::journal::{Content, Fate, File, FileKind, Record, Service};
use serde::Serialize;

use crate::chosen::{Chosen, told};
use crate::event_line;
use crate::exit::{Exit, Failure, warn};
use crate::output::{BOLD, DIM, GOOD, Output};
use crate::when;

/// Look after the events that Discord refused for good.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List them, the newest first
    #[command(after_help = event_line::FIELDS)]
    List {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Show one whole
    #[command(after_help = event_line::FIELDS)]
    Show {
        /// Its id, or the end of it that messages show
        id: String,
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Give some back to be delivered again: by the process of the service that runs, within a minute, or by the next
    Retry(Picked),
    /// Remove some for good
    Drop(Picked),
}

/// Some of the dead.
#[derive(Args, Debug)]
struct Picked {
    /// Their ids, or the ends of them that messages show
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<String>,
    /// All of them
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    chosen: Chosen,
}

/// What `retry` and `drop` give for each service.
#[derive(Serialize)]
struct Done {
    service: String,
    environment: Option<String>,
    events: usize,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    match &arguments.what {
        What::List { chosen } => list(chosen, output),
        What::Show { id, chosen } => show(id, chosen, output),
        What::Retry(picked) => retry(picked, output),
        What::Drop(picked) => drop_some(picked, output),
    }
}

fn list(chosen: &Chosen, output: &mut Output) -> Result<Exit, Failure> {
    let (mut count, mut exit) = (0, Exit::Fine);
    for (service, file) in dead(chosen)?.iter().rev() {
        match read(file) {
            Some(record) => {
                event_line::write(output, service, &record)?;
                output.line(format_args!("  {DIM}{}{DIM:#}", record.id()))?;
            }
            None => {
                exit = Exit::Wrong;
                warn(format!("{} is damaged", file.path().display()));
            }
        }
        count += 1;
    }
    if count == 0 {
        output.line(format_args!("{GOOD}Discord refused nothing{GOOD:#}"))?;
    }
    Ok(exit)
}

fn show(id: &str, chosen: &Chosen, output: &mut Output) -> Result<Exit, Failure> {
    let (service, file) = one(&dead(chosen)?, id)?;
    let record = read(&file).ok_or_else(|| Failure::new(format!("{} is damaged", file.path().display())))?;
    if output.is_json() {
        event_line::write(output, &service, &record)?;
        return Ok(Exit::Fine);
    }
    let event = record.event();
    output.line(format_args!("{BOLD}{}{BOLD:#}", record.headline(service.name())))?;
    let mut tell = |name: &str, value: &str| output.line(format_args!("{DIM}{name:<10}{DIM:#} {value}"));
    if let Fate::Buried { at, reason } = record.fate() {
        tell("refused", &format!("{} {}", when::local(*at), inert(reason)))?;
    }
    tell("occurred", &when::local(event.occurred_at()))?;
    tell("service", &told(&service))?;
    tell("channel", event.channel().name())?;
    tell("severity", event.severity().name())?;
    tell("id", &record.id())?;
    output.line("")?;
    for line in record.text().lines() {
        output.line(inert(line))?;
    }
    Ok(Exit::Fine)
}

fn retry(picked: &Picked, output: &mut Output) -> Result<Exit, Failure> {
    for_each_service(picked, output, "to be delivered again", |service, ids| service.retry(ids))
}

fn drop_some(picked: &Picked, output: &mut Output) -> Result<Exit, Failure> {
    for_each_service(picked, output, "removed", |service, ids| {
        let mut dropped = 0;
        for id in ids {
            dropped += usize::from(service.drop_dead(id)?);
        }
        Ok(dropped)
    })
}

fn for_each_service(
    picked: &Picked,
    output: &mut Output,
    what: &str,
    act: impl Fn(&Service, &[String]) -> std::io::Result<usize>,
) -> Result<Exit, Failure> {
    let dead = dead(&picked.chosen)?;
    let chosen =
        if picked.all { dead } else { picked.ids.iter().map(|id| one(&dead, id)).collect::<Result<Vec<_>, _>>()? };
    let mut services: Vec<(Service, Vec<String>)> = Vec::new();
    for (service, file) in chosen {
        let id = file.name().trim_end_matches(".json").to_owned();
        match services.iter_mut().find(|(known, _)| known.namespace() == service.namespace()) {
            Some((_, ids)) => ids.push(id),
            None => services.push((service, vec![id])),
        }
    }
    for (service, ids) in &services {
        let events = act(service, ids)
            .map_err(|error| Failure::new(format!("events of {} cannot be moved: {error}", told(service))))?;
        output.line(format_args!("{}: {events} {what}", told(service)))?;
        let environment = service.environment().map(str::to_owned);
        output.json(&Done { service: service.name().to_owned(), environment, events })?;
    }
    if services.is_empty() {
        output.line(format_args!("{GOOD}Discord refused nothing{GOOD:#}"))?;
    }
    Ok(Exit::Fine)
}

/// Lists the dead by time.
fn dead(chosen: &Chosen) -> Result<Vec<(Service, File)>, Failure> {
    let mut dead = Vec::new();
    for service in chosen.services(&chosen.journal()?)? {
        let files = service.files(FileKind::Dead);
        let files = files.map_err(|error| Failure::new(format!("the journal cannot be read: {error}")))?;
        dead.extend(files.into_iter().map(|file| (service.clone(), file)));
    }
    // An id begins with its time.
    dead.sort_by(|(_, one), (_, other)| one.name().cmp(other.name()));
    Ok(dead)
}

/// Finds the one that an id or the end of one names.
fn one(dead: &[(Service, File)], id: &str) -> Result<(Service, File), Failure> {
    let wanted = id.to_ascii_uppercase();
    let is_named = |file: &File| !wanted.is_empty() && file.name().trim_end_matches(".json").ends_with(&wanted);
    let mut found = dead.iter().filter(|(_, file)| is_named(file));
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => Err(Failure::new(format!("no dead event is called `{id}`; `discord-log dead list` names them"))),
        (Some(_), Some(_)) => Err(Failure::new(format!("several dead events are called `{id}`: give more of the id"))),
    }
}

fn read(file: &File) -> Option<Record> {
    match file.lines().next()?.ok()?.content {
        Content::Event(record) => Some(*record),
        _ => None,
    }
}

/// Nothing that a message holds acts on a terminal.
fn inert(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}
