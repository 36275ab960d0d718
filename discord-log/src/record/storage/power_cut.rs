//! A disk in memory whose power can be cut: what was not synced is gone, names as well as content. Stricter than any
//! real one, which keeps some of it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use jiff::Timestamp;

use super::{Listed, Lock, Storage};

/// A disk in memory; clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct PowerCut(Arc<Mutex<Model>>);

#[derive(Debug, Default)]
struct Model {
    contents: Vec<Content>,
    /// With when they were made.
    dirs: BTreeMap<PathBuf, Timestamp>,
    names: BTreeMap<PathBuf, usize>,
    synced_names: BTreeMap<PathBuf, usize>,
    locks: BTreeMap<PathBuf, Weak<()>>,
    boots: u32,
    clock: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct Content {
    now: Vec<u8>,
    synced: Vec<u8>,
    written: Timestamp,
}

impl PowerCut {
    fn model(&self) -> MutexGuard<'_, Model> {
        self.0.lock().unwrap()
    }

    /// Loses everything that was not synced, and every lock.
    pub(crate) fn cut(&self) {
        let mut model = self.model();
        model.boots += 1;
        model.names = model.synced_names.clone();
        model.contents.iter_mut().for_each(|content| content.now.clone_from(&content.synced));
        model.locks.clear();
    }

    /// Sets the time of what is written from now on; without it nothing has a time.
    pub(crate) fn set_clock(&self, clock: Timestamp) {
        self.model().clock = clock;
    }

    /// Lets every process die, but keeps what they wrote.
    pub(crate) fn kill(&self) {
        self.model().locks.clear();
    }

    pub(crate) fn was_cut(&self) -> bool {
        self.model().boots > 0
    }

    /// Every file, with its content.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let model = self.model();
        model.names.iter().map(|(path, content)| (path.clone(), model.contents[*content].now.clone())).collect()
    }

    /// Changes a file behind everybody's back.
    pub(crate) fn damage(&self, path: &Path, bytes: Vec<u8>) {
        let mut model = self.model();
        let content = model.names[path];
        model.contents[content].now = bytes;
    }
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Storage for PowerCut {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        let mut model = self.model();
        let clock = model.clock;
        for dir in dir.ancestors() {
            model.dirs.entry(dir.to_owned()).or_insert(clock);
        }
        Ok(())
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut model = self.model();
        if !model.dirs.contains_key(file.parent().unwrap()) {
            return Err(missing());
        }
        let written = model.clock;
        model.contents.push(Content { now: bytes.to_vec(), synced: Vec::new(), written });
        let content = model.contents.len() - 1;
        model.names.insert(file.to_owned(), content);
        Ok(())
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        let mut model = self.model();
        if let Some(content) = model.names.get(path).copied() {
            let content = &mut model.contents[content];
            content.synced.clone_from(&content.now);
            return Ok(());
        }
        if !model.dirs.contains_key(path) {
            return Err(missing());
        }
        let inside = |name: &PathBuf| name.parent() == Some(path);
        let now: Vec<_> = model.names.iter().filter(|(name, _)| inside(name)).map(|(n, c)| (n.clone(), *c)).collect();
        model.synced_names.retain(|name, _| !inside(name));
        model.synced_names.extend(now);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut model = self.model();
        let content = model.names.remove(from).ok_or_else(missing)?;
        model.names.insert(to.to_owned(), content);
        Ok(())
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.model().names.remove(file).map(drop).ok_or_else(missing)
    }

    fn remove_dir(&self, dir: &Path) -> io::Result<()> {
        let mut model = self.model();
        let inside = |name: &Path| name.parent() == Some(dir);
        if model.names.keys().any(|name| inside(name)) || model.dirs.keys().any(|name| inside(name)) {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        model.dirs.remove(dir).map(drop).ok_or_else(missing)
    }

    fn append(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut model = self.model();
        let Some(content) = model.names.get(file).copied() else {
            drop(model);
            return self.write(file, bytes);
        };
        model.contents[content].now.extend_from_slice(bytes);
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Listed>> {
        let model = self.model();
        if !model.dirs.contains_key(dir) {
            return Err(missing());
        }
        let files = model.names.iter().map(|(path, content)| {
            let content = &model.contents[*content];
            (path, content.now.len() as u64, content.written)
        });
        let dirs = model.dirs.iter().map(|(path, made)| (path, 0, *made));
        let inside = files.chain(dirs).filter(|(path, ..)| path.parent() == Some(dir));
        let listed = inside.map(|(path, bytes, written)| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            Listed { name, bytes, written }
        });
        Ok(listed.collect())
    }

    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        Ok(self.list(dir)?.into_iter().map(|listed| listed.name).collect())
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        let model = self.model();
        model.names.get(file).map(|content| model.contents[*content].now.clone()).ok_or_else(missing)
    }

    fn read_part(&self, file: &Path, from: u64, most: usize) -> io::Result<Vec<u8>> {
        let bytes = self.read(file)?;
        Ok(bytes.into_iter().skip(from as usize).take(most).collect())
    }

    #[cfg(feature = "journal")]
    fn is_locked(&self, file: &Path) -> io::Result<bool> {
        let model = self.model();
        if !model.names.contains_key(file) {
            return Err(missing());
        }
        Ok(model.locks.get(file).is_some_and(|held| held.strong_count() > 0))
    }

    fn boot(&self) -> Option<String> {
        Some(self.model().boots.to_string())
    }

    fn try_lock(&self, file: &Path) -> io::Result<Option<Lock>> {
        let mut model = self.model();
        if model.locks.get(file).is_some_and(|held| held.strong_count() > 0) {
            return Ok(None);
        }
        let held = Arc::new(());
        model.locks.insert(file.to_owned(), Arc::downgrade(&held));
        if !model.names.contains_key(file) {
            model.contents.push(Content::default());
            let content = model.contents.len() - 1;
            model.names.insert(file.to_owned(), content);
            model.synced_names.insert(file.to_owned(), content);
        }
        Ok(Some(Box::new(held)))
    }
}
