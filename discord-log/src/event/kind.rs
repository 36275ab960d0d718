//! Which kinds of event there are, and which channel and severity belong to each.

use serde::{Deserialize, Serialize};

use super::{Channel, Severity};

/// What kind of thing happened; decides the layout of the message and which toggle lets it through.
///
/// # Examples
///
/// ```
/// use discord_log::{Channel, Kind, Severity};
///
/// assert_eq!(Kind::SlowCall.channel(), Channel::System);
/// assert_eq!(Kind::SlowCall.severity(), Severity::Warning);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// An invoice was made.
    InvoiceCreated,
    /// An invoice was changed.
    InvoiceUpdated,
    /// A payment came in.
    PaymentReceived,
    /// Value-added tax of a period was computed.
    BtwCalculation,
    /// An amount that somebody should know of.
    HighValueTransaction,
    /// Something about the service itself.
    SystemEvent,
    /// The service started.
    Startup,
    /// The service is going to stop.
    Shutdown,
    /// The service did something to its database.
    DatabaseOperation,
    /// The service did something to a file.
    FileOperation,
    /// A function took longer than its threshold.
    SlowCall,
    /// A measured value passed its threshold.
    PerformanceWarning,
    /// The program's log told of something else.
    LogRecord,
    /// The numbers of a day.
    DailySummary,
    /// A function failed.
    Error,
    /// The program's log told of an error.
    ErrorRecord,
    /// A function panicked.
    Panic,
    /// Input was refused.
    ValidationError,
    /// Somebody has to act now.
    Critical,
    /// A person did something.
    UserAction,
    /// A file came in.
    FileUpload,
    /// A file went out.
    FileDownload,
    /// A form was sent.
    FormSubmission,
    /// An annotated function ended.
    Activity,
}

impl Kind {
    /// All kinds, ordered by channel.
    pub const ALL: [Self; 24] = [
        Self::InvoiceCreated,
        Self::InvoiceUpdated,
        Self::PaymentReceived,
        Self::BtwCalculation,
        Self::HighValueTransaction,
        Self::SystemEvent,
        Self::Startup,
        Self::Shutdown,
        Self::DatabaseOperation,
        Self::FileOperation,
        Self::SlowCall,
        Self::PerformanceWarning,
        Self::LogRecord,
        Self::DailySummary,
        Self::Error,
        Self::ErrorRecord,
        Self::Panic,
        Self::ValidationError,
        Self::Critical,
        Self::UserAction,
        Self::FileUpload,
        Self::FileDownload,
        Self::FormSubmission,
        Self::Activity,
    ];

    /// Gives the kind of a record of a log that is so serious.
    pub(crate) fn of_record(severity: Severity) -> Self {
        if severity >= Severity::Error { Self::ErrorRecord } else { Self::LogRecord }
    }

    /// Says which channel tells of this kind, unless the event names another.
    #[must_use]
    pub const fn channel(self) -> Channel {
        match self {
            Self::InvoiceCreated
            | Self::InvoiceUpdated
            | Self::PaymentReceived
            | Self::BtwCalculation
            | Self::HighValueTransaction => Channel::Finance,
            Self::SystemEvent
            | Self::Startup
            | Self::Shutdown
            | Self::DatabaseOperation
            | Self::FileOperation
            | Self::SlowCall
            | Self::PerformanceWarning
            | Self::LogRecord
            | Self::DailySummary => Channel::System,
            Self::Error | Self::ErrorRecord | Self::Panic | Self::ValidationError | Self::Critical => Channel::Errors,
            Self::UserAction | Self::FileUpload | Self::FileDownload | Self::FormSubmission | Self::Activity => {
                Channel::Activity
            }
        }
    }

    /// Says how serious this kind is, unless the event says otherwise.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::InvoiceCreated | Self::PaymentReceived => Severity::Success,
            Self::HighValueTransaction | Self::SlowCall | Self::PerformanceWarning | Self::ValidationError => {
                Severity::Warning
            }
            Self::Error | Self::ErrorRecord | Self::Panic => Severity::Error,
            Self::Critical => Severity::Critical,
            Self::InvoiceUpdated
            | Self::BtwCalculation
            | Self::SystemEvent
            | Self::Startup
            | Self::Shutdown
            | Self::DatabaseOperation
            | Self::FileOperation
            | Self::LogRecord
            | Self::DailySummary
            | Self::UserAction
            | Self::FileUpload
            | Self::FileDownload
            | Self::FormSubmission
            | Self::Activity => Severity::Info,
        }
    }
}
