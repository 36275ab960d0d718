//! Writes values the way a person reads them aloud: amounts with their currency, times and sizes in the unit that fits,
//! numbers with no more digits than they mean.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;

use crate::event::{Currency, Value};

/// Whether thousands of a whole number are set apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Digits {
    /// No: it may be an id, a port or a year.
    AsGiven,
    /// Yes: it counts something.
    Grouped,
}

/// Writes a value of an event; nothing is cleaned or escaped yet.
pub(super) fn value<'a>(value: Value<'a>, currency: Currency, digits: Digits) -> Cow<'a, str> {
    match value {
        Value::Amount(amount) => amount.or_currency(currency).to_string().into(),
        Value::Bool(yes) => if yes { "yes" } else { "no" }.into(),
        Value::Duration(duration) => self::duration(duration).into(),
        Value::Float(number) => float(number).into(),
        Value::Integer(number) if digits == Digits::Grouped => {
            let sign = if number < 0 { "-" } else { "" };
            format!("{sign}{}", grouped(number.unsigned_abs())).into()
        }
        Value::Integer(number) => number.to_string().into(),
        Value::Text(text) => text,
        Value::Unsigned(number) if digits == Digits::Grouped => grouped(number).into(),
        Value::Unsigned(number) => number.to_string().into(),
    }
}

/// Writes a size in bytes: `80 KiB (81,920 bytes)`.
pub(super) fn size(bytes: u64) -> String {
    let exact = if bytes == 1 { "1 byte".to_owned() } else { format!("{} bytes", grouped(bytes)) };
    let steps = bytes.checked_ilog2().unwrap_or(0) / 10;
    let Some(unit) = steps.checked_sub(1).and_then(|step| SIZE_UNITS.get(step as usize)) else { return exact };
    let tenths = (u128::from(bytes) * 10) >> (10 * steps);
    let number = trimmed(format!("{}.{}", grouped(u64::try_from(tenths / 10).unwrap_or(u64::MAX)), tenths % 10));
    format!("{number} {unit} ({exact})")
}

/// Writes a time span with four digits, from a minute on in its two largest units.
pub(super) fn duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    for (unit, name, most) in TIME_UNITS {
        let decimals = (0..=3).rev().find(|decimals| nanos < unit * 10_u128.pow(4 - decimals)).unwrap_or(0);
        let scale = 10_u128.pow(decimals);
        let rounded = (nanos * scale + unit / 2) / unit;
        if rounded < most * scale {
            let (whole, fraction) = (rounded / scale, rounded % scale);
            let width = decimals as usize;
            return format!("{} {name}", trimmed(format!("{whole}.{fraction:0width$}")));
        }
    }
    in_two_units(duration.as_secs().saturating_add(u64::from(duration.subsec_millis() >= 500)))
}

/// Writes for how long something lasted, in whole seconds.
pub(crate) fn lasted(from: Timestamp, to: Timestamp) -> String {
    let seconds = u64::try_from(to.duration_since(from).as_secs()).unwrap_or_default();
    duration(Duration::from_secs(seconds))
}

fn in_two_units(seconds: u64) -> String {
    let mut parts = Vec::new();
    let mut rest = seconds;
    for (unit, name) in LONG_TIME_UNITS {
        let count = rest / unit;
        rest %= unit;
        // A second unit stands right below the first or not at all: `2 d`, not `2 d 3 s`.
        if count == 0 && !parts.is_empty() {
            break;
        }
        if count > 0 {
            parts.push(format!("{} {name}", grouped(count)));
        }
        if parts.len() == 2 {
            break;
        }
    }
    parts.join(" ")
}

/// Writes a number with commas between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn float(number: f64) -> String {
    // Turns -0 into 0.
    let number = number + 0.0;
    let magnitude = number.abs();
    if number.is_nan() {
        "NaN (not a number)".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "∞ (infinite)" } else { "-∞ (infinite)" }.to_owned()
    } else if magnitude >= LARGE_FLOAT || (magnitude > 0.0 && magnitude < SMALL_FLOAT) {
        format!("{number:e}")
    } else {
        trimmed(format!("{number:.6}"))
    }
}

/// Takes zeros off the end of a decimal fraction.
fn trimmed(number: String) -> String {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number }
}

/// From here on a float is written with its exponent.
const LARGE_FLOAT: f64 = 1e15;
/// Below this a float is written with its exponent; six decimals would not show it.
const SMALL_FLOAT: f64 = 1e-4;

/// Powers of 1,024 bytes.
const SIZE_UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// Nanoseconds of a unit, its name, and how many of it make the next one.
const TIME_UNITS: [(u128, &str, u128); 4] =
    [(1, "ns", 1_000), (1_000, "µs", 1_000), (1_000_000, "ms", 1_000), (1_000_000_000, "s", 60)];

/// Seconds of a unit and its name.
const LONG_TIME_UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_spans_are_read_at_a_glance() {
        let nanos = |nanos| duration(Duration::from_nanos(nanos));
        assert_eq!(nanos(0), "0 ns");
        assert_eq!(nanos(1_500), "1.5 µs");
        assert_eq!(nanos(999_999), "1 ms");
        assert_eq!(nanos(48_000_000), "48 ms");
        assert_eq!(nanos(250_000_000), "250 ms");
        assert_eq!(nanos(123_456_789), "123.5 ms");
        assert_eq!(nanos(2_350_000_000), "2.35 s");
        assert_eq!(nanos(2_004_000_000), "2.004 s");
        assert_eq!(nanos(59_999_900_000), "1 min");
        assert_eq!(nanos(90_000_000_000), "1 min 30 s");
        assert_eq!(duration(Duration::from_secs(86_400 + 7_200)), "1 d 2 h");
        assert_eq!(duration(Duration::from_secs(172_800 + 5)), "2 d");
        assert_eq!(duration(Duration::MAX), "213,503,982,334,601 d 7 h");
    }

    #[test]
    fn sizes_say_the_exact_number_too() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(1_023), "1,023 bytes");
        assert_eq!(size(81_920), "80 KiB (81,920 bytes)");
        assert_eq!(size(1_572_864), "1.5 MiB (1,572,864 bytes)");
        assert_eq!(size(1_048_575), "1,023.9 KiB (1,048,575 bytes)");
        assert_eq!(size(u64::MAX), "15.9 EiB (18,446,744,073,709,551,615 bytes)");
    }

    #[test]
    fn floats_have_no_more_digits_than_they_mean() {
        let shown = |number: f64| value(number.into(), Currency::EUR, Digits::AsGiven).into_owned();
        assert_eq!(shown(0.1 + 0.2), "0.3");
        assert_eq!(shown(1e3), "1000");
        assert_eq!(shown(-2.5), "-2.5");
        assert_eq!(shown(-0.0), "0");
        assert_eq!(shown(1e300), "1e300");
        assert_eq!(shown(2.5e-9), "2.5e-9");
        assert_eq!(shown(f64::NAN), "NaN (not a number)");
        assert_eq!(shown(f64::NEG_INFINITY), "-∞ (infinite)");
    }

    #[test]
    fn only_what_counts_is_grouped() {
        let shown = |digits| value(Value::from(-1_234_567), Currency::EUR, digits).into_owned();
        assert_eq!(shown(Digits::Grouped), "-1,234,567");
        assert_eq!(shown(Digits::AsGiven), "-1234567");
    }

    #[test]
    fn an_amount_takes_the_currency_of_the_service_only_without_one() {
        let shown = |amount: &str| {
            let amount = crate::event::Amount::from(amount);
            value(amount.into(), Currency::EUR, Digits::AsGiven).into_owned()
        };
        assert_eq!(shown("12.50"), "€12.50");
        assert_eq!(shown("12.50 CHF"), "CHF 12.50");
        assert_eq!(shown("twelve"), "⚠ not an amount: twelve");
    }
}
