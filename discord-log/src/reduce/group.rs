//! What is known of one problem that occurs again and again: counts, times, and what differed. Pure, and the same
//! whether it was gathered by one process or goes on after a restart.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::distinct::{Count, Distinct};
use super::fingerprint::Fingerprint;
use super::rate::{Rate, SPANS};
use super::variables::{Slot, Variable, Variables, hash, shortened, values_of};
use crate::event::{Event, Severity};
use crate::record::Entry;

/// What is known of one problem.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Group {
    fingerprint: Fingerprint,
    count: u64,
    first_seen: Timestamp,
    last_seen: Timestamp,
    severity: Severity,
    rate: Rate,
    variables: Variables,
    actors: Distinct,
    occurrences: Occurrences,
    earlier: Option<Earlier>,
    back: Option<Back>,
    is_over: bool,
}

/// The occurrences one by one, as lines of JSON, as far as there is room.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Occurrences {
    lines: String,
    unlisted: u64,
}

/// The message that told of the problem before the one that does now.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) enum Earlier {
    /// A person deleted it.
    Deleted,
    /// It is there, under this address if that is known.
    Posted { address: Option<String> },
}

/// A problem that had been over.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Back {
    /// How long nothing was seen of it.
    pub(crate) after: Duration,
    /// In which release it was seen last.
    pub(crate) release: Option<String>,
}

impl Group {
    /// Begins with nothing but a name; [`count`](Self::count_in) comes next.
    pub(super) fn new(fingerprint: Fingerprint, event: &Event) -> Self {
        Self {
            fingerprint,
            count: 0,
            first_seen: event.occurred_at(),
            last_seen: event.occurred_at(),
            severity: event.severity(),
            rate: Rate::default(),
            variables: Variables::default(),
            actors: Distinct::default(),
            occurrences: Occurrences::default(),
            earlier: None,
            back: None,
            is_over: false,
        }
    }

    /// Takes in an occurrence, with the calls that it counts beside its own.
    pub(super) fn count_in(&mut self, entry: &Entry) {
        let event = &entry.event;
        let occurrences = entry.repeats().saturating_add(1);
        self.count = self.count.saturating_add(occurrences);
        self.first_seen = self.first_seen.min(event.occurred_at());
        self.last_seen = self.last_seen.max(event.occurred_at());
        self.severity = self.severity.max(event.severity());
        self.rate.count(event.occurred_at(), occurrences);
        let values = values_of(event);
        self.variables.insert(&values);
        if let Some(actor) = event.who() {
            self.actors.insert(hash(actor));
        }
        self.occurrences.insert(entry, &values);
        self.is_over = false;
    }

    /// Goes on in another message.
    pub(super) fn follow(&mut self, earlier: Earlier) {
        self.earlier = Some(earlier);
    }

    /// Comes back after it was over.
    pub(super) fn come_back(&mut self, back: Back, earlier: Option<Earlier>) {
        (self.back, self.earlier) = (Some(back), earlier);
    }

    /// Nothing was seen of it for a while.
    pub(super) fn end(&mut self) {
        self.is_over = true;
    }

    /// How much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.occurrences.lines.len() + self.variables.bytes()
    }

    pub(crate) const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// How often it occurred.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    pub(crate) const fn first_seen(&self) -> Timestamp {
        self.first_seen
    }

    pub(crate) const fn last_seen(&self) -> Timestamp {
        self.last_seen
    }

    /// The worst that was seen of it.
    pub(crate) const fn severity(&self) -> Severity {
        self.severity
    }

    /// How often it occurred in each five minutes of the hour that ends with the last occurrence, the oldest first.
    pub(crate) fn rate(&self) -> [u64; SPANS] {
        self.rate.spans()
    }

    /// Walks over what was not the same in all occurrences.
    pub(crate) fn variables(&self) -> impl Iterator<Item = Variable<'_>> {
        self.variables.iter()
    }

    /// How many different people or accounts it happened to.
    pub(crate) fn actors(&self) -> Count {
        self.actors.count()
    }

    /// Gives a line of JSON for each occurrence, with what differed, once a message cannot name it all; and how many
    /// occurrences are counted alone.
    pub(crate) fn occurrences(&self) -> Option<(&str, u64)> {
        let is_more = self.variables().any(|variable| variable.distinct.number > variable.values.len() as u64);
        is_more.then_some((self.occurrences.lines.as_str(), self.occurrences.unlisted))
    }

    /// Gives a line of JSON for each occurrence, as far as there is room for them.
    pub(crate) fn listed(&self) -> &str {
        &self.occurrences.lines
    }

    /// The message that told of it before.
    pub(crate) const fn earlier(&self) -> Option<&Earlier> {
        self.earlier.as_ref()
    }

    /// Says whether it had been over for long.
    pub(crate) const fn back(&self) -> Option<&Back> {
        self.back.as_ref()
    }

    /// Nothing was seen of it for a while.
    pub(crate) const fn is_over(&self) -> bool {
        self.is_over
    }
}

impl Occurrences {
    fn insert(&mut self, entry: &Entry, values: &[(Slot, std::borrow::Cow<'_, str>)]) {
        let mut fields = serde_json::Map::new();
        let mut blanks = Vec::new();
        for (slot, value) in values {
            let value = serde_json::Value::from(shortened(value));
            match slot {
                Slot::Field(name) => drop(fields.insert(name.clone(), value)),
                Slot::Blank(_) => blanks.push(value),
            }
        }
        let mut line = serde_json::json!({ "at": entry.event.occurred_at().to_string(), "id": entry.id.to_string() });
        if let Some(object) = line.as_object_mut() {
            let mut add = |name: &str, value: serde_json::Value| drop(object.insert(name.to_owned(), value));
            if !blanks.is_empty() {
                add("values", blanks.into());
            }
            if !fields.is_empty() {
                add("fields", fields.into());
            }
            if let Some(actor) = entry.event.who() {
                add("actor", shortened(actor).into());
            }
            if entry.repeats() > 0 {
                add("repeats", entry.repeats().into());
            }
        }
        let line = line.to_string();
        if self.lines.len() + line.len() < LISTED_BYTES {
            self.lines.push_str(&line);
            self.lines.push('\n');
        } else {
            self.unlisted += 1;
        }
    }
}

/// Bytes of the lines of one group: some 500 occurrences; those beyond are counted.
const LISTED_BYTES: usize = 64 * 1024;

/// A group as a message may tell it, without the way that it comes about.
#[cfg(any(test, feature = "bench"))]
impl Group {
    /// Counts all entries into one group, whatever each of them is; none for events that are told by themselves.
    pub(crate) fn of_all(entries: &[Entry]) -> Option<Self> {
        let event = &entries.last()?.event;
        let mut group = Self::new(Fingerprint::of(event)?, event);
        entries.iter().for_each(|entry| group.count_in(entry));
        Some(group)
    }

    /// Adds what was before, and whether it is over.
    pub(crate) fn with_history(self, earlier: Option<Earlier>, back: Option<Back>, is_over: bool) -> Self {
        Self { earlier, back, is_over, ..self }
    }
}
