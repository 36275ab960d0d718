//! Events of the system channel.

use super::{Event, Kind};

impl Event {
    /// Something about the service itself: a headline and a text.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::system_event("Price list", "The price list was read again."));
    /// ```
    #[must_use]
    pub fn system_event(title: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        Self::of(Kind::SystemEvent).titled(title.as_ref()).saying(text.as_ref())
    }

    /// The service started.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::startup().field("port", 8080));
    /// ```
    #[must_use]
    pub fn startup() -> Self {
        Self::of(Kind::Startup)
    }

    /// The service is going to stop, and why.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::shutdown("SIGTERM"));
    /// ```
    #[must_use]
    pub fn shutdown(reason: impl AsRef<str>) -> Self {
        Self::of(Kind::Shutdown).saying(reason.as_ref())
    }

    /// The service did something to its database: what, to which table, and how many rows it touched.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::database_operation("DELETE", "sessions", 412));
    /// ```
    #[must_use]
    pub fn database_operation(operation: impl AsRef<str>, table: impl AsRef<str>, rows: u64) -> Self {
        Self::of(Kind::DatabaseOperation)
            .field("operation", operation.as_ref())
            .field("table", table.as_ref())
            .field("rows", rows)
    }

    /// The service did something to a file: what, and to which.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::file_operation("write", "exports/2026-11.csv"));
    /// ```
    #[must_use]
    pub fn file_operation(operation: impl AsRef<str>, path: impl AsRef<str>) -> Self {
        Self::of(Kind::FileOperation).field("operation", operation.as_ref()).field("path", path.as_ref())
    }

    /// The numbers of a day; [`log_daily_summary`](crate::log_daily_summary) fills them in.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::daily_summary().field("invoices", 41));
    /// ```
    #[must_use]
    pub fn daily_summary() -> Self {
        Self::of(Kind::DailySummary)
    }
}
