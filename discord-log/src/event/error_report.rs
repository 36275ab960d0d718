//! The part of an event that reports an error: its type, its text, its causes and what was being done.

use std::any::type_name;
use std::error::Error;
use std::fmt;

use super::entries::{Entries, Field, Role};
use super::{Event, user_code};

/// Longest chain of causes that is followed; a chain that points back at itself ends here.
const CAUSES_CAPACITY: usize = 32;

/// What an event knows of the error it reports.
///
/// # Examples
///
/// ```
/// use discord_log::Event;
///
/// let event = Event::error(&std::io::Error::other("disk full"), "Save invoice");
/// assert_eq!(event.error_report().unwrap().message(), "disk full");
/// ```
#[derive(Clone, Copy)]
pub struct ErrorReport<'a> {
    entries: &'a Entries,
    message: Field<'a>,
}

impl<'a> ErrorReport<'a> {
    pub(super) fn of(entries: &'a Entries) -> Option<Self> {
        entries.of(Role::ErrorMessage).next().map(|message| Self { entries, message })
    }

    /// Gives the text of the outermost error.
    #[must_use]
    pub fn message(&self) -> &'a str {
        self.message.as_text()
    }

    /// Gives the name of the outermost error's type as the compiler writes it; empty where it is not known.
    #[must_use]
    pub fn type_name(&self) -> &'a str {
        self.message.name()
    }

    /// Walks over the texts of the causes, the nearest first.
    pub fn causes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.entries.of(Role::Cause).map(|cause| cause.as_text())
    }

    /// Walks over what was being done, the innermost first.
    pub fn contexts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.entries.of(Role::Context).map(|context| context.as_text())
    }
}

impl fmt::Debug for ErrorReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorReport").field("type_name", &self.type_name()).field("message", &self.message()).finish()
    }
}

impl Event {
    /// Adds a standard error with its causes.
    pub(crate) fn reporting<E: Error + ?Sized>(self, error: &E) -> Self {
        self.reporting_as(type_name::<E>(), &error)
    }

    /// Adds a standard error with its causes, where another type than its own is to be named.
    pub(crate) fn reporting_as(mut self, type_name: &str, error: &dyn Error) -> Self {
        self.report_as(type_name, error);
        self
    }

    /// Adds an error of which only a text is known.
    pub(crate) fn reporting_text(mut self, type_name: &str, message: &dyn fmt::Display) -> Self {
        self.report_text(type_name, message);
        self
    }

    /// Adds what was being done; the innermost is added first.
    pub(crate) fn while_doing(mut self, context: &str) -> Self {
        self.add_context("", context);
        self
    }

    /// See [`reporting_as`](Self::reporting_as).
    pub(crate) fn report_as(&mut self, type_name: &str, error: &dyn Error) {
        self.entries.push_display(Role::ErrorMessage, type_name, error);
        let mut cause = next_cause(error);
        for _ in 0..CAUSES_CAPACITY {
            let Some(current) = cause else { break };
            self.entries.push_display(Role::Cause, "", current);
            cause = next_cause(current);
        }
    }

    /// See [`reporting_text`](Self::reporting_text).
    pub(crate) fn report_text(&mut self, type_name: &str, message: &dyn fmt::Display) {
        self.entries.push_display(Role::ErrorMessage, type_name, message);
    }

    /// Adds what was being done; `template` is the same text without its values, where somebody knows it by that.
    pub(crate) fn add_context(&mut self, template: &str, context: &str) {
        self.entries.push_text(Role::Context, template, context);
    }

    /// Walks over the texts that tell one failure from another.
    pub(crate) fn failure_texts(&self) -> impl Iterator<Item = &[u8]> {
        let is_told = |entry: &Field<'_>| matches!(entry.role(), Role::ErrorMessage | Role::Cause);
        self.entries.iter().filter(is_told).map(|entry| entry.bytes())
    }
}

/// The user's `source` may panic like any other code of theirs.
fn next_cause<'a>(error: &'a (dyn Error + 'a)) -> Option<&'a (dyn Error + 'static)> {
    user_code::run(|| error.source()).flatten()
}
