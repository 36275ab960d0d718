//! The feature toggles (`DISCORD_LOG_FINANCE` and its like) as a set of bits.

use crate::event::Kind;

/// One switch that a setting turns off.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(crate) enum Toggle {
    Activity = 1,
    Errors = 1 << 1,
    Finance = 1 << 2,
    Performance = 1 << 3,
    Summaries = 1 << 4,
    System = 1 << 5,
}

impl Toggle {
    /// Says which switch lets events of a kind through.
    pub(crate) const fn of(kind: Kind) -> Self {
        match kind {
            Kind::InvoiceCreated
            | Kind::InvoiceUpdated
            | Kind::PaymentReceived
            | Kind::BtwCalculation
            | Kind::HighValueTransaction => Self::Finance,
            Kind::SystemEvent
            | Kind::Startup
            | Kind::Shutdown
            | Kind::DatabaseOperation
            | Kind::FileOperation
            | Kind::LogRecord => Self::System,
            Kind::SlowCall | Kind::PerformanceWarning => Self::Performance,
            Kind::DailySummary => Self::Summaries,
            Kind::Error | Kind::ErrorRecord | Kind::Panic | Kind::ValidationError | Kind::Critical => Self::Errors,
            Kind::UserAction | Kind::FileUpload | Kind::FileDownload | Kind::FormSubmission | Kind::Activity => {
                Self::Activity
            }
        }
    }
}

/// Which switches are on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Toggles(u8);

impl Toggles {
    pub(crate) const ALL: Self = Self(0b11_1111);
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    pub(crate) const fn with(self, toggle: Toggle, on: bool) -> Self {
        if on { Self(self.0 | toggle as u8) } else { Self(self.0 & !(toggle as u8)) }
    }

    pub(crate) const fn has(self, toggle: Toggle) -> bool {
        self.0 & toggle as u8 != 0
    }
}
