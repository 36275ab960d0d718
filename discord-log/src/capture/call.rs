//! What every observer knows of the call it observes: the place, and the fields that were asked for.

use crate::capture::fields::Fields;
use crate::event::{Callsite, Event, Kind};
use crate::logger;

/// A call of an annotated function.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) callsite: &'static Callsite,
    // On the heap, because a future that is stored by the thousand should not grow by an event.
    fields: Option<Box<Fields>>,
}

impl Call {
    #[inline]
    pub(crate) const fn at(callsite: &'static Callsite) -> Self {
        Self { callsite, fields: None }
    }

    /// Evaluates the fields, if somebody listens to the kind of event that would carry them.
    #[inline]
    pub(crate) fn collect(&mut self, kind: Kind, build: impl FnOnce(&mut Fields)) {
        if logger::listens(kind) {
            self.fields = Some(Box::new(Fields::collect(build)));
        }
    }

    /// Adds what is known of the call, and hands the event over.
    pub(crate) fn log(&self, event: Event) {
        let mut event = event.at_callsite(self.callsite);
        if let Some(channel) = self.callsite.channel() {
            event = event.in_channel(channel);
        }
        if let Some(fields) = &self.fields {
            event = fields.copy_to(event);
        }
        logger::log(event);
    }
}
