//! What the doors of `tracing` and `log` have in common: a record of the program's log becomes an event, or a line for the
//! report of an error that may follow.
//!
//! A door hands over name by name what a record carries. Values keep their types; what goes through a `Display` or `Debug`
//! of the program's may panic there, and says so. The first error that a record carries is reported with its causes.

use std::error::Error;
use std::fmt::{Display, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::failing;
use super::routes::Routes;
use crate::context::{self, Line};
use crate::event::{Channel, Event, Field, Kind, Role, Severity, Value};
use crate::logger;

/// Takes what a record carries.
pub(super) trait Take {
    /// Takes a value as it is.
    fn value(&mut self, name: &str, value: Value<'_>);

    /// Takes a value through its `Display`.
    fn display(&mut self, name: &str, value: &dyn Display);

    /// Takes an error.
    fn error(&mut self, name: &str, error: &(dyn Error + 'static)) {
        self.display(name, &error);
    }
}

/// A record on its way to becoming an event.
#[derive(Debug)]
pub(super) struct LogRecord {
    event: Event,
    channel: Option<Channel>,
}

impl LogRecord {
    /// Begins an event, if somebody listens to what is so serious and there is room for it.
    pub(super) fn begin(severity: Severity) -> Option<Self> {
        let is_admitted = logger::admits(Kind::of_record(severity), severity);
        is_admitted.then(|| Self { event: Event::record(severity), channel: None })
    }

    /// Gives the event, to say where it was told.
    pub(super) fn event(&mut self) -> &mut Event {
        &mut self.event
    }

    /// Takes a value of what is around the record, unless the record or something nearer to it says otherwise.
    #[cfg(feature = "tracing")]
    pub(super) fn inherit(&mut self, field: Field<'_>) {
        match field.name() {
            CHANNEL => self.choose(field.as_text()),
            name if TRACE.contains(&name) => self.trace(name, &field.value()),
            name if self.event.has(Role::Field, name) => {}
            _ => self.event.add_entry(field),
        }
    }

    /// Logs the event: in the channel that it names, that its target is routed to, or that belongs to how serious it is.
    pub(super) fn log(mut self, target: &str, module: Option<&str>, routes: &Routes) {
        if module != Some(target) && !target.is_empty() {
            self.event.add_field("target", &Value::from(target));
        }
        if let Some(channel) = self.channel.or_else(|| routes.channel_of(target)) {
            self.event.set_channel(channel);
        }
        if self.event.kind() == Kind::ErrorRecord { failing::log_record(self.event) } else { logger::log(self.event) }
    }

    fn choose(&mut self, channel: &str) {
        if self.channel.is_none() && !channel.trim().is_empty() {
            self.channel = Some(Channel::named(channel));
        }
    }

    fn trace(&mut self, name: &str, id: &dyn Display) {
        if !self.event.has(Role::Request, name) {
            self.event.add_display(Role::Request, name, id);
        }
    }

    fn is_first_error(&self, name: &str) -> bool {
        ERRORS.contains(&name) && self.event.error_report().is_none()
    }
}

impl Take for LogRecord {
    fn value(&mut self, name: &str, value: Value<'_>) {
        match (name, &value) {
            (CHANNEL, Value::Text(channel)) => self.choose(channel),
            (_, Value::Text(text)) => self.display(name, text),
            _ => self.event.add_field(name, &value),
        }
    }

    fn display(&mut self, name: &str, value: &dyn Display) {
        match name {
            MESSAGE if self.event.title().is_none() => self.event.set_message(value),
            CHANNEL => self.choose(&spelled(value)),
            name if TRACE.contains(&name) => self.trace(name, value),
            name if self.is_first_error(name) => self.event.report_text("", value),
            _ => self.event.add_display(Role::Field, name, value),
        }
    }

    fn error(&mut self, name: &str, error: &(dyn Error + 'static)) {
        if self.event.error_report().is_none() {
            self.event.report_as("", error);
        } else {
            self.event.add_display(Role::Field, name, error);
        }
    }
}

/// Says whether anything that this thread tells may be heard.
pub(super) fn is_heard() -> bool {
    logger::is_on() && !logger::is_ours()
}

/// Leaves a line of what a record carries; costs next to nothing where no error could tell it.
pub(super) fn leave_breadcrumb(severity: Severity, target: &str, tell: impl FnOnce(&mut dyn Take)) {
    if !logger::is_on() || !context::is_entered() {
        return;
    }
    context::leave_breadcrumb(Timestamp::now(), severity, |line| {
        let _ = write!(line, "{target}:");
        // The line is full, or something of the program's panicked: what stands there is kept.
        let _ = catch_unwind(AssertUnwindSafe(|| tell(&mut Words(line))));
    });
}

/// Writes what a record carries as one line.
struct Words<'l, 't>(&'l mut Line<'t>);

impl Take for Words<'_, '_> {
    fn value(&mut self, name: &str, value: Value<'_>) {
        self.display(name, &value);
    }

    fn display(&mut self, name: &str, value: &dyn Display) {
        let _ = match name {
            MESSAGE => write!(self.0, " {value}"),
            name if name.starts_with(BROUGHT) => Ok(()),
            name => write!(self.0, " {name}={value}"),
        };
    }
}

/// A short text that a `Display` writes, nothing if it panics.
fn spelled(value: &dyn Display) -> String {
    catch_unwind(AssertUnwindSafe(|| value.to_string())).unwrap_or_default()
}

/// The words of a record, as `tracing` names them.
pub(super) const MESSAGE: &str = "message";
/// Names the channel.
const CHANNEL: &str = "discord";
/// Names under which errors go; `instrument(err)` of `tracing` and `kv` of `log` tell theirs as texts.
const ERRORS: [&str; 2] = ["error", "err"];
/// Where a record of `log` was told that came by way of `tracing`.
const BROUGHT: &str = "log.";
/// What finds the record in the traces of all services.
const TRACE: [&str; 2] = ["trace_id", "span_id"];
