//! What makes two events the same problem: where, what kind, which type of error, and the texts without what changes
//! from one occurrence to the next: numbers, ids, addresses, and whatever stands in quotes.

use std::fmt;
use std::hash::Hasher;

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

use crate::event::{Channel, Event, Kind, Role, Severity};

/// Names a problem; the same in every process and every release, as long as its place in the source is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// Takes the fingerprint of an event; of one that is told by itself there is none: good news, and everything of
    /// finance.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        if event.severity() < Severity::Warning || event.channel() == Channel::Finance {
            return None;
        }
        let mut hasher = SipHasher13::new();
        let mut write = |text: &str| {
            hasher.write(text.as_bytes());
            // No text holds this byte, so that `a` and `bc` are not `ab` and `c`.
            hasher.write_u8(0xff);
        };
        write(event.channel().name());
        write(&format!("{:?}", event.kind()));
        if let Some(key) = event.problem() {
            write(key);
            return Some(Self(hasher.finish()));
        }
        if let Some(place) = event.place() {
            write(place.file);
            write(place.function.unwrap_or_default());
            // A function is known by its name, wherever it moves in its file.
            if place.function.is_none() {
                write(&place.line.to_string());
            }
        }
        write(event.error_report().map_or("", |report| report.type_name()));
        if let Some(subject) = subject(event) {
            write(&subject);
        }
        for text in texts(event) {
            pieces(text).for_each(|piece| match piece {
                Piece::Fixed(text) => write(text),
                Piece::Blank(_) => write(""),
            });
        }
        Some(Self(hasher.finish()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What a warning is about stands in a field: which metric, which part of a form.
fn subject(event: &Event) -> Option<String> {
    let name = match event.kind() {
        Kind::PerformanceWarning => "metric",
        Kind::ValidationError => "field",
        _ => return None,
    };
    event.fields().find(|field| field.name() == name).map(|field| field.as_text().to_owned())
}

/// The texts that tell one problem from another.
pub(super) fn texts(event: &Event) -> impl Iterator<Item = &str> {
    let is_told = |role| matches!(role, Role::Cause | Role::ErrorMessage | Role::Text | Role::Title);
    event.entries().iter().filter(move |entry| is_told(entry.role())).map(|entry| entry.as_text())
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Piece<'a> {
    /// What changes from one occurrence to the next.
    Blank(&'a str),
    /// What stays.
    Fixed(&'a str),
}

/// Cuts a text into what stays and what changes. Linear: every character is looked at once or twice.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    let mut before = None;
    std::iter::from_fn(move || {
        let (piece, after) = next_piece(rest, before)?;
        let (Piece::Fixed(taken) | Piece::Blank(taken)) = piece;
        before = taken.chars().next_back().or(before);
        rest = after;
        Some(piece)
    })
}

fn next_piece(text: &str, before: Option<char>) -> Option<(Piece<'_>, &str)> {
    let first = text.chars().next()?;
    // An apostrophe within a word quotes nothing.
    if is_quote(first) && !before.is_some_and(char::is_alphanumeric) {
        let (_, inside) = text.split_at(first.len_utf8());
        if let Some(end) = quoted_length(inside, first) {
            let (quoted, after) = inside.split_at(end);
            // The closing quote goes with what follows.
            return Some((Piece::Blank(quoted), after.get(1..).unwrap_or_default()));
        }
        return Some(split(text, first.len_utf8(), Piece::Fixed));
    }
    if !is_of_token(first) {
        let (_, others) = text.split_at(first.len_utf8());
        let length = others.find(|c: char| is_of_token(c) || is_quote(c)).unwrap_or(others.len());
        let length = first.len_utf8() + length;
        return Some(split(text, length, Piece::Fixed));
    }
    let length = text.find(|character: char| !is_of_token(character)).unwrap_or(text.len());
    let token = text.get(..length).unwrap_or_default();
    // A full stop or a colon after a word belongs to the sentence.
    let word = token.trim_end_matches(['.', ':', '-', '/', '@', '#', '+', '%', '_']);
    let length = if word.is_empty() { length } else { word.len() };
    Some(split(text, length, if changes(token) { Piece::Blank } else { Piece::Fixed }))
}

fn split<'a>(text: &'a str, length: usize, piece: fn(&'a str) -> Piece<'a>) -> (Piece<'a>, &'a str) {
    let (taken, rest) = text.split_at_checked(length).unwrap_or((text, ""));
    (piece(taken), rest)
}

/// Says how many bytes stand before the quote that closes, if there is one nearby.
fn quoted_length(inside: &str, quote: char) -> Option<usize> {
    let near = inside.char_indices().take(LONGEST_QUOTE).take_while(|(_, character)| *character != '\n');
    near.skip_while(|(_, character)| *character != quote).map(|(at, _)| at).next()
}

/// Says whether a word is a number, an id, an address or anything else that differs from time to time.
fn changes(token: &str) -> bool {
    let is_long_hex = token.len() >= LONG_HEX && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_long_hex || token.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@')
}

/// Characters that ids, addresses, times and paths are made of.
fn is_of_token(character: char) -> bool {
    character.is_alphanumeric() || "-_.:/@#+%".contains(character)
}

const fn is_quote(character: char) -> bool {
    matches!(character, '\'' | '"' | '`')
}

/// Characters between two quotes that belong together.
const LONGEST_QUOTE: usize = 200;
/// Letters from `a` to `f` of which no word is made.
const LONG_HEX: usize = 12;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blanks(text: &str) -> Vec<&str> {
        pieces(text)
            .filter_map(|piece| match piece {
                Piece::Blank(text) => Some(text),
                Piece::Fixed(_) => None,
            })
            .collect()
    }

    fn failing(text: &str) -> Event {
        Event::system_event("Import", text).with_severity(Severity::Error)
    }

    #[track_caller]
    fn same(one: &str, other: &str) {
        assert_eq!(Fingerprint::of(&failing(one)), Fingerprint::of(&failing(other)), "{one:?} and {other:?}");
    }

    #[track_caller]
    fn differ(one: &str, other: &str) {
        assert_ne!(Fingerprint::of(&failing(one)), Fingerprint::of(&failing(other)), "{one:?} and {other:?}");
    }

    #[test]
    fn what_changes_from_time_to_time_is_blank() {
        for (text, expected) in [
            ("order 17 not found", vec!["17"]),
            ("INV-2041: no such invoice.", vec!["INV-2041"]),
            ("connect to 10.0.0.7:5432: refused", vec!["10.0.0.7:5432"]),
            ("user 'anna' of \"ACME B.V.\" is unknown", vec!["anna", "ACME B.V."]),
            (
                "no 550e8400-e29b-41d4-a716-446655440000, nor 0xdeadbeef",
                vec!["550e8400-e29b-41d4-a716-446655440000", "0xdeadbeef"],
            ),
            ("it's the user's fault", vec![]),
            ("took 1.5s (limit: 250ms)", vec!["1.5s", "250ms"]),
            ("j***@example.com bounced", vec!["@example.com"]),
            ("at 2026-05-01T10:00:00Z.", vec!["2026-05-01T10:00:00Z"]),
            ("commit deadbeefcafedeadbeef", vec!["deadbeefcafedeadbeef"]),
            ("an unclosed 'quote", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(blanks(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_key_stands_for_the_texts_of_an_event() {
        let of = |text: &str, key: &str| Fingerprint::of(&failing(text).grouped_by(key));
        assert_eq!(of("code 3", "backup-1"), of("killed", "backup-1"));
        assert_ne!(of("code 3", "backup-1"), of("code 3", "backup-2"));
        assert_eq!(Fingerprint::of(&Event::system_event("Backup", "").grouped_by("backup-1")), None);
    }

    #[test]
    fn the_same_problem_has_one_fingerprint() {
        same("order 17 not found", "order 4711 not found");
        same("no user 'anna'", "no user 'bert the second'");
        same("connect to 10.0.0.7:5432: refused", "connect to db-3.local: refused");
        differ("order 17 not found", "order 17 not paid");
        differ("timeout", "refused");
    }

    #[test]
    fn two_places_channels_and_types_are_two_problems() {
        let error = |name| Event::of(Kind::Error).reporting_text(name, &"gone");
        let prints = [
            failing("gone"),
            failing("gone").in_channel(Channel::Errors),
            error("A"),
            error("B"),
            Event::of(Kind::Panic).reporting_text("A", &"gone"),
        ]
        .map(|event| Fingerprint::of(&event).expect("a problem"));
        for (at, print) in prints.iter().enumerate() {
            assert!(!prints[..at].contains(print), "number {at}");
        }
    }

    #[test]
    fn good_news_and_money_have_none() {
        assert_eq!(Fingerprint::of(&Event::user_action("Login")), None);
        assert_eq!(Fingerprint::of(&failing("x").in_channel(Channel::Finance)), None);
        assert!(Fingerprint::of(&failing("x").with_severity(Severity::Warning)).is_some());
    }

    proptest! {
        #[test]
        fn any_text_is_cut_without_losing_more_than_quotes(text in "\\PC{0,80}|[a-f0-9'\"` .:-]{0,80}") {
            let kept: String = pieces(&text).map(|(Piece::Blank(text) | Piece::Fixed(text))| text).collect();
            let unquoted = |text: &str| text.replace(['\'', '"', '`'], "");
            prop_assert_eq!(unquoted(&kept), unquoted(&text));
        }
    }
}
