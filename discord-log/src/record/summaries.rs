//! Which day was summarised last: one summary a day and service, however many processes there are, and whichever of them
//! dies when.
//!
//! ```text
//! <service>@<environment>/summaries/lock         held while a summary is made and handed to the journal
//! <service>@<environment>/summaries/last.json    {"day":"2026-05-01","at":"…","event":"01KB…","is_journalled":true}
//! ```
//!
//! A day is claimed with the name of the event that will tell it, then the event is journalled, then the claim is
//! confirmed; each of the three is on the disk before the next. Whoever finds a claim without a confirmation looks for
//! its event: if the journal knows it, only the confirmation was missing.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::archive::{self, Archive};
use super::entry::EventId;
use super::history::{History, Past};
use super::storage::{Lock, Storage};
use crate::event::Channel;

/// Who has summarised what.
#[derive(Clone, Debug)]
pub(crate) struct Summaries {
    storage: Arc<dyn Storage>,
    service: PathBuf,
}

/// A day that somebody summarises, or has summarised.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) day: Date,
    /// When it was claimed.
    pub(crate) at: Timestamp,
    /// The event that tells it, by its whole name; nothing where there is none to tell.
    pub(crate) event: Option<String>,
    /// The journal has the event.
    pub(crate) is_journalled: bool,
}

impl Claim {
    /// A day of which nothing is to be told any more.
    pub(crate) const fn without_event(day: Date, at: Timestamp) -> Self {
        Self { day, at, event: None, is_journalled: true }
    }

    pub(crate) fn of_event(day: Date, at: Timestamp, event: EventId) -> Self {
        Self { day, at, event: Some(event.whole()), is_journalled: false }
    }

    pub(crate) fn confirmed(self) -> Self {
        Self { is_journalled: true, ..self }
    }
}

impl Summaries {
    pub(super) fn of(storage: Arc<dyn Storage>, service: &Path) -> Self {
        Self { storage, service: service.to_owned() }
    }

    /// Reads the last claim; a file that is missing or damaged tells of none.
    pub(crate) fn last(&self) -> Option<Claim> {
        serde_json::from_slice(&self.storage.read(&self.folder().join(LAST)).ok()?).ok()
    }

    /// Takes the right to make one; nothing while another process has it. Given back by dropping it, or by dying.
    pub(crate) fn lock(&self) -> io::Result<Option<Lock>> {
        self.storage.create_dir(&self.folder())?;
        self.storage.try_lock(&self.folder().join(LOCK))
    }

    /// Writes a claim so that a power cut leaves this one or the one before; only with the lock.
    pub(crate) fn note(&self, claim: &Claim) -> io::Result<()> {
        let folder = self.folder();
        let spare = folder.join("spare.tmp");
        self.storage.create_dir(&folder)?;
        self.storage.write(&spare, &serde_json::to_vec(claim)?)?;
        self.storage.sync(&spare)?;
        self.storage.rename(&spare, &folder.join(LAST))?;
        self.storage.sync(&folder)
    }

    /// Looks for the event of a claim: among what waits, what was refused, and what was delivered. In this order, since
    /// an event is in the history before it is gone from what waits.
    pub(crate) fn is_told(&self, claim: &Claim) -> io::Result<bool> {
        let Some(event) = &claim.event else { return Ok(true) };
        Ok(self.waits(event)? || self.is_dead(event) || self.is_delivered(event, claim.at)?)
    }

    fn waits(&self, event: &str) -> io::Result<bool> {
        for instance in self.storage.names(&self.service)? {
            let folder = self.service.join(&instance).join(Channel::System.name());
            // What is no directory of a process, or is gone meanwhile, has no such folder.
            let chunks =
                if Archive::holds(&instance) { Vec::new() } else { self.storage.names(&folder).unwrap_or_default() };
            for chunk in chunks {
                match self.storage.read(&folder.join(chunk)) {
                    Ok(bytes) if contains(&bytes, event) => return Ok(true),
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(false)
    }

    fn is_dead(&self, event: &str) -> bool {
        let file = self.service.join(archive::DEAD).join(format!("{event}.json"));
        self.storage.read_part(&file, 0, 1).is_ok()
    }

    fn is_delivered(&self, event: &str, since: Timestamp) -> io::Result<bool> {
        let history = History::of(Arc::clone(&self.storage), &self.service);
        // A clock that was set back meanwhile writes into the file of an earlier day.
        let first = TimeZone::UTC.to_datetime(since).date().yesterday().unwrap_or(Date::MIN);
        let mut is_found = false;
        for day in history.days()?.into_iter().filter(|day| *day >= first) {
            history.read(day, &mut |past| {
                is_found |= matches!(past, Past::Event(past) if past.id.whole() == event);
            })?;
        }
        Ok(is_found)
    }

    fn folder(&self) -> PathBuf {
        self.service.join(FOLDER)
    }
}

fn contains(bytes: &[u8], event: &str) -> bool {
    bytes.windows(event.len()).any(|window| window == event.as_bytes())
}

/// Where it is in the folder of the service.
pub(super) const FOLDER: &str = "summaries";
const LAST: &str = "last.json";
const LOCK: &str = "lock";
