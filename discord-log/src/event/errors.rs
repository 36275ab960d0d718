//! Events of the errors channel.

use std::error::Error;

use super::{Event, Kind};

impl Event {
    /// Something failed: the error with its causes, and what was being done.
    #[must_use]
    pub fn error<E: Error + ?Sized>(error: &E, context: impl AsRef<str>) -> Self {
        Self::of(Kind::Error).while_doing(context.as_ref()).reporting(error)
    }

    /// Input was refused: which field, and what is wrong with it.
    #[must_use]
    pub fn validation_error(field: impl AsRef<str>, problem: impl AsRef<str>) -> Self {
        Self::of(Kind::ValidationError).field("field", field.as_ref()).saying(problem.as_ref())
    }

    /// Somebody has to act now: a headline and a text. Also written to the local log, whatever happens.
    #[must_use]
    pub fn critical(title: impl AsRef<str>, text: impl AsRef<str>) -> Self {
        Self::of(Kind::Critical).titled(title.as_ref()).saying(text.as_ref())
    }

    /// A panic unwound through a function: its message, and what was being done.
    #[must_use]
    pub fn panicked(message: impl AsRef<str>, context: impl AsRef<str>) -> Self {
        Self::of(Kind::Panic).while_doing(context.as_ref()).reporting_text("", &message.as_ref())
    }
}
