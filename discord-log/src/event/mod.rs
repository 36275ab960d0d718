//! What happened: an [`Event`] is built on the caller's thread, by a typed constructor, and carries everything the
//! later steps need. Its text lies in one small buffer inside the event (see [`entries`]), so that handing it to
//! another thread moves bytes and frees nothing there. No clock is read here: the logger stamps the time.

mod activity;
mod amount;
mod callsite;
mod channel;
mod entries;
mod error_report;
mod errors;
mod failure;
mod finance;
mod json;
mod kind;
mod named_text;
mod performance;
mod records;
mod relayed;
mod rewrite;
mod samples;
mod severity;
mod stored;
mod system;
#[cfg(any(feature = "log", feature = "tracing"))]
mod taken_records;
pub(crate) mod user_code;
mod value;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use jiff::Timestamp;

use self::callsite::SourceLine;
use self::stored::StoredPlace;

pub use self::amount::{Amount, Currency};
pub use self::callsite::{Callsite, Place};
pub use self::channel::{Channel, ChannelName};
pub use self::entries::{Field, TEXT_CAPACITY};
pub use self::error_report::ErrorReport;
pub use self::kind::Kind;
pub use self::severity::{Severity, UnknownSeverity};
pub use self::value::Value;

pub(crate) use self::entries::{Entries, Role};
pub(crate) use self::failure::{Failure, FailureId, Stage};
pub(crate) use self::json::JsonLines;
pub(crate) use self::named_text::NamedText;
pub(crate) use self::stored::StoredEvent;

/// One thing that happened, on its way to a channel.
///
/// Made by a constructor that names what happened, extended with [`field`](Self::field) and
/// [`actor`](Self::actor), and handed over by [`log`](crate::log). Building one does no I/O and takes no lock;
/// text of up to about 200 bytes needs no allocation. At most [`TEXT_CAPACITY`] bytes of text are kept.
///
/// # Examples
///
/// ```
/// use discord_log::{Channel, Event, Severity};
///
/// let event = Event::user_action("Invoice Generated").field("invoice_id", "INV001").actor("u-42");
/// assert_eq!(event.channel(), Channel::Activity);
/// assert_eq!(event.severity(), Severity::Info);
/// discord_log::log(event);
/// ```
#[derive(Clone)]
pub struct Event {
    kind: Kind,
    severity: Severity,
    channel: Channel,
    occurred_at: Timestamp,
    origin: Origin,
    failure: Option<Failure>,
    /// Frames without names yet; read where there is time for it. Not written to files.
    backtrace: Option<Arc<Backtrace>>,
    entries: Entries,
}

#[derive(Clone, Debug)]
enum Origin {
    Callsite(&'static Callsite),
    /// In another program.
    Elsewhere,
    Line(SourceLine),
    Stored(Arc<StoredPlace>),
    Unknown,
}

impl Event {
    /// Starts an event of a kind, with the channel and severity that belong to it.
    pub(crate) fn of(kind: Kind) -> Self {
        Self {
            kind,
            severity: kind.severity(),
            channel: kind.channel(),
            occurred_at: Timestamp::UNIX_EPOCH,
            origin: Origin::Unknown,
            failure: None,
            backtrace: None,
            entries: Entries::new(),
        }
    }

    /// Adds a named value, shown as a field of the message.
    ///
    /// The value is copied into the event now; a name may repeat.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::{Amount, Event};
    ///
    /// let event = Event::system_event("Import finished", "nightly run")
    ///     .field("rows", 1_204)
    ///     .field("dry_run", false)
    ///     .field("total", Amount::from(99.5).in_currency("USD"));
    /// assert_eq!(event.fields().count(), 3);
    /// ```
    #[must_use]
    pub fn field<'v>(mut self, name: impl AsRef<str>, value: impl Into<Value<'v>>) -> Self {
        self.entries.push(Role::Field, name.as_ref(), &value.into());
        self
    }

    /// Adds a named value through its `Display`, which may fail or panic: the message then says so.
    #[must_use]
    pub fn field_display(mut self, name: impl AsRef<str>, value: &dyn fmt::Display) -> Self {
        self.entries.push_display(Role::Field, name.as_ref(), value);
        self
    }

    /// Adds a named value through its `Debug`, which may fail or panic: the message then says so.
    #[must_use]
    pub fn field_debug(self, name: impl AsRef<str>, value: &dyn fmt::Debug) -> Self {
        self.field_display(name, &format_args!("{value:?}"))
    }

    /// Names who did it: a user id or an account, never a secret.
    #[must_use]
    pub fn actor(mut self, id: impl AsRef<str>) -> Self {
        self.entries.push_text(Role::Actor, "", id.as_ref());
        self
    }

    /// Sends the event to another channel than the one of its kind.
    #[must_use]
    pub fn in_channel(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// Gives the event another severity than the one of its kind.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Says what kind of event this is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Says which channel the event goes to.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Says how serious the event is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Says when the event was logged; the Unix epoch as long as it was not.
    #[must_use]
    pub fn occurred_at(&self) -> Timestamp {
        self.occurred_at
    }

    /// Gives the headline that the constructor was given, where its kind has one.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.entries.text(Role::Title)
    }

    /// Gives the running text that the constructor was given, where its kind has one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.entries.text(Role::Text)
    }

    /// Says who did it, where it is known.
    #[must_use]
    pub fn who(&self) -> Option<&str> {
        self.entries.text(Role::Actor)
    }

    /// Gives what is known of the request that the event belongs to, by its name: `request_id`, `route` and whatever else a
    /// [`Context`](crate::context::Context) names.
    #[must_use]
    pub fn request(&self, name: &str) -> Option<Field<'_>> {
        self.entries.of(Role::Request).find(|entry| entry.name() == name)
    }

    /// Walks over the named values in the order in which they were added.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        self.entries.of(Role::Field)
    }

    /// Gives the error that the event reports, if it reports one.
    #[must_use]
    pub fn error_report(&self) -> Option<ErrorReport<'_>> {
        ErrorReport::of(&self.entries)
    }

    /// Says where in the source the event was logged, where it is known.
    #[must_use]
    pub fn place(&self) -> Option<Place<'_>> {
        match &self.origin {
            Origin::Callsite(callsite) => Some(callsite.place()),
            Origin::Line(line) => Some(line.place()),
            Origin::Stored(place) => Some(place.place()),
            Origin::Elsewhere | Origin::Unknown => None,
        }
    }

    /// Says how many bytes of text were left out because the event was full.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.entries.left_out()
    }

    pub(crate) fn at(mut self, place: &'static Location<'static>) -> Self {
        self.origin = Origin::Line(SourceLine::of(place));
        self
    }

    /// Numbers the line that logged it, the same for the life of the process, unless an attribute did.
    pub(crate) fn line_number(&self) -> Option<u64> {
        match self.origin {
            Origin::Line(line) => Some(line.number()),
            _ => None,
        }
    }

    /// Walks over the texts that tell one kind of trouble from another at the same call.
    pub(crate) fn trouble_texts(&self) -> impl Iterator<Item = &[u8]> {
        let names_subject = matches!(self.kind, Kind::PerformanceWarning | Kind::ValidationError);
        let is_told = move |entry: &Field<'_>| match entry.role() {
            Role::Cause | Role::Context | Role::ErrorMessage | Role::Text | Role::Title => true,
            Role::Field => names_subject,
            _ => false,
        };
        self.entries.iter().filter(is_told).map(|entry| entry.bytes())
    }

    #[cfg(test)]
    pub(crate) fn at_callsite(mut self, callsite: &'static Callsite) -> Self {
        self.set_callsite(callsite);
        self
    }

    pub(crate) fn set_callsite(&mut self, callsite: &'static Callsite) {
        self.origin = Origin::Callsite(callsite);
    }

    /// Says where it was, where only a copy of that is to be had.
    pub(crate) fn set_place(&mut self, module: Option<&str>, file: &str, line: u32) {
        self.origin = Origin::Stored(Arc::new(Place { function: None, module, file, line }.into()));
    }

    pub(crate) fn set_channel(&mut self, channel: Channel) {
        self.channel = channel;
    }

    pub(crate) fn set_severity(&mut self, severity: Severity) {
        self.severity = severity;
    }

    /// Adds where the error was first seen, unless nobody asked for backtraces.
    pub(crate) fn set_backtrace(&mut self, backtrace: Backtrace) {
        if backtrace.status() == BacktraceStatus::Captured {
            self.backtrace = Some(Arc::new(backtrace));
        }
    }

    /// Gives the backtrace; writing it out may read the program's debug information from the disk.
    pub(crate) fn backtrace(&self) -> Option<&Backtrace> {
        self.backtrace.as_deref()
    }

    pub(crate) fn stamp(&mut self, now: Timestamp) {
        self.occurred_at = now;
    }

    /// Adds a named value in place.
    pub(crate) fn add_field(&mut self, name: &str, value: &Value<'_>) {
        self.entries.push(Role::Field, name, value);
    }

    /// Says who did it, in place.
    pub(crate) fn set_actor(&mut self, id: &str) {
        self.entries.push_text(Role::Actor, "", id);
    }

    /// Says whether something is told under a role and a name.
    pub(crate) fn has(&self, role: Role, name: &str) -> bool {
        self.entries.of(role).any(|entry| entry.name() == name)
    }

    /// Adds something that is packed already.
    pub(crate) fn add_entry(&mut self, entry: Field<'_>) {
        self.entries.copy(entry);
    }

    /// Adds what is known of the request that it belongs to.
    pub(crate) fn add_request(&mut self, name: &str, value: &Value<'_>) {
        self.entries.push(Role::Request, name, value);
    }

    /// Adds what was logged before it: when and how serious, and what.
    pub(crate) fn add_breadcrumb(&mut self, when: &str, text: &str) {
        self.entries.push_text(Role::Breadcrumb, when, text);
    }

    /// Gives the words that say most of what it is about.
    pub(crate) fn gist(&self) -> &str {
        let error = || self.error_report().map(|report| report.message());
        let first = || self.fields().map(|field| field.as_text()).find(|text| !text.is_empty());
        self.title().or_else(error).or_else(|| self.text()).or_else(first).unwrap_or_default()
    }

    pub(crate) fn entries(&self) -> &Entries {
        &self.entries
    }

    pub(crate) fn titled(mut self, title: &str) -> Self {
        self.entries.push_text(Role::Title, "", title);
        self
    }

    pub(crate) fn saying(mut self, text: &str) -> Self {
        self.entries.push_text(Role::Text, "", text);
        self
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind)
            .field("severity", &self.severity)
            .field("channel", &self.channel)
            .field("place", &self.place())
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}
