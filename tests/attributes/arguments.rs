//! What each argument does.

use std::cell::Cell;
use std::time::Duration;

use discord_log::{Event, Kind, log_activity, log_errors, log_performance, testing};

use crate::outcome::{Outcome, Refused, block_on, told};

fn only(call: impl FnOnce()) -> Event {
    let mut events = testing::capture(call);
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

fn field(event: &Event, name: &str) -> Option<String> {
    event.fields().find(|field| field.name() == name).map(|field| field.value().to_string())
}

#[log_activity(action = "Pay {id} {{now}}", fields(id = id, card = redact(reveal(card))))]
fn pay(id: u32, card: &str) -> usize {
    card.len()
}

thread_local! {
    static REVEALED: Cell<bool> = const { Cell::new(false) };
}

fn reveal(card: &str) -> &str {
    REVEALED.set(true);
    card
}

#[test]
fn a_placeholder_is_filled_in_and_a_redacted_value_never_read() {
    let event = only(|| assert_eq!(pay(7, "4111 1111"), 9));
    assert_eq!(event.title(), Some("Pay 7 {now}"));
    assert_eq!(field(&event, "card").as_deref(), Some("[redacted]"));
    assert!(!REVEALED.get() && !format!("{event:?}").contains("4111"));
}

#[log_errors(context = "Order {id} of {client}", fields(id = id, client = ?client))]
fn order(id: u32, client: &str) -> Result<(), String> {
    Err(format!("no stock for {client}"))
}

#[test]
fn a_context_is_filled_in_with_the_values_that_came_in() {
    let event = only(|| assert!(order(3, "ACME").is_err()));
    assert_eq!(told(&event), r#"order: Error "no stock for ACME" while ["Order 3 of \"ACME\""]"#);
}

#[log_activity(ret)]
fn squared(number: i64) -> i64 {
    number * number
}

#[log_activity(ret, fields(outcome_wanted = ?outcome))]
fn decided(outcome: Outcome) -> Result<u32, Refused> {
    outcome.decide()
}

#[log_activity(ret)]
#[log_errors]
async fn decided_later(outcome: Outcome) -> Result<u32, Refused> {
    outcome.decide_later().await
}

#[log_activity(ret)]
fn shown_without_debug_of_its_error(ends_well: bool) -> Result<u32, NoDebug> {
    if ends_well { Ok(5) } else { Err(NoDebug) }
}

struct NoDebug;

#[test]
fn what_is_returned_is_told_where_it_was_asked_for() {
    assert_eq!(field(&only(|| assert_eq!(squared(-3), 9)), "returned").as_deref(), Some("9"));
    assert_eq!(field(&only(|| drop(decided(Outcome::Ok))), "returned").as_deref(), Some("7"));
    assert_eq!(field(&only(|| drop(decided(Outcome::Error))), "returned"), None);
    assert_eq!(field(&only(|| drop(block_on(decided_later(Outcome::Ok)))), "returned").as_deref(), Some("7"));
    let event = only(|| drop(shown_without_debug_of_its_error(true)));
    assert_eq!(field(&event, "returned").as_deref(), Some("5"));
    assert_eq!(only(|| drop(shown_without_debug_of_its_error(false))).kind(), Kind::Activity);
}

impl Refused {
    fn is_expected(&self) -> bool {
        *self.0 == 13
    }
}

#[log_errors(skip_if = Refused::is_expected)]
#[log_activity]
fn skipping(outcome: Outcome, number: u32) -> Result<u32, Refused> {
    outcome.decide().map_err(|_| Refused(Box::new(number)))
}

#[log_errors(skip_if = Refused::is_expected)]
async fn skipping_later(outcome: Outcome) -> Result<u32, Refused> {
    outcome.decide_later().await
}

fn explodes(_: &Refused) -> bool {
    std::panic::panic_any("in skip_if")
}

#[log_errors(skip_if = explodes)]
fn skipping_badly() -> Result<u32, Refused> {
    Outcome::Error.decide()
}

fn is_gone<T>(_: &T) -> bool {
    true
}

#[log_errors(skip_if = is_gone::<E>)]
fn skipping_generically<E>(error: E) -> Result<(), E> {
    Err(error)
}

#[test]
fn an_error_that_is_no_news_is_not_reported_and_still_an_outcome() {
    let lines = |call: &dyn Fn()| testing::capture(call).iter().map(told).collect::<Vec<_>>();
    let skipped = lines(&|| assert!(skipping(Outcome::Error, 13).is_err()));
    assert_eq!(skipped, ["skipping: Activity Skipping error"]);
    let told = lines(&|| assert!(skipping(Outcome::Error, 14).is_err()));
    assert_eq!(told, [r#"skipping: Error "refused 14" while []"#, "skipping: Activity Skipping error"]);
    assert!(lines(&|| assert!(block_on(skipping_later(Outcome::Error)).is_err())).is_empty());
    assert!(lines(&|| assert!(skipping_generically("gone").is_err())).is_empty());
    assert_eq!(lines(&|| assert!(skipping_badly().is_err())).len(), 1, "a question that panics excuses nothing");
}

const AT_ONCE: Duration = Duration::from_nanos(1);
const IN_SECONDS: f64 = 1e-9;
const NEVER: i32 = 3_600;

mod limits {
    pub(super) const NEVER: u64 = 3_600;
}

#[log_performance(threshold = AT_ONCE)]
fn slow_by_duration() {}

#[log_performance(threshold_seconds = IN_SECONDS)]
fn slow_by_seconds() {}

#[log_performance(threshold = NEVER)]
fn never_slow() {}

#[log_performance(threshold = limits::NEVER)]
fn never_slow_either() {}

#[test]
fn a_threshold_may_be_a_constant() {
    assert_eq!(only(slow_by_duration).kind(), Kind::SlowCall);
    assert_eq!(only(slow_by_seconds).kind(), Kind::SlowCall);
    assert!(testing::capture(|| (never_slow(), never_slow_either()).0).is_empty());
}

#[log_performance(threshold = 1e-9)]
async fn waiting() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

#[test]
fn a_slow_future_tells_how_long_it_was_busy() {
    let event = only(|| block_on(waiting()));
    let took = |name: &str| {
        let value = event.fields().find(|field| field.name() == name).map(|field| field.value());
        match value {
            Some(discord_log::Value::Duration(took)) => took,
            other => panic!("`{name}` is {other:?}"),
        }
    };
    assert!(took("took") >= Duration::from_millis(20));
    assert!(took("busy") > Duration::ZERO && took("busy") < took("took"), "{event:?}");
}
