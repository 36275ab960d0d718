//! Who is told how events end.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::event::Event;
use crate::record::Ending;

/// Code of the program's that is told how events end.
#[derive(Clone)]
pub(crate) struct ToldEnds(Arc<Tell>);

type Tell = dyn Fn(&Event, &Ending) + Send + Sync;

impl ToldEnds {
    pub(super) fn new(tell: impl Fn(&Event, &Ending) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Tells it; a panic there ends there.
    pub(crate) fn tell(&self, event: &Event, ending: &Ending) {
        let _ = catch_unwind(AssertUnwindSafe(|| (self.0)(event, ending)));
    }
}

impl fmt::Debug for ToldEnds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToldEnds")
    }
}
