//! A failure that passes several annotated functions is one report, and another failure is another.

use std::error::Error;
use std::fmt;

use discord_log::{Event, log_activity, log_errors, testing};
use tokio::task::yield_now;

use crate::outcome::{block_on, told};

/// Fails because of another error.
#[derive(Debug)]
struct While(&'static str, Box<dyn Error>);

impl fmt::Display for While {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for While {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.1)
    }
}

type Failing<T = ()> = Result<T, Box<dyn Error>>;

fn events(call: impl FnOnce()) -> Vec<Event> {
    testing::capture(call)
}

fn lines(call: impl FnOnce()) -> Vec<String> {
    events(call).iter().map(told).collect()
}

fn fields(event: &Event) -> Vec<String> {
    event.fields().map(|field| format!("{}={}", field.name(), field.value())).collect()
}

#[log_errors(context = "Connect", fields(port = 5432))]
fn connect() -> Failing {
    Err("connection refused".into())
}

#[log_errors(context = "Save")]
fn save() -> Failing {
    connect()?;
    Ok(())
}

#[log_errors(context = "Invoice {id}", fields(id = id))]
fn invoice(id: u32) -> Failing {
    save().map_err(|cause| While("cannot save", cause).into())
}

#[test]
fn a_failure_that_is_passed_on_is_one_report_with_the_whole_trail() {
    let events = events(|| assert!(invoice(7).is_err()));
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(told(&events[0]), r#"connect: Error "cannot save" while ["Connect", "Save", "Invoice 7"]"#);
    let causes: Vec<_> = events[0].error_report().map(|report| report.causes().collect()).unwrap_or_default();
    assert_eq!(causes, ["connection refused"]);
    assert_eq!(fields(&events[0]), ["port=5432", "id=7"]);
}

#[log_errors(context = "Run {day}", fields(day = day))]
fn run(day: &str, ends_well: bool) -> Failing<u32> {
    let made = invoice(7);
    if ends_well { Ok(1) } else { made.map(|()| 2) }
}

#[test]
fn each_function_on_the_way_adds_its_fields_and_the_values_of_its_context() {
    for ends_well in [false, true] {
        let events = events(|| drop(run("monday", ends_well)));
        assert_eq!(events.len(), 1, "{events:?}");
        let trail = r#"connect: Error "cannot save" while ["Connect", "Save", "Invoice 7", "Run monday"]"#;
        assert_eq!(told(&events[0]), trail);
        assert_eq!(recovered_in(&events[0]).as_deref(), ends_well.then_some("Run monday"));
        assert_eq!(fields(&events[0]), ["port=5432", "id=7", "day=monday"]);
    }
}

#[log_errors(context = "Retry")]
fn retry() -> Failing<u32> {
    Ok(save().map_or(1, |()| 2))
}

#[log_errors(context = "Job")]
fn job(ends_well: bool) -> Failing {
    retry()?;
    if ends_well { Ok(()) } else { Err("out of time".into()) }
}

/// What the message says of a recovery is in a part that only the logger reads, so its `Debug` is looked at.
fn recovered_in(event: &Event) -> Option<String> {
    let shown = format!("{event:?}");
    let after = shown.split_once("(Recovered, \"\", Text(\"")?.1;
    after.split_once('"').map(|(name, _)| name.to_owned())
}

#[test]
fn a_failure_that_somebody_recovered_from_says_so() {
    let events = events(|| assert_eq!(retry().ok(), Some(1)));
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(recovered_in(&events[0]).as_deref(), Some("Retry"));
    assert_eq!(told(&events[0]), r#"connect: Error "connection refused" while ["Connect", "Save", "Retry"]"#);
}

#[test]
fn what_fails_after_a_recovery_is_another_failure() {
    let events = events(|| assert!(job(false).is_err()));
    let lines: Vec<_> = events.iter().map(told).collect();
    let first = r#"connect: Error "connection refused" while ["Connect", "Save", "Retry", "Job"]"#;
    assert_eq!(lines, [first, r#"job: Error "out of time" while ["Job"]"#]);
    assert_eq!(recovered_in(&events[0]).as_deref(), Some("Retry"));
}

#[log_errors(context = "Both")]
fn both() -> Failing {
    let _ = connect();
    Err("another error".into())
}

#[test]
fn another_error_is_a_report_of_its_own_that_names_the_one_before() {
    let events = events(|| assert!(both().is_err()));
    let lines: Vec<_> = events.iter().map(told).collect();
    let first = r#"connect: Error "connection refused" while ["Connect", "Both"]"#;
    assert_eq!(lines, [first, r#"both: Error "another error" while ["Both"]"#]);
    assert_eq!(recovered_in(&events[0]), None, "nobody recovered");
    assert!(format!("{:?}", events[1]).contains(r#"(After, "", Text("connection refused"))"#), "{:?}", events[1]);
}

#[log_errors]
fn short() -> Failing {
    Err("no".into())
}

#[log_errors]
fn with_the_same_letters() -> Failing {
    short().map_err(|_| "not now, no".into())
}

#[log_errors]
fn with_the_same_words() -> Failing {
    connect().map_err(|cause| format!("cannot save: {cause}").into())
}

#[test]
fn a_short_text_within_another_is_chance_and_a_long_one_is_not() {
    assert_eq!(lines(|| assert!(with_the_same_letters().is_err())).len(), 2);
    let told = lines(|| assert!(with_the_same_words().is_err()));
    assert_eq!(told, [r#"connect: Error "cannot save: connection refused" while ["Connect"]"#]);
}

#[log_errors]
fn at_length() -> Failing {
    Err("long ".repeat(100_000).into())
}

#[log_errors(context = "Around")]
fn around_at_length() -> Failing {
    at_length()?;
    Ok(())
}

#[test]
fn a_failure_with_a_long_text_is_known_again() {
    assert_eq!(lines(|| assert!(around_at_length().is_err())).len(), 1);
}

#[log_errors(context = "Siblings")]
fn siblings() -> Failing {
    let first = connect();
    let _: Failing<u32> = fine();
    first
}

#[log_errors]
fn fine() -> Failing<u32> {
    Ok(1)
}

#[test]
fn a_function_beside_the_failing_one_does_not_recover_from_it() {
    let events = events(|| assert!(siblings().is_err()));
    assert_eq!(events.len(), 1);
    assert_eq!(recovered_in(&events[0]), None);
}

#[log_errors(context = "Down")]
fn down(depth: u32) -> Failing {
    if depth == 0 { Err("at the bottom".into()) } else { down(depth - 1) }
}

#[test]
fn a_recursion_is_one_report_however_deep() {
    for depth in [1, 5, 31, 32, 33, 200] {
        let told = lines(|| assert!(down(depth).is_err()));
        assert_eq!(told, [r#"down: Error "at the bottom" while ["Down"]"#], "{depth} deep");
    }
}

#[log_errors(context = "Connect")]
async fn connect_later() -> Failing {
    yield_now().await;
    Err("connection refused".into())
}

#[log_errors(context = "Save")]
async fn save_later(ends_well: bool) -> Failing {
    let connected = connect_later().await;
    yield_now().await;
    if ends_well { Ok(()) } else { connected }
}

#[log_errors(context = "Invoice")]
async fn invoice_later() -> Failing {
    yield_now().await;
    let saved = save_later(false).await.map_err(|cause| While("cannot save", cause).into());
    yield_now().await;
    saved
}

#[test]
fn a_future_keeps_what_waits_for_it_from_one_poll_to_the_next() {
    let told = lines(|| assert!(block_on(invoice_later()).is_err()));
    assert_eq!(told, [r#"connect_later: Error "cannot save" while ["Connect", "Save", "Invoice"]"#]);
    let events = events(|| assert!(block_on(save_later(true)).is_ok()));
    assert_eq!(events.len(), 1);
    assert_eq!(recovered_in(&events[0]).as_deref(), Some("Save"));
}

#[test]
fn futures_that_take_turns_on_a_thread_do_not_mix_their_failures() {
    let events = events(|| {
        block_on(async {
            let (first, second, third) = tokio::join!(save_later(true), save_later(false), invoice_later());
            assert!(first.is_ok() && second.is_err() && third.is_err());
        });
    });
    let mut told: Vec<_> = events.iter().map(|event| (told(event), recovered_in(event))).collect();
    told.sort();
    let refused = r#"connect_later: Error "connection refused" while ["Connect", "Save"]"#.to_owned();
    let saved = r#"connect_later: Error "cannot save" while ["Connect", "Save", "Invoice"]"#.to_owned();
    assert_eq!(told, [(saved, None), (refused.clone(), None), (refused, Some("Save".to_owned()))]);
}

#[log_errors(context = "Both at once")]
async fn joined() -> Failing {
    let (first, second) = tokio::join!(connect_later(), save_later(true));
    first?;
    second
}

#[test]
fn a_failure_in_one_branch_of_a_join_is_passed_on_by_the_function_around() {
    let events = events(|| assert!(block_on(joined()).is_err()));
    let mut told: Vec<_> = events.iter().map(|event| (told(event), recovered_in(event))).collect();
    told.sort();
    let first = r#"connect_later: Error "connection refused" while ["Connect", "Both at once"]"#.to_owned();
    let second = r#"connect_later: Error "connection refused" while ["Connect", "Save", "Both at once"]"#.to_owned();
    assert_eq!(told, [(first, None), (second, Some("Save".to_owned()))]);
}

#[log_errors(context = "Unseen")]
fn cancelled_inside() -> Failing {
    block_on(async {
        let mut saving = Box::pin(save_later(false));
        for _ in 0..2 {
            tokio::select! {
                biased;
                _ = &mut saving => {}
                () = yield_now() => {}
            }
        }
    });
    Ok(())
}

#[test]
fn a_failure_in_a_future_that_is_dropped_waits_for_nobody() {
    assert_eq!(lines(|| assert!(cancelled_inside().is_ok())).len(), 1);
    assert_eq!(lines(|| assert!(siblings().is_err())).len(), 1, "the trail is as it was");
}

#[log_activity(action = "Import")]
#[log_errors(context = "Import")]
fn import() -> Failing {
    connect()
}

#[test]
fn an_activity_is_told_beside_the_one_report() {
    let told = lines(|| assert!(import().is_err()));
    let report = r#"connect: Error "connection refused" while ["Connect", "Import"]"#;
    assert_eq!(told, [report, "import: Activity Import error"]);
}
