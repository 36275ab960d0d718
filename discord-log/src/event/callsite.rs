//! Where in the user's source an event comes from.

use std::panic::Location;
use std::time::Duration;

use super::{Channel, Severity};

/// What an attribute knows of the function it stands on; one static a function.
#[derive(Debug)]
pub struct Callsite {
    function: &'static str,
    module: &'static str,
    file: &'static str,
    line: u32,
    purpose: Option<&'static str>,
    channel: Option<&'static str>,
    severity: Option<Severity>,
    threshold: Duration,
}

impl Callsite {
    /// Describes a function: its name, its module path, its file and the line of its attribute.
    #[must_use]
    pub const fn new(function: &'static str, module: &'static str, file: &'static str, line: u32) -> Self {
        Self { function, module, file, line, purpose: None, channel: None, severity: None, threshold: SLOW }
    }

    /// Says what the function is for: the context of its errors, or the activity that it is.
    #[must_use]
    pub const fn doing(mut self, purpose: &'static str) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// Names the channel that is told, where it is not the one of the event's kind.
    #[must_use]
    pub const fn told_in(mut self, channel: &'static str) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Says how serious a failure is, where it is not as serious as the event's kind.
    #[must_use]
    pub const fn ranked(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Sets the time after which a call counts as slow.
    #[must_use]
    pub const fn slow_after_nanos(mut self, nanos: u64) -> Self {
        self.threshold = Duration::from_nanos(nanos);
        self
    }

    /// Gives the place in the source.
    #[must_use]
    pub const fn place(&self) -> Place<'_> {
        Place { function: Some(self.function), module: Some(self.module), file: self.file, line: self.line }
    }

    pub(crate) const fn function(&self) -> &'static str {
        self.function
    }

    pub(crate) const fn purpose(&self) -> Option<&'static str> {
        self.purpose
    }

    pub(crate) fn channel(&self) -> Option<Channel> {
        self.channel.map(Channel::named)
    }

    pub(crate) const fn severity(&self) -> Option<Severity> {
        self.severity
    }

    pub(crate) const fn threshold(&self) -> Duration {
        self.threshold
    }
}

/// After this time a call counts as slow, unless its attribute says otherwise: one second.
const SLOW: Duration = Duration::from_secs(1);

/// A place in the user's source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Place<'a> {
    /// Name of the function, where an attribute knows it.
    pub function: Option<&'a str>,
    /// Path of the module, where an attribute knows it.
    pub module: Option<&'a str>,
    /// Source file as the compiler was given it.
    pub file: &'a str,
    /// Line in the file, from 1.
    pub line: u32,
}

impl Place<'static> {
    pub(crate) fn of(location: &'static Location<'static>) -> Self {
        Self { function: None, module: None, file: location.file(), line: location.line() }
    }
}
