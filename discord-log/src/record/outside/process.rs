//! The processes of a service that have something in the journal, and what waits there.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;

use super::lines::{Content, Lines};
use super::{Site, if_there};
use crate::event::{Channel, Severity};
use crate::record::home::{self, Found};

/// A process that has a directory in the journal: one that runs, or one that left something.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Process {
    /// The name of its directory.
    pub name: String,
    /// Its number in the operating system, which may be another's by now.
    pub id: Option<u32>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// Whether it lives.
    pub state: ProcessState,
    /// Events in its files; what it accepted in the last tenth of a second may not be there yet.
    pub waiting: u64,
}

/// Whether a process lives.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ProcessState {
    /// It holds its directory.
    Alive,
    /// It ended as it should, and left something for the next process.
    Ended,
    /// It ended without saying so.
    Killed,
    /// It is about to take its directory.
    Starting,
}

/// What waits for one channel.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Waiting {
    /// Which channel.
    pub channel: Channel,
    /// How many events.
    pub events: u64,
    /// In how many files.
    pub files: usize,
    /// When the oldest occurred; nothing where that cannot be read.
    pub oldest: Option<Timestamp>,
}

impl Site {
    pub(crate) fn processes(&self) -> io::Result<Vec<Process>> {
        let mut processes = Vec::new();
        for name in self.instances()? {
            // A directory that cannot be looked at is gone, or none of a process.
            let Ok(seen) = home::see(&*self.storage, &self.path.join(&name)) else { continue };
            let state = match (seen.is_held, seen.was_ended) {
                (None, _) if seen.found.is_empty() => ProcessState::Starting,
                (Some(true), _) => ProcessState::Alive,
                (_, true) => ProcessState::Ended,
                (_, false) => ProcessState::Killed,
            };
            let mut parts = name.split('-');
            let started_at = parts.next().and_then(|at| Timestamp::from_millisecond(at.parse().ok()?).ok());
            let id = parts.next().and_then(|id| id.parse().ok());
            let waiting = seen.found.iter().map(left).sum();
            processes.push(Process { name, id, started_at, state, waiting });
        }
        Ok(processes)
    }

    pub(crate) fn waiting(&self) -> io::Result<Vec<Waiting>> {
        let mut channels: BTreeMap<Channel, Waiting> = BTreeMap::new();
        for instance in self.instances()? {
            let dir = self.path.join(instance);
            let Ok(seen) = home::see(&*self.storage, &dir) else { continue };
            let mut begun = Vec::new();
            for found in &seen.found {
                let none = Waiting { channel: found.channel, events: 0, files: 0, oldest: None };
                let waiting = channels.entry(found.channel).or_insert(none);
                waiting.events += left(found);
                waiting.files += 1;
                // Of each strand of a process the first file is the oldest.
                let strand = (found.channel, found.name.top >= Severity::Error);
                if !begun.contains(&strand) {
                    begun.push(strand);
                    let path = dir.join(found.channel.name()).join(found.name.to_string());
                    let lines = Lines::new(Arc::clone(&self.storage), path, 0);
                    let oldest = if_there(oldest_of(lines.of_whole_file(found.settled.clone())))?;
                    waiting.oldest = waiting.oldest.into_iter().chain(oldest).min();
                }
            }
        }
        channels.retain(|_, waiting| waiting.events > 0);
        Ok(channels.into_values().collect())
    }
}

fn left(found: &Found) -> u64 {
    found.name.events.saturating_sub(found.settled.len()) as u64
}

fn oldest_of(lines: Lines) -> io::Result<Option<Timestamp>> {
    for line in lines {
        if let Content::Event(record) = line?.content {
            return Ok(Some(record.event().occurred_at()));
        }
    }
    Ok(None)
}
