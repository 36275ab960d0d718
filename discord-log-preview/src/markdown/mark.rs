//! Where the marks around a text end: `*a*`, `_a_`, `**a**`, `__a__`, `~~a~~` and `||a||`. A mark that does not end is
//! none.

use std::ops::Range;

use super::{
    fuel::{Ahead, Fuel},
    node::Style,
};

/// A text between two marks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) style: Style,
    pub(super) inner: Range<usize>,
    pub(super) end: usize,
}

/// The marks of one text, with what is known about where they end.
#[derive(Debug)]
pub(super) struct Marks<'t> {
    bytes: &'t [u8],
    fuel: &'t Fuel,
    bold: Ahead,
    spoiler: Ahead,
    strike: Ahead,
    underline: Ahead,
}

impl<'t> Marks<'t> {
    pub(super) fn new(text: &'t str, fuel: &'t Fuel) -> Self {
        Self {
            bytes: text.as_bytes(),
            fuel,
            bold: Ahead::default(),
            spoiler: Ahead::default(),
            strike: Ahead::default(),
            underline: Ahead::default(),
        }
    }

    /// Finds the mark that begins at a position.
    pub(super) fn at(&mut self, at: usize) -> Option<Mark> {
        match (self.byte(at)?, self.byte(at + 1)) {
            (b'*', _) => longer(self.star(at), self.double(at, b'*', Style::Bold)),
            (b'_', _) => longer(self.underscore(at), self.double(at, b'_', Style::Underline)),
            (b'~', Some(b'~')) => self.strike(at),
            (b'|', Some(b'|')) => self.spoiler(at),
            _ => None,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// `*a*`: not before white space, and with at most two spaces before its end. A single star that cannot end it
    /// breaks it.
    fn star(&self, at: usize) -> Option<Mark> {
        let from = at + 1;
        if self.byte(from)?.is_ascii_whitespace() {
            return None;
        }
        let star = self.single(from, b'*')?;
        let inner = self.bytes.get(from..star)?;
        let spaces = inner.iter().rev().take_while(|byte| **byte == b' ').count();
        let kept = inner.get(..inner.len() - spaces)?;
        // An escaped space is text, not room before the end.
        let escaped = spaces > 0 && kept.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
        let ends = spaces <= 2 && !escaped && kept.last().is_some_and(|last| !last.is_ascii_whitespace());
        ends.then_some(Mark { style: Style::Italic, inner: from..from + kept.len(), end: star + 1 })
    }

    /// `_a_`: not before a letter or digit, so that `snake_case` stays whole.
    fn underscore(&self, at: usize) -> Option<Mark> {
        let from = at + 1;
        let end = self.single(from, b'_')?;
        let in_word = self.byte(end + 1).is_some_and(|byte| byte.is_ascii_alphanumeric());
        (end > from && !in_word).then_some(Mark { style: Style::Italic, inner: from..end, end: end + 1 })
    }

    /// Finds the first single mark; double ones and escaped ones are part of the text.
    fn single(&self, from: usize, mark: u8) -> Option<usize> {
        let mut at = from;
        let found = loop {
            match self.byte(at) {
                None => break None,
                Some(b'\\') => at += 2,
                Some(byte) if byte != mark => at += 1,
                Some(_) if self.byte(at + 1) == Some(mark) => at += 2,
                Some(_) => break Some(at),
            }
        };
        self.fuel.spend(at - from + 1);
        found
    }

    /// `**a**` and `__a__`: to the last two of the first row of marks that is long enough.
    fn double(&mut self, at: usize, mark: u8, style: Style) -> Option<Mark> {
        let from = at + 2;
        if self.byte(at + 1) != Some(mark) {
            return None;
        }
        let past_one = from + if self.byte(from)? == b'\\' { 2 } else { 1 };
        let (bytes, fuel) = (self.bytes, self.fuel);
        let ahead = if mark == b'*' { &mut self.bold } else { &mut self.underline };
        let end = ahead.first(past_one, bytes.len(), fuel, || double_end(bytes, past_one, mark))?;
        Some(Mark { style, inner: from..end, end: end + 2 })
    }

    /// `~~a~~`; a backslash in it escapes nothing.
    fn strike(&mut self, at: usize) -> Option<Mark> {
        let (bytes, fuel, from) = (self.bytes, self.fuel, at + 3);
        let ends = |rest: &[u8]| rest.starts_with(b"~~") && rest.get(2) != Some(&b'_');
        let end = self.strike.first(from, bytes.len(), fuel, || first(bytes, from, ends))?;
        Some(Mark { style: Style::Strike, inner: at + 2..end, end: end + 2 })
    }

    /// `||a||`; a backslash in it escapes nothing.
    fn spoiler(&mut self, at: usize) -> Option<Mark> {
        let (bytes, fuel, from) = (self.bytes, self.fuel, at + 3);
        let end = self.spoiler.first(from, bytes.len(), fuel, || first(bytes, from, |rest| rest.starts_with(b"||")))?;
        Some(Mark { style: Style::Spoiler, inner: at + 2..end, end: end + 2 })
    }
}

/// The longer of two readings, the first if they are equal.
fn longer(one: Option<Mark>, other: Option<Mark>) -> Option<Mark> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.end > one.end { other } else { one }),
        (one, other) => one.or(other),
    }
}

fn double_end(bytes: &[u8], from: usize, mark: u8) -> Option<usize> {
    let mut at = from;
    loop {
        match bytes.get(at..)? {
            [b'\\', ..] => at += 2,
            [one, two, rest @ ..] if *one == mark && *two == mark && rest.first() != Some(&mark) => return Some(at),
            [] => return None,
            _ => at += 1,
        }
    }
}

fn first(bytes: &[u8], from: usize, ends: impl Fn(&[u8]) -> bool) -> Option<usize> {
    (from..bytes.len()).find(|at| bytes.get(*at..).is_some_and(&ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_start(text: &str) -> Option<(Style, &str, usize)> {
        let fuel = Fuel::default();
        let mark = Marks::new(text, &fuel).at(0)?;
        Some((mark.style, &text[mark.inner], mark.end))
    }

    #[test]
    fn each_mark_has_its_style() {
        assert_eq!(at_start("*a*"), Some((Style::Italic, "a", 3)));
        assert_eq!(at_start("_a_"), Some((Style::Italic, "a", 3)));
        assert_eq!(at_start("**a**"), Some((Style::Bold, "a", 5)));
        assert_eq!(at_start("__a__"), Some((Style::Underline, "a", 5)));
        assert_eq!(at_start("~~a~~"), Some((Style::Strike, "a", 5)));
        assert_eq!(at_start("||a||"), Some((Style::Spoiler, "a", 5)));
    }

    #[test]
    fn the_longer_reading_of_three_stars_wins() {
        assert_eq!(at_start("***a* b** c"), Some((Style::Bold, "*a* b", 9)));
        assert_eq!(at_start("***a** b* c"), Some((Style::Italic, "**a** b", 9)));
    }

    #[test]
    fn marks_that_cross_end_at_the_first_end() {
        assert_eq!(at_start("*a **b* c**"), Some((Style::Italic, "a **b", 7)));
        assert_eq!(at_start("**a *b** c*"), Some((Style::Bold, "a *b", 8)));
    }

    #[test]
    fn a_star_before_white_space_begins_nothing() {
        assert_eq!(at_start("* a*"), None);
        assert_eq!(at_start("*\na*"), None);
    }

    #[test]
    fn up_to_two_spaces_may_stand_before_the_last_star() {
        assert_eq!(at_start("*a  *"), Some((Style::Italic, "a", 5)));
        assert_eq!(at_start("*a   *"), None);
        assert_eq!(at_start("*a\n*"), None);
    }

    #[test]
    fn an_underscore_within_a_word_ends_nothing() {
        assert_eq!(at_start("_a_b"), None);
        assert_eq!(at_start("_a_b_"), None);
        assert_eq!(at_start("_a_!"), Some((Style::Italic, "a", 3)));
        assert_eq!(at_start("_ _"), Some((Style::Italic, " ", 3)));
    }

    #[test]
    fn an_escaped_mark_ends_nothing() {
        assert_eq!(at_start(r"*a\*"), None);
        assert_eq!(at_start(r"**a\**"), None);
        assert_eq!(at_start(r"*a\**"), Some((Style::Italic, r"a\*", 5)));
        assert_eq!(at_start(r"_a\__"), Some((Style::Italic, r"a\_", 5)));
    }

    #[test]
    fn spoilers_and_strikes_know_no_escapes() {
        assert_eq!(at_start(r"||\||"), Some((Style::Spoiler, r"\", 5)));
        assert_eq!(at_start(r"~~\~~"), Some((Style::Strike, r"\", 5)));
        assert_eq!(at_start("|||||"), Some((Style::Spoiler, "|", 5)));
        assert_eq!(at_start("||||"), None);
        assert_eq!(at_start("~~a~~_"), None);
    }

    #[test]
    fn nothing_in_between_is_no_mark() {
        for text in ["**", "__", "****", "____", "~~~~"] {
            assert!(at_start(text).is_none_or(|found| !found.1.is_empty()), "{text}");
        }
    }
}
