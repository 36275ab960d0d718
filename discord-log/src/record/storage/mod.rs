//! Files as the journal needs them: the only place that touches the disk. One small trait, so that tests can fail every
//! call and cut the power.

mod disk;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod power_cut;

use std::fmt::Debug;
use std::io;
use std::path::Path;

use jiff::Timestamp;

pub(crate) use self::disk::Disk;
#[cfg(test)]
pub(crate) use self::failing::Failing;
#[cfg(test)]
pub(crate) use self::power_cut::PowerCut;

/// Access to files; every call may take as long as the disk does, and none is made under a lock of ours.
pub(crate) trait Storage: Debug + Send + Sync {
    /// Makes a directory and those above it, for its owner alone, and waits until they are on the disk.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;

    /// Writes a new file, for its owner alone; what stood there is replaced.
    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Writes at the end of a file, which is made for its owner alone if there is none.
    fn append(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Waits until a file's content, or a directory's list of names, is on the disk.
    fn sync(&self, path: &Path) -> io::Result<()>;

    /// Gives a file another name, at once for every observer.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, file: &Path) -> io::Result<()>;

    /// Removes a directory that is empty.
    fn remove_dir(&self, dir: &Path) -> io::Result<()>;

    /// Lists what is in a directory, in no order.
    fn list(&self, dir: &Path) -> io::Result<Vec<Listed>>;

    /// Lists the names in a directory alone, in no order: a tenth of the cost of [`list`](Self::list).
    fn names(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Reads a file whole.
    fn read(&self, file: &Path) -> io::Result<Vec<u8>>;

    /// Reads at most so many bytes of a file, from a place in it on; fewer where it ends, none behind its end.
    fn read_part(&self, file: &Path, from: u64, most: usize) -> io::Result<Vec<u8>>;

    /// Says whether a process holds a lock, without taking it for longer than the question; a lock that nobody ever
    /// took is missing. Never waits.
    #[cfg(feature = "journal")]
    fn is_locked(&self, file: &Path) -> io::Result<bool>;

    /// Names the time since the machine was started, where that can be known: what was not synced before it may be gone,
    /// and what was removed may be back.
    fn boot(&self) -> Option<String>;

    /// Takes a lock that lasts until it is dropped or the process ends; nothing when another has it. Never waits.
    fn try_lock(&self, file: &Path) -> io::Result<Option<Lock>>;
}

/// Something in a directory.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// When it was written last; the epoch where the system does not say.
    pub(crate) written: Timestamp,
}

/// A lock that is held.
pub(crate) type Lock = Box<dyn Debug + Send + Sync>;
