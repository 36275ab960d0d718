//! Money, exact to the cent.

use std::fmt;

use rust_decimal::Decimal;
use smallvec::SmallVec;

use super::entries::{Shape, text_of};
use super::value::array;

/// An amount of money: a decimal number and, where it is known, a currency.
///
/// What is no number (`NaN`, text that cannot be read) is kept as it was given and marked when it is shown; an
/// amount never fails and is never dropped. Without a currency the one of `DISCORD_CURRENCY` is shown.
///
/// # Examples
///
/// ```
/// use discord_log::Amount;
///
/// assert_eq!(Amount::from(1234.5).in_currency("EUR").to_string(), "€1,234.50");
/// assert_eq!(Amount::from("1.234,56 CHF").to_string(), "CHF 1,234.56");
/// assert_eq!(Amount::from(-3).in_currency("USD").to_string(), "-$3.00");
/// assert_eq!(Amount::from(f64::NAN).to_string(), "⚠ not an amount: NaN");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    number: Number,
    currency: Option<Currency>,
}

#[derive(Clone, Debug, PartialEq)]
enum Number {
    AsGiven(Box<str>),
    Exact(Decimal),
}

impl Amount {
    /// Says which currency the amount is in, by its ISO 4217 code; a code that is none leaves it unsaid.
    #[must_use]
    pub fn in_currency(mut self, code: impl AsRef<str>) -> Self {
        self.currency = Currency::from_code(code.as_ref());
        self
    }

    /// Gives the exact number, unless the amount was none.
    #[must_use]
    pub const fn number(&self) -> Option<Decimal> {
        match self.number {
            Number::Exact(number) => Some(number),
            Number::AsGiven(_) => None,
        }
    }

    /// Gives the currency, where it is known.
    #[must_use]
    pub const fn currency(&self) -> Option<Currency> {
        self.currency
    }

    pub(crate) fn or_currency(mut self, currency: Currency) -> Self {
        self.currency = self.currency.or(Some(currency));
        self
    }

    /// Gives the text as it was given, where it is no number.
    pub(crate) fn given(&self) -> &str {
        match &self.number {
            Number::AsGiven(text) => text,
            Number::Exact(_) => "",
        }
    }

    pub(super) fn as_given(text: &str) -> Self {
        Self { number: Number::AsGiven(text.chars().take(AS_GIVEN_CAPACITY).collect()), currency: None }
    }

    pub(super) fn encode(&self) -> (Shape, SmallVec<[u8; 24]>) {
        let mut bytes = SmallVec::from_slice(&self.currency.map_or([0; 3], |currency| currency.0));
        match &self.number {
            Number::Exact(number) => {
                bytes.extend_from_slice(&number.serialize());
                (Shape::Amount, bytes)
            }
            Number::AsGiven(text) => {
                bytes.extend_from_slice(text.as_bytes());
                (Shape::AmountAsGiven, bytes)
            }
        }
    }

    pub(super) fn decode(shape: Shape, bytes: &[u8]) -> Self {
        let (currency, number) = bytes.split_at_checked(3).unwrap_or_default();
        let number = match shape {
            Shape::Amount => Number::Exact(Decimal::deserialize(array(number))),
            _ => Number::AsGiven(text_of(number).into()),
        };
        Self { number, currency: Currency::from_code(text_of(currency)) }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = match &self.number {
            Number::AsGiven(text) => return write!(f, "⚠ not an amount: {text}"),
            Number::Exact(number) => *number,
        };
        if number.is_sign_negative() && !number.is_zero() {
            f.write_str("-")?;
        }
        match self.currency.map(|currency| (currency, currency.symbol())) {
            Some((_, Some(symbol))) => f.write_str(symbol)?,
            Some((currency, None)) => write!(f, "{currency} ")?,
            None => {}
        }
        write_grouped(f, number.abs())
    }
}

/// Writes a number with commas between thousands and at least two decimals.
fn write_grouped(f: &mut fmt::Formatter<'_>, number: Decimal) -> fmt::Result {
    let mut number = number.normalize();
    if number.scale() < 2 {
        number.rescale(2);
    }
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            f.write_str(",")?;
        }
        write!(f, "{digit}")?;
    }
    // A number near the largest that fits cannot take two decimals.
    if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
}

impl From<Decimal> for Amount {
    fn from(number: Decimal) -> Self {
        Self { number: Number::Exact(number), currency: None }
    }
}

impl From<f64> for Amount {
    /// Takes the 15 significant digits that a float holds for certain, so that `0.1 + 0.2` is `0.30`, `19.99` stays
    /// `19.99`, and cents are exact up to ten trillion.
    fn from(number: f64) -> Self {
        Decimal::from_scientific(&format!("{number:.14e}"))
            .map_or_else(|_| Self::as_given(&number.to_string()), |number| Self::from(number.normalize()))
    }
}

impl From<f32> for Amount {
    /// Takes the 6 significant digits that a single-precision float holds for certain.
    fn from(number: f32) -> Self {
        Decimal::from_scientific(&format!("{number:.5e}"))
            .map_or_else(|_| Self::as_given(&number.to_string()), |number| Self::from(number.normalize()))
    }
}

macro_rules! from_integers {
    ($($integer:ty)+) => {$(
        impl From<$integer> for Amount {
            fn from(number: $integer) -> Self {
                Self::from(Decimal::from(number))
            }
        }
    )+};
}

from_integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

impl From<&str> for Amount {
    /// Reads `12.50`, `1,234.50`, `1.234,50`, with a currency's code or sign before or after it.
    ///
    /// `1,234` and `1.234,5.6` could mean two things: they are kept as given.
    fn from(text: &str) -> Self {
        let (number, currency) = split_currency(text.trim());
        match parse_number(number) {
            Some(number) => Self { number: Number::Exact(number), currency },
            None => Self::as_given(text),
        }
    }
}

impl From<&String> for Amount {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Amount {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// Takes a code or a sign off either end; an amount may be written `-€3` as well as `€-3`.
fn split_currency(text: &str) -> (&str, Option<Currency>) {
    let signs = Currency::SYMBOLS.iter().map(|(code, sign)| (*sign, Currency(*code)));
    for (sign, currency) in signs {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return (rest.trim(), Some(currency));
        }
    }
    let ends =
        [text.get(..3).zip(text.get(3..)), text.split_at_checked(text.len().wrapping_sub(3)).map(|(a, b)| (b, a))];
    for (code, rest) in ends.into_iter().flatten() {
        if let Some(currency) = Currency::from_code(code) {
            return (rest.trim(), Some(currency));
        }
    }
    (text, None)
}

fn parse_number(text: &str) -> Option<Decimal> {
    let plain = match (text.rfind('.'), text.rfind(',')) {
        (None, None) => text.to_owned(),
        (Some(_), None) if text.matches('.').count() == 1 => text.to_owned(),
        (Some(dot), Some(comma)) if dot > comma => thousands_removed(text, ',', '.')?,
        (Some(dot), Some(comma)) if comma > dot => thousands_removed(text, '.', ',')?.replace(',', "."),
        (None, Some(comma)) if text.matches(',').count() == 1 && text.len() - comma != 4 => text.replace(',', "."),
        _ => return None,
    };
    let digits = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
    let is_plain = digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.contains(['_', 'e', 'E']);
    is_plain.then(|| plain.parse().ok()).flatten()
}

/// Removes separators that stand exactly between groups of three digits, before the one decimal sign.
fn thousands_removed(text: &str, separator: char, decimal: char) -> Option<String> {
    let (whole, fraction) = text.split_once(decimal)?;
    let well_grouped = whole.split(separator).skip(1).all(|group| group.len() == 3);
    let one_decimal_sign = !fraction.contains([separator, decimal]);
    (well_grouped && one_decimal_sign).then(|| text.replace(separator, ""))
}

/// A currency, by its ISO 4217 code.
///
/// # Examples
///
/// ```
/// use discord_log::Currency;
///
/// assert_eq!(Currency::from_code("eur").map(|currency| currency.to_string()), Some("EUR".to_owned()));
/// assert_eq!(Currency::from_code("euro"), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro, which is shown when nothing else is said.
    pub const EUR: Self = Self(*b"EUR");

    /// The signs that mean one currency wherever they are read.
    const SYMBOLS: [([u8; 3], &'static str); 3] = [(*b"EUR", "€"), (*b"USD", "$"), (*b"GBP", "£")];

    /// Takes a code of three ASCII letters, in any case.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let code: [u8; 3] = code.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_alphabetic).then(|| Self(code.map(|letter| letter.to_ascii_uppercase())))
    }

    /// Gives the three capital letters.
    #[must_use]
    pub fn code(&self) -> &str {
        text_of(&self.0)
    }

    fn symbol(self) -> Option<&'static str> {
        Self::SYMBOLS.iter().find(|(code, _)| *code == self.0).map(|(_, symbol)| *symbol)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Characters that are kept of what was no amount.
const AS_GIVEN_CAPACITY: usize = 100;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn reads(text: &str, shown: &str) {
        assert_eq!(Amount::from(text).to_string(), shown, "from {text:?}");
    }

    #[test]
    fn both_ways_to_write_thousands_are_read() {
        reads("1,234.56", "1,234.56");
        reads("1.234,56", "1,234.56");
        reads("1.234.567,8", "1,234,567.80");
        reads("12,5", "12.50");
        reads("0.1", "0.10");
        reads("1234", "1,234.00");
    }

    #[test]
    fn a_currency_is_read_before_and_after() {
        reads("EUR 12.50", "€12.50");
        reads("12.50 chf", "CHF 12.50");
        reads("£3", "£3.00");
        reads("3,50 €", "€3.50");
        reads("€ -3.50", "-€3.50");
    }

    #[test]
    fn what_could_mean_two_things_is_kept_as_given() {
        for text in ["1,234", "1.2.3", "1,23,4.5", "twelve", "", "EUR", "1e5", "--3", "NaN", "∞", "é€", "12_000"] {
            reads(text, &format!("⚠ not an amount: {text}"));
        }
    }

    #[test]
    fn floats_are_exact_to_the_cent() {
        assert_eq!(Amount::from(0.1 + 0.2).to_string(), "0.30");
        assert_eq!(Amount::from(19.99).to_string(), "19.99");
        assert_eq!(Amount::from(1e40).to_string(), "⚠ not an amount: 10000000000000000000000000000000000000000");
        assert_eq!(Amount::from(f64::NEG_INFINITY).to_string(), "⚠ not an amount: -inf");
        assert_eq!(Amount::from(-0.0).to_string(), "0.00");
    }

    #[test]
    fn the_largest_number_is_shown() {
        assert_eq!(Amount::from(Decimal::MAX).to_string(), "79,228,162,514,264,337,593,543,950,335");
    }

    proptest! {
        #[test]
        fn cents_are_never_lost(cents in -1_000_000_000_000_i64..1_000_000_000_000) {
            let amount = Decimal::new(cents, 2);
            prop_assert_eq!(Amount::from(cents as f64 / 100.0).number(), Some(amount.normalize()));
            prop_assert_eq!(Amount::from(amount.to_string()).number(), Some(amount));
            let digits: String = Amount::from(amount).to_string().chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(digits.parse::<i64>().ok(), Some(cents.abs()));
        }

        #[test]
        fn any_text_is_an_amount(text in ".{0,40}") {
            let _ = Amount::from(text).to_string();
        }
    }
}
