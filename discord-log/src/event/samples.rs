//! One event of every kind, for tests and for trying out a channel.

use std::io;
use std::time::Duration;

use super::{Amount, Event, Kind, Severity};

impl Event {
    /// Gives one event of every kind, filled with plausible values.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::{Event, Kind};
    ///
    /// let kinds: Vec<_> = Event::one_of_each().iter().map(Event::kind).collect();
    /// assert_eq!(kinds, Kind::ALL);
    /// ```
    #[must_use]
    pub fn one_of_each() -> Vec<Self> {
        Kind::ALL.into_iter().map(Self::sample).collect()
    }

    fn sample(kind: Kind) -> Self {
        let amount = || Amount::from(1_234.5).in_currency("EUR");
        match kind {
            Kind::InvoiceCreated => Self::invoice_created("INV-2041", amount(), "Northwind BV"),
            Kind::InvoiceUpdated => Self::invoice_updated("INV-2041", "due date moved to 1 March"),
            Kind::PaymentReceived => Self::payment_received("INV-2041", amount(), "Northwind BV"),
            Kind::BtwCalculation => Self::btw_calculation("2026 Q1", amount(), Amount::from(259.25).in_currency("EUR")),
            Kind::HighValueTransaction => Self::high_value_transaction("Invoice INV-2042", 75_000, "Northwind BV"),
            Kind::SystemEvent => Self::system_event("Cache rebuilt", "The price list was read again."),
            Kind::Startup => Self::startup(),
            Kind::Shutdown => Self::shutdown("deploy"),
            Kind::DatabaseOperation => Self::database_operation("vacuum", "invoices", 12_804),
            Kind::FileOperation => Self::file_operation("archived", "exports/2026-01.csv"),
            Kind::SlowCall => Self::slow_call("render_invoice", Duration::from_millis(2_350), Duration::from_secs(2)),
            Kind::PerformanceWarning => Self::performance_warning("queue depth", 1_200, 1_000, "jobs"),
            Kind::LogRecord => Self::record(Severity::Info).titled("listening on 0.0.0.0:8080").field("workers", 4),
            Kind::DailySummary => Self::daily_summary().field("requests", 48_211).field("errors", 3),
            Kind::Error => Self::error(&io::Error::other("the mail server closed the connection"), "Send invoice"),
            Kind::ErrorRecord => Self::record(Severity::Error)
                .titled("the price list could not be read")
                .reporting_as("", &io::Error::other("no such file: prices.csv")),
            Kind::Panic => Self::panicked("index out of bounds: the len is 3 but the index is 3", "Totals"),
            Kind::ValidationError => Self::validation_error("vat_number", "has 11 digits, 12 are expected"),
            Kind::Critical => Self::critical("Payments stopped", "The bank refuses the certificate."),
            Kind::UserAction => Self::user_action("Invoice generated").actor("u-42"),
            Kind::FileUpload => Self::file_upload("receipt.pdf", 81_920).actor("u-42"),
            Kind::FileDownload => Self::file_download("invoices.zip", 4_194_304).actor("u-42"),
            Kind::FormSubmission => Self::form_submission("New client").actor("u-42"),
            Kind::Activity => Self::activity("Create invoice", "ok", Duration::from_millis(48)),
        }
    }
}
