//! A panic is told by the innermost function that watches for errors, once; what comes after it is told again.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

use discord_log::{Event, Severity, log_activity, log_errors, testing};

use crate::outcome::{block_on, told};

type Nothing = Result<(), &'static str>;

fn panicking(call: impl FnOnce() -> Nothing) -> Vec<Event> {
    discord_log::__private::remember();
    testing::capture(|| assert!(catch_unwind(AssertUnwindSafe(call)).is_err()))
}

fn lines(events: &[Event]) -> Vec<String> {
    events.iter().map(told).collect()
}

#[log_errors(context = "inner")]
fn inner() -> Nothing {
    panic_any("first")
}

#[log_errors(context = "outer")]
#[log_activity]
fn outer() -> Nothing {
    inner()
}

#[log_errors(context = "outer")]
async fn later_outer() -> Nothing {
    tokio::task::yield_now().await;
    later_inner().await
}

#[log_errors(context = "inner")]
async fn later_inner() -> Nothing {
    tokio::task::yield_now().await;
    panic_any("first")
}

#[log_errors(context = "catching")]
fn catching() -> Nothing {
    assert!(catch_unwind(inner).is_err());
    panic_any("second")
}

#[log_errors(context = "retrying")]
fn retrying() -> Nothing {
    assert!(catch_unwind(inner).is_err());
    Err("gave up")
}

#[log_errors(context = "down")]
fn down(depth: u32) -> Nothing {
    if depth == 0 { panic_any("at the bottom") } else { down(depth - 1) }
}

#[log_errors(severity = "warning")]
fn mild() -> Nothing {
    panic_any("not mild")
}

/// Watches for errors while a panic is under way already.
struct Cleanup;

impl Drop for Cleanup {
    fn drop(&mut self) {
        #[log_errors(context = "cleaning up")]
        fn clean() -> Nothing {
            Err("dirty")
        }
        assert!(clean().is_err());
    }
}

#[log_errors(context = "with cleanup")]
fn with_cleanup() -> Nothing {
    let _cleanup = Cleanup;
    panic_any("first")
}

#[test]
fn a_panic_through_nested_functions_is_told_by_the_innermost_alone() {
    let told = lines(&panicking(outer));
    assert_eq!(told, [r#"inner: Panic "first" while ["inner", "outer"]"#, "outer: Activity Outer panicked"]);
    let told = lines(&panicking(|| block_on(later_outer())));
    assert_eq!(told, [r#"later_inner: Panic "first" while ["inner", "outer"]"#]);
    assert_eq!(panicking(|| down(5)).len(), 1);
}

#[test]
fn the_same_panic_at_another_time_is_told_again() {
    assert_eq!(panicking(inner).len(), 1);
    assert_eq!(panicking(inner).len(), 1);
}

#[test]
fn a_panic_after_a_caught_one_is_told_too() {
    let told = lines(&panicking(catching));
    let inner = r#"inner: Panic "first" while ["inner", "catching"]"#;
    assert_eq!(told, [inner, r#"catching: Panic "second" while ["catching"]"#]);
    let events = testing::capture(|| assert_eq!(retrying(), Err("gave up")));
    assert_eq!(events.len(), 2, "{events:?}");
}

#[test]
fn a_panic_is_at_least_an_error() {
    assert_eq!(panicking(mild)[0].severity(), Severity::Error);
}

#[test]
fn an_error_during_a_panic_is_an_error() {
    let told = lines(&panicking(with_cleanup));
    assert_eq!(
        told,
        [
            r#"clean: Error "dirty" while ["cleaning up", "with cleanup"]"#,
            r#"with_cleanup: Panic "first" while ["with cleanup"]"#,
        ]
    );
}

#[test]
fn a_panic_names_its_own_place() {
    let events = panicking(inner);
    let place = events[0].fields().find(|field| field.name() == "panicked_at").map(|field| field.value().to_string());
    assert!(place.is_some_and(|place| place.contains("once.rs:")));
}
