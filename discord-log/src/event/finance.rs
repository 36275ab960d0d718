//! Events of the finance channel.

use super::{Amount, Event, Kind};

impl Event {
    /// An invoice was made: its number, its amount and who has to pay it.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::invoice_created("INV-2041", 1_234.5, "Northwind BV"));
    /// ```
    #[must_use]
    pub fn invoice_created(number: impl AsRef<str>, amount: impl Into<Amount>, client: impl AsRef<str>) -> Self {
        Self::of(Kind::InvoiceCreated)
            .field("invoice", number.as_ref())
            .field("amount", amount.into())
            .field("client", client.as_ref())
    }

    /// An invoice was changed: its number and what about it.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::invoice_updated("INV-2041", "due date moved to 1 March"));
    /// ```
    #[must_use]
    pub fn invoice_updated(number: impl AsRef<str>, change: impl AsRef<str>) -> Self {
        Self::of(Kind::InvoiceUpdated).field("invoice", number.as_ref()).saying(change.as_ref())
    }

    /// A payment came in: for which invoice, how much and from whom.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::payment_received("INV-2041", "1234.50", "Northwind BV"));
    /// ```
    #[must_use]
    pub fn payment_received(invoice: impl AsRef<str>, amount: impl Into<Amount>, client: impl AsRef<str>) -> Self {
        Self::of(Kind::PaymentReceived)
            .field("invoice", invoice.as_ref())
            .field("amount", amount.into())
            .field("client", client.as_ref())
    }

    /// Value-added tax (in Dutch BTW) was computed: for which period, over which turnover, and how much it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::btw_calculation("2026-Q3", 48_200, 10_122));
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::high_value_transaction("Payment of INV-2041", 25_000, "Northwind BV"));
    /// ```
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
