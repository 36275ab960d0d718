//! The messages of a lane that may still change: those that tell of a problem which may occur again, and those of the
//! last minute that tell of failures which functions around them may have more to say about.
//!
//! A group is told in one message until that is as old as the window, until it has occurred ten times as often as when
//! it was posted, or until it is worse than it was; then it is posted anew. When nothing was seen of it for the length
//! of the window, it is over.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use super::fingerprint::Fingerprint;
use super::group::{Earlier, Group};
use super::reports::tells_of;
use super::shown::Shown;
use super::told::Told;
use crate::event::{Event, FailureId, Severity};
use crate::record::Entry;

/// Where a message is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    /// Discord's name for the message.
    pub(crate) id: String,
    /// The forum post that it is in.
    pub(crate) thread: Option<String>,
    /// Where a browser finds it.
    pub(crate) address: Option<String>,
}

/// A message as it was posted, and as it should be by now.
#[derive(Debug)]
pub(super) struct Posted {
    pub(super) place: Place,
    pub(super) told: Vec<Told>,
    /// It said that it may be a repeat.
    pub(super) may_repeat: bool,
    pub(super) at: Instant,
    edited_at: Instant,
    /// Edits in a row that the server broke over.
    faults: u32,
    news: News,
    /// Failures of it that may be told more about, and for how long.
    open: BTreeSet<FailureId>,
    open_until: Instant,
    /// What was told later of them, and is not shown yet.
    later: Vec<Entry>,
}

/// What a message does not say yet.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
enum News {
    #[default]
    None,
    /// How often it occurred.
    Counts,
    /// What a reader waits for: how a failure went on, or that it is over.
    Content,
}

/// What a message has not told and will not tell.
#[derive(Debug, Default)]
pub(super) struct Untold {
    /// Told anew.
    pub(super) groups: Vec<Shown>,
    /// Not worth a message.
    pub(super) entries: Vec<Entry>,
}

/// Why a message cannot be changed any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lost {
    /// A person deleted it.
    Deleted,
    /// It takes no edits.
    Edits,
    /// The forum post that it was in is gone.
    Thread,
}

/// What becomes of an occurrence.
#[derive(Debug)]
pub(super) enum Repeated {
    /// The message that tells of the problem will say so.
    Added,
    /// The problem is told anew.
    Anew(Box<Shown>),
    /// No message tells of the problem.
    Unknown(Entry),
}

/// The messages of a lane that may still change, the oldest first.
#[derive(Debug)]
pub(super) struct Board {
    posted: VecDeque<Posted>,
    window: Duration,
    /// Messages of which the journal has to know what they tell, or that it may forget them.
    changed: BTreeSet<String>,
    /// Problems that are over, with where the message is that tells of them.
    over: Vec<(Group, Option<String>)>,
}

impl Board {
    pub(super) const fn new(window: Duration) -> Self {
        Self { posted: VecDeque::new(), window, changed: BTreeSet::new(), over: Vec::new() }
    }

    /// Notes a message that was posted; gives what others can tell no more for it.
    pub(super) fn post(&mut self, place: Place, told: Vec<Shown>, may_repeat: bool, now: Instant) -> Untold {
        let open = told.iter().filter_map(|told| open_failure(&told.entry)).collect();
        let in_its_thread = |shown: Shown| match &shown.group {
            // Whatever is worth a notification later is a reply.
            Some(_) => Shown { thread: place.thread.clone(), ..shown },
            None => shown,
        };
        let told = told.into_iter().map(|shown| Told::new(in_its_thread(shown), now)).collect();
        self.put(Posted { open, ..Posted::new(place, told, may_repeat, now, now) })
    }

    /// Puts a message on the board if it may change; gives what others can tell no more for it.
    fn put(&mut self, posted: Posted) -> Untold {
        if !posted.may_change() || self.posted.iter().any(|known| known.place.id == posted.place.id) {
            return Untold::default();
        }
        if posted.has_groups() {
            self.changed.insert(posted.place.id.clone());
        }
        let new = posted.place.id.clone();
        let place = self.posted.partition_point(|known| known.at <= posted.at);
        self.posted.insert(place, posted);
        let mut untold = Untold::default();
        while self.posted.len() > MOST_MESSAGES || (self.bytes() > MOST_BYTES && self.posted.len() > 1) {
            // The oldest of those that tell everything; what the others have to tell is told anew.
            let others = || self.posted.iter().map(|posted| (&posted.place.id, posted)).filter(|(id, _)| **id != new);
            let goes = others().find(|(_, posted)| posted.is_told()).or_else(|| others().next());
            let Some(id) = goes.map(|(id, _)| id.clone()) else { break };
            let (groups, entries) = self.forget(&id, Lost::Edits);
            untold.groups.extend(groups);
            untold.entries.extend(entries);
        }
        untold
    }

    /// Goes on with a message of an earlier process. Of two that tell of one problem the newer goes on. Gives what others
    /// can tell no more for it.
    pub(super) fn restore(&mut self, mut posted: Posted) -> Untold {
        for known in &mut self.posted {
            for told in &mut known.told {
                let same = posted.told.iter_mut().find(|other| told.is_same(other));
                let Some(same) = same else { continue };
                let older = if known.at <= posted.at { told } else { same };
                older.has_moved = true;
            }
        }
        self.changed.insert(posted.place.id.clone());
        let untold = self.put(posted);
        self.posted.retain(Posted::may_change);
        untold
    }

    /// Takes in an occurrence of a problem.
    pub(super) fn repeat(&mut self, fingerprint: Fingerprint, entry: Entry, now: Instant) -> Repeated {
        let found = self.posted.iter_mut().enumerate().find_map(|(at, posted)| {
            let told = posted.told.iter().position(|told| told.tells_of(fingerprint))?;
            Some((at, told))
        });
        let Some((at, index)) = found else { return Repeated::Unknown(entry) };
        let Some(posted) = self.posted.get_mut(at) else { return Repeated::Unknown(entry) };
        let age = now.saturating_duration_since(posted.at);
        let window = self.window;
        let Some(told) = posted.told.get_mut(index) else { return Repeated::Unknown(entry) };
        let count = told.shown.group.as_ref().map_or(0, Group::count) + 1 + entry.repeats();
        let is_worse = entry.event.severity() > told.posted_severity;
        let is_loud = count >= next_power_of_ten(told.posted_count) && age >= QUIET_BETWEEN_POSTS;
        if age >= window || is_worse || is_loud {
            let address = posted.place.address.clone();
            let shown = told.move_on(entry, Earlier::Posted { address });
            if posted.news == News::Counts && posted.is_told() {
                posted.news = News::None;
            }
            self.changed.insert(posted.place.id.clone());
            self.posted.retain(Posted::may_change);
            return Repeated::Anew(Box::new(shown));
        }
        posted.open.extend(open_failure(&entry).filter(|_| now < posted.open_until));
        told.shown.add(entry);
        told.seen_at = now;
        posted.news = posted.news.max(News::Counts);
        Repeated::Added
    }

    /// Keeps what was told later for the message that tells of its failure; gives it back if there is none, or nothing
    /// to show.
    pub(super) fn complete(&mut self, id: FailureId, later: Entry, now: Instant) -> Result<(), Entry> {
        let Some(posted) = self.posted.iter_mut().find(|posted| posted.open.contains(&id)) else { return Err(later) };
        posted.open.remove(&id);
        let entry = posted.told.iter_mut().map(|told| &mut told.shown.entry).find(|entry| tells_of(entry, id));
        if let Some(entry) = entry
            && now < posted.open_until
            && says_something(&later.event, entry.event.severity())
        {
            entry.show(&later);
            posted.later.push(later);
            posted.news = News::Content;
            return Ok(());
        }
        self.posted.retain(Posted::may_change);
        Err(later)
    }

    /// Gives the message that should be edited now, with when it should have been; when somebody waits for the end,
    /// every change is due.
    pub(super) fn due(&self, hurries: bool, now: Instant) -> Option<(Instant, &Posted)> {
        let due = self.posted.iter().filter_map(|posted| Some((posted.due_at(hurries)?, posted)));
        due.min_by_key(|(at, _)| *at).filter(|(at, _)| *at <= now)
    }

    /// Says when there is something to do next.
    pub(super) fn wakes_at(&self, hurries: bool) -> Option<Instant> {
        self.posted.iter().filter_map(|posted| posted.due_at(hurries).min_or(posted.over_at(self.window))).min()
    }

    /// Takes what an edit of a message has shown.
    pub(super) fn edited(&mut self, id: &str, now: Instant) -> Vec<Entry> {
        let Some(posted) = self.posted.iter_mut().find(|posted| posted.place.id == id) else { return Vec::new() };
        posted.edited_at = now;
        posted.faults = 0;
        posted.news = News::None;
        let shown = posted.take_pending();
        self.changed.insert(id.to_owned());
        self.posted.retain(Posted::may_change);
        shown
    }

    /// Notes that an edit did not work out, so that others go first; says whether the server broke over it too often.
    pub(super) fn fail(&mut self, id: &str, is_fault: bool, now: Instant) -> bool {
        let Some(posted) = self.posted.iter_mut().find(|posted| posted.place.id == id) else { return false };
        posted.edited_at = now;
        posted.faults += u32::from(is_fault);
        posted.faults >= FAULTS
    }

    /// Takes a message off that cannot be edited: with the groups that have something to tell, and what else came for
    /// it.
    pub(super) fn forget(&mut self, id: &str, lost: Lost) -> (Vec<Shown>, Vec<Entry>) {
        let at = self.posted.iter().position(|posted| posted.place.id == id);
        let Some(posted) = at.and_then(|at| self.posted.remove(at)) else { return Default::default() };
        self.changed.insert(posted.place.id);
        let address = posted.place.address;
        let earlier = if lost == Lost::Edits { Earlier::Posted { address } } else { Earlier::Deleted };
        let groups = posted.told.into_iter().filter_map(|told| told.told_again(earlier.clone()));
        let stays = |group: Shown| if lost == Lost::Thread { Shown { thread: None, ..group } } else { group };
        (groups.map(stays).collect(), posted.later)
    }

    /// Notes which problems are over, and takes what came for messages that are too old to show it.
    /// But not of a message that is being edited: what changed would not be in the edit.
    pub(super) fn expire(&mut self, edited: Option<&str>, now: Instant) -> Vec<Entry> {
        let window = self.window;
        let mut unshown = Vec::new();
        for posted in self.posted.iter_mut().filter(|posted| edited != Some(&*posted.place.id)) {
            if now >= posted.open_until {
                posted.open.clear();
                if !posted.has_groups() {
                    unshown.append(&mut posted.later);
                    posted.news = News::None;
                }
            }
            let quiet = posted.told.iter_mut().filter(|told| told.quiet_at(window).is_some_and(|at| at <= now));
            for group in quiet.filter_map(|told| told.shown.group.as_mut()) {
                group.end();
                self.over.push((group.clone(), posted.place.address.clone()));
                posted.news = News::Content;
            }
        }
        self.posted.retain(Posted::may_change);
        unshown
    }

    pub(super) fn is_in_thread(&self, id: &str) -> bool {
        self.posted.iter().any(|posted| posted.place.id == id && posted.place.thread.is_some())
    }

    /// Takes everything out that is not shown.
    pub(super) fn drain(&mut self) -> Vec<Entry> {
        self.posted.drain(..).flat_map(Posted::into_pending).collect()
    }

    /// How many events of the journal are held.
    pub(super) fn held(&self) -> usize {
        let repeats = self.posted.iter().flat_map(|posted| &posted.told).map(|told| told.shown.repeats.len());
        repeats.sum::<usize>() + self.posted.iter().map(|posted| posted.later.len()).sum::<usize>()
    }

    /// Takes the messages that changed, or nothing for those that are gone. One that does not tell everything yet is
    /// not among them: what it does not tell waits in the journal, and is counted again by whoever takes it from there.
    pub(super) fn changed(&mut self) -> Vec<(String, Option<&Posted>)> {
        let posted = &self.posted;
        let find = |id: &str| posted.iter().find(|posted| posted.place.id == id);
        let is_told = |id: &String| find(id).is_none_or(Posted::is_told);
        let changed: Vec<_> = self.changed.extract_if(.., is_told).collect();
        changed
            .into_iter()
            .map(|id| (find(&id).filter(|posted| posted.has_groups()), id))
            .map(|(p, id)| (id, p))
            .collect()
    }

    /// Takes the groups that are over since this was asked last.
    pub(super) fn over(&mut self) -> Vec<(Group, Option<String>)> {
        std::mem::take(&mut self.over)
    }

    fn bytes(&self) -> usize {
        let told = self.posted.iter().flat_map(|posted| &posted.told);
        told.map(|told| told.shown.entry.event.entries().spilled() + told.shown.group.as_ref().map_or(0, Group::bytes))
            .sum()
    }
}

impl Posted {
    /// Takes a message over from an earlier process. What was told later of its failures may be in the journal still,
    /// even if the message says it already.
    pub(super) fn restored(place: Place, told: Vec<Told>, may_repeat: bool, at: Instant, now: Instant) -> Self {
        let open = told.iter().filter_map(|told| open_failure(&told.shown.entry)).collect();
        Self { open, ..Self::new(place, told, may_repeat, at, now) }
    }

    fn new(place: Place, told: Vec<Told>, may_repeat: bool, at: Instant, now: Instant) -> Self {
        let (news, open, later) = (News::None, BTreeSet::new(), Vec::new());
        let (open_until, faults) = (now + EDITED_WITHIN, 0);
        Self { place, told, may_repeat, at, edited_at: now, faults, news, open, open_until, later }
    }

    /// Says whether it tells of a problem that may occur again.
    fn has_groups(&self) -> bool {
        self.told.iter().any(Told::is_live)
    }

    fn may_change(&self) -> bool {
        self.news > News::None || !self.open.is_empty() || self.has_groups()
    }

    fn is_told(&self) -> bool {
        self.later.is_empty() && self.told.iter().all(|told| told.shown.repeats.is_empty())
    }

    /// When it is to be edited, if it says less than it could: counts the later the older the message is, since a
    /// reader of an old one waits for nothing.
    fn due_at(&self, hurries: bool) -> Option<Instant> {
        let wait = match self.news {
            News::None => return None,
            _ if hurries => Duration::ZERO,
            News::Content => Duration::ZERO,
            News::Counts if self.told.iter().map(|told| told.shown.repeats.len()).sum::<usize>() >= MANY => {
                BETWEEN_EDITS
            }
            News::Counts => (self.edited_at.saturating_duration_since(self.at) / 2).clamp(BETWEEN_EDITS, LONGEST_WAIT),
        };
        Some(self.edited_at + wait)
    }

    /// When one of its problems is over, unless it occurs again.
    fn over_at(&self, window: Duration) -> Option<Instant> {
        let over = self.told.iter().filter_map(|told| told.quiet_at(window)).min();
        let closes = (!self.later.is_empty() && !self.has_groups()).then_some(self.open_until);
        over.min_or(closes)
    }

    fn take_pending(&mut self) -> Vec<Entry> {
        let repeats = self.told.iter_mut().flat_map(|told| std::mem::take(&mut told.shown.repeats));
        repeats.chain(std::mem::take(&mut self.later)).collect()
    }

    fn into_pending(mut self) -> Vec<Entry> {
        self.take_pending()
    }
}

/// The smaller of two moments, of which either may be missing.
trait MinOr {
    fn min_or(self, other: Self) -> Self;
}

impl MinOr for Option<Instant> {
    fn min_or(self, other: Self) -> Self {
        self.into_iter().chain(other).min()
    }
}

/// The next count that is worth a message of its own: 10, 100, 1,000 …
fn next_power_of_ten(count: u64) -> u64 {
    let mut power = 10_u64;
    while power <= count {
        power = power.saturating_mul(10);
        if power == u64::MAX {
            break;
        }
    }
    power
}

/// The failure of an entry, if it may be told more about.
fn open_failure(entry: &Entry) -> Option<FailureId> {
    entry.event.failure().filter(|_| entry.is_open()).map(|failure| failure.id)
}

/// Says whether a message would change by what was told later; at the end of a failure there is often nothing to add.
fn says_something(later: &Event, known: Severity) -> bool {
    later.severity() > known || later.entries().iter().next().is_some()
}

/// How long a message is changed for what is told later of a failure: a reader has seen it by then.
const EDITED_WITHIN: Duration = Duration::from_secs(60);
/// A problem that goes on notifies nobody again before.
const QUIET_BETWEEN_POSTS: Duration = Duration::from_secs(10 * 60);
/// The shortest and the longest wait from one edit of a message to the next.
///
/// Source: edits have a bucket of their own, about as large as that of posts,
/// <https://github.com/bwmarrin/discordgo/issues/1384>.
const BETWEEN_EDITS: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Occurrences that make an edit due at once, so that memory does not fill with what waits for one.
const MANY: usize = 2_000;
/// Messages of a lane that are remembered, and bytes of them.
const MOST_MESSAGES: usize = 200;
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Edits of a message that the server may break over before what it has to tell is told in another.
const FAULTS: u32 = 5;
