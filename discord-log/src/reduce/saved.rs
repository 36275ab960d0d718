//! A message with its groups as the journal keeps it, so that the next process goes on editing it.

use std::str::FromStr;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::board::{Place, Posted};
use super::group::Group;
use super::shown::Shown;
use super::told::Told;
#[cfg(feature = "journal")]
use crate::event::Event;
use crate::event::{Severity, StoredEvent};
use crate::record::{Entry, EventId, Now, Seq};

/// A message that may still change.
#[derive(Debug, Serialize, Deserialize)]
struct Saved<'a> {
    /// Whose message it is: a hash of the webhook's address.
    webhook: String,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    posted_at: Timestamp,
    may_repeat: bool,
    told: Vec<SavedTold<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedTold<'a> {
    id: String,
    event: StoredEvent<'a>,
    may_repeat: bool,
    group: Option<Group>,
    posted_count: u64,
    posted_severity: Severity,
    #[serde(default)]
    has_moved: bool,
}

/// Writes a message that tells everything there is to tell.
pub(super) fn write(posted: &Posted, webhook: &str, now: Now) -> Vec<u8> {
    let told = posted.told.iter().map(|told| SavedTold {
        id: told.shown.entry.id.whole(),
        event: StoredEvent::from(&*told.shown.entry.event),
        may_repeat: told.shown.entry.may_repeat,
        group: told.shown.group.clone(),
        posted_count: told.posted_count,
        posted_severity: told.posted_severity,
        has_moved: told.has_moved,
    });
    let Place { id, thread, address } = posted.place.clone();
    let age = now.instant.saturating_duration_since(posted.at);
    let saved = Saved {
        webhook: webhook.to_owned(),
        message: id,
        thread,
        address,
        posted_at: now.wall.checked_sub(age).unwrap_or(now.wall),
        may_repeat: posted.may_repeat,
        told: told.collect(),
    };
    serde_json::to_vec(&saved).unwrap_or_default()
}

/// The forum post that takes what is no group.
#[derive(Debug, Serialize, Deserialize)]
struct SavedLog {
    webhook: String,
    log: String,
}

pub(super) fn write_log(thread: &str, webhook: &str) -> Vec<u8> {
    let saved = SavedLog { webhook: webhook.to_owned(), log: thread.to_owned() };
    serde_json::to_vec(&saved).unwrap_or_default()
}

pub(super) fn read_log(bytes: &[u8], webhook: &str) -> Option<String> {
    let saved: SavedLog = serde_json::from_slice(bytes).ok()?;
    (saved.webhook == webhook).then_some(saved.log)
}

/// Reads a message of an earlier process, if it is one of this webhook.
pub(super) fn read(bytes: &[u8], webhook: &str, now: Now) -> Option<Posted> {
    let saved: Saved<'_> = serde_json::from_slice(bytes).ok().filter(|saved: &Saved<'_>| saved.webhook == webhook)?;
    let told = saved.told.into_iter().map(|told| {
        let mut entry = Entry::new(Seq::default(), EventId::from_str(&told.id).ok()?, told.event.into());
        entry.may_repeat = told.may_repeat;
        let seen_at = told.group.as_ref().map_or(now.instant, |group| earlier(group.last_seen(), now));
        let shown = Shown { group: told.group, thread: saved.thread.clone(), ..Shown::alone(entry) };
        let SavedTold { posted_count, posted_severity, has_moved, .. } = told;
        Some(Told { shown, seen_at, posted_count, posted_severity, has_moved })
    });
    let told = told.collect::<Option<Vec<_>>>()?;
    let place = Place { id: saved.message, thread: saved.thread, address: saved.address };
    Some(Posted::restored(place, told, saved.may_repeat, earlier(saved.posted_at, now), now.instant))
}

/// A problem that a message tells of.
#[cfg(feature = "journal")]
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) group: Group,
    /// The newest occurrence that the message tells.
    pub(crate) event: Event,
    /// Where the message is.
    pub(crate) address: Option<String>,
}

/// Reads which problems a message tells of, whoever's it is; of what is no message with problems, none.
#[cfg(feature = "journal")]
pub(crate) fn open(bytes: &[u8]) -> Vec<Open> {
    let Ok(saved) = serde_json::from_slice::<Saved<'_>>(bytes) else { return Vec::new() };
    let address = saved.address;
    let told = saved.told.into_iter().filter(|told| !told.has_moved);
    let open =
        told.filter_map(|told| Some(Open { group: told.group?, event: told.event.into(), address: address.clone() }));
    open.collect()
}

/// A moment of the wall clock on the other; one that this machine's clock has not seen yet counts as now.
fn earlier(at: Timestamp, now: Now) -> Instant {
    let age = Duration::try_from(now.wall.duration_since(at)).unwrap_or_default();
    now.instant.checked_sub(age).unwrap_or(now.instant)
}
