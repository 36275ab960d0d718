//! What programs tell `log`, and what becomes of it; through the trait object, since a process has one logger.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use discord_log::context::{self, Context};
use discord_log::{Channel, Event, Kind, LogBridge, Severity, Value, log_bridge, testing};
use log::kv::{self, ToValue as _, VisitSource};
use log::{Level, Log, Metadata, Record};

use crate::failure::{Outer, words};

type Pairs<'v> = &'v [(&'v str, kv::Value<'v>)];

/// A record as the macros make it.
fn tell(logger: &dyn Log, level: Level, target: &str, text: &str, pairs: Pairs<'_>) {
    logger.log(
        &Record::builder()
            .level(level)
            .target(target)
            .args(format_args!("{text}"))
            .module_path_static(Some("shop"))
            .file_static(Some("src/shop.rs"))
            .line(Some(7))
            .key_values(&pairs)
            .build(),
    );
}

fn told(bridge: LogBridge, level: Level, target: &str, pairs: Pairs<'_>) -> Vec<Event> {
    let logger: Box<dyn Log> = Box::new(bridge);
    testing::capture(|| tell(&*logger, level, target, "told", pairs))
}

fn fields(event: &Event) -> Vec<(String, Value<'_>)> {
    event.fields().map(|field| (field.name().to_owned(), field.value())).collect()
}

/// A logger that keeps what it is given.
#[derive(Clone, Default)]
struct Keeps(Arc<Mutex<Vec<String>>>);

impl Log for Keeps {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() == Level::Trace
    }

    fn log(&self, record: &Record<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{} {}", record.level(), record.args()));
    }

    fn flush(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push("flushed".to_owned());
    }
}

#[test]
fn levels_decide_what_is_told_and_where() {
    let looks = |bridge: fn() -> LogBridge| {
        let events = Level::iter().flat_map(|level| told(bridge(), level, "shop", &[])).collect::<Vec<_>>();
        events.iter().map(|event| (event.kind(), event.severity(), event.channel())).collect::<Vec<_>>()
    };
    let error = (Kind::ErrorRecord, Severity::Error, Channel::Errors);
    let record = |severity| (Kind::LogRecord, severity, Channel::System);
    assert_eq!(looks(log_bridge), [error, record(Severity::Warning)]);
    let all =
        [error, record(Severity::Warning), record(Severity::Info), record(Severity::Info), record(Severity::Info)];
    assert_eq!(looks(|| log_bridge().messages_from(Level::Trace)), all);
}

#[test]
fn a_record_says_its_text_its_line_and_its_target_where_that_is_not_the_module() {
    let events = told(log_bridge(), Level::Warn, "shop", &[]);
    let place = events[0].place().expect("a place");
    assert_eq!((place.file, place.line, place.module), ("src/shop.rs", 7, Some("shop")));
    assert_eq!((events[0].title(), events[0].fields().count()), (Some("told"), 0));
    let elsewhere = told(log_bridge(), Level::Warn, "audit", &[]);
    assert_eq!(fields(&elsewhere[0]), [("target".to_owned(), Value::from("audit"))]);
}

#[test]
fn a_place_that_is_no_static_is_copied() {
    let logger: Box<dyn Log> = Box::new(log_bridge());
    let (module, file) = ("shop::late".to_owned(), "src/late.rs".to_owned());
    let events = testing::capture(|| {
        let mut record = Record::builder();
        record.level(Level::Error).target("shop::late").module_path(Some(&module)).file(Some(&file)).line(Some(9));
        logger.log(&record.args(format_args!("told")).build());
    });
    let place = events[0].place().expect("a place");
    assert_eq!((place.file, place.line, place.module), ("src/late.rs", 9, Some("shop::late")));
}

#[test]
fn pairs_become_fields_of_their_types_and_an_error_a_report() {
    let pairs = [
        ("count", 3_u64.to_value()),
        ("balance", (-3_i64).to_value()),
        ("part", 0.5.to_value()),
        ("yes", true.to_value()),
        ("name", "Acme".to_value()),
        ("list", kv::Value::from_debug(&[1, 2])),
        ("cause", kv::Value::from_dyn_error(&Outer as &(dyn Error + 'static))),
    ];
    let events = told(log_bridge(), Level::Error, "shop", &pairs);
    let expected = [
        ("count", Value::from(3_u64)),
        ("balance", Value::from(-3_i64)),
        ("part", Value::from(0.5)),
        ("yes", Value::from(true)),
        ("name", Value::from("Acme")),
        ("list", Value::from("[1, 2]")),
    ];
    assert_eq!(fields(&events[0]), expected.map(|(name, value)| (name.to_owned(), value)));
    let report = events[0].error_report().expect("a report");
    assert_eq!((report.message(), report.causes().collect::<Vec<_>>()), ("outer", vec!["middle", "root"]));
}

#[test]
fn a_pair_names_the_channel_else_the_longest_route_does() {
    let bridge = || log_bridge().route("billing", Channel::Finance).route("billing::mail", Channel::Activity);
    let channel = |target, pairs| told(bridge(), Level::Error, target, pairs)[0].channel();
    assert_eq!(channel("billing::invoices", &[]), Channel::Finance);
    assert_eq!(channel("billing::mail", &[]), Channel::Activity);
    assert_eq!(channel("shop", &[]), Channel::Errors);
    assert_eq!(channel("billing", &[("discord", "deploys".to_value())]), Channel::named("deploys"));
}

#[test]
fn secrets_are_masked_wherever_they_stand() {
    let logger: Box<dyn Log> = Box::new(log_bridge());
    let secret = [("password", "hunter2".to_value())];
    assert_eq!(testing::leaks("hunter2", &[], || tell(&*logger, Level::Error, "shop", "x", &secret)), []);
    let before = || {
        context::with(Context::new(), || {
            tell(&*logger, Level::Info, "shop", "signing in", &secret);
            tell(&*logger, Level::Error, "shop", "x", &[]);
        });
    };
    assert_eq!(testing::leaks("hunter2", &[], before), []);
    let open = [("nickname", "hunter2".to_value())];
    assert_eq!(testing::leaks("hunter2", &[], || tell(&*logger, Level::Error, "shop", "x", &open)).len(), 1);
}

#[test]
fn what_is_less_severe_goes_with_the_error_that_follows_in_its_scope_but_for_debug() {
    let logger: Box<dyn Log> = Box::new(log_bridge());
    let events = testing::capture(|| {
        context::with(Context::new(), || {
            tell(&*logger, Level::Info, "shop", "read", &[("rows", 3.to_value())]);
            tell(&*logger, Level::Debug, "shop", "noise", &[]);
            tell(&*logger, Level::Error, "shop", "stopped", &[]);
        });
    });
    assert_eq!(events.len(), 1);
    assert!(words(&events[0]).contains("shop: read rows=3") && !words(&events[0]).contains("noise"), "{events:?}");
}

#[test]
fn every_record_goes_on_to_the_next_logger() {
    let next = Keeps::default();
    let logger: Box<dyn Log> = Box::new(log_bridge().with(next.clone()));
    let events = testing::capture(|| {
        Level::iter().for_each(|level| tell(&*logger, level, "shop", "told", &[]));
        logger.flush();
        let asked = |level| logger.enabled(&Metadata::builder().level(level).build());
        assert_eq!(Level::iter().map(asked).collect::<Vec<_>>(), [true, true, true, false, true]);
    });
    assert_eq!(events.len(), 2);
    let kept = next.0.lock().expect("a list").clone();
    assert_eq!(kept, ["ERROR told", "WARN told", "INFO told", "DEBUG told", "TRACE told", "flushed"]);
}

#[test]
fn what_the_logger_writes_locally_does_not_come_back() {
    assert!(told(log_bridge(), Level::Error, "discord_log::local", &[]).is_empty());
}

#[test]
fn a_source_of_pairs_that_panics_costs_its_pairs_alone() {
    struct Panics;
    impl kv::Source for Panics {
        fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), kv::Error> {
            visitor.visit_pair("before".into(), 1.to_value())?;
            panic!("a source that panics")
        }
    }
    let logger: Box<dyn Log> = Box::new(log_bridge());
    let events = testing::capture(|| {
        let record =
            Record::builder().level(Level::Error).target("shop").key_values(&Panics).args(format_args!("told")).build();
        assert!(catch_unwind(AssertUnwindSafe(|| logger.log(&record))).is_ok());
    });
    assert_eq!(events[0].title(), Some("told"));
    assert!(fields(&events[0]).contains(&("before".to_owned(), Value::from(1_i64))));
}
