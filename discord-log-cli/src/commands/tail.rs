//! `discord-log tail`.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use discord_log::journal::{Content, File, FileKind, Journal, Lines, Record, Service};
use discord_log::{Channel, Severity};

use crate::chosen::Chosen;
use crate::event_line;
use crate::exit::{Exit, Failure};
use crate::output::Output;

/// Show what is delivered, as it is delivered.
///
/// Begins with the last events of the history, and goes on until it is ended. Of occurrences that a message only counts
/// there is one line for all.
#[derive(Args, Debug)]
#[command(after_help = event_line::FIELDS)]
pub(crate) struct Arguments {
    /// How many events to begin with
    #[arg(short = 'n', long = "lines", default_value_t = 10, value_name = "NUMBER")]
    lines: usize,
    /// End after those
    #[arg(long)]
    no_follow: bool,
    /// Only this channel; may be given more than once
    #[arg(long, value_name = "NAME")]
    channel: Vec<String>,
    /// Only this severity and those above it: info, success, warning, error or critical
    #[arg(long, value_name = "SEVERITY")]
    severity: Option<Severity>,
    #[command(flatten)]
    chosen: Chosen,
}

/// The end of one file of a history.
struct Followed {
    service: Service,
    lines: Lines,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let journal = arguments.chosen.journal()?;
    let mut followed = BTreeMap::new();
    let mut last = Vec::new();
    for service in arguments.chosen.services(&journal)? {
        let files = histories(&service)?;
        last.extend(arguments.last_of(&service, &files, &mut followed).map_err(unreadable)?);
    }
    last.sort_by_key(|(_, record)| record.fate().at());
    let superfluous = last.len().saturating_sub(arguments.lines);
    for (service, record) in last.iter().skip(superfluous) {
        event_line::write(output, service, record)?;
    }
    output.flush()?;
    if arguments.no_follow {
        return Ok(Exit::Fine);
    }
    loop {
        thread::sleep(LOOKS_EVERY);
        arguments.follow(&journal, &mut followed, output)?;
    }
}

impl Arguments {
    fn wants(&self, record: &Record) -> bool {
        let (channel, severity) = (record.event().channel(), record.event().severity());
        let is_of_channel = self.channel.is_empty() || self.channel.iter().any(|name| Channel::named(name) == channel);
        is_of_channel && self.severity.is_none_or(|least| severity >= least)
    }

    /// Reads the last wanted events of a service, and notes where its files end.
    fn last_of(
        &self,
        service: &Service,
        files: &[File],
        followed: &mut BTreeMap<PathBuf, Followed>,
    ) -> io::Result<Vec<(Service, Record)>> {
        let mut last: Vec<(Service, Record)> = Vec::new();
        for file in files.iter().rev() {
            let mut looks_at = self.lines.saturating_sub(last.len());
            let (found, lines) = loop {
                let start = file.start_of_last(looks_at)?;
                let mut lines = file.lines_from(start);
                let found = self.read(service, &mut lines)?;
                // What is not wanted does not count, so that more may have to be looked at.
                if start == 0 || last.len() + found.len() >= self.lines {
                    break (found, lines);
                }
                looks_at = looks_at.max(1).saturating_mul(FURTHER);
            };
            followed.insert(file.path().to_owned(), Followed { service: service.clone(), lines });
            last.extend(found);
        }
        Ok(last)
    }

    fn read(&self, service: &Service, lines: &mut Lines) -> io::Result<Vec<(Service, Record)>> {
        let mut read = Vec::new();
        for line in lines {
            if let Content::Event(record) = line?.content
                && self.wants(&record)
            {
                read.push((service.clone(), *record));
                // Of a long file the last are wanted, however many are looked at.
                if read.len() > self.lines.saturating_mul(2).max(MOST_HELD) {
                    read.drain(..read.len() - self.lines.max(MOST_HELD / 2));
                }
            }
        }
        Ok(read)
    }

    /// Shows what has come since, of the files that are known and of new ones.
    fn follow(
        &self,
        journal: &Journal,
        followed: &mut BTreeMap<PathBuf, Followed>,
        output: &mut Output,
    ) -> Result<(), Failure> {
        // A service may begin while others are followed.
        for service in Chosen::all(journal)?.into_iter().filter(|service| self.chosen.takes(service)) {
            let files = histories(&service)?;
            // Of all but the newest days nothing is expected; a file that was removed begins anew.
            for file in files.iter().rev().take(DAYS_FOLLOWED) {
                let known = followed
                    .entry(file.path().to_owned())
                    .or_insert_with(|| Followed { service: service.clone(), lines: file.lines() });
                if known.lines.offset() > file.bytes() {
                    known.lines = file.lines();
                }
                if known.lines.offset() < file.bytes() {
                    for (service, record) in self.read(&known.service, &mut known.lines).map_err(unreadable)? {
                        event_line::write(output, &service, &record)?;
                    }
                }
            }
        }
        output.flush()
    }
}

fn histories(service: &Service) -> Result<Vec<File>, Failure> {
    service.files(FileKind::History).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` calls")]
fn unreadable(error: io::Error) -> Failure {
    Failure::new(format!("the history cannot be read: {error}"))
}

/// How often it looks: often enough that a reader sees no delay.
const LOOKS_EVERY: Duration = Duration::from_millis(200);
/// Today's history, and yesterday's while today begins.
const DAYS_FOLLOWED: usize = 2;
/// How many times as far back it looks for events of a kind that is rare.
const FURTHER: usize = 8;
/// Events that are held beyond those that are wanted.
const MOST_HELD: usize = 2_000;
