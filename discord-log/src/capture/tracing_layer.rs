//! The door for programs that log through `tracing`: a layer that makes events of what is serious enough, and leaves the
//! rest for the reports of errors that follow.
//!
//! What a span tells of itself is formatted once, when it is made or told more, and kept beside it; an event below it takes
//! it along. Nothing is kept or formatted while nobody listens.

use std::error::Error;
use std::fmt::{self, Debug, Display, Write};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::brought_record::{self, BroughtRecord};
use super::log_record::{self, LogRecord, Take};
use super::routes::Routes;
use crate::event::{Channel, Entries, Role, Severity, Value};
use crate::local_log;

/// Gives a layer for a `tracing` subscriber that tells Discord of warnings and errors.
///
/// An event's message becomes the title, its fields and those of the spans around it become fields, and the names of the
/// spans their path. Errors go to the errors channel, all else to the system channel, unless a field `discord` (of the
/// event or of a span around it) names another, or its target is [routed](TracingLayer::route). An error that is a field
/// (`error = &error as &dyn Error`) is told with its causes. Fields `trace_id` and `span_id` are told as the trace.
///
/// An error that is told inside of a function under [`log_errors`](macro@crate::log_errors), which then returns it, is one
/// message with what the function knows: if one says what the other does, or is within its text and has eight characters or
/// more, and both are for the same channel. In a request it says how that was answered. What is told after the function
/// has returned, by its caller or by an `#[instrument(err)]` above the attribute, is a message of its own.
///
/// Filters count: `with_filter` decides what the layer sees. It never sees what the logger itself tells or causes. Works
/// before and after [`init`](crate::init), but costs next to nothing and tells nothing while there is no logger. Available
/// with the feature `tracing`.
///
/// # Examples
///
/// ```
/// use discord_log::Channel;
/// use tracing_subscriber::filter::LevelFilter;
/// use tracing_subscriber::layer::SubscriberExt;
/// use tracing_subscriber::{Layer, registry};
///
/// let discord = discord_log::tracing_layer().route("billing", Channel::Finance);
/// let subscriber = registry().with(discord.with_filter(LevelFilter::INFO)); // beside any other layer
/// tracing::subscriber::with_default(subscriber, || {
///     tracing::warn!(attempt = 3, "the mail server does not answer");
///     tracing::error!(discord = "deploys", "the new version does not start");
/// });
/// ```
#[must_use]
pub fn tracing_layer() -> TracingLayer {
    TracingLayer { messages_from: Level::WARN, routes: Routes::default() }
}

/// Tells Discord what a program tells `tracing`; made by [`tracing_layer`].
#[derive(Clone, Debug)]
pub struct TracingLayer {
    messages_from: Level,
    routes: Routes,
}

impl TracingLayer {
    /// Tells events from a level on; by default from `WARN`. What is less severe goes with the report of an error that
    /// follows in the same [`context`](crate::context), and nowhere else.
    #[must_use]
    pub fn messages_from(mut self, level: Level) -> Self {
        self.messages_from = level;
        self
    }

    /// Tells events with a target, or one below it, in a channel; the longest target that fits counts.
    #[must_use]
    pub fn route(mut self, target: impl Into<String>, channel: Channel) -> Self {
        self.routes.add(target.into(), channel);
        self
    }
}

impl<S> Layer<S> for TracingLayer
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.fields().is_empty() || !log_record::is_heard() {
            return;
        }
        let mut told = SpanFields(Entries::new());
        attributes.record(&mut Names(&mut told));
        if let Some(span) = context.span(id) {
            span.extensions_mut().replace(told);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if !log_record::is_heard() {
            return;
        }
        let mut told = SpanFields(Entries::new());
        values.record(&mut Names(&mut told));
        if let Some(span) = context.span(id) {
            let mut extensions = span.extensions_mut();
            if let Some(SpanFields(earlier)) = extensions.remove() {
                told.keep(&earlier);
            }
            extensions.replace(told);
        }
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if metadata.target() == local_log::TARGET {
            return;
        }
        let severity = severity(*metadata.level());
        if *metadata.level() > self.messages_from {
            return log_record::leave_breadcrumb(severity, metadata.target(), |line| event.record(&mut Names(line)));
        }
        let Some(mut record) = LogRecord::begin(severity) else { return };
        if brought_record::is_brought(metadata) {
            let mut brought = BroughtRecord::new(record);
            event.record(&mut Names(&mut brought));
            add_spans(brought.record(), event, &context);
            return brought.log(&self.routes);
        }
        event.record(&mut Names(&mut record));
        add_spans(&mut record, event, &context);
        add_place(&mut record, metadata);
        record.log(metadata.target(), metadata.module_path(), &self.routes);
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::ERROR => Severity::Error,
        Level::WARN => Severity::Warning,
        _ => Severity::Info,
    }
}

/// The fields of the spans around an event, the inner first since they count, and their names, the outer first.
fn add_spans<S>(record: &mut LogRecord, event: &tracing::Event<'_>, context: &Context<'_, S>)
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    for span in context.event_scope(event).into_iter().flatten() {
        if let Some(SpanFields(fields)) = span.extensions().get() {
            fields.iter().for_each(|field| record.inherit(field));
        }
    }
    let spans = context.event_scope(event).into_iter().flat_map(|scope| scope.from_root());
    spans.for_each(|span| record.event().add_span(span.name()));
}

fn add_place(record: &mut LogRecord, metadata: &'static Metadata<'static>) {
    if let (Some(file), Some(line)) = (metadata.file(), metadata.line()) {
        record.event().set_line(metadata.module_path(), file, line);
    }
}

/// What a span told of itself.
#[derive(Debug)]
struct SpanFields(Entries);

impl SpanFields {
    /// Keeps what was told earlier and not told anew.
    fn keep(&mut self, earlier: &Entries) {
        for field in earlier.iter() {
            if self.0.iter().all(|known| known.name() != field.name()) {
                self.0.copy(field);
            }
        }
    }
}

impl Take for SpanFields {
    fn value(&mut self, name: &str, value: Value<'_>) {
        match value {
            Value::Text(text) => self.display(name, &text),
            value => self.0.push(Role::Field, name, &value),
        }
    }

    fn display(&mut self, name: &str, value: &dyn Display) {
        self.0.push_display(Role::Field, name, &Beginning(value));
    }
}

/// As much of a value as a span keeps, since it may live for long and hold whatever a function was given.
struct Beginning<'v>(&'v dyn Display);

impl Display for Beginning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut limited = Limited { f, room: SPAN_VALUE_BYTES, is_full: false };
        let written = write!(limited, "{}", self.0);
        if limited.is_full { f.write_str("…") } else { written }
    }
}

struct Limited<'f, 'b> {
    f: &'f mut fmt::Formatter<'b>,
    room: usize,
    is_full: bool,
}

impl Write for Limited<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let kept = text.get(..text.floor_char_boundary(self.room)).unwrap_or_default();
        self.f.write_str(kept)?;
        self.room -= kept.len();
        self.is_full |= kept.len() < text.len();
        // Who hears so need not write the rest.
        if self.is_full { Err(fmt::Error) } else { Ok(()) }
    }
}

/// Hands over what `tracing` visits.
struct Names<'t, T: ?Sized>(&'t mut T);

impl<T: Take + ?Sized> Visit for Names<'_, T> {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.value(field.name(), Value::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.value(field.name(), Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.value(field.name(), Value::from(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.0.display(field.name(), &value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.0.display(field.name(), &value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.value(field.name(), Value::from(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.value(field.name(), Value::from(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.0.error(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.display(field.name(), &format_args!("{value:?}"));
    }
}

/// Most bytes of one value that a span keeps; it has 32 fields at most.
const SPAN_VALUE_BYTES: usize = 1_000;
