//! The journal from outside of the processes that write it, while they run: what waits, what ended and how, read a piece
//! at a time. Files that grow or vanish meanwhile and lines that are damaged are expected.
//!
//! Nothing here holds the lock of a process, and only [`mend`] writes: what it does is one rename or one removal, so that
//! neither a crash nor the owner of a directory sees half of it.

mod file;
mod lines;
mod mend;
mod process;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::file::{Checked, File, FileKind};
pub use self::lines::{Content, Fate, Line, Lines, Record};
pub use self::mend::Pruned;
pub use self::process::{Process, ProcessState, Waiting};

use super::archive::{self, Archive};
use super::closed::{self, Closures};
use super::storage::Storage;
use super::{Run, open_messages};

/// The folder of a journal that all services of a host share.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    storage: Arc<dyn Storage>,
    path: PathBuf,
}

/// The folder of one service.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    storage: Arc<dyn Storage>,
    path: PathBuf,
}

impl Root {
    pub(crate) fn of(storage: Arc<dyn Storage>, journal: &Path) -> Self {
        Self { storage, path: journal.join("v1") }
    }

    /// Lists the services, by the names of their folders.
    pub(crate) fn services(&self) -> io::Result<Vec<String>> {
        let mut names = if_there(self.storage.names(&self.path))?;
        names.retain(|name| name.contains('@'));
        names.sort();
        Ok(names)
    }

    pub(crate) fn site(&self, namespace: &str) -> Site {
        Site { storage: Arc::clone(&self.storage), path: self.path.join(namespace) }
    }

    pub(crate) fn closures(&self) -> Closures {
        closed::read(&*self.storage, &self.path)
    }

    /// Forgets that a webhook is closed; says whether it was, and nothing while another process writes the list.
    pub(crate) fn reopen(&self, webhook: &str) -> io::Result<Option<bool>> {
        if !self.closures().contains_key(webhook) {
            return Ok(Some(false));
        }
        closed::reopen(&*self.storage, &self.path, webhook)
    }
}

impl Site {
    fn archive(&self) -> Archive {
        Archive::of(&self.path)
    }

    /// Lists the directories of processes, the oldest first as far as their names tell.
    fn instances(&self) -> io::Result<Vec<String>> {
        let mut names = if_there(self.storage.names(&self.path))?;
        names.retain(|name| !Archive::holds(name));
        names.sort();
        Ok(names)
    }

    /// Gives how the last run ended that ended as it should.
    pub(crate) fn last_run(&self) -> Option<Run> {
        self.archive().last_run(&*self.storage)
    }

    /// Gives the lines about problems that are over.
    pub(crate) fn noted_problems(&self) -> Vec<u8> {
        self.storage.read(&archive::noted(&self.path)).unwrap_or_default()
    }

    /// Gives what processes keep of messages that may still change, one after the other.
    pub(crate) fn open_messages(&self) -> io::Result<impl Iterator<Item = Vec<u8>>> {
        let mut files = Vec::new();
        for instance in self.instances()? {
            let folder = self.path.join(instance).join(open_messages::FOLDER);
            let names = self.storage.names(&folder).unwrap_or_default();
            files.extend(names.iter().filter(|name| name.ends_with(".json")).map(|name| folder.join(name)));
        }
        let storage = Arc::clone(&self.storage);
        Ok(files.into_iter().filter_map(move |file| storage.read(&file).ok()))
    }
}

/// What is not there is empty: nobody made it yet, or somebody removed it meanwhile.
fn if_there<T: Default>(found: io::Result<T>) -> io::Result<T> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(T::default()),
        found => found,
    }
}
