//! The name under which a message is posted: the service's, made such that Discord takes it. A message that is refused
//! because of its name would be refused for ever, so what is not allowed is replaced where everybody sees it.

use super::budget::Size;
use super::clean::{Lines, clean};
use super::limits;
use super::passage::{Passage, Place};

/// Makes a name of 1 to 80 characters.
pub(super) fn username(service: &str) -> String {
    let visible = clean(service, Lines::Joined, usize::MAX).text.replace(JOINERS, "");
    let words: Vec<_> = visible.split_whitespace().collect();
    let mut name = words.join(" ");
    for (word, broken_at) in FORBIDDEN_PARTS {
        break_up(&mut name, word, broken_at);
    }
    if name.is_empty() {
        NAMELESS.clone_into(&mut name);
    } else if FORBIDDEN_NAMES.iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden)) {
        name = format!("{name} ({NAMELESS})");
    }
    Passage::of(name).write(Place::Plain, Size::characters(limits::USERNAME_CHARACTERS))
}

/// Puts a dot into every occurrence of a word, whatever its case.
fn break_up(name: &mut String, word: &str, broken_at: usize) {
    // Bytes stay where they are when only ASCII letters change their case.
    while let Some(start) = name.to_ascii_lowercase().find(word) {
        name.insert(start + broken_at, '·');
    }
}

/// Names that Discord keeps for itself (`facts.md` §2: `USERNAME_INVALID`).
const FORBIDDEN_NAMES: [&str; 3] = ["here", "everyone", "system message"];

/// Words that no name may contain (Discord's API reference, "Create Webhook"), and where they are broken up.
const FORBIDDEN_PARTS: [(&str, usize); 2] = [("discord", 3), ("clyde", 2)];

/// Zero-width characters that emoji and some scripts need in running text, and behind which a forbidden word could hide.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Stands for a name without anything to see.
const NAMELESS: &str = "service";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_name_stays_as_it_is() {
        assert_eq!(username("billing_api-2 (eu)"), "billing_api-2 (eu)");
    }

    #[test]
    fn what_discord_refuses_is_replaced_visibly() {
        assert_eq!(username("discord-log"), "dis·cord-log");
        assert_eq!(username("DisCord discord CLYDE"), "Dis·Cord dis·cord CL·YDE");
        assert_eq!(username("dis\u{200b}co\u{200d}rd"), "dis·cord");
        assert_eq!(username("Here"), "Here (service)");
        assert_eq!(username("system \n message"), "system message (service)");
        assert_eq!(username(" \t\u{202e}"), "service");
    }

    #[test]
    fn a_long_name_is_cut_after_it_was_broken_up() {
        let name = username(&"discord".repeat(100));
        assert_eq!(name.chars().count(), limits::USERNAME_CHARACTERS);
        assert!(name.starts_with("dis·corddis·cord") && name.ends_with('…'), "{name}");
    }
}
