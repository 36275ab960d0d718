//! A short ASCII name that is kept inline, so that types which carry one stay `Copy`.

use std::fmt;

/// Up to 31 bytes of lower-case ASCII letters, digits and underscores.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct NamedText {
    bytes: [u8; Self::CAPACITY],
    length: u8,
}

impl NamedText {
    /// Longest name in bytes; with the length byte, 32 bytes in all.
    pub(crate) const CAPACITY: usize = 31;

    /// Folds any text into a name: lower case, everything but letters and digits to `_`, cut at the capacity.
    pub(crate) fn fold(text: &str) -> Self {
        let mut name = Self { bytes: [0; Self::CAPACITY], length: 0 };
        for (slot, character) in name.bytes.iter_mut().zip(text.trim().chars()) {
            *slot = if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() as u8 } else { b'_' };
            name.length += 1;
        }
        name
    }

    pub(crate) fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.length)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for NamedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
