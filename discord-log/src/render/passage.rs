//! Brings one text of an event into one place of a message: cleaned, escaped and cut to the room there is.
//!
//! What is measured is what is sent, backslashes and fences included. A text is cut before it is escaped, between two
//! visible characters, so that no escape and no fence is ever cut; what was cut ends with a mark.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::budget::Size;
use super::clean::{Cleaned, Lines, clean, is_simple};
use super::markdown::{self, Addresses, Piece};
use super::readable;
use crate::event::Field;

/// A text, and how long it was before the event kept a part of it.
#[derive(Clone, Debug)]
pub(super) struct Passage<'a> {
    text: Cow<'a, str>,
    full_bytes: Option<u64>,
}

/// A text as it is sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    /// Bytes of what is known that are not in it.
    pub(super) cut: usize,
}

/// What Discord makes of a text in its place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// Markdown over several lines: descriptions and the values of fields.
    Body,
    /// Characters as they are, over several lines, in a block of code of their own.
    Code,
    /// Markdown in one line without links: titles, names of fields, the line above the embeds.
    Line,
    /// Characters as they are, in one line: the footer.
    Plain,
}

impl<'a> Passage<'a> {
    pub(super) fn of(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), full_bytes: None }
    }

    /// Takes the text of a field, of which the event may have kept a part.
    pub(super) fn of_field(field: Field<'a>) -> Self {
        Self { text: field.as_text().into(), full_bytes: field.full_length() }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// How long it was, where the event kept only a part of it.
    pub(super) const fn full_bytes(&self) -> Option<u64> {
        self.full_bytes
    }

    const fn is_whole(&self) -> bool {
        self.full_bytes.is_none()
    }

    /// Writes as much of the text as there is room for; nothing if the text has nothing to see.
    pub(super) fn write(&self, place: Place, room: Size) -> String {
        self.put(place, room).text
    }

    /// Writes as much of the text as there is room for, and says how much is missing.
    pub(super) fn put(&self, place: Place, room: Size) -> Written {
        let cleaned = clean(&self.text, place.lines(), room.characters);
        if cleaned.is_whole && self.is_whole() {
            let whole = place.write(&cleaned.text);
            if Size::of(&whole).fits(room) {
                return Written { text: whole, cut: cleaned.piled };
            }
        }
        self.cut(&cleaned, place, room)
    }

    /// Writes the longest beginning of a cleaned text that fits together with the mark.
    fn cut(&self, cleaned: &Cleaned, place: Place, room: Size) -> Written {
        let text = cleaned.text.as_str();
        let mark = self.mark(place, room);
        let written = |kept: &str| match kept.trim_end() {
            "" => mark.trim_start().to_owned(),
            kept => place.write(kept) + &mark,
        };
        let (opening, closing) = place.fences();
        let room_for_text = room.without(Size::of(opening) + Size::of(closing) + Size::of(&mark));
        let reach = place.pieces(text).scan(Size::default(), |taken, piece| {
            *taken = *taken + piece.size();
            taken.fits(room_for_text).then_some(piece.character.len_utf8())
        });
        let reach: usize = reach.sum();
        // The end of a text may need a backslash that its middle did not, so the first try can be one too far.
        let mut tries = ends(text, reach).map(|end| (end, written(text.get(..end).unwrap_or_default())));
        let (end, written) = tries.find(|(_, text)| Size::of(text).fits(room)).unwrap_or_default();
        let is_all = cleaned.is_whole && end == text.len();
        let missing = if is_all { cleaned.piled } else { self.text.len().saturating_sub(end).max(1) };
        Written { text: written, cut: missing }
    }

    fn mark(&self, place: Place, room: Size) -> String {
        let bytes = self.full_bytes.unwrap_or(self.text.len() as u64);
        let full = format!(" … ({} bytes, see the file)", readable::grouped(bytes));
        let is_small_beside_the_text = (Size::of(&full) + Size::of(&full)).fits(room);
        match place {
            Place::Code if is_small_beside_the_text => full.replacen(' ', "\n", 1),
            Place::Body if is_small_beside_the_text => full,
            Place::Body | Place::Code => " …".to_owned(),
            Place::Line | Place::Plain => "…".to_owned(),
        }
    }
}

impl Place {
    const fn lines(self) -> Lines {
        match self {
            Self::Body | Self::Code => Lines::Kept,
            Self::Line | Self::Plain => Lines::Joined,
        }
    }

    /// Gives the characters of a cleaned text as they are sent.
    fn pieces(self, cleaned: &str) -> Box<dyn Iterator<Item = Piece> + '_> {
        match self {
            Self::Body => Box::new(markdown::escaped(cleaned, Addresses::Live)),
            Self::Line => Box::new(markdown::escaped(cleaned, Addresses::Dead)),
            Self::Code | Self::Plain => Box::new(markdown::verbatim(cleaned)),
        }
    }

    const fn fences(self) -> (&'static str, &'static str) {
        match self {
            Self::Code => ("```\n", "\n```"),
            Self::Body | Self::Line | Self::Plain => ("", ""),
        }
    }

    fn write(self, cleaned: &str) -> String {
        if cleaned.is_empty() {
            return String::new();
        }
        let (opening, closing) = self.fences();
        let mut text = String::with_capacity(cleaned.len() + cleaned.len() / 8 + opening.len() + closing.len());
        text.push_str(opening);
        let write = |piece: Piece| piece.write(&mut text);
        match self {
            Self::Body => markdown::escaped(cleaned, Addresses::Live).for_each(write),
            Self::Line => markdown::escaped(cleaned, Addresses::Dead).for_each(write),
            Self::Code | Self::Plain => markdown::verbatim(cleaned).for_each(write),
        }
        text.push_str(closing);
        text
    }
}

/// Gives where visible characters end, from a place in a text back to its beginning.
fn ends(text: &str, from: usize) -> Box<dyn Iterator<Item = usize> + '_> {
    if is_simple(text) {
        return Box::new((0..=from).rev().filter(|end| text.is_char_boundary(*end)));
    }
    let ends = text.grapheme_indices(true).map(|(start, grapheme)| start + grapheme.len());
    let ends: Vec<_> = std::iter::once(0).chain(ends.take_while(|end| *end <= from)).collect();
    Box::new(ends.into_iter().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn cuts(text: &str, place: Place, characters: usize, cut: &str) {
        assert_eq!(Passage::of(text).write(place, Size::characters(characters)), cut, "from {text:?}");
    }

    #[test]
    fn a_text_that_fits_is_whole() {
        cuts("four", Place::Line, 4, "four");
        cuts("**", Place::Line, 4, r"\*\*");
    }

    #[test]
    fn no_escape_and_no_emoji_is_cut() {
        cuts("***", Place::Line, 5, r"\*\*…");
        cuts("***", Place::Line, 4, r"\*…");
        cuts("a👩‍👩‍👧‍👦b", Place::Line, 8, "a…");
        cuts("a_b_c_d", Place::Line, 6, "a_b_c…");
        cuts("a_b_c_d", Place::Line, 5, "a_b…");
    }

    #[test]
    fn a_block_of_code_is_closed_before_the_mark() {
        cuts(&"x".repeat(100), Place::Code, 60, &format!("```\n{}\n```\n… (100 bytes, see the file)", "x".repeat(24)));
    }

    #[test]
    fn where_there_is_room_for_nothing_nothing_is_written() {
        cuts("text", Place::Line, 0, "");
        cuts("text", Place::Line, 1, "…");
        cuts("text", Place::Code, 1, "…");
    }

    #[test]
    fn bytes_count_as_well() {
        assert_eq!(Passage::of("文文文").write(Place::Line, Size::new(10, 8)), "文…");
    }
}
