//! A directory of undelivered events that this process holds: its own, or one whose owner died.
//!
//! Who has the lock has the directory. It is adopted where it stands: nothing is moved, so a crash in the midst of it
//! changes nothing. What of a chunk is settled already stands in `state.json`, which may be stale or missing: the price
//! is a repeat, never a loss.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::chunk::ChunkName;
use super::open_messages;
use super::storage::{Listed, Lock, Storage};
use super::strand::StrandKey;
use crate::event::{Channel, Event, Failure, Stage};

/// A directory whose lock this process holds.
#[derive(Debug)]
pub(super) struct Home {
    dir: PathBuf,
    state: State,
    /// How many reports of failures were read of each strand, and how many other events.
    read: BTreeMap<StrandKey, (usize, usize)>,
    /// Events at the front of each strand that the owner may have delivered before it died.
    unsure: usize,
    _lock: Lock,
}

/// A chunk that was found in a directory.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) channel: Channel,
    pub(super) name: ChunkName,
    /// Places in the chunk whose events are settled.
    pub(super) settled: BTreeSet<usize>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// The process ended as it should.
    ended: bool,
    /// Nothing in it was ever sent; a person gave it back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unsent: bool,
    /// Since which start of the machine.
    boot: Option<String>,
    /// By channel and file.
    settled: BTreeMap<String, BTreeSet<usize>>,
}

impl State {
    /// Of most chunks nothing is settled, and most often of none: no key is made then.
    fn settled_of(&self, channel: Channel, name: ChunkName) -> BTreeSet<usize> {
        if self.settled.is_empty() {
            return BTreeSet::new();
        }
        self.settled.get(&key(channel, name)).cloned().unwrap_or_default()
    }
}

impl Home {
    /// Makes a directory of one's own.
    pub(super) fn found(storage: &dyn Storage, dir: PathBuf) -> io::Result<Self> {
        Self::found_as(storage, dir, State::default())
    }

    /// Makes a directory for others to adopt, once this is dropped: of a process that has ended and sent nothing.
    #[cfg(feature = "journal")]
    pub(super) fn found_for_others(storage: &dyn Storage, dir: PathBuf) -> io::Result<Self> {
        Self::found_as(storage, dir, State { ended: true, unsent: true, ..State::default() })
    }

    fn found_as(storage: &dyn Storage, dir: PathBuf, state: State) -> io::Result<Self> {
        storage.create_dir(&dir)?;
        let lock = storage.try_lock(&dir.join(LOCK))?;
        let lock = lock.ok_or_else(|| io::Error::other("a new directory is locked by another process"))?;
        let state = State { boot: storage.boot(), ..state };
        let home = Self { dir, state, read: BTreeMap::new(), unsure: 0, _lock: lock };
        save(storage, home.saved())?;
        Ok(home)
    }

    /// Says whether a directory has nothing in it yet but perhaps its lock: its owner may be about to take that, or has
    /// ended and is about to remove the rest.
    pub(super) fn is_bare(storage: &dyn Storage, dir: &Path) -> bool {
        let is_bare =
            |listed: &[Listed]| listed.iter().all(|listed| [LOCK, SPARE_STATE].contains(&listed.name.as_str()));
        storage.list(dir).is_ok_and(|listed| is_bare(&listed))
    }

    /// Takes a directory whose owner died over; nothing while the owner lives.
    pub(super) fn adopt(storage: &dyn Storage, dir: PathBuf) -> io::Result<Option<Self>> {
        let Some(lock) = storage.try_lock(&dir.join(LOCK))? else { return Ok(None) };
        if Self::is_bare(storage, &dir) {
            // Emptied by its owner, since this was asked before the lock was.
            clear(storage, &dir);
            return Ok(None);
        }
        let state = storage.read(&dir.join(STATE)).ok();
        let mut state: State = state.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        // The machine went down with its owner: what was settled and removed may be back.
        let may_be_back = state.boot.is_none() || state.boot != storage.boot();
        let was_unsent = std::mem::take(&mut state.unsent);
        let mut home = Self { dir, state, read: BTreeMap::new(), unsure: EVENTS_IN_FLIGHT, _lock: lock };
        // From now on it may be sent, which whoever adopts it after this process has to know.
        if was_unsent && save(storage, home.saved()).is_ok() {
            home.unsure = 0;
        } else if may_be_back {
            home.unsure = usize::MAX;
        }
        Ok(Some(home))
    }

    /// Says whether its owner ended as it should.
    pub(super) fn was_ended(&self) -> bool {
        self.state.ended
    }

    /// Says whether this is the directory of that name.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.dir.file_name().is_some_and(|own| own == name)
    }

    /// Lists the chunks that are in it, the oldest first. Their names tell enough: a million events are ten thousand
    /// files, and asking for the size of each would take most of the time.
    pub(super) fn chunks(&self, storage: &dyn Storage) -> io::Result<Vec<Found>> {
        let mut found = Vec::new();
        for (channel, folder) in folders(storage, &self.dir)? {
            for file in storage.names(&folder)? {
                match file.parse() {
                    Ok(name) => found.push(Found { channel, name, settled: self.state.settled_of(channel, name) }),
                    // What was being written when its owner died was reported to nobody.
                    Err(_) => storage.remove(&folder.join(&file))?,
                }
            }
        }
        found.sort_unstable_by_key(|found| found.name);
        Ok(found)
    }

    /// Says whether the next event that is read of a strand may have been delivered by the owner before it died, and
    /// counts it. A strand is read in order and sent from its front, at most one message at a time.
    ///
    /// Reports of failures may be held back, and what is told later of them waits for an edit, while others are sent:
    /// so they do not count among those.
    pub(super) fn is_unsure(&mut self, strand: StrandKey, event: &Event) -> bool {
        let (reports, others) = self.read.entry(strand).or_default();
        let (read, held) = match event.failure() {
            None => (others, 0),
            Some(Failure { stage: Stage::Raised, .. }) => (reports, REPORTS_HELD),
            // Never sent by itself.
            Some(_) => return false,
        };
        *read += 1;
        *read <= self.unsure.saturating_add(held)
    }

    pub(super) fn folder(&self, channel: Channel) -> PathBuf {
        self.dir.join(channel.name())
    }

    pub(super) fn path(&self, channel: Channel, name: ChunkName) -> PathBuf {
        self.folder(channel).join(name.to_string())
    }

    /// Notes what of a chunk is settled, nothing when it is gone; says whether that is to be written by [`save`].
    pub(super) fn settle(&mut self, channel: Channel, name: ChunkName, places: Option<BTreeSet<usize>>) -> bool {
        match places {
            Some(places) => {
                self.state.settled.insert(key(channel, name), places);
                true
            }
            None => self.state.settled.remove(&key(channel, name)).is_some(),
        }
    }

    pub(super) fn end(&mut self) {
        self.state.ended = true;
    }

    /// What [`save`] writes, and where.
    pub(super) fn saved(&self) -> (PathBuf, Vec<u8>) {
        (self.dir.clone(), serde_json::to_vec(&self.state).unwrap_or_default())
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }
}

/// What somebody sees of a directory who does not hold it.
#[cfg(feature = "journal")]
#[derive(Debug)]
pub(super) struct Seen {
    /// Whether a process holds it; not known before that has written its state.
    pub(super) is_held: Option<bool>,
    pub(super) was_ended: bool,
    pub(super) found: Vec<Found>,
}

/// Looks at a directory without touching it.
#[cfg(feature = "journal")]
pub(super) fn see(storage: &dyn Storage, dir: &Path) -> io::Result<Seen> {
    let bytes = storage.read(&dir.join(STATE)).ok();
    // Before the state is written its owner may be about to take the lock, and must find it free.
    let is_held = bytes.is_some().then(|| storage.is_locked(&dir.join(LOCK))).transpose()?;
    let state: State = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let mut found = Vec::new();
    for (channel, folder) in folders(storage, dir)? {
        let names = storage.names(&folder).unwrap_or_default();
        let names = names.iter().filter_map(|name| name.parse().ok());
        found.extend(names.map(|name| Found { channel, name, settled: state.settled_of(channel, name) }));
    }
    found.sort_unstable_by_key(|found| found.name);
    Ok(Seen { is_held, was_ended: state.ended, found })
}

fn folders(storage: &dyn Storage, dir: &Path) -> io::Result<Vec<(Channel, PathBuf)>> {
    let is_channel = |name: &String| !OWN_FILES.contains(&name.as_str()) && name != open_messages::FOLDER;
    let names = storage.names(dir)?.into_iter().filter(is_channel);
    Ok(names.map(|name| (Channel::named(&name), dir.join(&name))).collect())
}

/// Gives size and time of the chunks in a directory.
pub(super) fn measure(storage: &dyn Storage, dir: &Path) -> Vec<(Channel, ChunkName, u64, Timestamp)> {
    let mut measured = Vec::new();
    for folder in storage.names(dir).unwrap_or_default() {
        // What is no folder has nothing in it.
        for file in storage.list(&dir.join(&folder)).unwrap_or_default() {
            if let Ok(name) = file.name.parse() {
                measured.push((Channel::named(&folder), name, file.bytes, file.written));
            }
        }
    }
    measured
}

/// Writes a directory's state so that a reader sees the old one or the new one, never half of it.
pub(super) fn save(storage: &dyn Storage, (dir, state): (PathBuf, Vec<u8>)) -> io::Result<()> {
    let spare: &Path = &dir.join(SPARE_STATE);
    storage.write(spare, &state)?;
    storage.rename(spare, &dir.join(STATE))
}

/// Removes a directory if no events are left in it.
pub(super) fn clear(storage: &dyn Storage, dir: &Path) {
    let Ok(names) = storage.list(dir) else { return };
    let folders = names.iter().filter(|listed| !OWN_FILES.contains(&listed.name.as_str()));
    // A folder that is not empty stays, and so does everything around it.
    if folders.map(|folder| storage.remove_dir(&dir.join(&folder.name))).all(|removed| removed.is_ok()) {
        for file in OWN_FILES {
            let _ = storage.remove(&dir.join(file));
        }
        let _ = storage.remove_dir(dir);
    }
}

fn key(channel: Channel, name: ChunkName) -> String {
    format!("{channel}/{name}")
}

/// Events that one message tells at most: those of a digest.
const EVENTS_IN_FLIGHT: usize = 4_096;
/// Reports of failures that may be held while others are sent.
const REPORTS_HELD: usize = 100;

const LOCK: &str = "lock";
const STATE: &str = "state.json";
const SPARE_STATE: &str = "state.tmp";
const OWN_FILES: [&str; 3] = [STATE, SPARE_STATE, LOCK];
