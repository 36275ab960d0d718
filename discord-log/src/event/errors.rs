//! Events of the errors channel.

use std::error::Error;

use super::{Event, Kind};

impl Event {
    /// Something failed: the error with its causes, and what was being done.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::error(&std::io::Error::other("disk full"), "Save invoice"));
    /// ```
    #[must_use]
    pub fn error<E: Error + ?Sized>(error: &E, context: impl AsRef<str>) -> Self {
        Self::of(Kind::Error).while_doing(context.as_ref()).reporting(error)
    }

    /// Input was refused: which field, and what is wrong with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::validation_error("iban", "has 11 digits, 12 are expected"));
    /// ```
    #[must_use]
    pub fn validation_error(field: impl AsRef<str>, problem: impl AsRef<str>) -> Self {
        Self::of(Kind::ValidationError).field("field", field.as_ref()).saying(problem.as_ref())
    }

    /// Somebody has to act now: a headline and a text. Also written to the local log, whatever happens.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::critical("Payments stopped", "The bank refuses the certificate."));
    /// ```
    #[must_use]
    pub fn critical(title: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        Self::of(Kind::Critical).titled(title.as_ref()).saying(text.as_ref())
    }

    /// A panic unwound through a function: its message, and what was being done.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Event;
    ///
    /// discord_log::log(Event::panicked("index out of bounds", "Charge card"));
    /// ```
    #[must_use]
    pub fn panicked(message: impl AsRef<str>, context: impl AsRef<str>) -> Self {
        Self::of(Kind::Panic).while_doing(context.as_ref()).reporting_text("", &message.as_ref())
    }
}
