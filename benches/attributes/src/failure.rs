//! The error that the measured functions return.

use std::fmt;

/// An error whose text has 83 characters, and differs between numbers in letters alone.
#[derive(Debug)]
pub struct Refused {
    number: u64,
}

impl Refused {
    /// Makes the error of a number; its lower 32 bits count.
    #[inline]
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self { number }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = letters(self.number);
        let letters = std::str::from_utf8(&letters).map_err(|_| fmt::Error)?;
        write!(f, "a bank refused invoice {letters}: its mandate was withdrawn before the money arrived")
    }
}

impl std::error::Error for Refused {}

/// Writes a number in the letters `g` to `v`, which no reader takes for digits, not even for hexadecimal ones.
#[must_use]
pub const fn letters(number: u64) -> [u8; 8] {
    let spread = number & 0xFFFF_FFFF;
    let spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF;
    let spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF;
    let spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    (spread + 0x6767_6767_6767_6767).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_text_has_83_characters_and_is_there_once() {
        let texts: HashSet<_> = (0..100_000).map(|number| Refused::new(number).to_string()).collect();
        assert_eq!(texts.len(), 100_000);
        assert!(texts.iter().all(|text| text.chars().count() == 83 && !text.contains(char::is_numeric)));
    }
}
