//! Numbers that are worth money: cards and bank accounts, each with the check that is built into them.

use super::text::{CARD, IBAN, Span, Text};

/// Gives the card number that begins at a place, as digits, or in the groups in which it is printed.
pub(super) fn find_card(text: &Text<'_>, start: usize) -> Option<Span> {
    let mut card = Card::default();
    let mut place = start;
    let mut separator = 0;
    let mut found = None;
    loop {
        let end = text.run(place, MOST_DIGITS + 1, |byte| byte.is_ascii_digit());
        card.take(text.part(place, end));
        let next = text.at(end);
        let is_fraction = next == b'.' && text.at(end + 1).is_ascii_digit();
        let is_whole = !next.is_ascii_alphanumeric() && !is_fraction;
        let goes_on = matches!(next, b' ' | b'-') && text.at(end + 1).is_ascii_digit();
        // After a space another number may come.
        if is_whole && (!goes_on || next == b' ') && card.is_valid() {
            found = Some(Span { start, end, mask: CARD });
        }
        if card.length > MOST_DIGITS || !goes_on || (separator != 0 && separator != next) {
            return found;
        }
        separator = next;
        place = end + 1;
    }
}

/// Says whether a number is that of a card.
pub(super) fn is_card(number: u64) -> Option<usize> {
    let mut card = Card::default();
    let mut digits = [0; 20];
    let mut rest = number;
    let mut length = 0;
    for slot in digits.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *slot = (rest % 10) as u8 + b'0';
        rest /= 10;
        length += 1;
    }
    let written = digits.get(digits.len() - length..).and_then(|digits| std::str::from_utf8(digits).ok())?;
    card.take(written);
    card.is_valid().then_some(length)
}

/// The digits of a card, and the lengths of the groups in which they came.
#[derive(Default)]
struct Card {
    digits: [u8; MOST_DIGITS],
    length: usize,
    groups: [usize; MOST_GROUPS],
    group: usize,
}

impl Card {
    fn take(&mut self, digits: &str) {
        for (slot, digit) in self.digits.iter_mut().skip(self.length).zip(digits.bytes()) {
            *slot = digit - b'0';
        }
        self.length += digits.len();
        if let Some(group) = self.groups.get_mut(self.group) {
            *group = digits.len();
        }
        self.group += 1;
    }

    fn is_valid(&self) -> bool {
        (13..=MOST_DIGITS).contains(&self.length) && self.is_grouped() && self.is_issued() && self.adds_up()
    }

    /// In one piece, in fours, or as American Express and Diners print theirs.
    fn is_grouped(&self) -> bool {
        match self.groups.get(..self.group) {
            Some([_] | [4, 6, 4 | 5]) => true,
            Some([fours @ .., last]) => fours.iter().all(|group| *group == 4) && (1..=4).contains(last),
            _ => false,
        }
    }

    /// Begins as the numbers of an issuer do, and is as long as they are.
    fn is_issued(&self) -> bool {
        let first =
            |count: usize| self.digits.iter().take(count).fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
        let (two, three, four) = (first(2), first(3), first(4));
        match self.length {
            13 => first(1) == 4,
            14 => matches!(three, 300..=305) || matches!(two, 36 | 38 | 39),
            15 => matches!(two, 34 | 37),
            16 if matches!(two, 40..=49 | 51..=55) || matches!(four, 2221..=2720 | 2200..=2204 | 9792) => true,
            16.. => {
                matches!(two, 62 | 65)
                    || matches!(three, 644..=649)
                    || matches!(four, 3528..=3589 | 6011 | 5018 | 5019 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763)
                    || (self.length == 19 && first(1) == 4)
            }
            _ => false,
        }
    }

    /// Luhn's check.
    fn adds_up(&self) -> bool {
        let digits = self.digits.get(..self.length).unwrap_or_default();
        let sum: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(place, digit)| match u32::from(*digit) * (1 + place as u32 % 2) {
                two_digits @ 10.. => two_digits - 9,
                digit => digit,
            })
            .sum();
        sum.is_multiple_of(10) && digits.iter().any(|digit| digit != digits.first().unwrap_or(&0))
    }
}

/// Gives the account number whose check digits stand at a place, after the letters of its country.
pub(super) fn find_iban(text: &Text<'_>, check: usize, floor: usize) -> Option<Span> {
    let start = check.checked_sub(2).filter(|start| *start >= floor)?;
    let country = text.part(start, check);
    let length = if country.bytes().all(|byte| byte.is_ascii_alphabetic()) && text.is_word_start(start) {
        let upper = country.to_ascii_uppercase();
        COUNTRIES.binary_search_by_key(&upper.as_str(), |(code, _)| code).ok().and_then(|at| COUNTRIES.get(at))?.1
    } else {
        return None;
    };
    let mut remainder = 0_u32;
    let mut head = [0; 4];
    let (mut place, mut taken) = (start, 0);
    while taken < length {
        let byte = text.at(place);
        if matches!(byte, b' ' | b'-') && taken > 0 && text.at(place + 1).is_ascii_alphanumeric() {
            place += 1;
            continue;
        }
        if !byte.is_ascii_alphanumeric() {
            return None;
        }
        match head.get_mut(taken) {
            Some(slot) => *slot = byte,
            None => remainder = add(remainder, byte),
        }
        taken += 1;
        place += 1;
    }
    let remainder = head.into_iter().fold(remainder, add);
    (remainder == 1 && !text.at(place).is_ascii_alphanumeric()).then_some(Span { start, end: place, mask: IBAN })
}

/// Goes on dividing by 97, letters being numbers from 10.
fn add(remainder: u32, byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        letter => (remainder * 100 + u32::from(letter.to_ascii_uppercase().wrapping_sub(b'A')) + 10) % 97,
    }
}

/// Most digits of a card, and most groups: fours, and what is left.
const MOST_DIGITS: usize = 19;
const MOST_GROUPS: usize = 5;

/// Length of an account number by country.
/// Source: <https://www.swift.com/standards/data-standards/iban-international-bank-account-number>.
const COUNTRIES: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];
