//! Events of the finance channel.

use super::{Amount, Event, Kind};

impl Event {
    /// An invoice was made: its number, its amount and who has to pay it.
    #[must_use]
    pub fn invoice_created(number: impl AsRef<str>, amount: impl Into<Amount>, client: impl AsRef<str>) -> Self {
        Self::of(Kind::InvoiceCreated)
            .field("invoice", number.as_ref())
            .field("amount", amount.into())
            .field("client", client.as_ref())
    }

    /// An invoice was changed: its number and what about it.
    #[must_use]
    pub fn invoice_updated(number: impl AsRef<str>, change: impl AsRef<str>) -> Self {
        Self::of(Kind::InvoiceUpdated).field("invoice", number.as_ref()).saying(change.as_ref())
    }

    /// A payment came in: for which invoice, how much and from whom.
    #[must_use]
    pub fn payment_received(invoice: impl AsRef<str>, amount: impl Into<Amount>, client: impl AsRef<str>) -> Self {
        Self::of(Kind::PaymentReceived)
            .field("invoice", invoice.as_ref())
            .field("amount", amount.into())
            .field("client", client.as_ref())
    }

    /// Value-added tax (in Dutch BTW) was computed: for which period, over which turnover, and how much it is.
    #[must_use]
    pub fn btw_calculation(period: impl AsRef<str>, turnover: impl Into<Amount>, btw: impl Into<Amount>) -> Self {
        Self::of(Kind::BtwCalculation)
            .field("period", period.as_ref())
            .field("turnover", turnover.into())
            .field("BTW", btw.into())
    }

    /// A transaction is large enough that somebody should know: what it was, how much and with whom.
    ///
    /// Raised by itself for every amount over `DISCORD_HIGH_VALUE_THRESHOLD`.
    #[must_use]
    pub fn high_value_transaction(
        transaction: impl AsRef<str>,
        amount: impl Into<Amount>,
        client: impl AsRef<str>,
    ) -> Self {
        Self::of(Kind::HighValueTransaction)
            .field("transaction", transaction.as_ref())
            .field("amount", amount.into())
            .field("client", client.as_ref())
    }
}
