//! Events of the system channel.

use super::{Event, Kind};

impl Event {
    /// Something about the service itself: a headline and a text.
    #[must_use]
    pub fn system_event(title: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        Self::of(Kind::SystemEvent).titled(title.as_ref()).saying(text.as_ref())
    }

    /// The service started.
    #[must_use]
    pub fn startup() -> Self {
        Self::of(Kind::Startup)
    }

    /// The service is going to stop, and why.
    #[must_use]
    pub fn shutdown(reason: impl AsRef<str>) -> Self {
        Self::of(Kind::Shutdown).saying(reason.as_ref())
    }

    /// The service did something to its database: what, to which table, and how many rows it touched.
    #[must_use]
    pub fn database_operation(operation: impl AsRef<str>, table: impl AsRef<str>, rows: u64) -> Self {
        Self::of(Kind::DatabaseOperation)
            .field("operation", operation.as_ref())
            .field("table", table.as_ref())
            .field("rows", rows)
    }

    /// The service did something to a file: what, and to which.
    #[must_use]
    pub fn file_operation(operation: impl AsRef<str>, path: impl AsRef<str>) -> Self {
        Self::of(Kind::FileOperation).field("operation", operation.as_ref()).field("path", path.as_ref())
    }

    /// The numbers of a day; [`log_daily_summary`](crate::log_daily_summary) fills them in.
    #[must_use]
    pub fn daily_summary() -> Self {
        Self::of(Kind::DailySummary)
    }
}
