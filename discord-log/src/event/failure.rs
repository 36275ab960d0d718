//! One failure on its way through nested functions: the innermost reports it, those around it add what they know.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::entries::{Entries, Field, Role};
use super::{Event, Value};

/// What an event has to do with a failure that several functions tell of.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) id: FailureId,
    pub(crate) stage: Stage,
}

/// Names a failure, so that what comes later finds its report.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct FailureId(u64);

/// How far the failure has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// Its report, made while functions that enclose the failing one still run: they may have more to say.
    Raised,
    /// An enclosing function passed it on, and tells what it knows. Nothing more will come.
    Passed,
    /// An enclosing function went on in spite of it. Nothing more will come.
    Recovered,
}

impl FailureId {
    /// Gives a name that no other failure has, of this process or of one whose journal it adopts.
    pub(crate) fn new() -> Self {
        static FIRST: OnceLock<u64> = OnceLock::new();
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let first = *FIRST.get_or_init(|| fastrand::u64(..));
        Self(first.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed)))
    }
}

impl Event {
    /// Says what the event has to do with a failure that several functions tell of.
    pub(crate) fn of_failure(mut self, id: FailureId, stage: Stage) -> Self {
        self.set_failure(id, stage);
        self
    }

    /// See [`of_failure`](Self::of_failure).
    pub(crate) fn set_failure(&mut self, id: FailureId, stage: Stage) {
        self.failure = Some(Failure { id, stage });
    }

    pub(crate) const fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// Takes in what the functions around the failing one told later: their own error in place of the inner one, which
    /// stands among its causes; what they were doing and their fields; and whether one went on.
    pub(crate) fn absorb(&mut self, later: &Self) {
        let supersedes = later.entries.of(Role::ErrorMessage).next().is_some();
        let mut entries = Entries::new();
        for entry in self.entries.iter() {
            match entry.role() {
                Role::ErrorMessage | Role::Cause if supersedes => {}
                Role::Context => {
                    let known_as = |known: &Field<'_>| !known.name().is_empty() && known.name() == entry.as_text();
                    entries.copy(later.entries.of(Role::Context).find(known_as).unwrap_or(entry));
                }
                _ => entries.copy(entry),
            }
        }
        for entry in later.entries.iter() {
            let is_told = match entry.role() {
                Role::Context => self.entries.of(Role::Context).any(|known| is_of(&known, entry.name())),
                Role::Field => self.fields().any(|field| field.name() == entry.name()),
                _ => false,
            };
            if !is_told {
                entries.copy(entry);
            }
        }
        let left_out = self.entries.left_out().max(later.entries.left_out());
        self.entries = entries.leaving_out(left_out);
        self.severity = self.severity.max(later.severity);
    }

    /// Names the function that went on in spite of the failure.
    pub(crate) fn recovered_in(mut self, function: &str) -> Self {
        self.entries.push_text(Role::Recovered, "", function);
        self
    }

    /// Tells which other failure came right before this one.
    pub(crate) fn set_after(&mut self, earlier: &str) {
        self.entries.push_text(Role::After, "", earlier);
    }

    /// Counts calls that failed alike and are told by this event alone.
    pub(crate) fn repeated(mut self, calls: u64) -> Self {
        self.entries.push(Role::Repeats, "", &Value::Unsigned(calls));
        self
    }

    /// Says how many more calls failed alike, with those of what joined it.
    pub(crate) fn all_repeats(&self) -> u64 {
        let calls = |entry: Field<'_>| if let Value::Unsigned(calls) = entry.value() { calls } else { 0 };
        self.entries.of(Role::Repeats).map(calls).fold(0, u64::saturating_add)
    }

    /// Says how many more calls failed alike.
    pub(crate) fn repeats(&self) -> u64 {
        match self.entries.of(Role::Repeats).next().map(|repeats| repeats.value()) {
            Some(Value::Unsigned(calls)) => calls,
            _ => 0,
        }
    }
}

/// A context is known by its template, whose values may not stand in it yet.
fn is_of(context: &Field<'_>, template: &str) -> bool {
    !template.is_empty() && (context.as_text() == template || context.name() == template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Kind;

    fn raised() -> Event {
        Event::of(Kind::Error)
            .reporting_text("io::Error", &"connection refused")
            .while_doing("Save")
            .while_doing("Invoice {id}")
            .field("table", "invoices")
            .of_failure(FailureId::new(), Stage::Raised)
    }

    fn texts(event: &Event, role: Role) -> Vec<&str> {
        event.entries.of(role).map(|entry| entry.as_text()).collect()
    }

    #[test]
    fn the_outer_error_takes_the_place_of_the_inner_and_the_trail_stays() {
        let mut event = raised();
        let mut later = Event::of(Kind::Error).reporting_text("BillingError", &"cannot save").field("table", "other");
        later.entries.push_text(Role::Cause, "", "connection refused");
        later.entries.push_text(Role::Context, "Invoice {id}", "Invoice 7");
        event.absorb(&later.field("customer", "ACME"));
        assert_eq!(texts(&event, Role::ErrorMessage), ["cannot save"]);
        assert_eq!(texts(&event, Role::Cause), ["connection refused"]);
        assert_eq!(texts(&event, Role::Context), ["Save", "Invoice 7"]);
        assert_eq!(texts(&event, Role::Field), ["invoices", "ACME"]);
    }

    #[test]
    fn what_two_functions_around_know_is_told_together() {
        let around = |template: &str, context: &str, field: &str| {
            let mut event = Event::of(Kind::Error).reporting_text("E", &context).field(field, 1);
            event.entries.push_text(Role::Context, template, context);
            event
        };
        let mut known = around("Save {id}", "Save 7", "id");
        known.absorb(&around("Run {day}", "Run monday", "day"));
        let mut event = Event::of(Kind::Error).while_doing("Write").while_doing("Save {id}").while_doing("Run {day}");
        event.absorb(&known);
        assert_eq!(texts(&event, Role::Context), ["Write", "Save 7", "Run monday"]);
        assert_eq!(event.fields().map(|field| field.name()).collect::<Vec<_>>(), ["id", "day"]);
        assert_eq!(texts(&event, Role::ErrorMessage), ["Run monday"]);
    }

    #[test]
    fn a_recovery_leaves_the_error_as_it_was() {
        let mut event = raised();
        event.absorb(&Event::of(Kind::Error).recovered_in("retrying"));
        assert_eq!(texts(&event, Role::ErrorMessage), ["connection refused"]);
        assert_eq!(texts(&event, Role::Recovered), ["retrying"]);
    }

    #[test]
    fn no_two_failures_have_one_name() {
        assert_ne!(FailureId::new(), FailureId::new());
    }
}
