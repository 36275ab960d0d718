//! BTW, the Dutch value-added tax: what a quarter's turnover comes to. Turnover goes in, a declaration comes out;
//! everything is exact to the cent.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Serialize, Serializer};

/// What share of the price goes to the tax office.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rate {
    High,
    Low,
    Zero,
}

impl Rate {
    pub const ALL: [Self; 3] = [Self::High, Self::Low, Self::Zero];

    pub const fn percent(self) -> u8 {
        match self {
            Self::High => 21,
            Self::Low => 9,
            Self::Zero => 0,
        }
    }

    pub fn from_percent(percent: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| rate.percent() == percent)
    }

    /// Computes the tax on a net amount.
    pub fn of(self, net: Decimal) -> Decimal {
        let exact = net * Decimal::new(self.percent().into(), 2);
        exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.percent())
    }
}

/// Three months, as the tax office counts them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Quarter {
    first_day: Date,
    last_day: Date,
}

impl Quarter {
    /// Gives the quarter, unless its number is not one of 1 to 4.
    pub fn new(year: i16, number: i8) -> Option<Self> {
        let first_month = number.checked_mul(3)?.checked_sub(2)?;
        let first_day = Date::new(year, first_month, 1).ok()?;
        let last_day = first_day.checked_add(2.months()).ok()?.last_of_month();
        Some(Self { first_day, last_day })
    }

    pub const fn first_day(self) -> Date {
        self.first_day
    }

    pub const fn last_day(self) -> Date {
        self.last_day
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Q{}", self.first_day.year(), self.last_day.month() / 3)
    }
}

/// What is declared for a quarter: a line a rate, and the totals.
#[derive(Debug, Serialize)]
pub struct Declaration {
    pub period: String,
    pub lines: Vec<Line>,
    pub turnover: Decimal,
    pub btw: Decimal,
}

/// The part of a declaration that has one rate.
#[derive(Debug, PartialEq, Serialize)]
pub struct Line {
    pub rate: Rate,
    pub turnover: Decimal,
    pub btw: Decimal,
}

impl Declaration {
    /// Adds up what was invoiced in a quarter: pairs of a rate and a net amount.
    pub fn of(quarter: Quarter, invoiced: &[(Rate, Decimal)]) -> Self {
        let lines = Rate::ALL.map(|rate| Line::of(rate, invoiced));
        Self {
            period: quarter.to_string(),
            turnover: lines.iter().map(|line| line.turnover).sum(),
            btw: lines.iter().map(|line| line.btw).sum(),
            lines: lines.into(),
        }
    }
}

impl Line {
    /// The tax is that of the sum: rounding each invoice would drift from it by cents.
    fn of(rate: Rate, invoiced: &[(Rate, Decimal)]) -> Self {
        let turnover = invoiced.iter().filter(|(of, _)| *of == rate).map(|(_, net)| *net).sum();
        Self { rate, turnover, btw: rate.of(turnover) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_quarter_is_three_whole_months() {
        let quarter = Quarter::new(2024, 1).expect("a quarter");
        assert_eq!((quarter.first_day(), quarter.last_day()), (date(2024, 1, 1), date(2024, 3, 31)));
        assert_eq!(Quarter::new(2025, 4).map(Quarter::last_day), Some(date(2025, 12, 31)));
        assert_eq!(quarter.to_string(), "2024 Q1");
        for number in [i8::MIN, -1, 0, 5, i8::MAX] {
            assert_eq!(Quarter::new(2025, number), None, "{number}");
        }
    }

    #[test]
    fn half_a_cent_is_rounded_up() {
        assert_eq!(Rate::High.of(Decimal::new(250, 2)), Decimal::new(53, 2));
        assert_eq!(Rate::Low.of(Decimal::new(50, 2)), Decimal::new(5, 2));
        assert_eq!(Rate::Zero.of(Decimal::from(1_000_000)), Decimal::ZERO);
    }

    #[test]
    fn a_declaration_taxes_the_sum_of_each_rate() {
        let cents = |cents| Decimal::new(cents, 2);
        let invoiced = [(Rate::High, cents(2)), (Rate::High, cents(2)), (Rate::Low, cents(10_000))];
        let declaration = Declaration::of(Quarter::new(2025, 2).expect("a quarter"), &invoiced);
        assert_eq!((declaration.turnover, declaration.btw), (cents(10_004), cents(901)));
        assert_eq!(declaration.lines[2], Line { rate: Rate::Zero, turnover: cents(0), btw: cents(0) });
    }
}
