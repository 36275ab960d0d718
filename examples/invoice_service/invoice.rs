//! What an invoice is, and what makes one acceptable. Everything arrives as text, as it does in an export, so that a
//! refusal can name the field and repeat what stood there.

use discord_log::Amount;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::btw::Rate;

/// An invoice that was checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Invoice {
    pub number: String,
    pub client: String,
    pub description: String,
    pub date: Date,
    pub net: Decimal,
    pub rate: Rate,
    pub currency: String,
    pub paid: Decimal,
}

impl Invoice {
    /// Gives what the client has to pay: the net amount and its BTW.
    pub fn gross(&self) -> Decimal {
        self.net + self.rate.of(self.net)
    }

    /// Says an amount of this invoice in its currency.
    pub fn money(&self, amount: Decimal) -> Amount {
        Amount::from(amount).in_currency(&self.currency)
    }
}

/// An invoice as somebody sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub number: String,
    pub client: String,
    pub description: String,
    pub date: String,
    pub amount: String,
    pub rate: String,
    pub currency: String,
}

impl Draft {
    pub fn check(self) -> Result<Invoice, Refusal> {
        Ok(Invoice {
            date: date(&self.date)?,
            net: amount(&self.amount)?,
            rate: rate(&self.rate)?,
            paid: Decimal::ZERO,
            number: filled("number", self.number)?,
            client: filled("client", self.client)?,
            currency: currency(self.currency)?,
            description: self.description,
        })
    }
}

/// What somebody wants changed on an invoice.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    pub amount: Option<String>,
    pub description: Option<String>,
}

impl Change {
    pub fn check(self) -> Result<CheckedChange, Refusal> {
        if self.amount.is_none() && self.description.is_none() {
            return Err(Refusal::new("change", "names neither an amount nor a description"));
        }
        let net = self.amount.as_deref().map(amount).transpose()?;
        Ok(CheckedChange { net, description: self.description })
    }
}

/// A change that was checked.
#[derive(Debug)]
pub struct CheckedChange {
    net: Option<Decimal>,
    description: Option<String>,
}

impl CheckedChange {
    /// Changes the invoice and says in words what became different.
    pub fn apply(self, invoice: &mut Invoice) -> String {
        let mut said = Vec::new();
        if let Some(net) = self.net {
            said.push(format!("amount from {} to {}", invoice.money(invoice.net), invoice.money(net)));
            invoice.net = net;
        }
        if let Some(description) = self.description {
            said.push(format!("description to “{description}”"));
            invoice.description = description;
        }
        said.join(", ")
    }
}

/// Money that came in for an invoice.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Payment {
    pub amount: String,
}

impl Payment {
    pub fn check(&self) -> Result<Decimal, Refusal> {
        amount(&self.amount)
    }
}

/// Why what was sent cannot be taken: one field, and what is wrong with it.
#[derive(Debug, Error, PartialEq)]
#[error("{field}: {problem}")]
pub struct Refusal {
    pub field: &'static str,
    pub problem: String,
}

impl Refusal {
    pub fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}

fn filled(field: &'static str, text: String) -> Result<String, Refusal> {
    if text.trim().is_empty() { Err(Refusal::new(field, "is empty")) } else { Ok(text) }
}

fn date(text: &str) -> Result<Date, Refusal> {
    text.parse().map_err(|_| Refusal::new("date", format!("{text:?} is no day, written YYYY-MM-DD")))
}

fn amount(text: &str) -> Result<Decimal, Refusal> {
    let refuse = |problem| Err(Refusal::new("amount", format!("{text:?} {problem}")));
    let Ok(amount) = text.parse::<Decimal>() else { return refuse("is no amount, written 1234.56") };
    match amount {
        _ if amount <= Decimal::ZERO => refuse("is not more than zero: credit notes have their own numbers"),
        _ if amount > MOST => refuse("is more than this service takes"),
        _ if amount.normalize().scale() > 2 => refuse("has parts of a cent"),
        _ => Ok(amount),
    }
}

fn rate(text: &str) -> Result<Rate, Refusal> {
    let percent = text.parse().ok();
    percent
        .and_then(Rate::from_percent)
        .ok_or_else(|| Refusal::new("rate", format!("{text:?} is none of the rates 21, 9 and 0")))
}

fn currency(code: String) -> Result<String, Refusal> {
    if CURRENCIES.contains(&code.as_str()) {
        Ok(code)
    } else {
        Err(Refusal::new("currency", format!("{code:?} is none of {}", CURRENCIES.join(", "))))
    }
}

/// Far from where decimals or the database's integers end.
const MOST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

const CURRENCIES: [&str; 7] = ["EUR", "CHF", "DKK", "GBP", "PLN", "SEK", "USD"];

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            number: "2025-0001".to_owned(),
            client: "Bakkerij Van Dijk BV".to_owned(),
            description: "Brood".to_owned(),
            date: "2025-01-31".to_owned(),
            amount: "100.50".to_owned(),
            rate: "9".to_owned(),
            currency: "EUR".to_owned(),
        }
    }

    fn refused_field(draft: Draft) -> &'static str {
        draft.check().expect_err("should be refused").field
    }

    #[test]
    fn a_whole_draft_becomes_an_invoice() {
        let invoice = draft().check().expect("an invoice");
        assert_eq!(invoice.gross(), Decimal::new(10_955, 2));
        assert_eq!(invoice.money(invoice.gross()).to_string(), "€109.55");
    }

    #[test]
    fn a_refusal_names_the_field() {
        assert_eq!(refused_field(Draft::default()), "date");
        assert_eq!(refused_field(Draft { number: " ".to_owned(), ..draft() }), "number");
        assert_eq!(refused_field(Draft { date: "2025-02-30".to_owned(), ..draft() }), "date");
        assert_eq!(refused_field(Draft { rate: "19".to_owned(), ..draft() }), "rate");
        assert_eq!(refused_field(Draft { currency: "NLG".to_owned(), ..draft() }), "currency");
    }

    #[test]
    fn only_amounts_that_can_be_paid_are_taken() {
        for text in ["", "-0.01", "0", "NaN", "twaalf", "1.250,00", "0.001", "1000000001", "1e400"] {
            assert_eq!(refused_field(Draft { amount: text.to_owned(), ..draft() }), "amount", "{text}");
        }
        assert_eq!(amount("1000000000.00"), Ok(MOST));
    }

    #[test]
    fn a_change_says_what_became_different() {
        let mut invoice = draft().check().expect("an invoice");
        let change = Change { amount: Some("80".to_owned()), description: Some("Banket".to_owned()) };
        let said = change.check().expect("a change").apply(&mut invoice);
        assert_eq!(said, "amount from €100.50 to €80.00, description to “Banket”");
        assert_eq!(invoice.net, Decimal::from(80));
    }

    #[test]
    fn a_change_of_nothing_is_refused() {
        assert_eq!(Change::default().check().expect_err("should be refused").field, "change");
    }
}
