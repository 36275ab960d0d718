//! Webhooks that are gone, remembered across restarts: a webhook that was deleted must never be called again, and
//! Discord restricts those who do. Named by a fingerprint, never by an address.
//!
//! ```text
//! <journal>/v1/closed.json     {"5be9…":{"reason":"status 404, code 10015: Unknown Webhook","at":"2026-05-01T10:00:00Z"}}
//! <journal>/v1/closed.lock
//! ```

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::storage::Storage;

/// Why a webhook is closed, and since when.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Closure {
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
}

/// Webhooks by their fingerprints.
pub(crate) type Closures = BTreeMap<String, Closure>;

/// Reads which webhooks are closed; a file that is missing or damaged names none.
pub(super) fn read(storage: &dyn Storage, journal: &Path) -> Closures {
    let bytes = storage.read(&journal.join(FILE)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Adds closed webhooks to those that other processes noted; says whether it came to that, since another process may be
/// at it.
pub(super) fn add(storage: &dyn Storage, journal: &Path, closures: &Closures) -> io::Result<bool> {
    storage.create_dir(journal)?;
    let Some(_lock) = storage.try_lock(&journal.join(LOCK))? else { return Ok(false) };
    let mut all = read(storage, journal);
    all.extend(closures.clone());
    replace(storage, journal, &all)?;
    Ok(true)
}

/// Forgets that a webhook is closed; says whether it was, and nothing where another process is at it.
#[cfg(feature = "journal")]
pub(super) fn reopen(storage: &dyn Storage, journal: &Path, webhook: &str) -> io::Result<Option<bool>> {
    let Some(_lock) = storage.try_lock(&journal.join(LOCK))? else { return Ok(None) };
    let mut all = read(storage, journal);
    if all.remove(webhook).is_none() {
        return Ok(Some(false));
    }
    replace(storage, journal, &all)?;
    Ok(Some(true))
}

fn replace(storage: &dyn Storage, journal: &Path, closures: &Closures) -> io::Result<()> {
    let spare = journal.join(SPARE);
    storage.write(&spare, &serde_json::to_vec(closures).unwrap_or_default())?;
    storage.sync(&spare)?;
    storage.rename(&spare, &journal.join(FILE))?;
    storage.sync(journal)
}

const FILE: &str = "closed.json";
const SPARE: &str = "closed.tmp";
const LOCK: &str = "closed.lock";
