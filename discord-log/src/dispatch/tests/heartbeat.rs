//! What the message that says who is alive gives way to.

use super::*;

/// A dispatch whose only webhook serves every channel, with a heartbeat.
fn desk(every: Duration, rate_limit: u32) -> Desk {
    let settings = Config::builder().shared_webhook("https://discord.com/api/webhooks/1/t").heartbeat(every);
    Desk::with(settings.rate_limit(rate_limit))
}

/// The heartbeat that goes now, and what it changes.
fn beat(desk: &mut Desk, message: Option<&str>) -> Made {
    let made = desk.next().expect("a heartbeat");
    assert_eq!((made.edited.as_deref(), titles(&made)), (message, vec!["💚 tests is running"]));
    made
}

#[test]
fn a_heartbeat_waits_for_events_that_wait_or_are_about_to_go() {
    let mut desk = desk(Duration::from_secs(60), 28);
    let post = beat(&mut desk, None);
    desk.answer(post, 200, r#"{"id":"70"}"#);
    assert_eq!(desk.next().err(), Some(Some(60_000)));
    desk.wait(60_000);
    let _ = desk.raise();
    assert_eq!(desk.next().err(), Some(Some(200)), "the report is held, and nothing may stand in its way");
    desk.wait(200);
    let report = desk.next().expect("a post");
    assert_eq!(titles(&report), ["❌ Pay failed"]);
    desk.log(Event::critical("New", "one"));
    desk.answer(report, 200, r#"{"id":"77"}"#);
    let new = desk.next().expect("a post");
    assert_eq!(titles(&new), ["🚨 New"]);
    desk.answer(new, 200, r#"{"id":"78"}"#);
    let edit = beat(&mut desk, Some("70"));
    desk.answer(edit, 200, r#"{"id":"70"}"#);
    assert_eq!(desk.counts(), [2, 0, 0, 0], "it counts nowhere");
}

#[test]
fn a_heartbeat_leaves_half_of_the_minute_to_events() {
    let mut desk = desk(Duration::from_secs(1), 4);
    let post = beat(&mut desk, None);
    desk.answer(post, 200, r#"{"id":"70"}"#);
    desk.wait(1_000);
    let edit = beat(&mut desk, Some("70"));
    desk.answer(edit, 200, r#"{"id":"70"}"#);
    desk.wait(1_000);
    assert_eq!(desk.next().err(), Some(Some(5_000)));
    desk.log(Event::critical("New", "one"));
    let new = desk.next().expect("a post");
    assert_eq!(titles(&new), ["🚨 New"], "what is left is for events");
    desk.answer(new, 200, r#"{"id":"77"}"#);
    desk.wait(62_000);
    beat(&mut desk, Some("70"));
}

#[test]
fn a_heartbeat_that_takes_no_more_edits_is_posted_anew() {
    let limited =
        r#"{"message":"Maximum number of edits to messages older than 1 hour reached","code":30046,"retry_after":2.0}"#;
    for (status, body, pause) in [
        (429, limited, 2_250),
        (404, r#"{"message":"Unknown Message","code":10008}"#, 0),
        (400, r#"{"message":"Invalid Form Body","code":50035}"#, 0),
    ] {
        let mut desk = desk(Duration::from_secs(60), 28);
        let post = beat(&mut desk, None);
        desk.answer(post, 200, r#"{"id":"70"}"#);
        desk.wait(60_000);
        let edit = beat(&mut desk, Some("70"));
        desk.answer(edit, status, body);
        desk.wait(pause);
        let post = beat(&mut desk, None);
        desk.answer(post, 200, r#"{"id":"71"}"#);
        desk.wait(60_000);
        beat(&mut desk, Some("71"));
    }
}

#[test]
fn the_last_word_comes_after_everything_else_and_is_waited_for_only_if_it_can_go() {
    let mut desk = desk(Duration::from_secs(60), 28);
    let post = beat(&mut desk, None);
    desk.answer(post, 200, r#"{"id":"70"}"#);
    desk.log(Event::critical("New", "one"));
    desk.dispatch.hurry(true);
    desk.dispatch.end_heartbeat(desk.now.instant);
    let deadline = desk.now.instant + Duration::from_secs(2);
    let new = desk.next().expect("a post");
    assert_eq!(titles(&new), ["🚨 New"]);
    desk.answer(new, 200, r#"{"id":"77"}"#);
    let last = desk.next().expect("the last word");
    assert_eq!((last.edited.as_deref(), titles(&last)), (Some("70"), vec!["⏹️ tests stopped"]));
    assert!(desk.dispatch.has_last_word(deadline));
    desk.answer(last, 503, "");
    assert!(desk.next().is_err() && !desk.dispatch.has_last_word(deadline), "it is tried once");
}
