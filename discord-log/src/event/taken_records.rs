//! What a record of the program's log adds to its event, piece by piece, as its door comes upon them.

use std::fmt;

use super::callsite::SourceLine;
use super::entries::{Entries, Role};
use super::{Event, Origin};

impl Event {
    /// Takes the words of a record: its headline, or where they are more than one line holds, the text below it as well.
    pub(crate) fn set_message(&mut self, message: &dyn fmt::Display) {
        self.entries.push_display(Role::Title, "", message);
        if self.title().is_some_and(|title| title.len() > HEADLINE_BYTES || title.trim_end().contains('\n')) {
            self.entries = split_title(&self.entries);
        }
    }

    /// Adds what a `Display` writes, which may fail or panic.
    pub(crate) fn add_display(&mut self, role: Role, name: &str, value: &dyn fmt::Display) {
        self.entries.push_display(role, name, value);
    }

    /// Adds a span around it; the outermost is added first.
    pub(crate) fn add_span(&mut self, name: &str) {
        self.entries.push_text(Role::Span, name, "");
    }

    /// Says on which line of the program it was told.
    pub(crate) fn set_line(&mut self, module: Option<&'static str>, file: &'static str, line: u32) {
        self.origin = Origin::Line(SourceLine { module, file, line });
    }
}

/// Puts the whole title into the text, and leaves as much of its first line as a headline has room for.
fn split_title(entries: &Entries) -> Entries {
    let mut split = Entries::new();
    for entry in entries.iter() {
        if entry.role() != Role::Title {
            split.copy(entry);
            continue;
        }
        let first = entry.as_text().lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        match first.get(..first.floor_char_boundary(HEADLINE_BYTES)) {
            Some(head) if head.len() < first.len() => split.push_text(Role::Title, "", &format!("{head}…")),
            _ => split.push_text(Role::Title, "", first),
        }
        split.push(Role::Text, "", &entry.value());
    }
    split.leaving_out(entries.left_out())
}

/// Most of a title that is sure to stand whole in a message.
const HEADLINE_BYTES: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Severity;

    fn record(message: &str) -> Event {
        let mut event = Event::record(Severity::Warning).field("before", 1);
        event.set_message(&message);
        event
    }

    #[test]
    fn a_short_message_is_the_headline_alone() {
        let event = record("the cache is cold\n");
        assert_eq!((event.title(), event.text()), (Some("the cache is cold\n"), None));
    }

    #[test]
    fn a_message_of_many_lines_stands_whole_below_its_first() {
        let event = record("\nquery failed:\nselect 1\n");
        assert_eq!(event.title(), Some("query failed:"));
        assert_eq!(event.text(), Some("\nquery failed:\nselect 1\n"));
        assert_eq!(event.fields().count(), 1);
    }

    #[test]
    fn a_long_message_is_cut_on_a_character_and_stands_whole_below() {
        let message = "é".repeat(500);
        let event = record(&message);
        assert_eq!(event.title(), Some(format!("{}…", "é".repeat(100)).as_str()));
        assert_eq!(event.text(), Some(message.as_str()));
    }
}
