//! The functions that log one event each. All are alike: the gate first, so that nothing is built when nobody listens,
//! then the event with the place of its caller.

use std::error::Error;
use std::panic::Location;

use crate::event::{Amount, Event, Kind, Value};
use crate::logger;

/// Logs an event.
///
/// Never blocks, never panics, does no I/O; costs about a microsecond, and some more for the first after a pause, which
/// wakes the recorder. A no-op before [`init`](crate::init) and where a toggle switches the event's kind off.
///
/// # Examples
///
/// ```
/// use discord_log::{Event, log};
///
/// log(Event::user_action("Invoice Generated").field("invoice_id", "INV001").actor("u-42"));
/// ```
#[track_caller]
pub fn log(event: Event) {
    let event = if event.has_origin() { event } else { event.at(Location::caller()) };
    logger::log(event);
}

/// Writes one function a constructor: same name, same arguments. The last of a line are those of its example.
macro_rules! functions {
    ($(
        $(#[$doc:meta])*
        $function:ident($($argument:ident: $type:ty),*) = $kind:ident, $constructor:ident, $example:literal;
    )+) => {$(
        $(#[$doc])*
        ///
        #[doc = concat!("Logs [`Event::", stringify!($constructor), "`] as [`log`](fn@crate::log) does; builds nothing when nobody listens.")]
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("discord_log::", stringify!($function), $example, ";")]
        /// ```
        #[track_caller]
        pub fn $function($($argument: $type),*) {
            if logger::admits(Kind::$kind, Kind::$kind.severity()) {
                logger::log(Event::$constructor($($argument),*).at(Location::caller()));
            }
        }
    )+};
}

functions! {
    /// Tells the finance channel that an invoice was made: its number, its amount and who has to pay it.
    log_invoice_created(number: impl AsRef<str>, amount: impl Into<Amount>, client: impl AsRef<str>)
        = InvoiceCreated, invoice_created, r#"("INV-2041", 1_234.5, "Northwind BV")"#;
    /// Tells the finance channel that an invoice was changed: its number and what about it.
    log_invoice_updated(number: impl AsRef<str>, change: impl AsRef<str>) = InvoiceUpdated, invoice_updated, r#"("INV-2041", "due date moved to 1 March")"#;
    /// Tells the finance channel that a payment came in: for which invoice, how much and from whom.
    log_payment_received(invoice: impl AsRef<str>, amount: impl Into<Amount>, client: impl AsRef<str>)
        = PaymentReceived, payment_received, r#"("INV-2041", "1234.50", "Northwind BV")"#;
    /// Tells the finance channel what value-added tax was computed: the period, the turnover and the tax.
    log_btw_calculation(period: impl AsRef<str>, turnover: impl Into<Amount>, btw: impl Into<Amount>)
        = BtwCalculation, btw_calculation, r#"("2026-Q3", 48_200, 10_122)"#;
    /// Tells the finance channel of a large transaction: what it was, how much and with whom.
    log_high_value_transaction(transaction: impl AsRef<str>, amount: impl Into<Amount>, client: impl AsRef<str>)
        = HighValueTransaction, high_value_transaction, r#"("Payment of INV-2041", 25_000, "Northwind BV")"#;
    /// Tells the system channel something about the service: a headline and a text.
    log_system_event(title: impl AsRef<str>, text: impl AsRef<str>) = SystemEvent, system_event, r#"("Price list", "The price list was read again.")"#;
    /// Tells the system channel that the service started.
    log_startup() = Startup, startup, r#"()"#;
    /// Tells the system channel that the service is going to stop, and why.
    log_shutdown(reason: impl AsRef<str>) = Shutdown, shutdown, r#"("SIGTERM")"#;
    /// Tells the system channel of a database operation: what, on which table, and how many rows it touched.
    log_database_operation(operation: impl AsRef<str>, table: impl AsRef<str>, rows: u64)
        = DatabaseOperation, database_operation, r#"("DELETE", "sessions", 412)"#;
    /// Tells the system channel of a file operation: what, and on which file.
    log_file_operation(operation: impl AsRef<str>, path: impl AsRef<str>) = FileOperation, file_operation, r#"("write", "exports/2026-11.csv")"#;
    /// Tells the errors channel that input was refused: which field, and what is wrong with it.
    log_validation_error(field: impl AsRef<str>, problem: impl AsRef<str>) = ValidationError, validation_error, r#"("iban", "has 11 digits, 12 are expected")"#;
    /// Tells the activity channel that a person did something.
    log_user_action(action: impl AsRef<str>) = UserAction, user_action, r#"("Invoice generated")"#;
    /// Tells the activity channel that a file came in: its name and its size in bytes.
    log_file_upload(name: impl AsRef<str>, bytes: u64) = FileUpload, file_upload, r#"("receipt.pdf", 48_213)"#;
    /// Tells the activity channel that a file went out: its name and its size in bytes.
    log_file_download(name: impl AsRef<str>, bytes: u64) = FileDownload, file_download, r#"("invoice-2041.pdf", 20_480)"#;
    /// Tells the activity channel that a form was sent.
    log_form_submission(form: impl AsRef<str>) = FormSubmission, form_submission, r#"("Contact")"#;
    /// Tells the errors channel that somebody has to act now: a headline and a text. Also written to the local log, even
    /// if errors are switched off.
    log_critical(title: impl AsRef<str>, text: impl AsRef<str>) = Critical, critical, r#"("Payments stopped", "The bank refuses the certificate.")"#;
}

/// Tells the errors channel that something failed: the error with its causes, and what was being done.
///
/// Takes any standard error; a boxed one as `&*boxed`, anyhow's as `error.as_ref()`. Nothing is formatted when nobody
/// listens.
///
/// # Examples
///
/// ```
/// fn load() -> Result<String, std::io::Error> {
///     std::fs::read_to_string("settings.toml")
/// }
///
/// if let Err(error) = load() {
///     discord_log::log_error(&error, "Load settings");
/// }
///
/// let boxed: Box<dyn std::error::Error> = "no such client".into();
/// discord_log::log_error(&*boxed, "Look up client");
/// ```
#[track_caller]
pub fn log_error<E: Error + ?Sized>(error: &E, context: impl AsRef<str>) {
    if logger::admits(Kind::Error, Kind::Error.severity()) {
        logger::log(Event::error(error, context).at(Location::caller()));
    }
}

/// Tells the system channel that a measured value passed its threshold: which metric, both numbers and their unit.
///
/// # Examples
///
/// ```
/// discord_log::log_performance_warning("queue depth", 1_200, 1_000, "jobs");
/// ```
#[track_caller]
pub fn log_performance_warning<'v>(
    metric: impl AsRef<str>,
    value: impl Into<Value<'v>>,
    threshold: impl Into<Value<'v>>,
    unit: impl AsRef<str>,
) {
    if logger::admits(Kind::PerformanceWarning, Kind::PerformanceWarning.severity()) {
        logger::log(Event::performance_warning(metric, value, threshold, unit).at(Location::caller()));
    }
}

/// Tells the system channel at once what became of the events of this process since it started: how many were accepted,
/// delivered, wait, and were lost.
///
/// The summary of a day, of all processes and with a picture, is sent by itself: see
/// [`summary_time`](crate::ConfigBuilder::summary_time).
///
/// # Examples
///
/// ```
/// discord_log::log_daily_summary();
/// ```
#[track_caller]
pub fn log_daily_summary() {
    if logger::admits(Kind::DailySummary, Kind::DailySummary.severity()) {
        let health = crate::health();
        let event = Event::daily_summary()
            .field("accepted", health.accepted)
            .field("delivered", health.delivered)
            .field("waiting", health.waiting)
            .field("lost", health.lost.values().sum::<u64>());
        logger::log(event.at(Location::caller()));
    }
}
