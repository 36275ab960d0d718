//! An error that the program's log tells, and that a function then returns: one failure, told once.

use std::error::Error;

use discord_log::context::{self, Context};
use discord_log::{Channel, Event, Kind, log_bridge, log_errors, testing, tracing_layer};
use log::{Level, Log, Record};
use tracing::{error, warn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;

use crate::failure::{Middle, Outer, words};
use crate::outcome::block_on;

fn told(body: impl FnOnce()) -> Vec<Event> {
    let layer = tracing_layer().route("audit", Channel::named("audit"));
    testing::capture(|| tracing::subscriber::with_default(registry().with(layer), body))
}

type Failing<E = &'static str> = Result<(), E>;

/// Logs in some way, and fails in some way.
#[log_errors(context = "Charge {number}", fields(number = number))]
fn charge(number: u32, log: impl FnOnce(), failing: Failing) -> Failing {
    log();
    failing
}

#[log_errors(context = "Checkout", fields(basket = 3))]
fn checkout(log: impl FnOnce(), failing: Failing) -> Failing {
    charge(7, log, failing)
}

#[log_errors(context = "Shop")]
fn shop(log: impl FnOnce(), failing: Failing) -> Failing {
    let _ = checkout(log, failing);
    Ok(())
}

#[log_errors(context = "Connect")]
fn connect(log: impl FnOnce()) -> Failing<Outer> {
    log();
    Err(Outer)
}

const REFUSED: &str = "the bank refused the card";

/// The titles of records, the texts of errors, and what was being done, the innermost first.
fn looks(events: &[Event]) -> Vec<(Kind, &str, &str, Vec<&str>)> {
    events
        .iter()
        .map(|event| {
            let report = event.error_report();
            let contexts = report.map(|report| report.contexts().collect()).unwrap_or_default();
            (event.kind(), event.title().unwrap_or_default(), report.map_or("", |report| report.message()), contexts)
        })
        .collect()
}

#[test]
fn an_error_that_is_logged_and_returned_is_one_report_with_the_words_of_the_log() {
    let ways: [(&str, fn()); 4] = [
        ("cannot charge: the bank refused the card", || error!("cannot charge: {REFUSED}")),
        ("the bank refused the card", || error!("{REFUSED}")),
        ("cannot charge", || error!(error = REFUSED, "cannot charge")),
        // As `#[instrument(err)]` tells it.
        ("", || error!(error = %REFUSED)),
    ];
    for (title, log) in ways {
        let events = told(|| assert!(charge(7, log, Err(REFUSED)).is_err()));
        assert_eq!(looks(&events), [(Kind::ErrorRecord, title, REFUSED, vec!["Charge 7"])]);
        assert!(words(&events[0]).contains(r#"(Field, "number", Unsigned(7))"#), "{events:?}");
    }
}

#[test]
fn functions_around_say_what_they_were_doing_and_whether_they_went_on() {
    let log = || error!("cannot charge: {REFUSED}");
    let title = "cannot charge: the bank refused the card";
    let events = told(|| assert!(checkout(log, Err(REFUSED)).is_err()));
    assert_eq!(looks(&events), [(Kind::ErrorRecord, title, REFUSED, vec!["Charge 7", "Checkout"])]);
    assert!(!words(&events[0]).contains("(Recovered, "), "{events:?}");
    let events = told(|| assert!(shop(log, Err(REFUSED)).is_ok()));
    assert_eq!(looks(&events), [(Kind::ErrorRecord, title, REFUSED, vec!["Charge 7", "Checkout", "Shop"])]);
    assert!(words(&events[0]).contains(r#"(Recovered, "", Text("Shop"))"#), "{events:?}");
}

#[test]
fn the_chains_may_meet_anywhere() {
    let cause = || error!(error = &Middle as &dyn Error, "the connection broke");
    let events = told(|| assert!(connect(cause).is_err()));
    assert_eq!(looks(&events), [(Kind::ErrorRecord, "the connection broke", "outer", vec!["Connect"])]);
    let report = events[0].error_report().expect("a report");
    assert_eq!(report.causes().collect::<Vec<_>>(), ["middle", "root"]);
}

#[test]
fn a_record_of_something_else_is_told_by_itself_and_the_error_names_it() {
    let events = told(|| assert!(charge(7, || error!("the ledger is closed"), Err(REFUSED)).is_err()));
    let record = (Kind::ErrorRecord, "the ledger is closed", "", vec![]);
    assert_eq!(looks(&events), [record, (Kind::Error, "", REFUSED, vec!["Charge 7"])]);
    assert!(words(&events[1]).contains(r#"(After, "", Text("the ledger is closed"))"#), "{events:?}");
}

#[test]
fn a_short_text_is_in_another_by_chance() {
    let events = told(|| assert!(charge(7, || error!("nothing is closed"), Err("closed")).is_err()));
    assert_eq!(events.len(), 2, "{events:?}");
    let events = told(|| assert!(charge(7, || error!("closed"), Err("closed")).is_err()));
    assert_eq!(events.len(), 1, "but the same is the same: {events:?}");
}

#[test]
fn a_function_that_goes_on_says_nothing_of_what_was_logged_in_it() {
    let events = told(|| assert!(shop(|| error!("{REFUSED}"), Ok(())).is_ok()));
    assert_eq!(looks(&events), [(Kind::ErrorRecord, REFUSED, "", vec![])]);
    assert!(!words(&events[0]).contains("(Recovered, "), "{events:?}");
}

#[test]
fn what_was_logged_for_another_channel_or_is_no_error_leaves_the_report_where_it_belongs() {
    for log in [|| error!(target: "audit", "{REFUSED}"), || warn!("{REFUSED}")] {
        let events = told(|| assert!(charge(7, log, Err(REFUSED)).is_err()));
        assert_eq!(events.len(), 2, "{events:?}");
        assert_eq!((events[1].kind(), events[1].channel()), (Kind::Error, Channel::Errors));
    }
}

#[test]
fn a_panic_names_the_record_before_it() {
    let events = told(|| {
        let log = || {
            error!("{REFUSED}");
            panic!("no card")
        };
        let calling = || charge(7, log, Ok(()));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(calling)).is_err());
    });
    assert_eq!(events.iter().map(Event::kind).collect::<Vec<_>>(), [Kind::ErrorRecord, Kind::Panic]);
}

#[test]
fn a_future_keeps_what_was_logged_in_it_until_it_ends() {
    #[log_errors(context = "Charge later")]
    async fn charge_later() -> Failing {
        error!("cannot charge: {REFUSED}");
        tokio::task::yield_now().await;
        Err(REFUSED)
    }
    let events = told(|| assert!(block_on(charge_later()).is_err()));
    let title = "cannot charge: the bank refused the card";
    assert_eq!(looks(&events), [(Kind::ErrorRecord, title, REFUSED, vec!["Charge later"])]);
}

#[test]
fn a_record_of_log_is_one_with_the_error_as_well() {
    let bridge: Box<dyn Log> = Box::new(log_bridge());
    let log = || bridge.log(&Record::builder().level(Level::Error).args(format_args!("{REFUSED}!")).build());
    let events = testing::capture(|| assert!(checkout(log, Err(REFUSED)).is_err()));
    let title = "the bank refused the card!";
    assert_eq!(looks(&events), [(Kind::ErrorRecord, title, REFUSED, vec!["Charge 7", "Checkout"])]);
}

#[test]
fn outside_of_every_function_a_record_waits_for_nobody() {
    let events = told(|| context::with(Context::new().with_user("u-42"), || error!("{REFUSED}")));
    assert_eq!((events.len(), events[0].who()), (1, Some("u-42")));
}
