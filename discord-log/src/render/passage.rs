//! Brings one text of an event into one place of a message: cleaned, escaped and cut to the room there is.
//!
//! What is measured is what is sent, backslashes and fences included. A text is cut before it is escaped, between two
//! visible characters, so that no escape and no fence is ever cut; what was cut ends with a mark.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::budget::Size;
use super::clean::{Lines, clean};
use super::markdown::{self, Addresses};
use super::readable;
use crate::event::Field;

/// A text, and how long it was before the event kept a part of it.
#[derive(Clone, Debug)]
pub(super) struct Passage<'a> {
    text: Cow<'a, str>,
    full_bytes: Option<u64>,
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

    pub(super) const fn is_whole(&self) -> bool {
        self.full_bytes.is_none()
    }

    /// Writes as much of the text as there is room for; nothing if the text has nothing to see.
    pub(super) fn write(&self, place: Place, room: Size) -> String {
        let cleaned = clean(&self.text, place.lines(), room.characters);
        let whole = place.write(&cleaned.text);
        if cleaned.is_whole && self.is_whole() && Size::of(&whole).fits(room) {
            return whole;
        }
        self.cut(&cleaned.text, place, room)
    }

    /// Writes the longest beginning of a cleaned text that fits together with the mark.
    fn cut(&self, cleaned: &str, place: Place, room: Size) -> String {
        let mark = self.mark(place, room);
        let written = |end: usize| match cleaned.get(..end).map(str::trim_end) {
            Some("") | None => mark.trim_start().to_owned(),
            Some(kept) => place.write(kept) + &mark,
        };
        let mut ends: Vec<_> = cleaned.grapheme_indices(true).map(|(start, _)| start).collect();
        ends.push(cleaned.len());
        let fits = |end: &usize| Size::of(&written(*end)).fits(room);
        // More text may need fewer backslashes, so the search can end one escape too far.
        let likely = ends.partition_point(fits);
        let longest = ends.iter().take(likely).rev().find(|end| fits(end));
        longest.map(|end| written(*end)).unwrap_or_default()
    }

    fn mark(&self, place: Place, room: Size) -> String {
        let bytes = self.full_bytes.unwrap_or(self.text.len() as u64);
        let full = format!(" … ({} bytes in all)", readable::grouped(bytes));
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

    fn write(self, cleaned: &str) -> String {
        match self {
            Self::Body => markdown::escape(cleaned, Addresses::Live),
            Self::Code if cleaned.is_empty() => String::new(),
            Self::Code => markdown::code_block(cleaned),
            Self::Line => markdown::escape(cleaned, Addresses::Dead),
            Self::Plain => markdown::without_mentions(cleaned),
        }
    }
}
