//! Which trace of OpenTelemetry an event belongs to, by the tracer that programs use.

use std::sync::atomic::{AtomicBool, Ordering};

use discord_log::context::{self, Context};
use discord_log::{Event, log_errors, testing, tracing_layer};
use opentelemetry::trace::{SpanContext, TraceContextExt as _, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, error, info, info_span, instrument, warn};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer, registry};

use crate::failure::words;

/// What is told under a subscriber that traces.
fn traced(body: impl FnOnce()) -> Vec<Event> {
    traced_beside(tracing_layer(), body)
}

fn traced_beside<L>(layer: L, body: impl FnOnce()) -> Vec<Event>
where
    L: Layer<tracing_subscriber::Registry> + Send + Sync,
{
    let provider = SdkTracerProvider::builder().build();
    let traces = tracing_opentelemetry::layer().with_tracer(provider.tracer("tests"));
    let subscriber = registry().with(layer).with(traces);
    testing::capture(|| tracing::subscriber::with_default(subscriber, body))
}

fn ids() -> SpanContext {
    tracing::Span::current().context().span().span_context().clone()
}

/// Says whether an event tells of a span, and of no other.
fn is_of(event: &Event, span: &SpanContext) -> bool {
    let words = words(event);
    let trace = format!(r#"(Request, "trace_id", Text("{}"))"#, span.trace_id());
    let span = format!(r#"(Request, "span_id", Text("{}"))"#, span.span_id());
    let told = |name: &str| words.matches(name).count();
    words.contains(&trace) && words.contains(&span) && told("trace_id") == 1 && told("span_id") == 1
}

#[test]
fn an_event_says_in_which_span_it_was_told() {
    let mut spans = Vec::new();
    let events = traced_beside(tracing_layer().messages_from(Level::INFO), || {
        let _outer = info_span!("request").entered();
        spans.push(ids());
        warn!("slow");
        let _inner = info_span!("query").entered();
        spans.push(ids());
        info!("small");
    });
    assert_eq!(spans[0].trace_id(), spans[1].trace_id());
    assert!(spans[0].is_valid() && spans[0].span_id() != spans[1].span_id());
    assert!(events.iter().zip(&spans).all(|(event, span)| is_of(event, span)), "{events:#?}");
    assert_eq!(events.len(), 2);
}

#[test]
fn what_an_event_says_itself_counts() {
    let events = traced(|| {
        let _span = info_span!("request").entered();
        error!(trace_id = "4bf9", span_id = "00f0", "stopped");
    });
    let words = words(&events[0]);
    assert!(words.contains(r#"(Request, "trace_id", Text("4bf9"))"#), "{words}");
    assert!(
        words.contains(r#"(Request, "span_id", Text("00f0"))"#) && words.matches("trace_id").count() == 1,
        "{words}"
    );
}

#[log_errors]
fn charge() -> Result<(), &'static str> {
    Err("the bank is closed")
}

#[log_errors]
#[instrument(skip_all)]
async fn charge_later(span: &mut SpanContext) -> Result<(), &'static str> {
    std::future::ready(()).await;
    *span = ids();
    charge()
}

#[test]
fn an_error_of_a_function_says_in_which_span_it_failed() {
    let mut span = SpanContext::NONE;
    let events = traced(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        assert_eq!(runtime.block_on(charge_later(&mut span)), Err("the bank is closed"));
    });
    assert!(span.is_valid() && is_of(&events[0], &span), "{span:?}: {events:#?}");
}

#[test]
fn a_span_of_open_telemetrys_own_counts_and_the_request_gives_way() {
    let provider = SdkTracerProvider::builder().build();
    let request = Context::new().with_trace_id("4bf92f3577b34da6a3ce929d0e0e4736");
    let mut span = SpanContext::NONE;
    let events = testing::capture(|| {
        context::with(request, || {
            let _ = charge();
            provider.tracer("tests").in_span("payment", |context| {
                span = context.span().span_context().clone();
                let _ = charge();
            });
        });
    });
    assert!(words(&events[0]).contains(r#""trace_id", Text("4bf92f3577b34da6a3ce929d0e0e4736")"#), "{events:#?}");
    assert!(!words(&events[0]).contains("span_id"), "{events:#?}");
    assert!(is_of(&events[1], &span), "{events:#?}");
}

#[test]
fn what_went_well_and_what_is_in_no_span_tells_no_trace() {
    let events = traced(|| {
        warn!("alone");
        let _span = info_span!("request").entered();
        discord_log::log_user_action("Paid");
    });
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| !words(event).contains("trace_id")), "{events:#?}");
}

/// Tells `tracing` something while a thread takes down what it kept.
struct TellsAtTheEnd;

static HAS_TOLD: AtomicBool = AtomicBool::new(false);

impl Drop for TellsAtTheEnd {
    fn drop(&mut self) {
        let subscriber = registry().with(tracing_layer());
        let events = testing::capture(|| tracing::subscriber::with_default(subscriber, || warn!("the last")));
        HAS_TOLD.store(events.len() == 1, Ordering::Relaxed);
    }
}

#[test]
fn a_thread_that_is_ending_is_not_stopped() {
    thread_local!(static LAST: TellsAtTheEnd = const { TellsAtTheEnd });
    let thread = std::thread::spawn(|| {
        LAST.with(|_| ());
        // Known after the other, and so gone before it.
        opentelemetry::Context::map_current(|_| ());
    });
    assert!(thread.join().is_ok() && HAS_TOLD.load(Ordering::Relaxed));
}
