//! What was invoiced and what came in, by currency, exact to the last digit.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::event::{Currency, Event, Kind, Value};

/// A sum of money; written as text, since no digit may change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sum {
    Exact(Decimal),
    /// More digits than there is room for.
    TooLarge,
}

/// What was moved one way: how often, and how much in all.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flow {
    pub(crate) count: u64,
    pub(crate) sum: Sum,
}

/// Adds up the money of a day.
#[derive(Clone, Debug, Default)]
pub(super) struct Money {
    /// Invoiced and received, by the code of the currency.
    pub(super) flows: BTreeMap<String, [Flow; 2]>,
    /// Amounts that are none.
    pub(super) unreadable: u64,
}

impl Sum {
    pub(crate) fn plus(self, number: Decimal) -> Self {
        match self {
            Self::Exact(sum) => sum.checked_add(number).map_or(Self::TooLarge, Self::Exact),
            Self::TooLarge => Self::TooLarge,
        }
    }
}

impl Default for Sum {
    fn default() -> Self {
        Self::Exact(Decimal::ZERO)
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(number) => write!(f, "{number}"),
            Self::TooLarge => f.write_str(TOO_LARGE),
        }
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().map_or(Self::TooLarge, Self::Exact))
    }
}

impl Flow {
    fn add(&mut self, number: Decimal) {
        self.count += 1;
        self.sum = self.sum.plus(number);
    }
}

impl Money {
    /// Says whether events of a kind move money. Others name amounts that moved before, or not at all.
    pub(super) const fn is_moved_by(kind: Kind) -> bool {
        matches!(kind, Kind::InvoiceCreated | Kind::PaymentReceived)
    }

    /// Takes in an event; amounts without a currency are in the one of the service.
    pub(super) fn take(&mut self, event: &Event, currency: Currency) {
        let way = match event.kind() {
            Kind::InvoiceCreated => 0,
            Kind::PaymentReceived => 1,
            _ => return,
        };
        let amount = event.fields().find(|field| field.name() == "amount").map(|field| field.value());
        let Some(Value::Amount(amount)) = amount else { return };
        let currency = amount.currency().unwrap_or(currency);
        match (amount.number(), self.flows.entry(currency.code().to_owned()).or_default().get_mut(way)) {
            (Some(number), Some(flow)) => flow.add(number),
            _ => self.unreadable += 1,
        }
    }
}

const TOO_LARGE: &str = "too large";
