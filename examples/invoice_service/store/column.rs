//! How the values of the domain lie in columns: money as whole cents, so that SQL compares and adds it exactly.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::btw::Rate;

/// An amount of money.
pub struct Cents(pub Decimal);

impl ToSql for Cents {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let cents = self.0.checked_mul(Decimal::ONE_HUNDRED).and_then(|cents| cents.to_i64());
        cents.map(ToSqlOutput::from).ok_or_else(|| rusqlite::Error::ToSqlConversionFailure("too much money".into()))
    }
}

impl FromSql for Cents {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|cents| Self(Decimal::new(cents, 2)))
    }
}

impl ToSql for Rate {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.percent().into())
    }
}

impl FromSql for Rate {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let percent = u8::column_result(value)?;
        Self::from_percent(percent).ok_or(FromSqlError::OutOfRange(percent.into()))
    }
}
