//! What a person may change in the journal of a service that runs.

use std::io;

use jiff::Timestamp;

use super::file::FileKind;
use super::lines::{Content, Lines};
use super::{Site, if_there};
use crate::record::archive;
use crate::record::chunk::ChunkName;
use crate::record::home::{self, Home};
use crate::record::{EventId, Seq};

/// What [`prune`](crate::journal::Service::prune) removed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Pruned {
    /// Files, each of which was a day.
    pub files: usize,
    /// Bytes.
    pub bytes: u64,
    /// Bytes of the history that are left.
    pub left: u64,
}

impl Site {
    /// Gives dead events back to be delivered again, in a directory of that name, which the next process that looks for
    /// work adopts; gives how many there were.
    ///
    /// The line of a dead event is one of a chunk. So its file is renamed into place, and is at every moment either dead
    /// or waiting, never both and never neither.
    pub(crate) fn give_back(&self, ids: &[EventId], instance: &str) -> io::Result<usize> {
        let dead = self.path.join(archive::DEAD);
        let mut home: Option<Home> = None;
        let mut given = 0;
        for id in ids {
            let file = dead.join(archive::dead_name(*id));
            let line = Lines::new(std::sync::Arc::clone(&self.storage), file.clone(), 0).next().transpose()?;
            let Some(line) = line else { continue };
            let Content::Event(record) = line.content else {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the file of the dead event is damaged"));
            };
            let (storage, dir) = (&*self.storage, self.path.join(instance));
            let home = match &mut home {
                Some(home) => home,
                none => none.insert(Home::found_for_others(storage, dir)?),
            };
            let folder = home.folder(record.event().channel());
            storage.create_dir(&folder)?;
            let name = ChunkName { first: Seq(given as u64 + 1), events: 1, top: record.event().severity() };
            match storage.rename(&file, &folder.join(name.to_string())) {
                Ok(()) => given += 1,
                // Somebody else was faster.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            }
            storage.sync(&folder)?;
        }
        if let Some(home) = home {
            if_there(self.storage.sync(&dead))?;
            home::clear(&*self.storage, home.dir());
        }
        Ok(given)
    }

    /// Removes a dead event for good; says whether there was one.
    pub(crate) fn drop_dead(&self, id: EventId) -> io::Result<bool> {
        match self.storage.remove(&self.path.join(archive::DEAD).join(archive::dead_name(id))) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes the days of the history that were written last before a moment, and then the oldest until no more than
    /// so many bytes are left.
    pub(crate) fn prune(&self, before: Option<Timestamp>, most_bytes: Option<u64>) -> io::Result<Pruned> {
        let files = self.files(FileKind::History)?;
        let mut pruned = Pruned { left: files.iter().map(|file| file.bytes()).sum(), ..Pruned::default() };
        for file in files {
            let is_old = before.is_some_and(|before| file.written() < before);
            let is_too_much = most_bytes.is_some_and(|most| pruned.left > most);
            if is_old || is_too_much {
                if_there(file.remove())?;
                pruned.files += 1;
                pruned.bytes += file.bytes();
                pruned.left -= file.bytes();
            }
        }
        Ok(pruned)
    }
}
