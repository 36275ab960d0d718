//! Messages that may still change, kept beside the undelivered events so that the next process goes on editing them:
//! one file a message, replaced by rename. One that is stale or missing costs a new message, never an event.

use std::io;
use std::path::{Path, PathBuf};

use super::storage::Storage;

/// Where they are in a process's directory; no channel is called so.
pub(super) const FOLDER: &str = "open-messages";

/// Writes what a message tells, or removes what is known of it.
pub(super) fn write(storage: &dyn Storage, home: &Path, message: &str, state: Option<&[u8]>) -> io::Result<()> {
    let folder = home.join(FOLDER);
    let file = path(&folder, message);
    let Some(state) = state else {
        return match storage.remove(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    };
    storage.create_dir(&folder)?;
    let spare = folder.join("spare.tmp");
    storage.write(&spare, state)?;
    storage.rename(&spare, &file)
}

/// Takes over what an earlier process knew: reads its messages, and moves their files into this process's directory.
pub(super) fn take_over(storage: &dyn Storage, from: &Path, to: &Path) -> Vec<(String, Vec<u8>)> {
    let (from, to) = (from.join(FOLDER), to.join(FOLDER));
    let Ok(names) = storage.names(&from) else { return Vec::new() };
    let mut read = Vec::new();
    for name in names {
        let (old, new) = (from.join(&name), to.join(&name));
        if let Some(message) = name.strip_suffix(SUFFIX)
            && let Ok(bytes) = storage.read(&old)
            && storage.create_dir(&to).and_then(|()| storage.rename(&old, &new)).is_ok()
        {
            read.push((message.to_owned(), bytes));
        } else {
            let _ = storage.remove(&old);
        }
    }
    let _ = storage.remove_dir(&from);
    read
}

fn path(folder: &Path, message: &str) -> PathBuf {
    folder.join(format!("{message}{SUFFIX}"))
}

const SUFFIX: &str = ".json";
