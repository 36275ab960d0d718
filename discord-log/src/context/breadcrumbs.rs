//! What happened in a scope before an error: a short line for each event, in a ring that forgets the oldest.

use std::collections::VecDeque;
use std::fmt::Write;

use jiff::Timestamp;

use super::{scope, settings};
use crate::event::{Event, Severity};

/// The last events of a scope.
#[derive(Debug, Default)]
pub(super) struct Breadcrumbs(VecDeque<Breadcrumb>);

#[derive(Debug)]
struct Breadcrumb {
    at: Timestamp,
    severity: Severity,
    text: String,
}

/// Leaves a line for the report of an error that may follow in the scope of this thread; where there is no scope, or none
/// are wanted, the text is not made.
pub(crate) fn leave_breadcrumb(at: Timestamp, severity: Severity, write: impl FnOnce(&mut Line<'_>)) {
    let most = settings::most_breadcrumbs();
    if most == 0 || !scope::is_entered() {
        return;
    }
    // Made outside of the lock, since a `Display` of the program's may log as well.
    let mut text = scope::with_breadcrumbs(|breadcrumbs| breadcrumbs.make_room(most)).flatten().unwrap_or_default();
    write(&mut Line(&mut text));
    scope::with_breadcrumbs(|breadcrumbs| breadcrumbs.0.push_back(Breadcrumb { at, severity, text }));
}

/// The text of a breadcrumb, which takes no more than its length.
#[derive(Debug)]
pub(crate) struct Line<'t>(&'t mut String);

impl Write for Line<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = MOST_BYTES.saturating_sub(self.0.len());
        let kept = text.get(..text.floor_char_boundary(room)).unwrap_or_default();
        self.0.push_str(kept);
        // Nobody reads what comes after: a formatter that hears so stops.
        if kept.len() < text.len() { Err(std::fmt::Error) } else { Ok(()) }
    }
}

impl Breadcrumbs {
    /// Forgets what is too old; gives the memory of it, to be used again.
    fn make_room(&mut self, most: usize) -> Option<String> {
        let mut freed = None;
        while self.0.len() >= most {
            freed = self.0.pop_front().map(|oldest| oldest.text);
        }
        freed.map(|mut text| {
            text.clear();
            text
        })
    }

    /// Adds what is known to the report of an error, the oldest first.
    pub(super) fn add_to(&self, event: &mut Event) {
        for breadcrumb in &self.0 {
            let before = event.occurred_at().duration_since(breadcrumb.at).as_secs_f64().max(0.0);
            event.add_breadcrumb(&format!("-{before:.3} s {}", breadcrumb.severity), &breadcrumb.text);
        }
    }
}

/// Longest line.
const MOST_BYTES: usize = 200;
