//! The index of `search`, `stats` and `groups`: words, and what can be counted, of everything that the journal of this host
//! holds. One SQLite file for each journal in `$XDG_CACHE_HOME/discord-log`, or `~/.cache/discord-log`.
//!
//! It is a cache: brought up to date before each use, by one process at a time, and thrown away when it is damaged or of
//! another version. Events stay where they are; the index knows file and place. A row's number is its time, so that the
//! newest come first by themselves and a span of time is a span of numbers.

mod cache;
mod filter;
mod item;
mod numbers;
mod schema;
mod update;
mod words;

use std::collections::HashMap;

use discord_log::journal::{Content, File, Journal, Record, Service};
use rusqlite::Connection;

pub(crate) use self::cache::Trouble;
pub(crate) use self::filter::Filter;
pub(crate) use self::numbers::{Count, Delay, Problem, Totals};

use crate::chosen::Chosen;
use crate::exit::Failure;

/// The index of one journal, up to date.
pub(crate) struct Index {
    connection: Connection,
    services: Vec<Service>,
    /// By service and path.
    files: HashMap<(String, String), File>,
    damaged: u64,
}

/// An event that was found, and where it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Hit {
    at: i64,
    service: String,
    path: String,
    offset: u64,
}

impl Index {
    /// Asks the index of a journal, brought up to date. What is asked is asked again of a new one if the index turns out
    /// to be damaged, so it must not write anything.
    pub(crate) fn ask<T>(journal: &Journal, ask: impl Fn(&Self) -> Result<T, Trouble>) -> Result<T, Failure> {
        let services = Chosen::all(journal)?;
        let cache = cache::Cache::of(journal)?;
        let mut is_new = false;
        loop {
            let asked = Self::open(&cache, services.clone(), is_new).and_then(|index| ask(&index));
            match asked {
                Err(trouble) if trouble.is_damage() && !is_new => is_new = true,
                asked => return asked.map_err(|trouble| cache.failure(trouble)),
            }
        }
    }

    fn open(cache: &cache::Cache, services: Vec<Service>, anew: bool) -> Result<Self, Trouble> {
        let lock = cache.lock()?;
        let mut connection = cache.open(anew)?;
        let listed = update::list(&services)?;
        match &lock {
            Some(_) => update::update(&mut connection, &listed)?,
            None => {
                crate::exit::warn("another search has been at the index for long: the newest events may be missing")
            }
        }
        drop(lock);
        let damaged = connection.query_row("SELECT coalesce(sum(damaged), 0) FROM files", [], |row| row.get(0))?;
        let files = listed.into_iter().map(|listed| ((listed.service, listed.path), listed.file)).collect();
        Ok(Self { connection, services, files, damaged })
    }

    /// Says how many lines of the journal are damaged.
    pub(crate) fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Reads an event that was found; nothing if its file is gone since.
    pub(crate) fn read(&self, hit: &Hit) -> Option<(&Service, Record)> {
        let service = self.services.iter().find(|service| service.namespace() == hit.service)?;
        let file = self.files.get(&(hit.service.clone(), hit.path.clone()))?;
        let Content::Event(record) = file.lines_from(hit.offset).next()?.ok()?.content else { return None };
        (item::key_of(&record).0 == hit.at).then_some((service, *record))
    }
}
