//! What programs tell `tracing`, and what becomes of it.

use std::fmt;

use discord_log::context::{self, Context};
use discord_log::{Channel, Event, Kind, Severity, TracingLayer, Value, testing, tracing_layer};
use tracing::{Level, Subscriber, debug, error, error_span, info, info_span, trace, warn};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt as written, registry};

use crate::failure::{Outer, words};

/// What a layer makes of what a closure tells.
fn told_by(layer: TracingLayer, body: impl FnOnce()) -> Vec<Event> {
    under(registry().with(layer), body)
}

fn told(body: impl FnOnce()) -> Vec<Event> {
    told_by(tracing_layer(), body)
}

fn under(subscriber: impl Subscriber + Send + Sync + 'static, body: impl FnOnce()) -> Vec<Event> {
    testing::capture(|| tracing::subscriber::with_default(subscriber, body))
}

fn only(body: impl FnOnce()) -> Event {
    let mut events = told(body);
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

fn fields(event: &Event) -> Vec<(String, Value<'_>)> {
    event.fields().map(|field| (field.name().to_owned(), field.value())).collect()
}

fn titles(events: &[Event]) -> Vec<&str> {
    events.iter().filter_map(Event::title).collect()
}

struct Panics;

impl fmt::Debug for Panics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half ")?;
        panic!("a Debug that panics")
    }
}

#[test]
fn errors_and_warnings_are_told_each_in_its_channel() {
    let events = told(|| {
        error!("broken");
        warn!("strange");
        info!("usual");
        trace!("tiny");
    });
    let looks: Vec<_> = events.iter().map(|event| (event.kind(), event.severity(), event.channel())).collect();
    let error = (Kind::ErrorRecord, Severity::Error, Channel::Errors);
    assert_eq!(looks, [error, (Kind::LogRecord, Severity::Warning, Channel::System)]);
    assert_eq!(titles(&events), ["broken", "strange"]);
}

#[test]
fn a_level_may_be_told_that_is_less_severe() {
    let layer = tracing_layer().messages_from(Level::DEBUG);
    let events = told_by(layer, || {
        debug!("small");
        trace!("tiny");
    });
    assert_eq!(titles(&events), ["small"]);
    assert_eq!((events[0].kind(), events[0].severity()), (Kind::LogRecord, Severity::Info));
}

#[test]
fn values_keep_their_types_and_what_panics_says_so() {
    let event = only(|| {
        warn!(
            whole = -7_i64,
            large = u64::MAX,
            larger = u128::MAX,
            part = 0.5,
            yes = true,
            text = "as \"it\" is",
            shown = %"plain",
            meant = ?"quoted",
            bad = ?Panics,
            after = 1_u64,
            "values"
        );
    });
    let expected = [
        ("whole", Value::from(-7_i64)),
        ("large", Value::from(u64::MAX)),
        ("larger", Value::from(u128::MAX.to_string())),
        ("part", Value::from(0.5)),
        ("yes", Value::from(true)),
        ("text", Value::from("as \"it\" is")),
        ("shown", Value::from("plain")),
        ("meant", Value::from("\"quoted\"")),
        ("bad", Value::from("half <formatting panicked>")),
        ("after", Value::from(1_u64)),
    ];
    assert_eq!(fields(&event), expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn an_event_says_on_which_line_it_was_told() {
    let (event, line) = (only(|| warn!("here")), line!());
    let place = event.place().expect("a place");
    assert_eq!((place.file, place.line, place.module), (file!(), line, Some(module_path!())));
    assert!(fields(&event).is_empty(), "a target that is the module says nothing new: {event:?}");
}

#[test]
fn a_field_names_the_channel_else_the_longest_route_does() {
    let layer = || tracing_layer().route("billing", Channel::Finance).route("billing::mail", Channel::Activity);
    let channel = |body: fn()| {
        let events = told_by(layer(), body);
        (events[0].channel(), fields(&events[0]).into_iter().map(|(name, _)| name).collect::<Vec<_>>())
    };
    let target = || vec!["target".to_owned()];
    assert_eq!(channel(|| warn!(target: "billing::invoices", "x")), (Channel::Finance, target()));
    assert_eq!(channel(|| error!(target: "billing::mail::queue", "x")), (Channel::Activity, target()));
    assert_eq!(channel(|| error!(target: "billings", "x")), (Channel::Errors, target()));
    assert_eq!(channel(|| warn!(target: "billing", discord = "Deploys", "x")), (Channel::named("deploys"), target()));
    assert_eq!(channel(|| warn!(discord = %"finance", "x")), (Channel::Finance, vec![]));
    let in_span = || info_span!("release", discord = "deploys").in_scope(|| error!("x"));
    assert_eq!(channel(in_span), (Channel::named("deploys"), vec![]));
}

#[test]
fn an_error_is_told_with_its_causes() {
    let event = only(|| error!(error = &Outer as &dyn std::error::Error, attempt = 3, "giving up"));
    assert_eq!(event.title(), Some("giving up"));
    let report = event.error_report().expect("a report");
    assert_eq!(report.message(), "outer");
    assert_eq!(report.causes().collect::<Vec<_>>(), ["middle", "root"]);
    assert_eq!(fields(&event), [("attempt".to_owned(), Value::from(3_i64))]);
}

#[test]
fn what_an_instrumented_function_returns_is_its_error() {
    // What `#[instrument(err)]` expands to.
    let event = only(|| info_span!("pay", invoice = 17_u32).in_scope(|| error!(error = %Outer)));
    assert_eq!(event.error_report().map(|report| report.message().to_owned()).as_deref(), Some("outer"));
    assert_eq!(event.title(), None);
    assert!(words(&event).contains(r#"(Span, "pay""#), "{event:?}");
    assert_eq!(fields(&event), [("invoice".to_owned(), Value::from(17_u64))]);
}

#[test]
fn spans_give_their_path_and_fields_of_which_the_inner_count() {
    let event = only(|| {
        let outer = info_span!("request", tenant = "acme", step = 1, late = tracing::field::Empty);
        let _outer = outer.enter();
        outer.record("late", "known");
        let inner = info_span!("import", step = 2, rows = 10);
        let _inner = inner.enter();
        inner.record("rows", 20);
        error!(rows = 30, own = true, "stopped");
    });
    let spans: Vec<_> = words(&event).match_indices("(Span, ").map(|(at, _)| words(&event)[at..].to_owned()).collect();
    assert!(spans[0].starts_with(r#"(Span, "request""#) && spans[1].starts_with(r#"(Span, "import""#), "{event:?}");
    let mut values: Vec<_> = fields(&event).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    values[2..].sort();
    assert_eq!(values, ["rows=30", "own=true", "late=known", "step=2", "tenant=acme"]);
}

#[test]
fn a_field_that_a_span_tells_anew_replaces_the_earlier() {
    let event = only(|| {
        let span = info_span!("import", rows = 10, table = "invoices");
        (0..100_000).for_each(|row| {
            let _ = span.record("rows", row);
        });
        span.in_scope(|| error!("stopped"));
    });
    let mut values: Vec<_> = fields(&event).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    values.sort();
    assert_eq!(values, ["rows=99999", "table=invoices"]);
}

#[test]
fn of_what_a_span_was_given_a_beginning_is_kept() {
    let long = "é".repeat(100_000);
    let event = only(|| error_span!("import", body = long, list = ?vec![7; 100_000]).in_scope(|| error!("stopped")));
    let values: Vec<_> = fields(&event).into_iter().map(|(_, value)| value.to_string()).collect();
    assert_eq!(values[0], format!("{}…", "é".repeat(500)));
    assert!(values[1].starts_with("[7, 7") && values[1].ends_with('…') && values[1].len() < 1_010, "{}", values[1]);
}

#[test]
fn the_trace_is_told_as_such_and_the_inner_counts() {
    let event = only(|| {
        let _span = info_span!("request", trace_id = "4bf9", span_id = "outer").entered();
        error!(span_id = %"00f0", "stopped");
    });
    assert!(words(&event).contains(r#"(Request, "span_id", Text("00f0"))"#), "{event:?}");
    assert!(words(&event).contains(r#"(Request, "trace_id", Text("4bf9"))"#), "{event:?}");
    assert!(!words(&event).contains("outer") && fields(&event).is_empty(), "{event:?}");
}

#[test]
fn secrets_are_masked_wherever_they_stand() {
    let leaks = |body: fn()| {
        let body = || tracing::subscriber::with_default(registry().with(tracing_layer()), body);
        testing::leaks("hunter2", &[], body).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(leaks(|| error!(password = "hunter2", "x")), [""; 0]);
    assert_eq!(leaks(|| info_span!("login", password = "hunter2").in_scope(|| error!("x"))), [""; 0]);
    assert_eq!(leaks(|| error!("signed in with password=hunter2")), [""; 0]);
    let before = || {
        context::with(Context::new(), || {
            info!(password = "hunter2", "signing in");
            error!("x");
        });
    };
    assert_eq!(leaks(before), [""; 0]);
    assert_eq!(leaks(|| error!(nickname = "hunter2", "x")), ["the field nickname of ErrorRecord"], "a test that sees");
}

#[test]
fn what_is_less_severe_goes_with_the_error_that_follows_in_its_scope() {
    let events = told(|| {
        info!("outside");
        context::with(Context::new().with_user("u-42"), || {
            info!(rows = 3, "read");
            debug!(bad = ?Panics, "odd");
            error!("stopped");
        });
    });
    assert_eq!(titles(&events), ["stopped"]);
    let words = words(&events[0]);
    assert!(words.contains(&format!("{}: read rows=3", module_path!())), "{words}");
    assert!(words.contains("odd bad=half ") && !words.contains("outside"), "{words}");
    assert_eq!(events[0].who(), Some("u-42"));
}

#[test]
fn filters_decide_what_the_layer_sees_and_the_layer_nothing_for_others() {
    let seen = |filter: LevelFilter| {
        let events = under(registry().with(tracing_layer().messages_from(Level::TRACE).with_filter(filter)), || {
            info_span!("low", depth = 1).in_scope(|| {
                trace!("tiny");
                error!("broken");
            });
        });
        (events.len(), words(&events[0]).contains("(Span, "))
    };
    assert_eq!(seen(LevelFilter::TRACE), (2, true));
    assert_eq!(seen(LevelFilter::ERROR), (1, false));

    let sink = tracing_subscriber::fmt::TestWriter::default;
    let all = registry().with(tracing_layer()).with(written::layer().with_writer(sink));
    let not = registry().with(tracing_layer().with_filter(filter_fn(|_| false)));
    assert!(under(not, || error!("unseen")).is_empty());
    assert!(tracing::subscriber::with_default(all, || tracing::enabled!(Level::TRACE)));
}

#[test]
fn a_record_of_log_that_tracing_log_brings_says_where_it_was_told() {
    let layer = || tracing_layer().route("billing", Channel::Finance);
    let bring = || {
        tracing::event!(
            name: "log event",
            target: "log",
            Level::ERROR,
            log.target = "billing::mail",
            log.module_path = "billing",
            log.file = "src/mail.rs",
            log.line = 7_u64,
            "the mail server is gone"
        );
    };
    let events = told_by(layer(), bring);
    assert_eq!((events[0].title(), events[0].channel()), (Some("the mail server is gone"), Channel::Finance));
    let place = events[0].place().expect("a place");
    assert_eq!((place.file, place.line, place.module), ("src/mail.rs", 7, Some("billing")));
    assert_eq!(fields(&events[0]), [("target".to_owned(), Value::from("billing::mail"))]);
}

#[test]
fn what_the_logger_writes_locally_does_not_come_back() {
    assert!(told(|| error!(target: "discord_log::local", "undelivered")).is_empty());
}

#[test]
fn a_debug_that_logs_breaks_nothing() {
    struct Logs;
    impl fmt::Debug for Logs {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            warn!("within");
            f.write_str("logged")
        }
    }
    let events = told(|| info_span!("outer", first = ?Logs).in_scope(|| error!(second = ?Logs, "around")));
    // Within an event, `tracing` hands no other one to a subscriber that is set for a scope.
    let values: Vec<_> = fields(&events[0]).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        (titles(&events), values),
        (vec!["around"], vec!["second=logged".to_owned(), "first=logged".to_owned()])
    );
}

#[test]
fn two_layers_on_one_subscriber_tell_twice_and_agree() {
    let both = registry().with(tracing_layer()).with(tracing_layer());
    let events = under(both, || {
        let span = info_span!("import", rows = 1);
        span.record("rows", 2);
        span.in_scope(|| error!("stopped"));
    });
    let all: Vec<_> = events.iter().map(fields).collect();
    assert_eq!(all, [[("rows".to_owned(), Value::from(2_i64))], [("rows".to_owned(), Value::from(2_i64))]]);
}
