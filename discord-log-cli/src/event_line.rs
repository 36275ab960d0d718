//! One event: a line for people, an object for programs.

use anstyle::{AnsiColor, Style};
use discord_log::Severity;
use discord_log::journal::{Fate, Record, Service};
use serde_json::{Map, Value};

use crate::chosen::told;
use crate::exit::Failure;
use crate::output::{BAD, BOLD, DIM, DOUBTFUL, GOOD, Output};
use crate::when;

/// What the help of commands says of their JSON.
pub(crate) const FIELDS: &str = "\
With --json, one object an event: everything the journal keeps (`id`, `at`, `kind`, `severity`, `channel`, `place`,
`entries`, `ending`), and `service`, `environment`, `title`, `detail`, `problem`, `state`.";

/// Writes an event.
pub(crate) fn write(output: &mut Output, service: &Service, record: &Record) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&object(service, record));
    }
    let event = record.event();
    let (mark, style) = mark(event.severity());
    let (at, channel) = (when::local(event.occurred_at()), event.channel());
    let said = shortened(&record.headline(service.name()), MOST_SAID);
    let detail = shortened(&record.detail(), MOST_SAID.saturating_sub(said.chars().count()));
    let detail = if detail.is_empty() { detail } else { format!(": {detail}") };
    let fate = match record.fate() {
        Fate::Counted { occurrences, .. } if *occurrences > 1 => format!(" {BOLD}×{occurrences}{BOLD:#}"),
        Fate::Buried { reason, .. } => format!(" {BAD}refused: {}{BAD:#}", shortened(reason, MOST_REASON)),
        Fate::Waiting => format!(" {DOUBTFUL}waits{DOUBTFUL:#}"),
        _ => String::new(),
    };
    let service = told(service);
    output.line(format_args!(
        "{DIM}{at}{DIM:#}  {style}{mark} {channel:<9}{style:#} {said}{detail}{fate}  {DIM}{service}{DIM:#}"
    ))
}

/// Gives an event as programs read it.
pub(crate) fn object(service: &Service, record: &Record) -> Map<String, Value> {
    let mut object: Map<String, Value> = serde_json::from_str(record.json()).unwrap_or_default();
    let mut add = |name: &str, value: Value| drop(object.insert(name.to_owned(), value));
    add("service", service.name().into());
    add("environment", service.environment().into());
    add("title", record.headline(service.name()).into());
    add("detail", record.detail().into());
    add("problem", record.fingerprint().into());
    add("state", state(record.fate()).into());
    object
}

fn state(fate: &Fate) -> &'static str {
    match fate {
        Fate::Buried { .. } => "buried",
        Fate::Counted { .. } => "counted",
        Fate::Waiting => "waiting",
        _ => "delivered",
    }
}

/// Gives the mark of a severity, so that it is told without colours too.
pub(crate) fn mark(severity: Severity) -> (char, Style) {
    match severity {
        Severity::Critical => ('‼', BAD.bold()),
        Severity::Error => ('✗', BAD),
        Severity::Warning => ('!', DOUBTFUL),
        Severity::Success => ('✓', GOOD),
        _ => ('·', AnsiColor::Cyan.on_default()),
    }
}

/// Cuts a text with a mark.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Characters of an event in a line for people.
const MOST_SAID: usize = 140;
const MOST_REASON: usize = 80;
