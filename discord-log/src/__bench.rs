//! For this workspace's measurements: the journal alone, on the real disk, and the redaction. No part of the interface.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::event::Event;
use crate::filter;
use crate::record::{Disk, DiskJournal, Journal as _, Now, Settings};

/// A journal in files, without threads.
#[derive(Debug)]
pub struct Journal(DiskJournal);

impl Journal {
    /// Makes one in a directory.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        let settings = Settings {
            queue_size: 100,
            dir: Some(dir.to_owned()),
            namespace: "benches@".to_owned(),
            most_bytes: u64::MAX,
            retention: Duration::from_secs(24 * 60 * 60),
        };
        Self(DiskJournal::new(Arc::new(Disk), dir, "measured".to_owned(), &settings))
    }

    /// Appends events and does what is due; says whether they are in files.
    #[must_use]
    pub fn append(&self, events: &[Event]) -> bool {
        let now = Now { instant: Instant::now(), wall: Timestamp::now() };
        let stamped = |mut event: Event| {
            event.stamp(now.wall);
            event
        };
        self.0.append(&mut events.iter().cloned().map(stamped), now.instant);
        self.0.persist(now, false);
        self.0.is_written() && self.0.outlives_the_process()
    }
}

/// What masks secrets, with the names that are always masked.
#[derive(Debug, Default)]
pub struct Redaction(filter::Redaction);

impl Redaction {
    /// Masks what is secret in an event.
    pub fn apply(&self, event: &mut Event) {
        self.0.apply(event);
    }
}
