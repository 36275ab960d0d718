//! Which annotated functions run on this thread, the outermost first, and which failures are on their way up through
//! them.
//!
//! A function is entered and left at each call and at each poll of a future, by a counter and a slot; nothing is
//! allocated. A failure that was reported waits for the next function around it, which says whether it passed it on or
//! recovered. Between two polls a future keeps the failures that wait for it with itself.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::capture::site::Site;
use crate::event::{Channel, Event, FailureId, Kind, Severity};

thread_local! {
    static TRAIL: Trail = const {
        Trail { depth: Cell::new(0), sites: [const { Cell::new(None) }; SITES], awaited_above: Cell::new(0) }
    };
    static RISING: RefCell<Vec<Rising>> = const { RefCell::new(Vec::new()) };
}

/// Failures that wait on a thread, or for a future, at a time.
const MOST_RISING: usize = 32;

/// Bytes of an error's text by which it is known again.
const TEXT: usize = 1_024;

/// Enclosing functions that a report can name; recursion beyond is counted alone.
const SITES: usize = 32;

struct Trail {
    depth: Cell<u32>,
    sites: [Cell<Option<&'static Site>>; SITES],
    /// One more than the deepest level for which failures wait; zero if none does.
    awaited_above: Cell<u32>,
}

/// How many functions enclose one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Depth(u32);

/// A failure that was reported, on its way up.
#[derive(Debug)]
pub(crate) struct Rising {
    /// The level of the function that it will come to next.
    level: u32,
    /// Its report; none if it was only counted.
    pub(crate) id: Option<FailureId>,
    /// What its report is: of an error, of a panic by its hook, or of a record of the program's log.
    kind: Kind,
    pub(crate) channel: Channel,
    pub(crate) severity: Severity,
    /// What the innermost error or the record said, the beginning of it.
    pub(crate) text: String,
    /// What the functions around it know by now.
    pub(crate) passed: Option<Box<Event>>,
}

impl Rising {
    pub(crate) fn new(id: Option<FailureId>, event: &Event) -> Self {
        let message = event.error_report().map(|report| report.message()).or_else(|| event.title()).unwrap_or_default();
        let text = message.get(..message.floor_char_boundary(TEXT)).unwrap_or_default().to_owned();
        let (kind, channel, severity) = (event.kind(), event.channel(), event.severity());
        Self { level: 0, id, kind, channel, severity, text, passed: None }
    }

    /// Says whether the panic hook reported it.
    pub(crate) fn is_panic(&self) -> bool {
        self.kind == Kind::Panic
    }

    /// Says whether it is a record of the program's log.
    pub(crate) fn is_record(&self) -> bool {
        self.kind == Kind::ErrorRecord
    }

    /// Says whether it is a record that no function has returned as its error, so that nothing can be said of how it ended.
    pub(crate) fn is_record_alone(&self) -> bool {
        self.is_record() && self.passed.is_none()
    }

    /// Keeps what a function around it knows, beside what those within it knew.
    pub(crate) fn passed_with(mut self, known: Event) -> Self {
        match &mut self.passed {
            Some(passed) => passed.absorb(&known),
            None => self.passed = Some(Box::new(known)),
        }
        self
    }
}

impl Depth {
    /// For functions that are not on the trail.
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn is_outermost(self) -> bool {
        self.0 == 0
    }
}

/// Enters a function.
#[inline(always)]
pub(crate) fn enter(site: &'static Site) -> Depth {
    TRAIL.with(|trail| {
        let depth = trail.depth.get();
        if let Some(slot) = trail.sites.get(depth as usize) {
            slot.set(Some(site));
        }
        trail.depth.set(depth.wrapping_add(1));
        Depth(depth)
    })
}

/// Says how many functions enclose what this thread does now.
pub(crate) fn depth() -> Depth {
    Depth(TRAIL.with(|trail| trail.depth.get()))
}

/// Leaves a function and all that were entered in it; says whether failures wait for it.
#[inline(always)]
pub(crate) fn leave(Depth(depth): Depth) -> bool {
    TRAIL.with(|trail| {
        trail.depth.set(depth);
        trail.awaited_above.get() > depth
    })
}

/// Takes the failures that wait for a function which was just left.
#[cold]
pub(crate) fn take(Depth(depth): Depth) -> Vec<Rising> {
    let taken = with_rising(|rising| rising.extract_if(.., |failure| failure.level >= depth).collect());
    note_levels();
    taken.unwrap_or_default()
}

/// Lets failures wait for the function around the one that was just left.
#[cold]
pub(crate) fn hand_up(Depth(depth): Depth, failures: impl IntoIterator<Item = Rising>) {
    let Some(level) = depth.checked_sub(1) else { return };
    with_rising(|rising| {
        rising.extend(failures.into_iter().map(|failure| Rising { level, ..failure }));
        keep_latest(rising);
    });
    note_levels();
}

/// A function that never ends, such as a loop in `main`, has no word for what its callers have dealt with long since.
fn keep_latest(failures: &mut Vec<Rising>) {
    failures.drain(..failures.len().saturating_sub(MOST_RISING));
}

/// Walks over the functions around the one that was just left, the innermost first, each once in a row.
pub(crate) fn for_each_enclosing(Depth(depth): Depth, mut see: impl FnMut(&'static Site)) {
    let mut last: Option<&'static Site> = None;
    for place in (0..depth.min(SITES as u32)).rev() {
        let site = TRAIL.with(|trail| trail.sites.get(place as usize).and_then(Cell::get));
        if let Some(site) = site.filter(|site| !last.is_some_and(|last| std::ptr::eq(last, *site))) {
            see(site);
        }
        last = site.or(last);
    }
}

/// A thread that is ending has no list any more, and one more report is better than none.
fn with_rising<T>(act: impl FnOnce(&mut Vec<Rising>) -> T) -> Option<T> {
    RISING.try_with(|rising| rising.try_borrow_mut().ok().map(|mut rising| act(&mut rising))).ok().flatten()
}

fn note_levels() {
    let deepest = with_rising(|rising| rising.iter().map(|failure| failure.level + 1).max());
    TRAIL.with(|trail| trail.awaited_above.set(deepest.flatten().unwrap_or(0)));
}

/// Failures that a future keeps between its polls: by a number alone, so that a future which keeps none has nothing to
/// drop. Whoever holds the number takes them or forgets them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Carried(u64);

static CARRIED: Mutex<BTreeMap<u64, Vec<Rising>>> = Mutex::new(BTreeMap::new());

impl Carried {
    pub(crate) const NOTHING: Self = Self(0);

    #[cold]
    pub(crate) fn of(failures: Vec<Rising>) -> Self {
        let mut carried = Self::NOTHING;
        carried.add(failures);
        carried
    }

    #[inline]
    pub(crate) const fn is_something(self) -> bool {
        self.0 != 0
    }

    #[cold]
    pub(crate) fn add(&mut self, failures: Vec<Rising>) {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        if failures.is_empty() {
            return;
        }
        if !self.is_something() {
            self.0 = NUMBERS.fetch_add(1, Ordering::Relaxed);
        }
        let mut all = Self::all();
        let carried = all.entry(self.0).or_default();
        carried.extend(failures);
        keep_latest(carried);
    }

    #[cold]
    pub(crate) fn take(self) -> Vec<Rising> {
        if self.is_something() { Self::all().remove(&self.0).unwrap_or_default() } else { Vec::new() }
    }

    #[cold]
    pub(crate) fn forget(self) {
        drop(self.take());
    }

    fn all() -> MutexGuard<'static, BTreeMap<u64, Vec<Rising>>> {
        CARRIED.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(count: usize) -> Vec<Rising> {
        (0..count).map(|_| Rising::new(Some(FailureId::new()), &Event::of(Kind::Error))).collect()
    }

    #[test]
    fn what_waits_for_a_function_that_never_ends_is_bounded() {
        let mut carried = Carried::NOTHING;
        for _ in 0..1_000 {
            hand_up(Depth(1), failures(1));
            carried.add(failures(1));
        }
        assert_eq!(take(Depth(0)).len(), MOST_RISING);
        assert_eq!(carried.take().len(), MOST_RISING);
        assert!(take(Depth(0)).is_empty() && carried.take().is_empty());
    }

    #[test]
    fn a_failure_waits_for_the_level_it_was_handed_to() {
        hand_up(Depth(2), failures(1));
        assert!(!leave(Depth(2)) && leave(Depth(1)) && leave(Depth(0)));
        assert!(take(Depth(2)).is_empty());
        assert_eq!(take(Depth(1)).len(), 1);
        assert!(!leave(Depth(0)));
        hand_up(Depth(0), failures(1));
        assert!(take(Depth(0)).is_empty(), "the outermost has nobody around it");
    }
}
