//! The text and values of an event, packed into one buffer.
//!
//! Each entry is `role, shape, length of name, name, length of value, value`. The first [`INLINE_CAPACITY`] bytes lie
//! inside the event, so that a usual event crosses to the recorder without an allocation; longer ones spill to the
//! heap. Whatever is asked of it, the buffer stays below [`TEXT_CAPACITY`] plus the entries' own overhead: text is
//! cut on a character boundary and the entry then carries the full length.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::user_code;
use super::value::Value;

/// Bytes of text that are kept of one event: 256 KiB.
///
/// A Discord message holds 6,000 characters; the rest of a long text is kept for the journal and for attachments.
pub const TEXT_CAPACITY: usize = 256 * 1024;

/// Bytes that an event carries without an allocation: an error with its type, text, context and two fields.
const INLINE_CAPACITY: usize = 232;

/// Longest name of a field in bytes, since its length is kept in one.
const NAME_CAPACITY: usize = u8::MAX as usize;

/// What an entry is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Actor,
    /// The failure that came right before this one.
    After,
    /// What is told in a file beside the message alone.
    Attached,
    /// What was logged before an error: when and how serious, and a short text.
    Breadcrumb,
    Cause,
    Context,
    ErrorMessage,
    Field,
    /// The problem that it is of, whatever its texts say.
    Problem,
    /// The function that went on in spite of the failure.
    Recovered,
    /// How many more calls failed alike.
    Repeats,
    /// What is known of the request that it belongs to, by name.
    Request,
    /// A span around it, by its name; the outermost first.
    Span,
    Text,
    Title,
}

impl Role {
    const ALL: [Self; 15] = [
        Self::Actor,
        Self::After,
        Self::Attached,
        Self::Breadcrumb,
        Self::Cause,
        Self::Context,
        Self::ErrorMessage,
        Self::Field,
        Self::Problem,
        Self::Recovered,
        Self::Repeats,
        Self::Request,
        Self::Span,
        Self::Text,
        Self::Title,
    ];
}

/// One named value of an event.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    role: Role,
    /// Looked at as text only by whoever asks for the name.
    name: &'a [u8],
    shape: Shape,
    bytes: &'a [u8],
    full_length: Option<u64>,
}

impl<'a> Field<'a> {
    /// Gives the name as it was given, at most 255 bytes of it.
    #[must_use]
    pub fn name(&self) -> &'a str {
        text_of(self.name)
    }

    /// Says whether another one has the same role and name.
    #[cfg(feature = "tracing")]
    pub(crate) fn is_like(&self, other: &Field<'_>) -> bool {
        self.role == other.role && self.name == other.name
    }

    /// Says whether it has a name; nothing is read as text for that.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name == name.as_bytes()
    }

    /// Gives the value.
    #[must_use]
    pub fn value(&self) -> Value<'a> {
        Value::decode(self.shape, self.bytes)
    }

    /// Gives the value where it is text; empty for numbers.
    #[must_use]
    pub fn as_text(&self) -> &'a str {
        match self.shape {
            Shape::Text => text_of(self.bytes),
            _ => "",
        }
    }

    /// Gives the bytes of the value; of a text those of its characters.
    pub(super) const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(super) const fn shape(&self) -> Shape {
        self.shape
    }

    pub(crate) const fn role(&self) -> Role {
        self.role
    }

    /// Says how many bytes the text had, where it was too long to be kept whole.
    #[must_use]
    pub const fn full_length(&self) -> Option<u64> {
        self.full_length
    }

    /// Says how many bytes of the text were not kept.
    pub(super) fn left_out(&self) -> u64 {
        self.full_length.map_or(0, |length| length.saturating_sub(self.bytes.len() as u64))
    }
}

/// How the bytes of a value are to be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    Amount,
    AmountAsGiven,
    Bool,
    Duration,
    Float,
    Integer,
    Text,
    Unsigned,
}

impl Shape {
    const ALL: [Self; 8] = [
        Self::Amount,
        Self::AmountAsGiven,
        Self::Bool,
        Self::Duration,
        Self::Float,
        Self::Integer,
        Self::Text,
        Self::Unsigned,
    ];
}

/// The packed entries of one event.
#[derive(Clone)]
pub(crate) struct Entries {
    bytes: SmallVec<[u8; INLINE_CAPACITY]>,
    left_out: u64,
}

impl Entries {
    pub(crate) fn new() -> Self {
        Self { bytes: SmallVec::new(), left_out: 0 }
    }

    /// Begins with room on the heap for what is known not to fit inside.
    #[cfg(any(feature = "actix", feature = "tower"))]
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self { bytes: SmallVec::with_capacity(bytes), left_out: 0 }
    }

    pub(crate) fn push(&mut self, role: Role, name: &str, value: &Value<'_>) {
        match value {
            Value::Text(text) => self.push_text(role, name, text),
            other => {
                let (shape, bytes) = other.encode();
                self.write(role, name, shape, |writer| writer.push(&bytes));
            }
        }
    }

    pub(crate) fn push_text(&mut self, role: Role, name: &str, text: &str) {
        self.write(role, name, Shape::Text, |writer| writer.push_text(text));
    }

    /// Adds what a user's `Display` writes; a panic or an error in there ends the text with a mark.
    pub(crate) fn push_display(&mut self, role: Role, name: &str, value: &dyn fmt::Display) {
        self.write(role, name, Shape::Text, |writer| {
            let mut pieces = Pieces { writer, gathered: [0; GATHERED], length: 0 };
            let written = user_code::run(|| write!(pieces, "{value}"));
            pieces.flush();
            match written {
                Some(Ok(())) => {}
                Some(Err(fmt::Error)) => writer.push_text(FORMATTING_FAILED),
                None => writer.push_text(FORMATTING_PANICKED),
            }
        });
    }

    /// Walks over the entries of one role, in the order in which they were added.
    pub(crate) fn of(&self, role: Role) -> impl Iterator<Item = Field<'_>> {
        self.iter().filter(move |entry| entry.role == role)
    }

    pub(crate) fn text(&self, role: Role) -> Option<&str> {
        self.of(role).next().map(|entry| entry.as_text())
    }

    pub(crate) const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Adds an entry as it was once pushed, cut text included.
    pub(super) fn restore(&mut self, role: Role, name: &str, shape: Shape, bytes: &[u8], full_length: Option<u64>) {
        self.write(role, name, shape, |writer| {
            writer.push(bytes);
            writer.left_out = full_length.map_or(0, |length| length.saturating_sub(bytes.len() as u64));
        });
    }

    /// Adds an entry of another event.
    pub(crate) fn copy(&mut self, entry: Field<'_>) {
        self.restore(entry.role, entry.name(), entry.shape, entry.bytes, entry.full_length);
    }

    /// Adds an entry of another event under another name and with another value; what of it was left out still is.
    pub(super) fn replace(&mut self, entry: &Field<'_>, name: &str, value: &Value<'_>) {
        let Value::Text(text) = value else { return self.push(entry.role, name, value) };
        self.write(entry.role, name, Shape::Text, |writer| {
            writer.push_text(text);
            writer.left_out += entry.left_out();
        });
    }

    pub(super) const fn leaving_out(mut self, bytes: u64) -> Self {
        self.left_out = bytes;
        self
    }

    /// Says how many bytes lie on the heap.
    pub(crate) fn spilled(&self) -> usize {
        if self.bytes.spilled() { self.bytes.capacity() } else { 0 }
    }

    /// Walks over all entries, in the order in which they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        Iter { rest: &self.bytes }
    }

    fn write(&mut self, role: Role, name: &str, shape: Shape, value: impl FnOnce(&mut Writer<'_>)) {
        let name = cut(name, NAME_CAPACITY);
        let start = self.bytes.len();
        if start + name.len() >= TEXT_CAPACITY {
            // Written to be counted, and taken back.
            let mut writer = Writer { bytes: &mut self.bytes, left_out: 1 };
            value(&mut writer);
            self.left_out += name.len() as u64 + writer.left_out - 1 + (self.bytes.len() - start) as u64;
            self.bytes.truncate(start);
            return;
        }
        self.bytes.extend_from_slice(&[role as u8, shape as u8, 0, name.len() as u8]);
        self.bytes.extend_from_slice(name.as_bytes());
        let length_at = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        let value_at = self.bytes.len();

        let mut writer = Writer { bytes: &mut self.bytes, left_out: 0 };
        value(&mut writer);
        let left_out = writer.left_out;

        let length = self.bytes.len() - value_at;
        if left_out > 0 {
            self.left_out += left_out;
            self.patch(start + 2, &[1]);
            self.bytes.extend_from_slice(&(length as u64 + left_out).to_le_bytes());
        }
        self.patch(length_at, &(length as u32).to_le_bytes());
    }

    fn patch(&mut self, at: usize, bytes: &[u8]) {
        if let Some(slot) = self.bytes.get_mut(at..at + bytes.len()) {
            slot.copy_from_slice(bytes);
        }
    }
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|entry| (entry.role, entry.name(), entry.value()))).finish()
    }
}

/// Takes text until the event is full, and counts what comes after.
struct Writer<'a> {
    bytes: &'a mut SmallVec<[u8; INLINE_CAPACITY]>,
    left_out: u64,
}

impl Writer<'_> {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn push_text(&mut self, text: &str) {
        // After a first cut nothing more is kept: a gap in the middle would read as if it were whole.
        let room = if self.left_out > 0 { 0 } else { TEXT_CAPACITY.saturating_sub(self.bytes.len()) };
        let kept = cut(text, room);
        self.left_out += (text.len() - kept.len()) as u64;
        self.push(kept.as_bytes());
    }
}

/// Gathers the pieces in which a `Display` writes, since one long text is much cheaper to add than many short ones.
struct Pieces<'w, 'a> {
    writer: &'w mut Writer<'a>,
    gathered: [u8; GATHERED],
    length: usize,
}

/// Bytes of text that are gathered.
const GATHERED: usize = 128;

impl Pieces<'_, '_> {
    fn flush(&mut self) {
        let gathered = self.gathered.get(..self.length).unwrap_or_default();
        self.length = 0;
        if self.writer.left_out == 0 && self.writer.bytes.len() + gathered.len() <= TEXT_CAPACITY {
            self.writer.push(gathered);
        } else {
            self.writer.push_text(text_of(gathered));
        }
    }
}

impl Write for Pieces<'_, '_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.length + text.len() > GATHERED {
            self.flush();
        }
        match self.gathered.get_mut(self.length..self.length + text.len()) {
            Some(room) => {
                room.copy_from_slice(text.as_bytes());
                self.length += text.len();
            }
            None => self.writer.push_text(text),
        }
        Ok(())
    }
}

struct Iter<'a> {
    rest: &'a [u8],
}

impl<'a> Iter<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let [role, shape, was_cut, name_length] = self.take_array()?;
        let name = self.take(name_length.into())?;
        let length = u32::from_le_bytes(self.take_array()?);
        let bytes = self.take(length as usize)?;
        let full_length = if was_cut == 1 { Some(u64::from_le_bytes(self.take_array()?)) } else { None };
        let role = *Role::ALL.get(usize::from(role))?;
        let shape = *Shape::ALL.get(usize::from(shape))?;
        Some(Field { role, name, shape, bytes, full_length })
    }
}

pub(super) fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// Cuts text to at most `most` bytes without breaking a character.
fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

/// Ends a text whose `Display` or `Debug` panicked.
const FORMATTING_PANICKED: &str = "<formatting panicked>";
/// Ends a text whose `Display` or `Debug` returned an error.
const FORMATTING_FAILED: &str = "<formatting failed>";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Panics;

    impl fmt::Display for Panics {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half ")?;
            panic!("a display that panics")
        }
    }

    struct Fails;

    impl fmt::Display for Fails {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }

    fn only(entries: &Entries) -> Field<'_> {
        let mut fields = entries.of(Role::Field);
        let field = fields.next().expect("one field");
        assert!(fields.next().is_none(), "more than one field");
        field
    }

    #[test]
    fn a_display_that_panics_leaves_its_half_and_a_mark() {
        let mut entries = Entries::new();
        entries.push_display(Role::Field, "value", &Panics);
        assert_eq!(only(&entries).as_text(), "half <formatting panicked>");
    }

    #[test]
    fn a_display_that_fails_leaves_a_mark() {
        let mut entries = Entries::new();
        entries.push_display(Role::Field, "value", &Fails);
        assert_eq!(only(&entries).as_text(), "<formatting failed>");
    }

    #[test]
    fn a_long_text_is_cut_on_a_character_and_says_its_full_length() {
        let text = "é".repeat(TEXT_CAPACITY);
        let mut entries = Entries::new();
        entries.push_text(Role::Field, "note", &text);
        let field = only(&entries);
        assert_eq!(field.full_length(), Some(text.len() as u64));
        assert!(field.as_text().len() <= TEXT_CAPACITY && field.as_text().len() > TEXT_CAPACITY - 64);
        assert!(text.starts_with(field.as_text()));
    }

    #[test]
    fn ten_thousand_fields_stay_within_the_capacity() {
        let mut entries = Entries::new();
        for number in 0..100_000 {
            entries.push_text(Role::Field, "field", &number.to_string());
        }
        assert!(entries.bytes.len() < TEXT_CAPACITY + 64, "{}", entries.bytes.len());
        assert!(entries.left_out() > 0);
        assert!(
            entries
                .of(Role::Field)
                .enumerate()
                .all(|(number, field)| { field.as_text() == number.to_string() || field.full_length().is_some() })
        );
    }

    #[test]
    fn a_usual_error_needs_no_allocation() {
        let mut entries = Entries::new();
        entries.push_text(Role::Context, "", "Invoice Processing");
        entries.push_text(Role::ErrorMessage, "billing::BillingError", &"x".repeat(83));
        entries.push_text(Role::Cause, "", "connection refused by 10.0.0.7:5432");
        assert_eq!(entries.spilled(), 0);
    }

    proptest! {
        #[test]
        fn what_is_pushed_is_read_back(texts in prop::collection::vec((".{0,300}", ".{0,300}"), 0..20)) {
            let mut entries = Entries::new();
            for (name, text) in &texts {
                entries.push_text(Role::Field, name, text);
            }
            let read: Vec<_> = entries.of(Role::Field).map(|field| (field.name(), field.as_text())).collect();
            let pushed: Vec<_> = texts.iter().map(|(name, text)| (cut(name, NAME_CAPACITY), text.as_str())).collect();
            prop_assert_eq!(read, pushed);
        }
    }
}
