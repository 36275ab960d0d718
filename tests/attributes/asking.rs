//! Nothing is evaluated or formatted unless somebody listens.

use std::cell::Cell;
use std::fmt;

use discord_log::{log_activity, log_errors, log_performance, testing};

use crate::outcome::block_on;

thread_local! {
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

fn asked() -> u32 {
    ASKED.take()
}

/// Counts how often it is looked at.
#[derive(Debug)]
struct Shy;

impl fmt::Display for Shy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ASKED.set(ASKED.get() + 1);
        f.write_str("shy")
    }
}

impl std::error::Error for Shy {}

fn costly() -> u32 {
    ASKED.set(ASKED.get() + 1);
    1
}

#[log_errors(fields(costly = costly()))]
#[log_activity(fields(costly = costly()))]
#[log_performance(threshold = 1e-9, fields(costly = costly()))]
fn with_fields() -> Result<(), &'static str> {
    Err("no")
}

#[log_errors(fields(costly = costly()))]
#[log_activity(fields(costly = costly()))]
#[log_performance(threshold = 1e-9, fields(costly = costly()))]
async fn later_with_fields() -> Result<(), &'static str> {
    Err("no")
}

#[log_errors]
#[log_activity]
fn failing() -> Result<(), Shy> {
    Err(Shy)
}

#[test]
fn fields_are_evaluated_once_an_attribute_where_somebody_listens() {
    testing::capture(|| assert!(with_fields().is_err()));
    assert_eq!(asked(), 3);
    testing::capture(|| assert!(block_on(later_with_fields()).is_err()));
    assert_eq!(asked(), 3);
}

#[test]
fn fields_are_not_evaluated_where_nobody_listens() {
    assert!(with_fields().is_err());
    assert!(block_on(later_with_fields()).is_err());
    assert_eq!(asked(), 0);
}

#[test]
fn an_error_is_formatted_where_somebody_listens_and_nowhere_else() {
    testing::capture(|| assert!(failing().is_err()));
    assert_eq!(asked(), 1);
    assert!(failing().is_err());
    assert_eq!(asked(), 0);
}

#[test]
fn a_listener_that_comes_late_hears_of_no_half_observed_call() {
    let mut future = Box::pin(yielding());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    let events = testing::capture(|| assert!(future.as_mut().poll(&mut context).is_ready()));
    assert!(events.is_empty(), "{events:?}");
}

#[log_activity]
async fn yielding() {
    tokio::task::yield_now().await;
}
