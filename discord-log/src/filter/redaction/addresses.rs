//! Mail addresses, and passwords in URLs.

use super::text::{BY_NAME, Span, Text};

/// What stands for the name in a mail address, after its first letter.
const NAME: &str = "***";

/// A mail address, by its `@` that ends at `after`; its first letter and its domain stay.
pub(super) fn find_mail(text: &Text<'_>, sign: usize, after: usize, floor: usize) -> Option<Span> {
    let start = text.run_back(floor, sign, usize::MAX, is_local);
    // Dots and encoded slashes at the front belong to the sentence.
    let start = text.run(start, sign - start, |byte| matches!(byte, b'.' | b'-' | b'\''));
    let first = text.part(start, sign).chars().next()?;
    let is_git = text.part(start, sign) == "git" || text.part(start, sign) == "***";
    if is_git || !is_domain(text, after) {
        return None;
    }
    Some(Span { start: start + first.len_utf8(), end: sign, mask: NAME })
}

fn is_domain(text: &Text<'_>, start: usize) -> bool {
    let end = text.run(start, 255, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') || byte >= 0x80);
    let end = text.run_back(start, end, 3, |byte| matches!(byte, b'.' | b'-'));
    if text.is_cut_at(end) {
        return true;
    }
    let domain = text.part(start, end);
    let Some((host, top)) = domain.rsplit_once('.') else { return false };
    // `logo@2x.png` is a picture.
    let is_picture = matches!(host.as_bytes(), [digit, b'x'] if digit.is_ascii_digit());
    let is_top = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    is_top && !is_picture && !host.is_empty()
}

const fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'+' | b'-' | b'\'') || byte >= 0x80
}

/// The password in `scheme://user:password@host`, by the colon of the scheme.
pub(super) fn find_password(text: &Text<'_>, colon: usize) -> Option<Span> {
    if !text.starts(colon, "://") || !text.before(colon).is_ascii_alphanumeric() {
        return None;
    }
    let start = colon + 3;
    let end = text.run(start, usize::MAX, |byte| !is_end(byte) && !matches!(byte, b'/' | b'?' | b'#'));
    let user = text.run(start, end - start, |byte| byte != b':' && byte != b'@');
    if text.at(user) != b':' || user >= end {
        return None;
    }
    let password = user + 1;
    let mut host = text.run_back(password, end, usize::MAX, |byte| byte != b'@');
    if host == password {
        // A password that should have been encoded: what follows is no port, and an `@` comes soon.
        let port = text.run(password, 6, |byte| byte.is_ascii_digit());
        if port == end {
            return None;
        }
        let far = text.run(end, MOST_BEYOND, |byte| !is_end(byte));
        host = text.run_back(end, far, MOST_BEYOND, |byte| byte != b'@');
        if host == end {
            return (text.is_cut_at(far)).then_some(Span { start: password, end: far, mask: BY_NAME });
        }
    }
    let end = host - 1;
    (end > password).then_some(Span { start: password, end, mask: BY_NAME })
}

const fn is_end(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
}

/// How far a password goes that holds a slash.
const MOST_BEYOND: usize = 100;
