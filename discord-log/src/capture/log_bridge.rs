//! The door for programs that log through `log`: a logger that makes events of what is serious enough, leaves the rest for
//! the reports of errors that follow, and passes every record on to the program's own logger.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use log::kv::{self, Key, VisitSource, VisitValue};
use log::{Level, LevelFilter, Log, Metadata, Record, SetLoggerError};

use super::log_record::{self, LogRecord, MESSAGE, Take};
use super::routes::Routes;
use crate::event::{Channel, Severity, Value};
use crate::local_log;

/// Gives a logger for the crate `log` that tells Discord of warnings and errors.
///
/// A record's text becomes the title, its key-values become fields. Errors go to the errors channel, all else to the
/// system channel, unless a key `discord` names another or the target is [routed](LogBridge::route). An error under a key
/// (`error:err = error`) is told with its causes. Keys `trace_id` and `span_id` are told as the trace.
///
/// An error that is told inside of a function under [`log_errors`](macro@crate::log_errors), which then returns it, is one
/// message with what the function knows: if one says what the other does, or is within its text and has eight characters or
/// more, and both are for the same channel. In a request it says how that was answered.
///
/// It never takes what the logger itself tells or causes. Works before and after [`init`](crate::init), but costs next to
/// nothing and tells nothing while there is no logger. Available with the feature `log`.
///
/// # Examples
///
/// ```
/// use discord_log::Channel;
///
/// fn main() -> Result<(), log::SetLoggerError> {
///     discord_log::log_bridge().route("billing", Channel::Finance).install()?;
///     log::warn!(attempt = 3; "the mail server does not answer");
///     log::error!(discord = "deploys"; "the new version does not start");
///     Ok(())
/// }
/// ```
pub fn log_bridge() -> LogBridge {
    LogBridge { messages_from: Level::Warn, routes: Routes::default(), next: None }
}

/// Tells Discord what a program tells `log`; made by [`log_bridge`].
#[must_use]
pub struct LogBridge {
    messages_from: Level,
    routes: Routes,
    next: Option<Box<dyn Log>>,
}

impl LogBridge {
    /// Tells records from a level on; by default from `Warn`. What is less severe, `Info` at least, goes with the report of
    /// an error that follows in the same [`context`](crate::context), and nowhere else.
    pub fn messages_from(mut self, level: Level) -> Self {
        self.messages_from = level;
        self
    }

    /// Tells records with a target, or one below it, in a channel; the longest target that fits counts.
    pub fn route(mut self, target: impl Into<String>, channel: Channel) -> Self {
        self.routes.add(target.into(), channel);
        self
    }

    /// Passes every record on to another logger, which decides for itself what it writes.
    pub fn with(mut self, next: impl Log + 'static) -> Self {
        self.next = Some(Box::new(next));
        self
    }

    /// Makes it the logger of the process, and lets through what it or the next logger may want: every level if there is a
    /// next one, else those that are told or kept for reports. `log::set_max_level` may narrow that afterwards.
    ///
    /// # Errors
    ///
    /// If the process has a logger already.
    pub fn install(self) -> Result<(), SetLoggerError> {
        let most = if self.next.is_some() { LevelFilter::Trace } else { self.kept_from().to_level_filter() };
        log::set_boxed_logger(Box::new(self))?;
        log::set_max_level(most);
        Ok(())
    }

    /// Records of the level `Debug` are so many that they would leave no room for others in the report of an error.
    fn kept_from(&self) -> Level {
        self.messages_from.max(Level::Info)
    }

    fn take(&self, record: &Record<'_>) {
        let severity = severity(record.level());
        if record.level() > self.messages_from {
            return log_record::leave_breadcrumb(severity, record.target(), |line| tell(record, line));
        }
        let Some(mut taken) = LogRecord::begin(severity) else { return };
        tell(record, &mut taken);
        add_place(&mut taken, record);
        taken.log(record.target(), record.module_path(), &self.routes);
    }
}

impl Log for LogBridge {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let is_ours = metadata.level() <= self.kept_from() && log_record::is_heard();
        is_ours || self.next.as_ref().is_some_and(|next| next.enabled(metadata))
    }

    fn log(&self, record: &Record<'_>) {
        if record.level() <= self.kept_from() && record.target() != local_log::TARGET {
            self.take(record);
        }
        if let Some(next) = &self.next {
            next.log(record);
        }
    }

    /// Flushes the next logger. What Discord is to be told is [flushed](crate::flush) by name, since that may take long.
    fn flush(&self) {
        if let Some(next) = &self.next {
            next.flush();
        }
    }
}

impl fmt::Debug for LogBridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bridge = f.debug_struct("LogBridge");
        bridge.field("messages_from", &self.messages_from).field("routes", &self.routes).finish_non_exhaustive()
    }
}

const fn severity(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warn => Severity::Warning,
        Level::Info | Level::Debug | Level::Trace => Severity::Info,
    }
}

fn tell(record: &Record<'_>, into: &mut dyn Take) {
    into.display(MESSAGE, record.args());
    // A source of values may be the program's own.
    let _ = catch_unwind(AssertUnwindSafe(|| record.key_values().visit(&mut Pairs(into))));
}

fn add_place(taken: &mut LogRecord, record: &Record<'_>) {
    let Some(line) = record.line() else { return };
    match (record.file_static(), record.file()) {
        (Some(file), _) => taken.event().set_line(record.module_path_static(), file, line),
        (None, Some(file)) => taken.event().set_place(record.module_path(), file, line),
        (None, None) => {}
    }
}

/// Hands over the key-values of a record.
struct Pairs<'t>(&'t mut dyn Take);

impl<'kvs> VisitSource<'kvs> for Pairs<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: kv::Value<'kvs>) -> Result<(), kv::Error> {
        value.visit(OneValue { name: key.as_str(), into: self.0 })
    }
}

/// Hands over one value as what it is.
struct OneValue<'n, 't> {
    name: &'n str,
    into: &'t mut dyn Take,
}

impl<'v> VisitValue<'v> for OneValue<'_, '_> {
    fn visit_any(&mut self, value: kv::Value<'_>) -> Result<(), kv::Error> {
        self.into.display(self.name, &value);
        Ok(())
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), kv::Error> {
        self.into.value(self.name, Value::from(value));
        Ok(())
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), kv::Error> {
        self.into.value(self.name, Value::from(value));
        Ok(())
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), kv::Error> {
        self.into.value(self.name, Value::from(value));
        Ok(())
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), kv::Error> {
        self.into.value(self.name, Value::from(value));
        Ok(())
    }

    fn visit_str(&mut self, value: &str) -> Result<(), kv::Error> {
        self.into.value(self.name, Value::from(value));
        Ok(())
    }

    fn visit_error(&mut self, error: &(dyn Error + 'static)) -> Result<(), kv::Error> {
        self.into.error(self.name, error);
        Ok(())
    }

    fn visit_borrowed_error(&mut self, error: &'v (dyn Error + 'static)) -> Result<(), kv::Error> {
        self.visit_error(error)
    }
}
