//! The flood valve: what one function, or one call, repeats beyond a burst is counted where it fails, and crosses as one
//! event.
//!
//! A failure is known by the hash of its type and its texts without their digits, so that `user 17` and `user 18` are
//! the same and another error of the same function is not. Up to twice [`BURST`] of each cross in a [`WINDOW`]; of the others
//! the first crosses as a sample when the recorder collects, with the number of all. Nothing is allocated for one that is
//! withheld, unless its text is long.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::event::Event;

/// Failures of a function that cross in one window before their kind matters, and those of one kind after that.
pub(crate) const BURST: u32 = 10;

/// Valves for calls that no attribute watches: some 7 KiB.
const CALL_VALVES: usize = 64;

/// Seconds after which a function may fail anew; withheld failures are collected as often.
pub(crate) const WINDOW: u64 = 5;

/// Kinds of failure that are told apart in one window of a function; those beyond cross.
const SLOTS: usize = 4;

/// The valve of one function.
#[derive(Debug)]
pub struct Valve {
    all: Window,
    slots: [Slot; SLOTS],
}

/// What becomes of a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flow {
    /// It crosses by itself.
    Crosses,
    /// It is counted alone.
    Withheld,
    /// It is counted, and its event is to be [kept](Valve::keep) for all that follow.
    WithheldFirst {
        /// Which of the valve's counters has it.
        slot: usize,
    },
}

#[derive(Debug)]
struct Slot {
    failure: AtomicU64,
    window: Window,
    withheld: AtomicU64,
}

/// The number of a window in the upper half, what was counted in it in the lower.
#[derive(Debug)]
struct Window(AtomicU64);

/// An event that stands for those that were withheld.
#[derive(Debug)]
struct Sample {
    valve: &'static Valve,
    slot: usize,
    event: Event,
}

static SAMPLES: Mutex<Vec<Sample>> = Mutex::new(Vec::new());

impl Valve {
    /// Starts open.
    #[must_use]
    pub const fn new() -> Self {
        Self { all: Window::new(), slots: [const { Slot::new() }; SLOTS] }
    }

    /// Counts a failure, and says whether the function fails so often that its kind matters.
    pub(crate) fn is_pressed(&self, second: u64) -> bool {
        self.all.count(second / WINDOW) > BURST
    }

    /// Decides on a failure of a kind.
    pub(crate) fn flow(&self, failure: u64, second: u64) -> Flow {
        let window = second / WINDOW;
        let Some((index, slot)) = self.slot(failure, window) else { return Flow::Crosses };
        if slot.window.count(window) <= BURST {
            return Flow::Crosses;
        }
        match slot.withheld.fetch_add(1, Ordering::AcqRel) {
            0 => Flow::WithheldFirst { slot: index },
            _ => Flow::Withheld,
        }
    }

    /// The slot of a kind of failure: its own, or one that was at rest.
    fn slot(&self, failure: u64, window: u64) -> Option<(usize, &Slot)> {
        let own = |(_, slot): &(usize, &Slot)| slot.failure.load(Ordering::Relaxed) == failure;
        let takes = |(_, slot): &(usize, &Slot)| {
            let known = slot.failure.load(Ordering::Relaxed);
            slot.window.is_over(window)
                && slot.withheld.load(Ordering::Acquire) == 0
                && slot.failure.compare_exchange(known, failure, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        let slots = || self.slots.iter().enumerate();
        slots().find(own).or_else(|| slots().find(takes))
    }

    /// Keeps the event that stands for all that are withheld in a slot until they are collected.
    pub(crate) fn keep(&'static self, slot: usize, event: Event) {
        SAMPLES.lock().unwrap_or_else(PoisonError::into_inner).push(Sample { valve: self, slot, event });
    }
}

impl Default for Valve {
    fn default() -> Self {
        Self::new()
    }
}

impl Slot {
    const fn new() -> Self {
        Self { failure: AtomicU64::new(0), window: Window::new(), withheld: AtomicU64::new(0) }
    }
}

impl Window {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Counts in a window, and gives the count; a new window begins at one.
    fn count(&self, window: u64) -> u32 {
        let seen = self.0.load(Ordering::Relaxed);
        if seen >> 32 != window {
            // Of several that begin it together all but one may go uncounted: the burst is that much longer.
            self.0.store(window << 32 | 1, Ordering::Relaxed);
            return 1;
        }
        if seen as u32 == u32::MAX {
            return u32::MAX;
        }
        (self.0.fetch_add(1, Ordering::Relaxed) as u32).saturating_add(1)
    }

    fn is_over(&self, window: u64) -> bool {
        self.0.load(Ordering::Relaxed) >> 32 != window
    }
}

/// Gives the valve of a line in the source by its number; lines that share one have fewer slots each, and nothing else in
/// common.
pub(crate) fn valve_at(line: u64) -> &'static Valve {
    static VALVES: [Valve; CALL_VALVES] = [const { Valve::new() }; CALL_VALVES];
    let index = line.wrapping_mul(SEED) >> (u64::BITS - CALL_VALVES.ilog2());
    let [first, ..] = &VALVES;
    // The index is below their number, which is a power of two.
    VALVES.get(index as usize).unwrap_or(first)
}

/// Takes what all valves have withheld: each sample counts itself and those that repeat it.
pub(crate) fn collect() -> Vec<Event> {
    let samples = std::mem::take(&mut *SAMPLES.lock().unwrap_or_else(PoisonError::into_inner));
    let counted = samples.into_iter().filter_map(|Sample { valve, slot, event }| {
        let withheld = valve.slots.get(slot)?.withheld.swap(0, Ordering::AcqRel);
        Some(if withheld > 1 { event.repeated(withheld - 1) } else { event })
    });
    counted.collect()
}

/// Hashes texts without their digits; the same whatever pieces a text comes in.
#[derive(Debug)]
pub(crate) struct Digest {
    hash: u64,
    /// Bytes that wait for others, the first in the lowest place.
    pending: u64,
    pending_bits: u32,
}

impl Digest {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { hash: SEED ^ seed, pending: 0, pending_bits: 0 }
    }

    /// Separates two texts, so that `a` and `bc` is not `ab` and `c`.
    pub(crate) fn end_text(&mut self) {
        self.push(0xff);
    }

    pub(crate) fn finish(mut self) -> u64 {
        self.mix(self.pending ^ u64::from(self.pending_bits) << 56);
        self.hash ^ self.hash >> 29
    }

    fn mix(&mut self, word: u64) {
        self.hash = (self.hash ^ word).wrapping_mul(SEED).rotate_left(29);
    }

    fn push(&mut self, byte: u8) {
        self.pending |= u64::from(byte) << self.pending_bits;
        self.pending_bits += 8;
        if self.pending_bits == 64 {
            self.mix(self.pending);
            (self.pending, self.pending_bits) = (0, 0);
        }
    }

    /// Eight bytes at once, none of them a digit.
    #[inline]
    fn push_word(&mut self, word: u64) {
        if self.pending_bits == 0 {
            return self.mix(word);
        }
        self.mix(self.pending | word << self.pending_bits);
        self.pending = word >> (64 - self.pending_bits);
    }

    /// Adds a piece of a text.
    pub(crate) fn write(&mut self, text: &[u8]) {
        let (words, rest) = text.as_chunks::<8>();
        for bytes in words {
            let word = u64::from_le_bytes(*bytes);
            if has_digit(word) {
                self.push_all(bytes);
            } else {
                self.push_word(word);
            }
        }
        self.push_all(rest);
    }

    fn push_all(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if !byte.is_ascii_digit() {
                self.push(*byte);
            }
        }
    }
}

/// Says whether one of eight bytes is an ASCII digit, all at once: a byte is one if adding 0x46 keeps it below 0x80
/// and adding 0x50 does not, its own upper bit aside.
fn has_digit(word: u64) -> bool {
    const UPPER: u64 = 0x8080_8080_8080_8080;
    const LOWER: u64 = !UPPER;
    let low = word & LOWER;
    let from_zero = low + 0x5050_5050_5050_5050;
    let past_nine = low + 0x4646_4646_4646_4646;
    from_zero & !past_nine & !word & UPPER != 0
}

/// An odd number with about as many ones as zeros, from the golden ratio.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digest(pieces: &[&str]) -> u64 {
        let mut digest = Digest::new(0);
        pieces.iter().for_each(|piece| digest.write(piece.as_bytes()));
        digest.finish()
    }

    fn flows(valve: &Valve, failure: u64, second: u64, times: usize) -> Vec<Flow> {
        (0..times).map(|_| valve.flow(failure, second)).collect()
    }

    #[test]
    fn a_burst_crosses_and_the_rest_is_counted_once_collected() {
        static VALVE: Valve = Valve::new();
        let flows = flows(&VALVE, 7, 100, 1_000);
        let burst = BURST as usize;
        assert!(flows[..burst].iter().all(|flow| *flow == Flow::Crosses));
        assert_eq!(flows[burst], Flow::WithheldFirst { slot: 0 });
        assert!(flows[burst + 1..].iter().all(|flow| *flow == Flow::Withheld));
        VALVE.keep(0, Event::critical("flood", "of one"));
        let of_flood = |event: &Event| event.title() == Some("flood");
        let collected: Vec<_> = collect().into_iter().filter(of_flood).collect();
        assert_eq!(collected.iter().map(Event::repeats).collect::<Vec<_>>(), [1_000 - u64::from(BURST) - 1]);
        assert!(!collect().iter().any(of_flood));
        assert_eq!(VALVE.flow(7, 101), Flow::WithheldFirst { slot: 0 }, "what comes after is a new sample");
    }

    #[test]
    fn another_failure_of_the_same_function_is_not_withheld() {
        let valve = Valve::new();
        flows(&valve, 7, 100, 1_000);
        assert!(flows(&valve, 8, 100, BURST as usize).iter().all(|flow| *flow == Flow::Crosses));
        for failure in 9..1_000 {
            assert_eq!(valve.flow(failure, 100), Flow::Crosses, "the {failure}th kind in one window");
        }
    }

    #[test]
    fn a_new_window_lets_a_burst_through_again() {
        let valve = Valve::new();
        flows(&valve, 7, 100, 1_000);
        assert_eq!(flows(&valve, 7, 100 + WINDOW, 1), [Flow::Crosses]);
        assert!(!valve.is_pressed(100) && !Valve::new().is_pressed(0));
    }

    #[test]
    fn a_slot_that_holds_a_count_is_not_given_to_another_failure() {
        let valve = Valve::new();
        for failure in 1..=SLOTS as u64 {
            flows(&valve, failure, 100, 100);
        }
        assert!(flows(&valve, 99, 200, 100).iter().all(|flow| *flow == Flow::Crosses));
    }

    #[test]
    fn digits_do_not_count() {
        assert_eq!(digest(&["user 17 is gone"]), digest(&["user 18234 is gone"]));
        assert_ne!(digest(&["user 17 is gone"]), digest(&["user 17 is back"]));
        assert_ne!(digest(&["ab"]), digest(&["ba"]));
        assert_ne!(digest(&["a"]), digest(&["a\0"]));
    }

    #[test]
    fn every_byte_is_told_from_a_digit() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut bytes = [b'x'; 8];
                bytes[place] = byte;
                assert_eq!(has_digit(u64::from_le_bytes(bytes)), byte.is_ascii_digit(), "{byte} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_text_has_one_hash_whatever_pieces_it_comes_in(text in "[a-c0-9é]{0,60}", cuts in prop::collection::vec(0usize..60, 0..6)) {
            let mut cuts: Vec<_> = cuts.into_iter().filter(|cut| text.is_char_boundary(*cut)).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut start = 0;
            for cut in cuts {
                pieces.push(&text[start..cut]);
                start = cut;
            }
            pieces.push(&text[start..]);
            let without_digits: String = text.chars().filter(|letter| !letter.is_ascii_digit()).collect();
            prop_assert_eq!(digest(&pieces), digest(&[&without_digits]));
        }
    }
}
