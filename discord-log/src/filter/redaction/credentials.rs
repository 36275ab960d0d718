//! Credentials that are known by their build, not by a name or a first word alone.

use super::text::{KEY, Span, TOKEN, Text, is_token};

/// `Bearer …` and `Basic …`.
pub(super) fn find_scheme(text: &Text<'_>, start: usize) -> Option<Span> {
    let is_bearer = text.starts_in_any_case(start, "bearer");
    let word = start + if is_bearer { 6 } else { 5 };
    if !is_bearer && !text.starts_in_any_case(start, "basic") {
        return None;
    }
    let spaces = text.run(word, 4, |byte| matches!(byte, b' ' | b'+' | b':' | b'\t'));
    let value = if text.starts_in_any_case(word, "%20") { word + 3 } else { spaces };
    if value == word {
        return None;
    }
    let is_value = |byte: u8| is_token(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=' | b'|');
    let end = text.run(value, usize::MAX, is_value);
    let end = text.run_back(value, end, 3, |byte| byte == b'.');
    let credentials = text.part(value, end);
    let is_told = if is_bearer { is_random(credentials) } else { holds_password(credentials) };
    (is_told || (text.is_cut_at(end) && end > value)).then_some(Span { start: value, end, mask: TOKEN })
}

/// Not a word of a sentence about bearer tokens.
fn is_random(value: &str) -> bool {
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    value.len() >= 24 || (value.len() >= 6 && has_digit)
}

/// Says whether a text is `user:password` in base64.
fn holds_password(value: &str) -> bool {
    let value = value.trim_end_matches('=');
    let (mut bits, mut count, mut colon) = (0_u32, 0, false);
    for byte in value.bytes() {
        let Some(six) = sextet(byte) else { return false };
        bits = (bits << 6) | six;
        count += 6;
        if count >= 8 {
            count -= 8;
            let decoded = ((bits >> count) & 0xff) as u8;
            if decoded.is_ascii_control() {
                return false;
            }
            colon |= decoded == b':';
        }
    }
    colon && value.len() >= 4
}

fn sextet(byte: u8) -> Option<u32> {
    let six = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(six.into())
}

/// A JSON web token: three parts in base64, of which the first is an object. Also gives how far a run without a dot goes.
pub(super) fn find_jwt(text: &Text<'_>, start: usize) -> Result<Span, usize> {
    let header = text.run(start, usize::MAX, is_token);
    if text.is_cut_at(header) {
        return Ok(Span { start, end: header, mask: TOKEN });
    }
    if header - start < 12 || text.at(header) != b'.' {
        return Err(header);
    }
    let payload = text.run(header + 1, usize::MAX, is_token);
    if payload - header < 5 && !text.is_cut_at(payload) {
        return Err(payload);
    }
    let end = text.run(payload, usize::MAX, |byte| is_token(byte) || matches!(byte, b'.' | b'='));
    Ok(Span { start, end: text.run_back(payload, end, 3, |byte| byte == b'.'), mask: TOKEN })
}

/// A bot token of Discord's, by its first dot: the bot's id in base64, the time, the proof.
pub(super) fn find_bot_token(text: &Text<'_>, dot: usize, floor: usize) -> Option<Span> {
    let second = text.run(dot + 1, 8, is_token);
    if !(5..=7).contains(&(second - dot - 1)) || (text.at(second) != b'.' && !text.is_cut_at(second)) {
        return None;
    }
    let start = text.run_back(floor, dot, 40, is_token);
    let is_id = (22..=32).contains(&(dot - start)) && matches!(text.at(start), b'M' | b'N' | b'O');
    let end = text.run(second + 1, usize::MAX, is_token);
    let is_whole = end > second + 24 || text.is_cut_at(end.min(text.len()));
    (is_id && is_whole).then_some(Span { start, end: end.min(text.len()), mask: TOKEN })
}

/// A bot token of Telegram's, by its colon: the bot's number and 35 characters.
pub(super) fn find_telegram(text: &Text<'_>, colon: usize, floor: usize) -> Option<Span> {
    if !text.before(colon).is_ascii_digit() || text.at(colon + 1) != b'A' {
        return None;
    }
    let digits = text.run_back(floor, colon, 16, |byte| byte.is_ascii_digit());
    let end = text.run(colon + 1, 64, is_token);
    let is_whole = (30..=45).contains(&(end - colon - 1)) || text.is_cut_at(end);
    ((6..=12).contains(&(colon - digits)) && is_whole).then_some(Span { start: colon + 1, end, mask: TOKEN })
}

/// The token of a webhook of Discord's; its id stays.
pub(super) fn find_webhook(text: &Text<'_>, start: usize) -> Option<Span> {
    if !text.starts(start, "webhooks/") {
        return None;
    }
    let id = start + "webhooks/".len();
    let token = text.run(id, 24, |byte| byte.is_ascii_digit());
    if token == id || text.at(token) != b'/' {
        return None;
    }
    let end = text.run(token + 1, usize::MAX, is_token);
    let is_told = end > token + 30 || (text.is_cut_at(end) && end > token + 1);
    is_told.then_some(Span { start: token + 1, end, mask: TOKEN })
}

/// A private key between its lines, or what is there of it.
pub(super) fn find_key(text: &Text<'_>, dashes: usize, floor: usize) -> Option<Span> {
    let label = text.run(dashes, 5, |byte| byte == b'-');
    let is_begin = text.starts(label, "BEGIN ");
    if label != dashes + 5 || !(is_begin || text.starts(label, "END ")) {
        return None;
    }
    let close = text.run(label, 60, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
    let is_private = text.part(label, close).contains("PRIVATE KEY");
    if !is_private || !text.starts(close, "-----") {
        return None;
    }
    let close = close + 5;
    if !is_begin {
        let start = text.run_back(floor, dashes, usize::MAX, is_of_key);
        return Some(Span { start, end: close, mask: KEY });
    }
    let end = text.find(close, "-----END ").map_or(text.len(), |end| {
        let line = text.run(end + 9, 60, |byte| byte != b'-' && byte != b'\n');
        text.run(line, 5, |byte| byte == b'-')
    });
    Some(Span { start: dashes, end, mask: KEY })
}

/// Base64 and its line ends, written out or escaped.
const fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\n' | b'\r' | b'\\')
}
