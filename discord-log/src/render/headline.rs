//! Says in one line what happened: an emoji and a few words for each kind of event, with the value that names it.
//!
//! Gives plain text, which its place escapes. A value that the headline tells needs no field of its own.

use std::borrow::Cow;

use super::clean::legible;
use super::limits;
use crate::event::{Event, Kind, Role, Severity};

/// The first line of an event.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Headline<'a> {
    emoji: &'static str,
    subject: Cow<'a, str>,
    ending: &'static str,
    told: Option<&'static str>,
}

impl<'a> Headline<'a> {
    pub(super) fn of(service: &str, event: &'a Event) -> Self {
        match event.kind() {
            Kind::InvoiceCreated => Self::new("🧾", "Invoice created"),
            Kind::InvoiceUpdated => Self::new("✏️", "Invoice updated"),
            Kind::PaymentReceived => Self::new("💰", "Payment received"),
            Kind::BtwCalculation => Self::new("🧮", "BTW calculated"),
            Kind::HighValueTransaction => Self::new("💎", "High-value transaction"),
            Kind::SystemEvent => Self::titled("⚙️", event, "System event"),
            Kind::Startup => Self::new("🚀", format!("{service} started")),
            Kind::Shutdown => Self::new("🛑", format!("{service} is stopping")),
            Kind::DatabaseOperation => Self::naming("🗄️", "Database", event, "operation"),
            Kind::FileOperation => Self::naming("📁", "File", event, "operation"),
            Kind::SlowCall => Self::new("🐢", labelled("Slow call", event.title())),
            Kind::PerformanceWarning => Self::naming("📈", "Performance", event, "metric"),
            Kind::DailySummary => Self::new("📊", labelled("Daily summary", event.title())),
            Kind::ErrorRecord | Kind::LogRecord => Self::record(event),
            Kind::Error => Self::failure(event),
            Kind::Panic => Self { ending: " panicked", ..Self::new("💥", undertaking(event, "The program")) },
            Kind::ValidationError => Self::naming("✋", "Validation error", event, "field"),
            Kind::Critical => Self::titled("🚨", event, "Critical"),
            Kind::UserAction => Self::titled("👤", event, "User action"),
            Kind::FileUpload => Self::naming("📤", "File uploaded", event, "file"),
            Kind::FileDownload => Self::naming("📥", "File downloaded", event, "file"),
            Kind::FormSubmission => Self::naming("📨", "Form submitted", event, "form"),
            Kind::Activity => Self::activity(event),
        }
    }

    /// Writes the whole line.
    pub(super) fn line(&self) -> String {
        format!("{} {}{}", self.emoji, self.subject(), self.ending)
    }

    /// Writes the line with how often it happened and what is known beyond it, in place of how it ended.
    pub(super) fn line_about(&self, times: &str, detail: &str) -> String {
        if detail.is_empty() {
            self.line() + times
        } else {
            format!("{} {}{times}: {detail}", self.emoji, self.subject())
        }
    }

    /// What a subject leaves open must not reach into what stands behind it.
    fn subject(&self) -> Cow<'_, str> {
        if self.subject.contains('\u{1b}') { legible(&self.subject) } else { Cow::Borrowed(&*self.subject) }
    }

    /// The line of something that nobody has seen for a while.
    pub(super) fn over(self) -> Self {
        Self { emoji: "✅", subject: format!("Over: {}", self.subject).into(), ..self }
    }

    /// Says whether a field of that name would only repeat the headline.
    pub(super) fn tells(&self, name: &str) -> bool {
        self.told == Some(name)
    }

    fn new(emoji: &'static str, subject: impl Into<Cow<'a, str>>) -> Self {
        Self { emoji, subject: subject.into(), ending: "", told: None }
    }

    fn titled(emoji: &'static str, event: &'a Event, otherwise: &'static str) -> Self {
        Self::new(emoji, said(event.title()).unwrap_or(otherwise))
    }

    /// Puts the value that names the event behind the words, unless it is long: then it keeps its field.
    fn naming(emoji: &'static str, words: &'static str, event: &Event, name: &'static str) -> Self {
        let value = event.fields().find(|field| field.name() == name).map_or("", |field| field.as_text());
        let is_short = value.chars().nth(limits::HEADLINE_CHARACTERS).is_none() && !value.contains('\n');
        match said(Some(value)) {
            Some(value) if is_short => Self { told: Some(name), ..Self::new(emoji, labelled(words, Some(value))) },
            _ => Self::new(emoji, words),
        }
    }

    fn failure(event: &'a Event) -> Self {
        let emoji = match event.severity() {
            Severity::Critical => "🚨",
            Severity::Error => "❌",
            Severity::Warning | Severity::Success | Severity::Info => "⚠️",
        };
        let (emoji, ending) = match (has_recovered(event), event.severity()) {
            (true, Severity::Critical) => (emoji, " failed, recovered"),
            (true, _) => ("⚠️", " failed, recovered"),
            (false, _) => (emoji, " failed"),
        };
        Self { ending, ..Self::new(emoji, undertaking(event, "Something")) }
    }

    /// A record says what happened; one without words is known by the span or the module that it comes from.
    fn record(event: &'a Event) -> Self {
        let emoji = match event.severity() {
            Severity::Critical => "🚨",
            Severity::Error => "❌",
            Severity::Warning => "⚠️",
            Severity::Success | Severity::Info => "💬",
        };
        if let Some(words) = said(event.title()) {
            return Self::new(emoji, words);
        }
        let span = event.entries().of(Role::Span).last().map(|span| span.name());
        let module = event.place().and_then(|place| place.module);
        let subject = said(span).or_else(|| said(module)).unwrap_or("Something");
        let ending = if event.error_report().is_some() { " failed" } else { " told something" };
        Self { ending, ..Self::new(emoji, subject) }
    }

    fn activity(event: &'a Event) -> Self {
        let outcome = event.fields().find(|field| field.name() == "outcome").map_or("", |field| field.as_text());
        let known = [
            ("ok", "✅", ""),
            ("error", "⚠️", " failed"),
            ("panicked", "⚠️", " panicked"),
            ("cancelled", "⏹️", " was cancelled"),
        ];
        let (told, emoji, ending) = known
            .into_iter()
            .find(|(name, ..)| *name == outcome)
            .map_or((None, "▶️", ""), |(_, emoji, ending)| (Some("outcome"), emoji, ending));
        Self { told, ending, ..Self::titled(emoji, event, "Activity") }
    }
}

/// Says whether a function around the failing one went on.
pub(super) fn has_recovered(event: &Event) -> bool {
    event.entries().of(Role::Recovered).next().is_some()
}

/// What was being done when it failed; the function's name where no context says it.
fn undertaking<'a>(event: &'a Event, otherwise: &'static str) -> &'a str {
    let context = event.error_report().and_then(|report| report.contexts().next());
    let function = event.place().and_then(|place| place.function);
    said(context).or_else(|| said(event.title())).or_else(|| said(function)).unwrap_or(otherwise)
}

fn labelled(words: &'static str, name: Option<&str>) -> String {
    said(name).map_or_else(|| words.to_owned(), |name| format!("{words}: {name}"))
}

fn said(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}
