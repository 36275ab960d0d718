//! A disk whose calls fail when a test says so.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Listed, Lock, PowerCut, Storage};

/// A disk in memory of which the calls from one number on, up to another, fail as on a full disk; removing files works
/// on a full disk, and does here unless `everything` fails.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failing {
    pub(crate) disk: PowerCut,
    calls: Arc<AtomicU64>,
    from: u64,
    to: u64,
    everything: bool,
}

impl Failing {
    pub(crate) fn new(disk: PowerCut, calls: std::ops::Range<u64>, everything: bool) -> Self {
        Self { disk, calls: Arc::default(), from: calls.start, to: calls.end, everything }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    fn call(&self, needs_room: bool) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let fails = (self.from..self.to).contains(&call) && (needs_room || self.everything);
        if fails { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl Storage for Failing {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.call(true)?;
        self.disk.create_dir(dir)
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        self.call(true)?;
        self.disk.write(file, bytes)
    }

    fn append(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        self.call(true)?;
        self.disk.append(file, bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        self.call(true)?;
        self.disk.sync(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(true)?;
        self.disk.rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.call(false)?;
        self.disk.remove(file)
    }

    fn remove_dir(&self, dir: &Path) -> io::Result<()> {
        self.call(false)?;
        self.disk.remove_dir(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Listed>> {
        self.call(false)?;
        self.disk.list(dir)
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.call(false)?;
        self.disk.names(dir)
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        self.call(false)?;
        self.disk.read(file)
    }

    fn read_part(&self, file: &Path, from: u64, most: usize) -> io::Result<Vec<u8>> {
        self.call(false)?;
        self.disk.read_part(file, from, most)
    }

    #[cfg(feature = "journal")]
    fn is_locked(&self, file: &Path) -> io::Result<bool> {
        self.call(false)?;
        self.disk.is_locked(file)
    }

    fn boot(&self) -> Option<String> {
        self.disk.boot()
    }

    fn try_lock(&self, file: &Path) -> io::Result<Option<Lock>> {
        self.call(true)?;
        self.disk.try_lock(file)
    }
}
