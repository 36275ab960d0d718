//! Secrets that are nobody's, made while the test runs: no file holds one, so that no scanner of secrets finds any.

/// Draws letters and digits from a number, the same ones every time.
pub(super) struct Draw(u64);

impl Draw {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % most
    }

    fn text(&mut self, letters: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(letters[self.below(letters.len())])).collect()
    }

    /// Fills in a template: `{an36}` are 36 letters and digits, `{hex32}`, `{up16}`, `{url43}` and `{dig10}` the like.
    pub(super) fn fill(&mut self, template: &str) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((plain, after)) = rest.split_once('{') {
            filled += plain;
            let hole = after.split_once('}').and_then(|(hole, after)| Some((self.hole(hole)?, after)));
            rest = match hole {
                Some((text, after)) => {
                    filled += &text;
                    after
                }
                None => {
                    filled.push('{');
                    after
                }
            };
        }
        filled + rest
    }

    fn hole(&mut self, hole: &str) -> Option<String> {
        let name = hole.trim_end_matches(|character: char| character.is_ascii_digit());
        let length = hole[name.len()..].parse().ok()?;
        Some(match name {
            "an" => self.text(ALPHANUMERIC, length),
            "hex" => self.text(b"0123456789abcdef", length),
            "up" => self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length),
            "url" => self.text(ALPHANUMERIC, 1) + &self.text(URL, length - 2) + &self.text(ALPHANUMERIC, 1),
            "dig" => self.text(b"123456789", length),
            "low" => self.text(b"abcdefghijkmnopqrstuvwxyz", length),
            "encoded" => base64(self.text(ALPHANUMERIC, length).as_bytes()),
            "pair" => base64(format!("{}:{}", self.text(URL, 6), self.text(ALPHANUMERIC, length)).as_bytes()),
            _ => return None,
        })
    }

    /// Gives a card's number of a length that begins so.
    pub(super) fn card(&mut self, begin: &str, length: usize) -> String {
        let body = begin.to_owned() + &self.text(b"0123456789", length - begin.len() - 1);
        let check = (0..10).map(|check| format!("{body}{check}")).find(|number| luhn(number));
        check.expect("one of ten digits")
    }

    /// Gives an account number of a country.
    pub(super) fn iban(&mut self, country: &str, template: &str) -> String {
        let account = self.fill(template).to_uppercase();
        let number = |text: &str| {
            text.chars().fold(0_u64, |rest, character| {
                let digit = u64::from(character.to_digit(36).expect("a digit"));
                (rest * if digit > 9 { 100 } else { 10 } + digit) % 97
            })
        };
        format!("{country}{:02}{account}", 98 - number(&format!("{account}{country}00")))
    }
}

/// Puts a separator between groups of four.
pub(super) fn in_fours(text: &str, separator: &str) -> String {
    let groups: Vec<_> = text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join(separator)
}

pub(super) fn luhn(number: &str) -> bool {
    let digits = number.bytes().rev().map(|digit| u32::from(digit - b'0')).enumerate();
    let sum: u32 = digits.map(|(at, digit)| if at % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }).sum();
    sum.is_multiple_of(10)
}

pub(super) fn base64(bytes: &[u8]) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().enumerate().fold(0_u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        for place in 0..4 {
            let letter = letters[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
