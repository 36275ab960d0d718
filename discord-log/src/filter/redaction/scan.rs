//! One walk over a text: from one byte at which a secret may show to the next, and on from behind what was found.

use super::names::{self, Names};
use super::text::{Span, Text};
use super::{addresses, credentials, named, numbers, prefixes};

/// A walk over one text.
pub(super) struct Scan<'a> {
    text: Text<'a>,
    whole: &'a str,
    names: &'a Names,
    /// What was masked so far, and what of the text lies before it.
    masked: String,
    /// Up to here the text is in `masked`, if anything is.
    taken: usize,
    /// Nothing before this is looked at again.
    floor: usize,
    /// A run without the dot of a token goes up to here.
    undotted: usize,
    is_changed: bool,
}

impl<'a> Scan<'a> {
    pub(super) const fn new(whole: &'a str, is_cut: bool, names: &'a Names) -> Self {
        Self {
            text: Text::new(whole, is_cut),
            whole,
            names,
            masked: String::new(),
            taken: 0,
            floor: 0,
            undotted: 0,
            is_changed: false,
        }
    }

    /// Gives the text with all that is secret masked, if something is.
    pub(super) fn run(mut self) -> Option<String> {
        let mut place = 0;
        while let Some(next) = self.text.next_marked(place, &TRIGGERS) {
            // What was masked before is as far as anything looks back, so that a second walk sees what the first saw.
            if let Some(end) = self.text.mask_end(next) {
                (self.floor, place) = (end, end);
                continue;
            }
            place = match self.find(next) {
                Some(span) => {
                    self.mask(span);
                    span.end.max(next + 1)
                }
                None => next + 1,
            };
        }
        if !self.is_changed {
            return None;
        }
        self.masked.push_str(self.whole.get(self.taken..).unwrap_or_default());
        Some(self.masked)
    }

    fn mask(&mut self, span: Span) {
        self.floor = span.end;
        if self.whole.get(span.start..span.end).is_none_or(|found| found == span.mask) {
            return;
        }
        self.is_changed = true;
        self.masked.push_str(self.whole.get(self.taken..span.start).unwrap_or_default());
        self.masked.push_str(span.mask);
        self.taken = span.end;
    }

    /// Looks for what may be known by the byte at a place.
    fn find(&mut self, place: usize) -> Option<Span> {
        let (text, floor) = (&self.text, self.floor);
        match text.at(place) {
            b'0'..=b'9' => self.number(place),
            b'@' => addresses::find_mail(text, place, place + 1, floor),
            b'%' => match (text.at(place + 1), text.at(place + 2)) {
                (b'4', b'0') => addresses::find_mail(text, place, place + 3, floor),
                (b'3', b'D' | b'd' | b'A' | b'a') => named::find(text, self.names, floor, place),
                _ => None,
            },
            b':' => addresses::find_password(text, place)
                .or_else(|| credentials::find_telegram(text, place, floor))
                .or_else(|| if text.starts(place, "://") { None } else { named::find(text, self.names, floor, place) }),
            b'=' | b'(' | b'>' => named::find(text, self.names, floor, place),
            b'-' if text.at(place + 1) == b'-' && text.before(place) != b'-' => {
                credentials::find_key(text, place, floor).or_else(|| named::find(text, self.names, floor, place))
            }
            b'.' => credentials::find_bot_token(text, place, floor),
            letter => self.word(place, letter),
        }
    }

    /// Looks for what begins with letters.
    fn word(&mut self, place: usize, letter: u8) -> Option<Span> {
        let text = &self.text;
        if !text.is_word_start(place) {
            return None;
        }
        if let Some(span) = prefixes::find(text, place) {
            return Some(span);
        }
        match letter {
            b'b' | b'B' => credentials::find_scheme(text, place),
            b'w' => credentials::find_webhook(text, place),
            b'e' if place >= self.undotted && text.starts(place, "eyJ") => match credentials::find_jwt(text, place) {
                Ok(span) => Some(span),
                Err(undotted) => {
                    self.undotted = undotted;
                    None
                }
            },
            _ => None,
        }
    }

    /// Looks for what begins with digits, at the first of them.
    fn number(&self, place: usize) -> Option<Span> {
        let text = &self.text;
        let before = text.before(place);
        if before.is_ascii_digit() {
            return None;
        }
        if before.is_ascii_alphabetic() {
            return numbers::find_iban(text, place, self.floor);
        }
        // Part of an identifier, a fraction, or a phone number.
        let is_joined = matches!(before, b'-' | b'_' | b'.') && text.before(place - 1).is_ascii_alphanumeric();
        if is_joined || before == b'+' {
            return None;
        }
        numbers::find_card(text, place).filter(|_| !self.is_reference(place))
    }

    /// Says whether the words before a number say what it refers to, such as `invoice number`.
    fn is_reference(&self, place: usize) -> bool {
        let is_between = |byte: u8| matches!(byte, b' ' | b'#' | b':' | b'=' | b'"' | b'\'');
        let mut end = place;
        for _ in 0..3 {
            end = self.text.run_back(self.floor, end, 4, is_between);
            let start = self.text.run_back(self.floor, end, 64, named::is_name);
            let word = self.text.part(start, end);
            if names::is_reference(word) {
                return true;
            }
            if !FILLERS.iter().any(|filler| filler.eq_ignore_ascii_case(word.trim_end_matches('.'))) {
                return false;
            }
            end = start;
        }
        false
    }
}

/// Stand between what a number refers to and the number.
const FILLERS: &[&str] = &["id", "is", "no", "nr", "number", "nummer"];

const fn triggers() -> [u32; 256] {
    let mut triggers = prefixes::seconds();
    let mut byte = 0_usize;
    while byte < 256 {
        let (slots, _) = triggers.split_at_mut(byte + 1);
        if let [.., slot] = slots {
            *slot |= match byte as u8 {
                b':' | b'=' | b'(' | b'>' | b'-' | b'.' | b'@' | b'%' | b'[' | b'0'..=b'9' => u32::MAX,
                b'b' | b'B' => 1 << (b'a' & 31) | 1 << (b'e' & 31),
                b'e' => 1 << (b'y' & 31),
                b'w' => 1 << (b'e' & 31),
                _ => 0,
            };
        }
        byte += 1;
    }
    triggers
}

/// The bytes at which something may be known: signs and digits, and letters before certain others.
static TRIGGERS: [u32; 256] = triggers();
