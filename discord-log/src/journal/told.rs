//! An event of the journal in words.

use std::fmt::Write;

use crate::event::{Role, Value};
use crate::record::outside::Record;
use crate::reduce::Fingerprint;
use crate::render;

impl Record {
    /// Says in one line what happened, as its message begins; `service` names the service where it started or stopped.
    /// Nothing in it ends the line or acts on a terminal.
    #[must_use]
    pub fn headline(&self, service: &str) -> String {
        render::headline(service, &self.event)
    }

    /// Says what the headline leaves open, in one line: the text of the error, or the running text; empty where there is
    /// neither. Nothing in it ends the line or acts on a terminal.
    #[must_use]
    pub fn detail(&self) -> String {
        let error = self.event.error_report().map(|report| report.message());
        let text = error.or_else(|| self.event.text()).unwrap_or_default();
        render::one_line(text)
    }

    /// Names the problem of which it is an occurrence, in 16 hexadecimal digits: the same for all of them, in every
    /// process and release. None for good news, and for everything of finance.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        Fingerprint::of(&self.event).map(|fingerprint| fingerprint.to_string())
    }

    /// Gives all that it says, a line for each text: names, values, causes, contexts, where it was, and who.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for entry in self.event.entries().iter() {
            // What was logged before it is another event's text, or none's.
            if matches!(entry.role(), Role::Breadcrumb | Role::Repeats) {
                continue;
            }
            // Nothing can fail that writes to memory.
            let _ = match entry.value() {
                Value::Text(value) => writeln!(text, "{} {value}", entry.name()),
                value => writeln!(text, "{} {value}", entry.name()),
            };
        }
        if let Some(place) = self.event.place() {
            let _ = writeln!(text, "{} {}:{}", place.function.unwrap_or_default(), place.file, place.line);
        }
        text
    }
}
