//! Writes named values into the fields of an embed: short ones whole, and how many found no room.

use serde::Serialize;

use super::budget::{Size, pack, share};
use super::facts::Fact;
use super::markdown::BLANK;
use super::passage::{Passage, Place, Written};
use super::{limits, readable};

/// A field as Discord takes it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Field {
    name: String,
    value: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    inline: bool,
    /// Bytes that are not in it.
    #[serde(skip)]
    cut: usize,
}

/// Fields, and how many bytes of what they should tell are in none of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) list: Vec<Field>,
    pub(super) cut: usize,
}

impl Field {
    pub(super) fn new(name: Written, value: Written) -> Self {
        let is_short = |text: &str| text.chars().nth(limits::INLINE_CHARACTERS).is_none() && !text.contains('\n');
        let inline = is_short(&name.text) && is_short(&value.text);
        Self { name: or_blank(name.text), value: or_blank(value.text), inline, cut: name.cut + value.cut }
    }

    /// Keeps other fields from standing beside it.
    pub(super) fn on_its_own(self) -> Self {
        Self { inline: false, ..self }
    }

    pub(super) fn size(&self) -> Size {
        Size::of(&self.name) + Size::of(&self.value)
    }

    fn of(fact: &Fact<'_>, room: Size) -> Self {
        let name_room = room.part(2).min(Size::characters(limits::FIELD_NAME_CHARACTERS));
        let name = Passage::of(&*fact.label).put(Place::Line, name_room);
        let taken = Size::of(if name.text.is_empty() { BLANK } else { &name.text });
        let value_room = room.without(taken).min(Size::characters(limits::FIELD_VALUE_CHARACTERS));
        let live = fact.live.as_ref().filter(|live| Size::of(live).fits(value_room));
        let value = match live {
            Some(live) => Written { text: live.clone(), cut: 0 },
            None => fact.value.put(Place::Body, value_room),
        };
        Self::new(name, value)
    }
}

impl Fields {
    pub(super) fn size(&self) -> Size {
        self.list.iter().map(Field::size).sum()
    }

    fn of(list: Vec<Field>, omitted: usize) -> Self {
        let cut = list.iter().map(|field| field.cut).sum::<usize>() + omitted;
        Self { list, cut }
    }
}

/// Writes the facts into a room, at most so many, short ones whole, and says what did not fit.
pub(super) fn write(facts: &[Fact<'_>], left_out: bool, most: usize, room: Size) -> Fields {
    let whole = |fact: &Fact<'_>| Field::of(fact, Size::characters(usize::MAX));
    let mut fields: Vec<_> = facts.iter().take(most).map(whole).collect();
    let sizes: Vec<_> = fields.iter().map(Field::size).collect();
    if !left_out && facts.len() <= most && sizes.iter().copied().sum::<Size>().fits(room) {
        return Fields::of(fields, 0);
    }
    let modest = Size::new(limits::MODEST_FIELD_CHARACTERS, limits::MODEST_FIELD_BYTES);
    let mut count = pack(&sizes, modest, room);
    let (mut rest, mut missing) = (None, 0);
    if left_out || count < facts.len() {
        let reserved = Size::new(limits::OMITTED_CHARACTERS, limits::OMITTED_BYTES);
        count = pack(&sizes, modest, room.without(reserved)).min(most - 1);
        let unwritten = facts.get(count..).unwrap_or_default();
        missing = unwritten.iter().map(Fact::length).sum();
        let field = omitted(unwritten, left_out, reserved.part(2));
        rest = Some(field).filter(|field| field.size().fits(room));
    }
    fields.truncate(count);
    let room = room.without(rest.as_ref().map(Field::size).unwrap_or_default());
    let share = share(sizes.get(..count).unwrap_or_default(), room);
    for (field, fact) in fields.iter_mut().zip(facts) {
        if !field.size().fits(share) {
            *field = Field::of(fact, share);
        }
    }
    fields.extend(rest);
    Fields::of(fields, missing)
}

/// Names the facts that found no room; `left_out` says that the event itself was full.
fn omitted(facts: &[Fact<'_>], left_out: bool, room: Size) -> Field {
    let name = match facts.len() {
        0 => "… more fields".to_owned(),
        1 => "… 1 more field".to_owned(),
        count => format!("… {} more fields", readable::grouped(count as u64)),
    };
    let labels: Vec<_> = facts.iter().take(limits::FIELDS).map(|fact| &*fact.label).collect();
    let mut names = Passage::of(labels.join(", ")).write(Place::Line, room);
    if left_out {
        let note = "that the event had no room for";
        names = if names.is_empty() { note.to_owned() } else { format!("{names}\nand some {note}") };
    }
    Field { name, value: or_blank(names), inline: false, cut: 0 }
}

/// Discord refuses a field without something in both parts.
fn or_blank(text: String) -> String {
    if text.is_empty() { BLANK.to_owned() } else { text }
}
