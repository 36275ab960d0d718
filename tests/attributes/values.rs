//! Functions that return no `Result`, and functions with other attributes beside ours.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

use discord_log::{Event, log_activity, log_errors, log_performance, testing};

use crate::outcome::{block_on, told};

#[log_activity]
fn nothing() {}

#[log_activity]
fn nothing_early(early: bool) {
    if early {
        return;
    }
    nothing_at_all();
}

fn nothing_at_all() {}

#[log_activity]
fn a_value<T: Default>(of: &mut Vec<T>) -> Option<&mut T> {
    of.push(T::default());
    of.first_mut()
}

#[log_activity]
fn a_closure() -> impl Fn(u32) -> u32 {
    |x| x.count_ones()
}

#[log_activity]
fn an_iterator<'a>(numbers: &'a [u32], early: bool) -> impl Iterator<Item = &'a u32> + 'a {
    if early {
        return numbers.iter();
    }
    let rest = numbers.get(1..).unwrap_or_default();
    rest.iter()
}

#[log_activity]
fn a_trait_object(early: bool) -> Box<dyn Fn() -> u32> {
    if early {
        return Box::new(|| 1);
    }
    Box::new(|| 2)
}

#[log_activity]
fn a_bad_closure() -> impl Fn() {
    if true {
        panic_any("broken");
    }
    || ()
}

#[log_activity]
fn never() -> ! {
    panic_any("never")
}

#[log_activity]
async fn never_later() -> ! {
    tokio::task::yield_now().await;
    panic_any("never")
}

#[log_activity]
#[log_performance]
async fn nothing_later() {
    tokio::task::yield_now().await;
}

#[log_activity]
async fn a_value_later(text: &str) -> &str {
    text
}

#[log_activity]
async fn an_iterator_later() -> impl Iterator<Item = u32> {
    0..3
}

/// Kept, as are the lint and the calling convention.
#[log_activity]
#[must_use]
#[expect(unused_variables, reason = "shows that an attribute below ours is kept")]
pub(crate) extern "C" fn documented(count: u32, spare: u32) -> u32 {
    count + 1
}

#[log_activity]
fn with_attributes_inside() {
    #![expect(unused_variables, reason = "shows that an attribute inside the body is kept")]
    let unused = 1;
}

#[log_activity]
fn a_future() -> impl Future<Output = u32> {
    std::future::ready(1)
}

#[test]
fn a_future_that_is_never_polled_is_no_call() {
    assert!(outcomes(|| drop(a_future())).is_empty());
    assert!(outcomes(|| drop(nothing_later())).is_empty());
}

fn outcomes(call: impl FnOnce()) -> Vec<String> {
    let events = testing::capture(|| drop(catch_unwind(AssertUnwindSafe(call))));
    events.iter().map(told).collect()
}

#[test]
fn a_call_without_a_result_ends_well() {
    assert_eq!(outcomes(nothing), ["nothing: Activity Nothing ok"]);
    assert_eq!(outcomes(|| nothing_early(true)), ["nothing_early: Activity Nothing early ok"]);
    assert_eq!(outcomes(|| assert_eq!(a_value(&mut Vec::<u8>::new()), Some(&mut 0))).len(), 1);
    assert_eq!(outcomes(|| assert_eq!(a_trait_object(false)(), 2)).len(), 1);
    assert_eq!(outcomes(|| assert_eq!(documented(1, 2), 2)).len(), 1);
    assert_eq!(outcomes(with_attributes_inside).len(), 1);
    assert_eq!(outcomes(|| block_on(nothing_later())), ["nothing_later: Activity Nothing later ok"]);
    assert_eq!(outcomes(|| assert_eq!(block_on(a_value_later("x")), "x")).len(), 1);
    assert_eq!(outcomes(|| assert_eq!(block_on(an_iterator_later()).sum::<u32>(), 3)).len(), 1);
}

#[test]
fn a_call_that_hides_what_it_returns_is_told_when_its_body_ends() {
    assert_eq!(outcomes(|| assert_eq!(a_closure()(7), 3)), ["a_closure: Activity A closure ok"]);
    assert_eq!(outcomes(|| assert_eq!(an_iterator(&[1, 2], true).count(), 2)).len(), 1);
    assert_eq!(outcomes(|| assert_eq!(an_iterator(&[1, 2], false).count(), 1)).len(), 1);
    assert_eq!(outcomes(|| a_bad_closure()()), ["a_bad_closure: Activity A bad closure panicked"]);
}

#[test]
fn a_call_that_never_returns_is_told_when_it_panics() {
    assert_eq!(outcomes(|| never()), ["never: Activity Never panicked"]);
    assert_eq!(outcomes(|| block_on(async { never_later().await })), ["never_later: Activity Never later panicked"]);
}

#[log_errors(context = "Above")]
#[tokio::main(flavor = "current_thread")]
async fn above_main() -> Result<(), &'static str> {
    tokio::task::yield_now().await;
    Err("above")
}

#[tokio::main(flavor = "current_thread")]
#[log_errors(context = "Below")]
async fn below_main() -> Result<(), &'static str> {
    tokio::task::yield_now().await;
    Err("below")
}

#[test]
fn an_entry_point_is_told_above_and_below_its_own_attribute() {
    let events: Vec<Event> = testing::capture(|| assert!(above_main().is_err() && below_main().is_err()));
    let told: Vec<_> = events.iter().map(told).collect();
    assert_eq!(told, [r#"above_main: Error "above" while ["Above"]"#, r#"below_main: Error "below" while ["Below"]"#]);
}

#[test]
#[log_activity]
fn a_test_may_carry_an_attribute() {}

#[log_errors]
#[tokio::test]
async fn an_async_test_may_carry_one_above() -> Result<(), String> {
    Ok(())
}

#[tokio::test]
#[log_errors]
async fn an_async_test_may_carry_one_below() -> Result<(), String> {
    Ok(())
}
