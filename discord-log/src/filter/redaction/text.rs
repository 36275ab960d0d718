//! The text that is looked through: bytes by their place, zero beyond the end. Every look is counted in tests, since the
//! promise is a number of looks that grows with the text and no faster.

use std::cell::Cell;

/// A text, and whether its end is missing.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    whole: &'a str,
    /// More came after it and was not kept, so a secret may end where the text does.
    pub(super) is_cut: bool,
}

/// A part of a text, and what is written in its place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) mask: &'static str,
}

/// What a name says is secret.
pub(super) const BY_NAME: &str = "[redacted]";
pub(super) const CARD: &str = "[redacted card]";
pub(super) const IBAN: &str = "[redacted iban]";
pub(super) const KEY: &str = "[redacted key]";
pub(super) const TOKEN: &str = "[redacted token]";
/// How each of the above begins.
pub(super) const MASK: &str = "[redacted";

thread_local! {
    static LOOKS: Cell<u64> = const { Cell::new(0) };
}

impl<'a> Text<'a> {
    pub(super) const fn new(whole: &'a str, is_cut: bool) -> Self {
        Self { whole, is_cut }
    }

    pub(super) const fn len(&self) -> usize {
        self.whole.len()
    }

    /// Gives a byte; zero beyond the end.
    #[inline]
    pub(super) fn at(&self, place: usize) -> u8 {
        count(1);
        self.whole.as_bytes().get(place).copied().unwrap_or(0)
    }

    /// Gives the byte before a place; zero at the start.
    #[inline]
    pub(super) fn before(&self, place: usize) -> u8 {
        place.checked_sub(1).map_or(0, |before| self.at(before))
    }

    pub(super) fn part(&self, start: usize, end: usize) -> &'a str {
        count(end.saturating_sub(start));
        self.whole.get(start..end).unwrap_or_default()
    }

    pub(super) fn starts(&self, place: usize, with: &str) -> bool {
        count(with.len());
        self.whole.as_bytes().get(place..).is_some_and(|rest| rest.starts_with(with.as_bytes()))
    }

    pub(super) fn starts_in_any_case(&self, place: usize, with: &str) -> bool {
        count(with.len());
        let part = self.whole.as_bytes().get(place..place + with.len());
        part.is_some_and(|part| part.eq_ignore_ascii_case(with.as_bytes()))
    }

    /// Gives the first place from `start` on where a byte is not as wanted, at most `most` bytes on.
    #[inline]
    pub(super) fn run(&self, start: usize, most: usize, is_wanted: impl Fn(u8) -> bool) -> usize {
        let rest = self.whole.as_bytes().get(start..).unwrap_or_default();
        let length = rest.iter().take(most).take_while(|byte| is_wanted(**byte)).count();
        count(length + 1);
        start + length
    }

    /// Gives the place from which on all bytes up to `end` are as wanted, at most `most` bytes back, and not before `floor`.
    pub(super) fn run_back(&self, floor: usize, end: usize, most: usize, is_wanted: impl Fn(u8) -> bool) -> usize {
        let before = self.whole.as_bytes().get(floor..end).unwrap_or_default();
        let length = before.iter().rev().take(most).take_while(|byte| is_wanted(**byte)).count();
        count(length + 1);
        end - length
    }

    /// Gives the next place, from `start` on, whose byte a table marks together with the lower five bits of the one after.
    #[inline]
    pub(super) fn next_marked(&self, start: usize, table: &[u32; 256]) -> Option<usize> {
        let rest = self.whole.as_bytes().get(start..)?;
        let mut marks = 0;
        let after = rest.iter().position(|byte| {
            let is_marked = marks & (1 << (byte & 31)) != 0;
            marks = table.get(usize::from(*byte)).copied().unwrap_or(0);
            is_marked
        });
        count(after.unwrap_or(rest.len()) + 1);
        let length = after.or_else(|| (marks & 1 != 0).then_some(rest.len()))?;
        Some(start + length - 1)
    }

    /// Gives the place where some text stands next.
    pub(super) fn find(&self, start: usize, sought: &str) -> Option<usize> {
        let rest = self.whole.get(start..)?;
        let found = rest.find(sought);
        count(found.unwrap_or(rest.len()));
        found.map(|length| start + length)
    }

    /// Gives the end of the mask that stands at a place.
    pub(super) fn mask_end(&self, start: usize) -> Option<usize> {
        if self.at(start) != b'[' || !self.starts(start, MASK) {
            return None;
        }
        let end = self.run(start + MASK.len(), 8, |byte| byte.is_ascii_lowercase() || byte == b' ');
        (self.at(end) == b']').then_some(end + 1)
    }

    /// Says whether a word may begin here: no letter or digit stands before, unless it is the end of an escape.
    pub(super) fn is_word_start(&self, place: usize) -> bool {
        let before = self.before(place);
        if !before.is_ascii_alphanumeric() {
            return true;
        }
        let Some(earlier) = place.checked_sub(2) else { return false };
        let is_escape = matches!(before, b'n' | b'r' | b't') && self.at(earlier) == b'\\';
        let is_encoded = before.is_ascii_hexdigit()
            && self.at(earlier).is_ascii_hexdigit()
            && earlier.checked_sub(1).is_some_and(|sign| self.at(sign) == b'%');
        let is_colour = before == b'm' && {
            let start = self.run_back(0, place - 1, 8, |byte| byte.is_ascii_digit() || byte == b';');
            self.before(start) == b'[' && start >= 2 && self.at(start - 2) == 0x1b
        };
        is_escape || is_encoded || is_colour
    }

    /// Says whether the text was cut, and a run that ends at `end` with it.
    pub(super) const fn is_cut_at(&self, end: usize) -> bool {
        self.is_cut && end >= self.whole.len()
    }
}

/// Letters and digits, and what stands in tokens beside them.
pub(super) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[inline]
fn count(looks: usize) {
    if cfg!(test) {
        LOOKS.set(LOOKS.get() + looks as u64);
    }
}

/// How often this thread looked at a byte.
#[cfg(test)]
pub(super) fn looks() -> u64 {
    LOOKS.get()
}
