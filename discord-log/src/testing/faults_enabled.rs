//! Panics where a test wants one.

use std::sync::atomic::{AtomicU32, Ordering};

/// A thread of the logger's own.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Part {
    /// Empties the queue into the journal.
    Recorder,
    /// Brings what the journal holds to Discord.
    Sender,
}

static PANICS: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];

/// Lets one of the logger's threads panic, so many times, at its next piece of work: to see that a program goes on.
/// Available with the feature `testing`.
pub fn panic_in(part: Part, times: u32) {
    if let Some(panics) = PANICS.get(part as usize) {
        panics.store(times, Ordering::SeqCst);
    }
}

#[expect(clippy::panic, reason = "a test asked for it")]
pub(crate) fn fail_point(part: Part) {
    let left = PANICS.get(part as usize);
    let take = |left: u32| left.checked_sub(1);
    if left.is_some_and(|left| left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok()) {
        panic!("a test asked for this panic");
    }
}
