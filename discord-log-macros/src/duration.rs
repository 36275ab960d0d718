//! Durations as they are written in an argument: `2`, `0.5`, `"250ms"`, `SLOW`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Error, ExprPath, Ident, Lit, Result, Token};

/// When a call is slow.
pub(crate) enum Threshold {
    /// A constant of the user's: seconds or a `Duration`, which the runtime's own type tells apart.
    Constant(ExprPath),
    Nanos(u64),
}

/// Reads a duration, or the name of a constant.
pub(crate) fn threshold(key: &Ident, input: ParseStream<'_>) -> Result<Threshold> {
    if input.peek(Lit) || input.peek(Token![-]) {
        return nanos(key, input).map(Threshold::Nanos);
    }
    let rest = input.fork();
    if let (Ok(path), true) = (rest.parse::<ExprPath>(), rest.is_empty()) {
        input.parse::<TokenStream>()?;
        return Ok(Threshold::Constant(path));
    }
    Err(refuse(&input.parse::<TokenStream>()?, key, "is no duration"))
}

fn nanos(key: &Ident, input: ParseStream<'_>) -> Result<u64> {
    if input.peek(Token![-]) {
        return Err(refuse(&input.parse::<TokenStream>()?, key, "cannot be negative"));
    }
    let written: Lit = input.parse()?;
    let nanos = match &written {
        Lit::Int(number) if number.suffix().is_empty() => seconds(number.base10_digits()),
        Lit::Float(number) if number.suffix().is_empty() => seconds(number.base10_digits()),
        Lit::Str(text) => with_unit(text.value().trim()),
        _ => None,
    };
    match nanos {
        None => Err(refuse(&written, key, "is no duration")),
        Some(0) => Err(refuse(&written, key, "is zero, and would warn of every call")),
        Some(u64::MAX) => Err(refuse(&written, key, "is longer than 500 years")),
        Some(nanos) => Ok(nanos),
    }
}

fn refuse(written: &impl ToTokens, key: &Ident, why: &str) -> Error {
    let forms =
        "write seconds (`2`, `0.5`), a text with its unit (`\"250ms\"`, `\"2s\"`, `\"1m\"`), or the name of a constant";
    Error::new_spanned(written, format_args!("`{key}` {why}; {forms}"))
}

fn seconds(number: &str) -> Option<u64> {
    times(number, 1e9)
}

fn with_unit(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    match unit.trim_start() {
        "ms" => times(number, 1e6),
        "s" => times(number, 1e9),
        "m" => times(number, 60e9),
        _ => None,
    }
}

/// What is too long saturates.
fn times(number: &str, nanos: f64) -> Option<u64> {
    number.parse::<f64>().ok().map(|number| (number * nanos).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_with_and_without_a_blank() {
        assert_eq!(with_unit("250ms"), Some(250_000_000));
        assert_eq!(with_unit("1.5 s"), Some(1_500_000_000));
        assert_eq!(with_unit("1m"), Some(60_000_000_000));
    }

    #[test]
    fn what_has_no_number_or_no_unit_is_no_duration() {
        for text in ["", "2", "ms", "NaN", "infs", "-2s", "2h", "1.2.3s", "1e3s", ".s"] {
            assert_eq!(with_unit(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_taken_for_seconds() {
        assert_eq!(seconds("0.25"), Some(250_000_000));
        assert_eq!(seconds("1e300"), Some(u64::MAX));
    }
}
