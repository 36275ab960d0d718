//! One look at the files: writes what is due, removes what is settled, reads what is wanted, keeps within its bounds. The
//! only part of the journal that does I/O, and never under the lock. Each look does a bounded share of the work, so that
//! the recorder comes back to its callers.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::DiskJournal;
use super::state::{OWN, TRIED_EVERY};
use crate::record::archive::Archive;
use crate::record::chunk::{self, ChunkName};
use crate::record::home::{self, Home};
use crate::record::strand::StrandKey;
use crate::record::{Entry, Now, Persisted, closed, open_messages};

/// One look at the files.
pub(super) struct Look<'j> {
    pub(super) journal: &'j DiskJournal,
    pub(super) now: Now,
    /// Whatever is due or not.
    pub(super) all: bool,
    pub(super) persisted: Persisted,
}

impl Look<'_> {
    pub(super) fn run(mut self) -> Persisted {
        self.persisted.is_news |= self.journal.state().arrive();
        if self.moves_in() {
            self.try_again();
            let is_over = [self.write(), self.settle(), self.sync(), self.read()].into_iter().all(|is_done| is_done);
            self.remember_closures();
            self.tidy();
            let again = if is_over { self.journal.state().next() } else { Some(self.now.instant) };
            self.persisted.again = again;
        } else {
            self.persisted.again = self.journal.state().next();
        }
        let mut state = self.journal.state();
        if !std::mem::replace(&mut state.has_looked, true) || !state.is_ready() {
            self.persisted.is_news = true;
            self.persisted.again = Some(self.now.instant);
        }
        drop(state);
        self.persisted
    }

    /// Makes the directory of this process if there is none yet, and adopts those of dead ones from time to time; says
    /// whether there is one.
    fn moves_in(&mut self) -> bool {
        let (is_homeless, fails_until, adopts_at) = {
            let state = self.journal.state();
            (state.homes.is_empty(), state.fails_until, state.adopts_at)
        };
        if is_homeless {
            if fails_until.is_some_and(|until| self.now.instant < until && !self.all) {
                return false;
            }
            let storage = &*self.journal.storage;
            match Home::found(storage, self.journal.service.join(&self.journal.instance)) {
                Ok(home) => self.settle_down(home),
                Err(error) => {
                    self.fail(&error);
                    return false;
                }
            }
        }
        if self.journal.adopts && (is_homeless || adopts_at.is_some_and(|at| at <= self.now.instant)) {
            self.adopt();
            self.journal.state().adopts_at = Some(self.now.instant + ADOPTS_EVERY);
        }
        true
    }

    fn settle_down(&self, home: Home) {
        let closures = closed::read(&*self.journal.storage, &self.journal.root);
        let problems = self.journal.archive().problems(&*self.journal.storage);
        let last_run = self.journal.archive().last_run(&*self.journal.storage);
        let mut state = self.journal.state();
        state.homes.insert(OWN, home);
        state.closures.extend(closures);
        state.problems = problems;
        state.last_run = last_run;
        state.tidies_at = Some(self.now.instant);
        if state.fails_until.is_some() {
            state.recover(self.now.instant);
        }
    }

    fn adopt(&mut self) {
        let (storage, service) = (&*self.journal.storage, &self.journal.service);
        let Ok(mut others) = storage.list(service) else { return };
        others.retain(|other| !Archive::holds(&other.name) && !self.holds(&other.name));
        // What was made just now is not locked yet.
        let since = self.now.wall - BEING_MADE;
        others.retain(|other| other.written < since || !Home::is_bare(storage, &service.join(&other.name)));
        // The oldest first, as far as their names tell.
        others.sort_by(|one, other| one.name.cmp(&other.name));
        for other in others {
            let found = Home::adopt(storage, service.join(&other.name)).and_then(|home| match home {
                Some(home) => home.chunks(storage).map(|found| Some((home, found))),
                None => Ok(None),
            });
            match found {
                Ok(Some((home, found))) => {
                    self.persisted.unclean += usize::from(!home.was_ended());
                    let own = service.join(&self.journal.instance);
                    let open = open_messages::take_over(storage, home.dir(), &own);
                    self.journal.state().found_open.extend(open);
                    self.persisted.adopted += self.journal.state().announce(home, found);
                }
                Ok(None) => {}
                // Another process was faster, and has removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.trouble(&format!("the journal of an earlier run cannot be read: {error}")),
            }
        }
    }

    fn holds(&self, name: &str) -> bool {
        self.journal.state().homes.values().any(|home| home.is_called(name))
    }

    fn try_again(&self) {
        let mut state = self.journal.state();
        if state.fails_until.is_some_and(|until| until <= self.now.instant || self.all) {
            state.recover(self.now.instant);
        }
    }

    /// Writes what is due; says whether that was all.
    fn write(&mut self) -> bool {
        for _ in 0..self.share() {
            let (key, entries, folder) = {
                let mut state = self.journal.state();
                if state.fails_until.is_some() {
                    return true;
                }
                let Some((key, entries)) = state.start_writing(self.now.instant, self.all) else { return true };
                let Some(folder) = state.homes.get(&OWN).map(|home| home.folder(key.channel)) else { return true };
                (key, entries, folder)
            };
            match self.write_chunk(&folder, key, &entries) {
                Ok((name, bytes)) => {
                    self.journal.state().end_writing(key, name, bytes, key.is_urgent, self.now);
                    self.persisted.is_news = true;
                }
                Err(error) => {
                    self.fail(&error);
                    return true;
                }
            }
        }
        false
    }

    fn write_chunk(&self, folder: &Path, key: StrandKey, entries: &[Entry]) -> io::Result<(ChunkName, u64)> {
        let storage = &*self.journal.storage;
        let name = ChunkName::of(entries).ok_or(io::ErrorKind::InvalidInput)?;
        let bytes = chunk::encode(entries);
        let (spare, file) = (folder.join("spare.tmp"), folder.join(name.to_string()));
        storage.create_dir(folder)?;
        storage.write(&spare, &bytes)?;
        if key.is_urgent {
            storage.sync(&spare)?;
        }
        storage.rename(&spare, &file)?;
        if key.is_urgent {
            storage.sync(folder)?;
        }
        Ok((name, bytes.len() as u64))
    }

    /// Writes what messages tell that may still change, before what they tell is settled.
    fn keep_open(&mut self) {
        let storage = &*self.journal.storage;
        let (open, problems) = {
            let mut state = self.journal.state();
            (std::mem::take(&mut state.open), std::mem::take(&mut state.noted_problems))
        };
        let home = self.journal.service.join(&self.journal.instance);
        let mut open = open.into_iter();
        let failed = open.find_map(|(message, state)| {
            let error = open_messages::write(storage, &home, &message, state.as_deref()).err()?;
            Some((message, state, error))
        });
        if let Some((message, state, error)) = failed {
            self.trouble(&format!("after a restart a problem may be told in a second message: {error}"));
            self.journal.state().open_later(open.chain([(message, state)]));
        }
        // What is not noted is not known when it comes back.
        let _ = self.journal.archive().note_problems(storage, &problems);
    }

    /// Puts on the disk what was settled; says whether that was all.
    fn settle(&mut self) -> bool {
        let storage = &*self.journal.storage;
        let (removed, changed, ended, ticket, is_writable) = {
            let mut state = self.journal.state();
            let settled = &mut state.settled;
            let homes = std::mem::take(&mut settled.changed);
            let (removed, ticket) = (std::mem::take(&mut settled.removed), settled.ticket);
            let is_writable = state.fails_until.is_none();
            let ended = if is_writable { std::mem::take(&mut state.settled.ended) } else { Vec::new() };
            let changed: Vec<_> = homes.iter().filter_map(|home| state.homes.get(home)).map(Home::saved).collect();
            (removed, changed, ended, ticket, is_writable)
        };
        if is_writable {
            self.keep_open();
        }
        // Before the files: a buried event is nowhere else once its file is gone.
        match self.journal.archive().keep(storage, &ended) {
            Ok(bytes) => self.journal.state().archived += bytes,
            Err(error) => {
                self.fail(&error);
                self.journal.state().settled.ended.extend(ended.into_iter().take(MOST_ENDED));
            }
        }
        let mut kept: Vec<PathBuf> = removed;
        kept.retain(|file| storage.remove(file).is_err_and(|error| error.kind() != io::ErrorKind::NotFound));
        // A stale state costs a repeat.
        changed.into_iter().for_each(|state| drop(home::save(storage, state)));
        let empty = {
            let mut state = self.journal.state();
            if state.settled.kept < ticket {
                state.settled.kept = ticket;
                self.persisted.is_news = true;
            }
            // What cannot be removed is delivered again after the next start; tried again with the next settlement.
            state.settled.removed.extend(kept);
            // A directory goes when its last file has gone.
            if state.settled.removed.is_empty() { state.empty_homes() } else { Vec::new() }
        };
        empty.iter().for_each(|home| home::clear(storage, home.dir()));
        true
    }

    /// Puts written files, and the directories that name them, on the disk; says whether that was all.
    fn sync(&mut self) -> bool {
        let share = self.share();
        let (due, is_over) = {
            let mut state = self.journal.state();
            let due = state.unsynced.iter().take_while(|file| self.all || file.due <= self.now.instant).count();
            let due: Vec<_> = state.unsynced.drain(..due.min(share)).collect();
            (due, state.unsynced.first().is_none_or(|next| next.due > self.now.instant))
        };
        let folders: BTreeSet<&Path> = due.iter().filter_map(|file| file.file.parent()).collect();
        let files = due.iter().map(|unsynced| unsynced.file.as_path());
        for path in files.chain(folders) {
            match self.journal.storage.sync(path) {
                // Delivered and removed meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                // A file whose sync failed may be lost with the power; syncing again would only say that it is not.
                Err(error) => self.trouble(&format!("the journal may not survive a power cut: {error}")),
                Ok(()) => {}
            }
        }
        is_over
    }

    /// Reads files of which events are wanted in memory; says whether that was all.
    fn read(&mut self) -> bool {
        for _ in 0..self.share() {
            let next = self.journal.state().next_to_read(self.now.instant);
            let Some((key, chunk, path)) = next else { return true };
            let bytes = match self.journal.storage.read(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
                Err(error) => {
                    self.journal.state().reads_at = Some(self.now.instant + TRIED_EVERY);
                    self.trouble(&format!("undelivered events cannot be read, and wait: {error}"));
                    return true;
                }
            };
            let missing = self.journal.state().warm(key, &chunk, chunk::decode(&bytes));
            self.persisted.is_news = true;
            if missing > 0 {
                self.persisted.damaged += missing as u64;
                let (storage, at) = (&*self.journal.storage, self.now.wall);
                let aside = self.journal.archive().quarantine(storage, key.channel, chunk.name, &bytes, at);
                let aside = if aside.is_ok() && !bytes.is_empty() { "; the file is kept in `quarantine`" } else { "" };
                self.trouble(&format!("{missing} undelivered events of `{}` are damaged and lost{aside}", key.channel));
            }
        }
        false
    }

    fn remember_closures(&mut self) {
        let closing = self.journal.state().closing.clone();
        if closing.is_empty() {
            return;
        }
        match closed::add(&*self.journal.storage, &self.journal.root, &closing) {
            Ok(true) => self.journal.state().closing.retain(|webhook, _| !closing.contains_key(webhook)),
            Ok(false) => {}
            Err(error) => self.trouble(&format!("a closed webhook cannot be remembered: {error}")),
        }
    }

    /// Keeps within the bounds of bytes and age.
    fn tidy(&mut self) {
        let settings = &self.journal.settings;
        let (is_due, is_full) = {
            let state = self.journal.state();
            let is_due = state.tidies_at.is_some_and(|at| at <= self.now.instant);
            let is_full = state.bytes + state.archived > settings.most_bytes;
            (is_due, is_full && (state.archived > 0 || state.has_cold()))
        };
        if !is_due && !is_full {
            return;
        }
        self.measure();
        // A clock that is behind the newest file has not been set yet: by such a one nothing is old.
        let is_set = self.journal.state().newest().is_none_or(|newest| newest <= self.now.wall);
        let since = if is_set { self.now.wall - settings.retention } else { Timestamp::UNIX_EPOCH };
        let most = settings.most_bytes.saturating_sub(self.journal.state().bytes);
        let archived = self.journal.archive().tidy(&*self.journal.storage, since, most);
        let mut state = self.journal.state();
        state.archived = archived;
        state.tidies_at = Some(self.now.instant + TIDIES_EVERY);
        while state.bytes + state.archived > settings.most_bytes
            && let Some(lost) = state.give_up_one()
        {
            self.persisted.evicted += lost;
        }
        while let Some(lost) = state.give_up_older(since) {
            self.persisted.evicted += lost;
        }
        drop(state);
        self.settle();
    }

    /// Learns size and time of adopted files, but not while a process starts.
    fn measure(&self) {
        let unmeasured = {
            let mut state = self.journal.state();
            if std::mem::replace(&mut state.has_tidied, true) { state.unmeasured() } else { Vec::new() }
        };
        for (home, dir) in unmeasured {
            let measured = home::measure(&*self.journal.storage, &dir);
            self.journal.state().measure(home, measured);
        }
    }

    /// How much a look does of each kind of work.
    fn share(&self) -> usize {
        if self.all { usize::MAX } else { SHARE }
    }

    fn fail(&mut self, error: &io::Error) {
        let is_new = self.journal.state().fails_until.is_none();
        self.persisted.evicted += self.journal.state().fail(self.now.instant);
        if is_new {
            let (every, place) = (TRIED_EVERY.as_secs(), self.journal.root.display());
            self.trouble(&format!(
                "the journal in {place} cannot be written ({error}): events are kept in memory alone, and writing is \
                 tried every {every} seconds; free the disk, or set DISCORD_JOURNAL to another directory or to `memory`"
            ));
        }
    }

    fn trouble(&mut self, text: &str) {
        self.persisted.troubles.push(text.to_owned());
    }
}

/// Files that a look writes, syncs or reads: some milliseconds of work.
const SHARE: usize = 8;
/// Events that ended and are remembered while the history cannot be written.
const MOST_ENDED: usize = 1_000;
/// How often directories of dead processes are looked for.
const ADOPTS_EVERY: Duration = Duration::from_secs(30);
/// How long a process may take from making its directory to locking it.
const BEING_MADE: Duration = Duration::from_secs(60);
/// How often old files are looked for.
const TIDIES_EVERY: Duration = Duration::from_secs(600);
