//! The real disk.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use jiff::Timestamp;

use super::{Listed, Lock, Storage};

/// The file system of this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disk;

impl Disk {
    /// Most bytes that a file of this process may have, where there is a limit: who writes more is ended by the system.
    ///
    /// Source: <https://man7.org/linux/man-pages/man2/getrlimit.2.html> (`RLIMIT_FSIZE`), as Linux tells it in `/proc`.
    pub(crate) fn largest_file(self) -> Option<u64> {
        let limits = fs::read_to_string("/proc/self/limits").ok()?;
        let line = limits.lines().find_map(|line| line.strip_prefix("Max file size"))?;
        line.split_whitespace().next()?.parse().ok()
    }
}

impl Storage for Disk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        if dir.is_dir() {
            return Ok(());
        }
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent.map_or(Ok(()), |parent| self.create_dir(parent))?;
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(dir) {
            // Another process was faster.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => parent.map_or(Ok(()), |parent| self.sync(parent)),
        }
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        private().truncate(true).open(file)?.write_all(bytes)
    }

    fn append(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        private().append(true).open(file)?.write_all(bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        if !cfg!(windows) {
            return File::open(path)?.sync_all();
        }
        // Windows syncs no directory, since it writes names with their files, and no file that is open for reading.
        if path.is_dir() { Ok(()) } else { OpenOptions::new().write(true).open(path)?.sync_all() }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        fs::remove_file(file)
    }

    fn remove_dir(&self, dir: &Path) -> io::Result<()> {
        fs::remove_dir(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Listed>> {
        let mut listed = Vec::new();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            // A name that is no text is none of ours, and a file that is gone meanwhile is not there.
            if let (Ok(name), Ok(about)) = (entry.file_name().into_string(), entry.metadata()) {
                let written = about.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
                listed.push(Listed { name, bytes: about.len(), written: written.unwrap_or_default() });
            }
        }
        Ok(listed)
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(dir)?;
        entries.filter_map(|entry| entry.map(|entry| entry.file_name().into_string().ok()).transpose()).collect()
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        fs::read(file)
    }

    fn read_part(&self, file: &Path, from: u64, most: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(file)?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::with_capacity(most);
        file.take(most as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Shared, so that two who ask do not take each other for the owner.
    #[cfg(feature = "journal")]
    fn is_locked(&self, file: &Path) -> io::Result<bool> {
        match File::open(file)?.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Source: <https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html> (`random/boot_id`).
    fn boot(&self) -> Option<String> {
        fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned())
    }

    fn try_lock(&self, file: &Path) -> io::Result<Option<Lock>> {
        let file = private().open(file)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
