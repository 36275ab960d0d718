//! The trace of OpenTelemetry that a thread is in: of its own interface, or of `tracing-opentelemetry`, which enters one
//! with each span.

use std::thread;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;

use crate::event::{Event, Role, user_code};

/// Adds the trace and the span that this thread is in to an event that knows of none.
pub(crate) fn add_trace(event: &mut Event) {
    // OpenTelemetry panics when it is asked in the middle of a change, and in the panic hook that would end the process.
    if thread::panicking() || event.has(Role::Request, TRACE_ID) || event.has(Role::Request, SPAN_ID) {
        return;
    }
    let ids = user_code::run(|| {
        Context::map_current(|context| {
            let span = context.span();
            let ids = span.span_context();
            ids.is_valid().then(|| (ids.trace_id(), ids.span_id()))
        })
    });
    if let Some((trace, span)) = ids.flatten() {
        event.add_display(Role::Request, TRACE_ID, &trace);
        event.add_display(Role::Request, SPAN_ID, &span);
    }
}

const TRACE_ID: &str = "trace_id";
const SPAN_ID: &str = "span_id";
