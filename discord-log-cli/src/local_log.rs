//! Keeps what the library would write to stderr: a command says in its own words what came of its work.

use std::fmt::{Debug, Write};
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Lines of the library's since they were taken last.
static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps the library's lines from now on.
pub(crate) fn keep() {
    // It is kept already where this was called before.
    let _ = tracing::subscriber::set_global_default(Keeper);
}

/// Takes the lines that were kept.
pub(crate) fn take() -> Vec<String> {
    std::mem::take(&mut *LINES.lock().unwrap_or_else(PoisonError::into_inner))
}

struct Keeper;

impl Subscriber for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target() == "discord_log::local"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Message(String::new());
        event.record(&mut line);
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() < MOST {
            lines.push(line.0);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Nothing can fail that writes to memory.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

/// Lines that are kept: what a command says fits on a screen.
const MOST: usize = 100;
