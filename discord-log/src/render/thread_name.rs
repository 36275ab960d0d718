//! The title of a post in a forum: what happened, in plain text.

use super::budget::Size;
use super::headline::Headline;
use super::passage::{Passage, Place};
use super::{Settings, limits};
use crate::reduce::Shown;

/// Names the post that tells of a problem, or of a single event.
pub(crate) fn thread_name(settings: &Settings, shown: &Shown) -> String {
    name(&Headline::of(&settings.service, &shown.entry.event).line())
}

/// Makes a title that Discord takes out of any text.
pub(super) fn name(text: &str) -> String {
    let name = Passage::of(text).write(Place::Plain, Size::characters(limits::THREAD_NAME_CHARACTERS));
    if name.is_empty() { NAMELESS.to_owned() } else { name }
}

/// Stands for a title without anything to see.
const NAMELESS: &str = "event";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_never_empty_nor_too_long() {
        assert_eq!(name("❌ Save invoice failed"), "❌ Save invoice failed");
        assert_eq!(name(" \u{202e}\n"), "event");
        assert_eq!(name(&"x".repeat(300)).chars().count(), limits::THREAD_NAME_CHARACTERS);
        assert_eq!(name(&name("@everyone")), "@\u{200b}everyone");
    }
}
