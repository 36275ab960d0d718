//! What is kept beside the undelivered events: what was delivered, what Discord refused for good, and what was damaged.
//!
//! ```text
//! <service>@<environment>/
//!     history/2026-05-01.jsonl              delivered: event, message, when; and what each process counted each minute
//!     dead/01KB….json                       buried: event, Discord's reason, when
//!     runs/last.json                        how the last run ended that ended as it should
//!     problems/noted.jsonl                  which problems are over since when, for the day they come back
//!     quarantine/2026-05-01-errors-….jsonl  files with damaged lines, as they were found
//!     summaries/last.json                   which day was summarised last
//! ```

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::chunk::{self, ChunkName, Ending};
use super::counts::Counts;
use super::storage::Storage;
use super::{Entry, EventId, Run, summaries};
use crate::event::Channel;

/// The folders of a service that hold no undelivered events.
#[derive(Clone, Debug)]
pub(super) struct Archive {
    service: PathBuf,
}

impl Archive {
    pub(super) fn of(service: &Path) -> Self {
        Self { service: service.to_owned() }
    }

    /// Says whether a folder of the service is one of these.
    pub(super) fn holds(name: &str) -> bool {
        FOLDERS.contains(&name) || name == summaries::FOLDER
    }

    /// Writes how events ended; gives the bytes that came to the history.
    pub(super) fn keep(&self, storage: &dyn Storage, ended: &[(Entry, Ending)]) -> io::Result<u64> {
        let mut history: Option<(Date, Vec<u8>)> = None;
        let mut written = 0;
        for (entry, ending) in ended {
            let at = match ending {
                Ending::Counted { at, .. } | Ending::Delivered { at, .. } => *at,
                Ending::Buried { .. } => {
                    written += self.bury(storage, entry, ending)?;
                    continue;
                }
            };
            let day = day(at);
            if history.as_ref().is_some_and(|(of, _)| *of != day) {
                written += self.append(storage, history.take())?;
            }
            let (_, lines) = history.get_or_insert_with(|| (day, Vec::new()));
            chunk::encode_ended(lines, entry, ending);
        }
        Ok(written + self.append(storage, history)?)
    }

    /// Reads what was noted of problems; where that is much, the older half is forgotten.
    pub(super) fn problems(&self, storage: &dyn Storage) -> Vec<u8> {
        let folder = self.service.join(PROBLEMS);
        let mut noted = storage.read(&folder.join(NOTED)).unwrap_or_default();
        if noted.len() > MOST_NOTED {
            let half = noted.len() - MOST_NOTED / 2;
            let line =
                noted.iter().skip(half).position(|byte| *byte == b'\n').map_or(noted.len(), |end| half + end + 1);
            noted.drain(..line);
            let spare = folder.join("spare.tmp");
            // A file that cannot be replaced stays as it is; another process may replace it.
            let _ = storage.write(&spare, &noted).and_then(|()| storage.rename(&spare, &folder.join(NOTED)));
        }
        noted
    }

    /// Notes lines about problems.
    pub(super) fn note_problems(&self, storage: &dyn Storage, lines: &[u8]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let folder = self.service.join(PROBLEMS);
        storage.create_dir(&folder)?;
        storage.append(&folder.join(NOTED), lines)
    }

    /// Reads how the last run ended; a file that is missing or damaged tells nothing.
    pub(super) fn last_run(&self, storage: &dyn Storage) -> Option<Run> {
        let bytes = storage.read(&self.service.join(RUNS).join(LAST_RUN)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Notes how this run ended.
    pub(super) fn note_run(&self, storage: &dyn Storage, run: &Run) -> io::Result<()> {
        let folder = self.service.join(RUNS);
        storage.create_dir(&folder)?;
        let spare = folder.join("spare.tmp");
        storage.write(&spare, &serde_json::to_vec(run).unwrap_or_default())?;
        storage.rename(&spare, &folder.join(LAST_RUN))
    }

    /// Notes in the history what was counted; gives the bytes that came to it.
    pub(super) fn note_counts(&self, storage: &dyn Storage, counts: &Counts) -> io::Result<u64> {
        self.append(storage, Some((day(counts.until), counts.encode())))
    }

    fn append(&self, storage: &dyn Storage, history: Option<(Date, Vec<u8>)>) -> io::Result<u64> {
        let Some((day, lines)) = history else { return Ok(0) };
        let folder = self.service.join(HISTORY);
        storage.create_dir(&folder)?;
        storage.append(&folder.join(history_name(day)), &lines)?;
        Ok(lines.len() as u64)
    }

    fn bury(&self, storage: &dyn Storage, entry: &Entry, ending: &Ending) -> io::Result<u64> {
        let folder = self.service.join(DEAD);
        let mut line = Vec::new();
        chunk::encode_ended(&mut line, entry, ending);
        storage.create_dir(&folder)?;
        let spare = folder.join(format!("{}.tmp", entry.id.whole()));
        storage.write(&spare, &line)?;
        storage.sync(&spare)?;
        storage.rename(&spare, &folder.join(dead_name(entry.id)))?;
        storage.sync(&folder)?;
        Ok(line.len() as u64)
    }

    /// Keeps a file that was damaged as it was found.
    pub(super) fn quarantine(
        &self,
        storage: &dyn Storage,
        channel: Channel,
        name: ChunkName,
        bytes: &[u8],
        at: Timestamp,
    ) -> io::Result<()> {
        let folder = self.service.join(QUARANTINE);
        storage.create_dir(&folder)?;
        storage.write(&folder.join(format!("{}-{channel}-{name}", day(at))), bytes)
    }

    /// Removes what is older than `since`, and then the oldest until no more than `most` bytes are left; gives how many
    /// are. The history goes before the damaged, and these before the dead.
    pub(super) fn tidy(&self, storage: &dyn Storage, since: Timestamp, most: u64) -> u64 {
        let mut files = Vec::new();
        for (rank, folder) in FOLDERS.iter().enumerate() {
            let folder = self.service.join(folder);
            for listed in storage.list(&folder).unwrap_or_default() {
                files.push((rank, listed.written, folder.join(&listed.name), listed.bytes));
            }
        }
        files.sort();
        let mut left: u64 = files.iter().map(|(.., bytes)| *bytes).sum();
        for (_, written, path, bytes) in files {
            // A file without a time is not known to be old.
            let is_old = written < since && written != Timestamp::UNIX_EPOCH;
            if (is_old || left > most) && storage.remove(&path).is_ok() {
                left -= bytes;
            }
        }
        left
    }
}

/// Names the file of a dead event.
pub(super) fn dead_name(id: EventId) -> String {
    format!("{}.json", id.whole())
}

/// Where it is noted which problems are over.
#[cfg(feature = "journal")]
pub(super) fn noted(service: &Path) -> PathBuf {
    service.join(PROBLEMS).join(NOTED)
}

fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// Names the file of what was delivered on a day, by UTC.
pub(super) fn history_name(day: Date) -> String {
    format!("{day}{HISTORY_SUFFIX}")
}

pub(super) const HISTORY: &str = "history";
pub(super) const HISTORY_SUFFIX: &str = ".jsonl";
pub(super) const DEAD: &str = "dead";
pub(super) const QUARANTINE: &str = "quarantine";
const PROBLEMS: &str = "problems";
const RUNS: &str = "runs";
const LAST_RUN: &str = "last.json";
const NOTED: &str = "noted.jsonl";
/// Bytes of it that are too many: more than twice what all problems take that are remembered.
const MOST_NOTED: usize = 1024 * 1024;
/// The first to go first.
const FOLDERS: [&str; 5] = [HISTORY, QUARANTINE, PROBLEMS, RUNS, DEAD];
