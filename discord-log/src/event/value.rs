//! A value that an event carries under a name.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use rust_decimal::Decimal;
use smallvec::SmallVec;

use super::amount::Amount;
use super::entries::{Shape, text_of};

/// A value that an event carries under a name.
///
/// Made by `From`, so that [`Event::field`](crate::Event::field) takes text, numbers, amounts and durations as they are.
///
/// # Examples
///
/// ```
/// use discord_log::Value;
///
/// assert_eq!(Value::from(7), Value::Integer(7));
/// assert_eq!(Value::from("INV-2041").to_string(), "INV-2041");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// Money.
    Amount(Amount),
    /// Yes or no.
    Bool(bool),
    /// How long something took.
    Duration(Duration),
    /// A number with a fraction; may be infinite or not a number.
    Float(f64),
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number that may be larger than an [`Integer`](Self::Integer).
    Unsigned(u64),
}

/// Large enough for every value but text and amounts kept as given.
type Encoded = SmallVec<[u8; 24]>;

impl<'a> Value<'a> {
    pub(super) fn encode(&self) -> (Shape, Encoded) {
        match self {
            Self::Amount(amount) => amount.encode(),
            Self::Bool(value) => (Shape::Bool, Encoded::from_slice(&[u8::from(*value)])),
            Self::Duration(value) => {
                let mut bytes = Encoded::from_slice(&value.as_secs().to_le_bytes());
                bytes.extend_from_slice(&value.subsec_nanos().to_le_bytes());
                (Shape::Duration, bytes)
            }
            Self::Float(value) => (Shape::Float, Encoded::from_slice(&value.to_le_bytes())),
            Self::Integer(value) => (Shape::Integer, Encoded::from_slice(&value.to_le_bytes())),
            Self::Text(text) => (Shape::Text, Encoded::from_slice(text.as_bytes())),
            Self::Unsigned(value) => (Shape::Unsigned, Encoded::from_slice(&value.to_le_bytes())),
        }
    }

    pub(super) fn decode(shape: Shape, bytes: &'a [u8]) -> Self {
        match shape {
            Shape::Amount | Shape::AmountAsGiven => Self::Amount(Amount::decode(shape, bytes)),
            Shape::Bool => Self::Bool(bytes.first() == Some(&1)),
            Shape::Duration => {
                let (seconds, nanos) = bytes.split_at_checked(8).unwrap_or_default();
                Self::Duration(Duration::new(u64::from_le_bytes(array(seconds)), u32::from_le_bytes(array(nanos))))
            }
            Shape::Float => Self::Float(f64::from_le_bytes(array(bytes))),
            Shape::Integer => Self::Integer(i64::from_le_bytes(array(bytes))),
            Shape::Text => Self::Text(Cow::Borrowed(text_of(bytes))),
            Shape::Unsigned => Self::Unsigned(u64::from_le_bytes(array(bytes))),
        }
    }
}

/// Writes numbers in full; durations with the unit that keeps them readable.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(amount) => amount.fmt(f),
            Self::Bool(value) => value.fmt(f),
            Self::Duration(value) => write!(f, "{value:.3?}"),
            Self::Float(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Unsigned(value) => value.fmt(f),
        }
    }
}

pub(super) fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap_or([0; N])
}

impl From<Amount> for Value<'_> {
    fn from(amount: Amount) -> Self {
        Self::Amount(amount)
    }
}

impl From<Decimal> for Value<'_> {
    fn from(number: Decimal) -> Self {
        Self::Text(Cow::Owned(number.to_string()))
    }
}

impl From<Duration> for Value<'_> {
    fn from(duration: Duration) -> Self {
        Self::Duration(duration)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<char> for Value<'_> {
    fn from(value: char) -> Self {
        Self::Text(Cow::Owned(value.into()))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<f32> for Value<'_> {
    fn from(value: f32) -> Self {
        // Through the shortest text, so that `0.1_f32` stays 0.1.
        Self::Float(value.to_string().parse().unwrap_or_else(|_| f64::from(value)))
    }
}

macro_rules! from_integers {
    ($variant:ident as $wide:ty: $($narrow:ty)+) => {$(
        impl From<$narrow> for Value<'_> {
            fn from(value: $narrow) -> Self {
                Self::$variant(<$wide>::from(value))
            }
        }
    )+};
}

from_integers!(Integer as i64: i8 i16 i32 i64);
from_integers!(Unsigned as u64: u8 u16 u32 u64);

impl From<usize> for Value<'_> {
    fn from(value: usize) -> Self {
        Self::Unsigned(value as u64)
    }
}

impl From<isize> for Value<'_> {
    fn from(value: isize) -> Self {
        Self::Integer(value as i64)
    }
}

/// An absent value is shown as such, so that a field does not come and go.
impl<'a, T: Into<Self>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Text(Cow::Borrowed("–")), Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_survives_packing() {
        let values = [
            Value::from(true),
            Value::from(Duration::new(3, 5)),
            Value::from(f64::INFINITY),
            Value::from(i64::MIN),
            Value::from(u64::MAX),
            Value::from(Amount::from(12.5).in_currency("USD")),
            Value::from(Amount::from(f64::NAN)),
        ];
        for value in values {
            let (shape, bytes) = value.encode();
            assert_eq!(Value::decode(shape, &bytes), value);
        }
    }

    #[test]
    fn a_single_precision_number_keeps_its_digits() {
        assert_eq!(Value::from(0.1_f32).to_string(), "0.1");
    }
}
