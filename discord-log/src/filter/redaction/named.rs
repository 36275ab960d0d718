//! `name=value` and its relatives in running text: where the name before a sign begins, and where the value ends.

use super::names::Names;
use super::numbers;
use super::text::{BY_NAME, Span, Text};

/// Gives the value after a sign at a place, if the name before it says that it is secret.
pub(super) fn find(text: &Text<'_>, names: &Names, floor: usize, sign: usize) -> Option<Span> {
    let (name_end, value) = match (text.before(sign), text.at(sign), text.at(sign + 1)) {
        (b'=' | b'!' | b'<' | b'>' | b'~' | b':', b'=', _) | (_, b'=', b'=' | b'~') => return None,
        (b':', b':', _) | (_, b':', b':') => return None,
        (_, b'=', b'>') | (_, b':', b'=') => (sign, sign + 2),
        (_, b'=' | b':', _) => (sign, sign + 1),
        (_, b'%', _) => (sign, sign + 3),
        (_, b'(', b'"' | b'\'') => return in_brackets(text, names, floor, sign),
        (_, b'-', b'-') => return flag(text, names, sign),
        (_, b'>', _) => return element(text, names, floor, sign),
        _ => return None,
    };
    let name = name_before(text, names, floor, name_end)?;
    let value = text.run(value, MOST_SPACES, |byte| matches!(byte, b' ' | b'\t'));
    let name = Name {
        is_cookie: ends_with(name, "cookie"),
        is_encoded: text.at(sign) == b'%',
        is_short: name.eq_ignore_ascii_case("sig"),
    };
    span(text, value, &name)
}

/// What of the name matters for where the value ends.
#[derive(Default)]
struct Name {
    is_cookie: bool,
    is_encoded: bool,
    /// `sig` may be a signature or a signal.
    is_short: bool,
}

/// Gives the name that ends before a sign, if it is one of a secret.
fn name_before<'a>(text: &Text<'a>, names: &Names, floor: usize, sign: usize) -> Option<&'a str> {
    let end = text.run_back(floor, sign, 2, |byte| byte == b' ');
    let end = text.run_back(floor, end, MOST_QUOTES, |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b']' | b'*'));
    let start = text.run_back(floor, end, MOST_OF_NAME, is_name);
    if start == end {
        return None;
    }
    let name = text.part(start, end);
    if names.has(name) {
        let earlier = name_earlier(text, floor, start);
        let is_syntax =
            ends_with(name, "token") && (ends_with(earlier, "unexpected") || ends_with(earlier, "expected"));
        return (!is_syntax).then_some(name);
    }
    if !names.may_end(name) {
        return None;
    }
    // A name of several words, such as `card number`.
    let mut first = start;
    for _ in 0..2 {
        let earlier = name_earlier(text, floor, first);
        if earlier.is_empty() {
            return None;
        }
        first -= earlier.len() + 1;
        if names.end(text.part(first, end)) {
            return Some(name);
        }
    }
    None
}

/// Gives the word before the one that begins at a place.
fn name_earlier<'a>(text: &Text<'a>, floor: usize, start: usize) -> &'a str {
    if start <= floor || text.before(start) != b' ' {
        return "";
    }
    text.part(text.run_back(floor, start - 1, 32, is_name), start - 1)
}

/// `Password("…")`, and `("password", "…")`.
fn in_brackets(text: &Text<'_>, names: &Names, floor: usize, bracket: usize) -> Option<Span> {
    let none = Name::default();
    let start = text.run_back(floor, bracket, MOST_OF_NAME, is_name);
    if start < bracket && names.has(text.part(start, bracket)) {
        return span(text, bracket + 1, &none);
    }
    let name_end = text.run(bracket + 2, MOST_OF_NAME, is_name);
    let is_pair = text.at(name_end) == text.at(bracket + 1) && text.at(name_end + 1) == b',';
    if !is_pair || !names.has(text.part(bracket + 2, name_end)) {
        return None;
    }
    let value = text.run(name_end + 2, MOST_SPACES, |byte| byte == b' ');
    span(text, value, &none)
}

/// `--password …`.
fn flag(text: &Text<'_>, names: &Names, dashes: usize) -> Option<Span> {
    let name_end = text.run(dashes + 2, MOST_OF_NAME, is_name);
    let is_free = matches!(text.before(dashes), 0..=b' ' | b'"' | b'\'' | b'`' | b'(' | b',');
    let is_flag = is_free && text.at(name_end) == b' ' && !matches!(text.at(name_end + 1), b'-' | b'=' | b':' | b' ');
    if !is_flag || !names.has(text.part(dashes + 2, name_end)) {
        return None;
    }
    span(text, name_end + 1, &Name::default())
}

/// `<password>…</password>`.
fn element(text: &Text<'_>, names: &Names, floor: usize, bracket: usize) -> Option<Span> {
    let start = text.run_back(floor, bracket, MOST_OF_NAME, is_name);
    if start == bracket || text.before(start) != b'<' {
        return None;
    }
    let end = text.run(bracket + 1, usize::MAX, |byte| byte != b'<');
    let is_closed = text.at(end + 1) == b'/' || text.is_cut_at(end);
    let is_told = is_closed && end > bracket + 1 && names.has(text.part(start, bracket));
    is_told.then_some(Span { start: bracket + 1, end, mask: BY_NAME })
}

/// Gives the value that begins at a place, without its quotes.
fn span(text: &Text<'_>, value: usize, name: &Name) -> Option<Span> {
    let value = unwrapped(text, value);
    if text.mask_end(value).is_some() {
        return bare(text, value, name);
    }
    let slashes = text.run(value, 8, |byte| byte == b'\\');
    let quote = text.at(slashes);
    if matches!(quote, b'"' | b'\'' | b'`') {
        let start = slashes + 1;
        let end = closing(text, start, quote, slashes - value);
        return (end > start).then_some(Span { start, end, mask: BY_NAME });
    }
    match quote {
        b'[' => {
            let list = closing_bracket(text, value);
            let end = bare_end(text, list, name);
            (list > value + 2).then_some(Span { start: value, end, mask: BY_NAME })
        }
        b'{' | b'(' | 0 => None,
        b'<' if is_placeholder(text, value) => None,
        _ => bare(text, value, name),
    }
}

/// Skips what Debug and literals put around a value: `Some(`, `b`.
fn unwrapped(text: &Text<'_>, start: usize) -> usize {
    let mut value = start;
    for _ in 0..3 {
        let word = text.run(value, 40, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'));
        value = match text.at(word) {
            b'(' if word > value && text.at(word + 1) != b')' => word + 1,
            b'"' | b'\'' if word == value + 1 => word,
            _ => break,
        };
    }
    value
}

/// Gives the place of the quote that closes, or the end of the text. Where quotes are escaped, those with as many
/// backslashes do.
fn closing(text: &Text<'_>, start: usize, quote: u8, slashes: usize) -> usize {
    let mut place = start;
    loop {
        let run = text.run(place, usize::MAX, |byte| byte != b'\\' && byte != quote);
        let end = text.run(run, usize::MAX, |byte| byte == b'\\');
        if end >= text.len() {
            return text.len();
        }
        let before = end - run;
        let closes = if slashes == 0 { before.is_multiple_of(2) } else { before <= slashes };
        if text.at(end) == quote && closes {
            return if slashes == 0 { end } else { run };
        }
        place = if text.at(end) == quote { end + 1 } else { end };
    }
}

/// Gives the place after the bracket that closes the one at a place, or the end of the text.
fn closing_bracket(text: &Text<'_>, start: usize) -> usize {
    let mut depth = 0_usize;
    let mut place = start;
    while place < text.len() {
        match text.at(place) {
            b'[' => depth += 1,
            b']' => depth -= 1,
            _ => {}
        }
        place += 1;
        if depth == 0 {
            return place;
        }
    }
    place
}

/// `<token>`, as a manual writes it.
fn is_placeholder(text: &Text<'_>, start: usize) -> bool {
    let end = text.run(start + 1, 40, |byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b' '));
    text.at(end) == b'>'
}

fn bare(text: &Text<'_>, start: usize, name: &Name) -> Option<Span> {
    let mut end = bare_end(text, start, name);
    if is_harmless(text.part(start, end)) {
        return None;
    }
    if let Some(card) = numbers::find_card(text, start) {
        end = end.max(card.end);
    }
    if let Some(iban) = numbers::find_iban(text, start + 2, start) {
        end = end.max(iban.end);
    }
    if is_scheme(text.part(start, end)) && text.at(end) == b' ' {
        end = bare_end(text, end + 1, name);
    }
    // A cookie goes on after `; `.
    while name.is_cookie && text.at(end) == b';' && text.at(end + 1) == b' ' {
        end = bare_end(text, end + 2, name).max(end + 1);
    }
    let is_signal = name.is_short && end - start < 16 && text.mask_end(start).is_none();
    (!is_signal).then_some(Span { start, end, mask: BY_NAME })
}

/// Gives the end of a value without quotes.
fn bare_end(text: &Text<'_>, start: usize, name: &Name) -> usize {
    let mut end = text.mask_end(start).unwrap_or(start);
    loop {
        end = text.run(end, usize::MAX, |byte| !is_end(byte));
        let goes_on = match text.at(end) {
            b',' | b';' | b'&' => !begins_anew(text, end + 1),
            b')' | b']' | b'}' => text.at(end + 1).is_ascii_alphanumeric(),
            b'%' => !(name.is_encoded && text.at(end + 1) == b'2' && matches!(text.at(end + 2), b'0' | b'2' | b'6')),
            _ => false,
        };
        if !goes_on || end >= text.len() {
            break;
        }
        end += 1;
    }
    text.run_back(start, end, 3, |byte| matches!(byte, b'.' | b'!' | b'?' | b':'))
}

/// Bytes at which a value may end.
const fn is_end(byte: u8) -> bool {
    byte <= b' '
        || matches!(
            byte,
            b',' | b';' | b'&' | b')' | b']' | b'}' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'%' | b'\\' | 0x7f
        )
}

/// Says whether a list goes on with another name, rather than the value with its next letter.
fn begins_anew(text: &Text<'_>, start: usize) -> bool {
    let next = text.at(start);
    if !is_name(next) {
        return true;
    }
    let end = text.run(start, 40, is_name);
    matches!(text.at(end), b'=' | b':')
}

/// Says whether a value only tells that there is none, or what is wrong with it.
fn is_harmless(value: &str) -> bool {
    if !value.bytes().any(|byte| byte.is_ascii_alphanumeric() || byte >= 0x80) {
        return true;
    }
    value.len() <= 16 && HARMLESS.iter().any(|known| known.eq_ignore_ascii_case(value))
}

fn is_scheme(value: &str) -> bool {
    SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(value))
}

fn ends_with(name: &str, end: &str) -> bool {
    let start = name.len().saturating_sub(end.len());
    name.as_bytes().get(start..).is_some_and(|last| last.eq_ignore_ascii_case(end.as_bytes()))
}

pub(super) const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80
}

const MOST_SPACES: usize = 8;
const MOST_QUOTES: usize = 6;
const MOST_OF_NAME: usize = 128;

const SCHEMES: &[&str] =
    &["bearer", "basic", "digest", "token", "bot", "negotiate", "apikey", "key", "aws4-hmac-sha256"];

const HARMLESS: &[&str] = &[
    "&str",
    "a",
    "absent",
    "an",
    "are",
    "bad",
    "be",
    "bool",
    "bytes",
    "can",
    "cannot",
    "could",
    "denied",
    "does",
    "empty",
    "expired",
    "failed",
    "false",
    "for",
    "found",
    "from",
    "has",
    "i32",
    "i64",
    "in",
    "incorrect",
    "invalid",
    "is",
    "it",
    "malformed",
    "may",
    "mismatch",
    "missing",
    "must",
    "need",
    "needs",
    "nil",
    "no",
    "none",
    "not",
    "null",
    "ok",
    "on",
    "option",
    "or",
    "present",
    "rejected",
    "required",
    "revoked",
    "set",
    "should",
    "some",
    "str",
    "string",
    "the",
    "to",
    "too",
    "true",
    "u32",
    "u64",
    "undefined",
    "unknown",
    "unset",
    "unsupported",
    "was",
    "wrong",
    "yes",
];
