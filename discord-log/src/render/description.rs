//! The running text of an event: what was said, and the error with its causes, each on a line of its own.

use super::backtrace::Backtrace;
use super::budget::{Size, pack, share};
use super::passage::{Passage, Place, Written};
use super::{limits, readable};
use crate::event::{Event, Role};

/// One paragraph before it is written: a text and what leads up to it.
#[derive(Debug)]
struct Paragraph<'a> {
    lead: &'static str,
    text: Passage<'a>,
    place: Place,
}

/// Writes the description into a room; empty where the event has none.
pub(super) fn write(event: &Event, room: Size) -> Written {
    let room = room.min(Size::characters(limits::DESCRIPTION_CHARACTERS));
    let paragraphs = paragraphs(event);
    let whole: Vec<_> = paragraphs.iter().map(|paragraph| paragraph.write(room)).collect();
    let sizes: Vec<_> = whole.iter().map(|written| Size::of(&written.text) + LINE_END).collect();
    // Each is counted with the line end behind it, which the last one does without.
    let room = room + LINE_END;
    if sizes.iter().copied().sum::<Size>().fits(room) {
        return joined(whole);
    }
    let modest = Size::new(limits::MODEST_CAUSE_CHARACTERS, limits::MODEST_CAUSE_BYTES);
    let mut texts = whole;
    let mut count = pack(&sizes, modest, room);
    let mut rest = None;
    if count < sizes.len() {
        let note = |missing: usize| match missing {
            1 => "… 1 more cause in the file".to_owned(),
            missing => format!("… {} more causes in the file", readable::grouped(missing as u64)),
        };
        count = pack(&sizes, modest, room.without(Size::of(&note(sizes.len())) + LINE_END));
        let missing = paragraphs.iter().skip(count).map(|paragraph| paragraph.text.as_str().len());
        rest = Some(Written { text: note(sizes.len() - count), cut: missing.sum() });
    }
    let room = room.without(rest.as_ref().map(|rest| Size::of(&rest.text) + LINE_END).unwrap_or_default());
    let share = share(sizes.get(..count).unwrap_or_default(), room);
    texts.truncate(count);
    for (text, paragraph) in texts.iter_mut().zip(&paragraphs) {
        if !(Size::of(&text.text) + LINE_END).fits(share) {
            *text = paragraph.write(share.without(LINE_END));
        }
    }
    texts.extend(rest);
    joined(texts)
}

/// Adds the backtrace, where there is one, in what room nothing else needs.
pub(super) fn add_backtrace(description: &mut Written, event: &Event, room: Size) {
    let Some(backtrace) = event.backtrace() else { return };
    let backtrace = Backtrace::read(&backtrace.to_string(), event.place());
    let in_description = Size::characters(limits::DESCRIPTION_CHARACTERS).without(Size::of(&description.text));
    let joint = if description.text.is_empty() { "" } else { "\n" };
    let frames = backtrace.write(room.min(in_description).without(Size::of(joint)));
    if !frames.text.is_empty() {
        description.text.push_str(joint);
        description.text.push_str(&frames.text);
    }
    description.cut += frames.cut;
}

/// The text of a phone's notification: what the error says, or else the event's own text.
pub(super) fn detail(event: &Event) -> &str {
    event.error_report().map(|report| report.message()).or_else(|| event.text()).unwrap_or_default()
}

fn paragraphs(event: &Event) -> Vec<Paragraph<'_>> {
    let of = |role| event.entries().of(role).map(Passage::of_field);
    let said = of(Role::Text).map(|text| Paragraph { lead: "", text, place: Place::Body });
    let failed = of(Role::ErrorMessage).map(|text| Paragraph::of_error("", text));
    let causes = of(Role::Cause).map(|text| Paragraph::of_error("↳ ", text));
    said.chain(failed).chain(causes).collect()
}

impl<'a> Paragraph<'a> {
    /// A short error reads best as text; a long one, or one with lines of its own, as it was written.
    fn of_error(lead: &'static str, text: Passage<'a>) -> Self {
        let trimmed = text.as_str().trim();
        let is_long = trimmed.contains('\n') || trimmed.chars().nth(limits::BLOCK_CHARACTERS).is_some();
        Self { lead, text, place: if is_long { Place::Code } else { Place::Body } }
    }

    fn write(&self, room: Size) -> Written {
        let Written { text, cut } = self.text.put(self.place, room.without(Size::of(self.lead)));
        Written { text: if text.is_empty() { text } else { format!("{}{text}", self.lead) }, cut }
    }
}

fn joined(texts: Vec<Written>) -> Written {
    let cut = texts.iter().map(|written| written.cut).sum();
    let texts: Vec<_> = texts.into_iter().map(|written| written.text).filter(|text| !text.is_empty()).collect();
    Written { text: texts.join("\n"), cut }
}

/// What joins two paragraphs.
const LINE_END: Size = Size::new(1, 1);
