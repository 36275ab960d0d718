//! One file of a service's journal, and what kinds there are.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::lines::{Content, Lines};
use super::{Site, if_there};
use crate::event::Channel;
use crate::record::archive;
use crate::record::chunk::ChunkName;
use crate::record::home;
use crate::record::storage::{Listed, Storage};

/// What a file of the journal holds.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum FileKind {
    /// An event that Discord refused for good.
    Dead,
    /// What was delivered on one day.
    History,
    /// What was damaged, as it was found.
    Quarantine,
    /// Events that are not delivered yet.
    Waiting,
}

/// One file of a service's journal, as it was when it was listed.
#[derive(Clone, Debug)]
pub struct File {
    storage: Arc<dyn Storage>,
    kind: FileKind,
    path: PathBuf,
    bytes: u64,
    written: Timestamp,
    waiting: Option<(Channel, ChunkName)>,
    settled: BTreeSet<usize>,
}

/// What [`File::check`] found.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Checked {
    /// Events.
    pub events: u64,
    /// Lines of another kind.
    pub others: u64,
    /// Lines that are damaged, or missing from a file whose name counts them.
    pub damaged: u64,
    /// Bytes behind the last line of a history: a line that is being written, or was when its process died.
    pub unfinished: u64,
}

impl File {
    /// Says what it holds.
    #[must_use]
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Gives where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives its name without the folder: the day of a history, the id of a dead event.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// Says how many bytes it had.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Says when it was written last; the Unix epoch where the system does not say.
    #[must_use]
    pub fn written(&self) -> Timestamp {
        self.written
    }

    /// Says which channel its events wait for; nothing for what waits no more.
    #[must_use]
    pub fn channel(&self) -> Option<Channel> {
        self.waiting.map(|(channel, _)| channel)
    }

    /// Says how many of its events wait, as far as its name and its process tell; nothing for what waits no more.
    #[must_use]
    pub fn events(&self) -> Option<usize> {
        self.waiting.map(|(_, name)| name.events.saturating_sub(self.settled.len()))
    }

    /// Reads it from its beginning.
    #[must_use]
    pub fn lines(&self) -> Lines {
        self.lines_from(0)
    }

    /// Reads it from a place on where a line begins: where an earlier reading ended, or what
    /// [`start_of_last`](Self::start_of_last) gives. What is settled of a file that waits is left out when it is read from
    /// its beginning.
    #[must_use]
    pub fn lines_from(&self, offset: u64) -> Lines {
        let lines = Lines::new(Arc::clone(&self.storage), self.path.clone(), offset);
        let settled = if offset == 0 { self.settled.clone() } else { BTreeSet::new() };
        // Only what is added to is ever seen half written.
        if self.kind == FileKind::History { lines } else { lines.of_whole_file(settled) }
    }

    /// Finds where the last lines begin, at most so many. Reads from the end, no more than it takes.
    ///
    /// # Errors
    ///
    /// When the file cannot be read; one that is gone is empty.
    pub fn start_of_last(&self, lines: usize) -> io::Result<u64> {
        let mut left = lines.saturating_add(1);
        let mut end = self.bytes;
        while end > 0 {
            let start = end.saturating_sub(PIECE as u64);
            let piece = if_there(self.storage.read_part(&self.path, start, (end - start) as usize))?;
            for (at, byte) in piece.iter().enumerate().rev() {
                left -= usize::from(*byte == b'\n');
                if left == 0 {
                    return Ok(start + at as u64 + 1);
                }
            }
            end = start;
        }
        Ok(0)
    }

    /// Reads all of it and counts what is whole and what is not.
    ///
    /// # Errors
    ///
    /// When the file cannot be read; one that is gone is empty.
    pub fn check(&self) -> io::Result<Checked> {
        let mut checked = Checked::default();
        let mut lines = self.lines();
        for line in &mut lines {
            match line?.content {
                Content::Damaged => checked.damaged += 1,
                Content::Event(_) => checked.events += 1,
                Content::Other(_) => checked.others += 1,
            }
        }
        checked.unfinished = lines.unfinished();
        if let Some((_, name)) = self.waiting.filter(|_| lines.offset() > 0) {
            let expected = name.events.saturating_sub(self.settled.len()) as u64;
            checked.damaged = checked.damaged.max(expected.saturating_sub(checked.events + checked.others));
        }
        Ok(checked)
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        self.storage.remove(&self.path)
    }
}

impl Site {
    /// Lists the files of one kind, the oldest first as far as their names tell.
    pub(crate) fn files(&self, kind: FileKind) -> io::Result<Vec<File>> {
        let folder = match kind {
            FileKind::Dead => archive::DEAD,
            FileKind::History => archive::HISTORY,
            FileKind::Quarantine => archive::QUARANTINE,
            FileKind::Waiting => return self.waiting_files(),
        };
        let folder = self.path.join(folder);
        let mut listed = if_there(self.storage.list(&folder))?;
        listed.retain(|listed| !listed.name.ends_with(".tmp"));
        listed.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(listed.into_iter().map(|listed| self.file(kind, &folder, listed)).collect())
    }

    pub(super) fn file(&self, kind: FileKind, folder: &Path, listed: Listed) -> File {
        File {
            storage: Arc::clone(&self.storage),
            kind,
            path: folder.join(listed.name),
            bytes: listed.bytes,
            written: listed.written,
            waiting: None,
            settled: BTreeSet::new(),
        }
    }

    fn waiting_files(&self) -> io::Result<Vec<File>> {
        let mut files = Vec::new();
        for instance in self.instances()? {
            let dir = self.path.join(instance);
            let Ok(seen) = home::see(&*self.storage, &dir) else { continue };
            let sizes = home::measure(&*self.storage, &dir);
            for home::Found { channel, name, settled } in seen.found {
                let measured = sizes.iter().find(|(of, called, ..)| (*of, *called) == (channel, name));
                // Without a size it is delivered by now.
                let Some((.., bytes, written)) = measured.copied() else { continue };
                let (folder, name_there) = (dir.join(channel.name()), name.to_string());
                let file = self.file(FileKind::Waiting, &folder, Listed { name: name_there, bytes, written });
                files.push(File { waiting: Some((channel, name)), settled, ..file });
            }
        }
        Ok(files)
    }
}

/// Bytes that are read at once from the end.
const PIECE: usize = 64 * 1024;
