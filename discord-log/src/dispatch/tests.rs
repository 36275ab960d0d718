//! What the lanes send of failures that several functions tell of, and how it is counted.

mod heartbeat;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::*;
use crate::config::ConfigBuilder;
use crate::event::{FailureId, Kind, Stage};
use crate::health::Health;
use crate::record::MemoryJournal;
use crate::send::{LimitHeaders, Response};

/// Milliseconds after which a problem is over.
const WINDOW: u128 = 3_000_000;

/// A dispatch with one webhook, its clock, and what was asked of Discord.
struct Desk {
    dispatch: Dispatch,
    journal: Arc<MemoryJournal>,
    counters: &'static Counters,
    now: Now,
}

/// A request that was made: the message that it changes, if it is an edit, and its body.
struct Made {
    permit: Permit,
    edited: Option<String>,
    body: Value,
}

impl Desk {
    fn new() -> Self {
        Self::with(Config::builder().webhook(Channel::Errors, "https://discord.com/api/webhooks/1/t"))
    }

    fn with(settings: ConfigBuilder) -> Self {
        let config = settings.service("tests").journal("memory").build().expect("settings");
        let now = Now { instant: Instant::now(), wall: Timestamp::new(1_777_629_600, 0).expect("a moment") };
        let journal = Arc::new(MemoryJournal::new(&config.record));
        let counters: &'static Counters = Box::leak(Box::new(Counters::new()));
        let shared: Arc<dyn Journal> = Arc::<MemoryJournal>::clone(&journal);
        let dispatch = Dispatch::new(Arc::new(config), shared, counters, 7, now.instant);
        Self { dispatch, journal, counters, now }
    }

    fn wait(&mut self, millis: u64) {
        self.now.instant += Duration::from_millis(millis);
        self.now.wall += Duration::from_millis(millis);
    }

    fn log(&mut self, event: Event) {
        let mut event = event.in_channel(Channel::Errors).with_severity(Severity::Error);
        event.stamp(self.now.wall);
        (0..=event.repeats()).for_each(|_| self.counters.accept_own());
        self.journal.append(&mut std::iter::once(event), self.now.instant);
    }

    fn raise(&mut self) -> FailureId {
        self.raise_as("refused")
    }

    fn raise_as(&mut self, error: &str) -> FailureId {
        let id = FailureId::new();
        self.log(Event::error(&std::io::Error::other(error), "Pay").of_failure(id, Stage::Raised));
        id
    }

    fn recover(&mut self, id: FailureId) {
        self.log(Event::of(Kind::Error).of_failure(id, Stage::Recovered).recovered_in("retry_payment"));
    }

    /// The request that may go now, if there is one, or else for how long there will be none.
    fn next(&mut self) -> Result<Made, Option<u128>> {
        let (mut requests, wake) = self.dispatch.next(self.now);
        assert!(requests.len() <= 1, "{requests:?}");
        match requests.pop() {
            Some(Request::Send { permit, edited, body, .. }) => {
                Ok(Made { permit, edited, body: serde_json::from_slice(&body.json).expect("JSON") })
            }
            Some(other) => panic!("{other:?}"),
            None => Err(wake.map(|at| at.duration_since(self.now.instant).as_millis())),
        }
    }

    fn answer(&mut self, made: Made, status: u16, body: &str) {
        let response = Response { status, headers: LimitHeaders::default(), body: body.as_bytes().to_vec() };
        self.dispatch.answered(made.permit, &Answer::Response(response), self.now);
    }

    /// Raises a failure and lets its report be posted, as the message 77.
    fn posted(&mut self) -> FailureId {
        let id = self.raise();
        assert_eq!(self.next().err(), Some(Some(200)), "held");
        self.wait(200);
        let post = self.next().expect("a post");
        assert_eq!((post.edited.as_deref(), titles(&post)), (None, vec!["❌ Pay failed"]));
        self.answer(post, 200, r#"{"id":"77"}"#);
        id
    }

    /// The edit that follows when its failure is recovered from.
    fn edit(&mut self, id: FailureId) -> Made {
        self.recover(id);
        let edit = self.next().expect("an edit");
        assert_eq!((edit.edited.as_deref(), titles(&edit)), (Some("77"), vec!["⚠️ Pay failed, recovered"]));
        edit
    }

    fn health(&self) -> Health {
        let health = self.counters.snapshot(self.now.instant, self.now.wall);
        let ended = health.delivered + health.merged + health.buried + health.lost.values().sum::<u64>();
        assert_eq!(health.accepted, ended + health.waiting, "{health}");
        health
    }

    fn counts(&self) -> [u64; 4] {
        let health = self.health();
        [health.delivered, health.merged, health.buried, health.waiting]
    }
}

fn titles(made: &Made) -> Vec<&str> {
    made.body["embeds"].as_array().into_iter().flatten().filter_map(|embed| embed["title"].as_str()).collect()
}

#[test]
fn a_failure_that_is_told_of_at_once_is_one_post_and_ends_as_one() {
    let mut desk = Desk::new();
    let id = desk.raise();
    assert_eq!(desk.next().err(), Some(Some(200)));
    desk.wait(50);
    desk.recover(id);
    let post = desk.next().expect("no wait any more");
    assert_eq!(titles(&post), ["⚠️ Pay failed, recovered"]);
    assert_eq!(desk.counts(), [0, 0, 0, 2]);
    assert_eq!(desk.journal.waiting(Seq(1)), [Channel::Errors], "neither is settled before Discord has it");
    desk.answer(post, 502, "");
    assert_eq!(desk.counts(), [0, 0, 0, 2]);
    desk.wait(5_000);
    let post = desk.next().expect("another try");
    assert_eq!(titles(&post), ["⚠️ Pay failed, recovered"]);
    desk.answer(post, 200, r#"{"id":"77"}"#);
    assert_eq!(desk.counts(), [1, 1, 0, 0]);
    assert!(desk.dispatch.is_settled(Seq(u64::MAX)));
    assert_eq!(desk.next().err(), Some(Some(WINDOW)), "nothing more to do before it is over");
}

#[test]
fn what_is_told_later_is_an_edit_that_counts_when_it_is_confirmed() {
    let mut desk = Desk::new();
    let id = desk.posted();
    assert_eq!(desk.counts(), [1, 0, 0, 0]);
    let edit = desk.edit(id);
    let keys: Vec<_> = edit.body.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["allowed_mentions", "attachments", "content", "embeds"]);
    assert_eq!(desk.counts(), [1, 0, 0, 1]);
    assert!(!desk.dispatch.is_settled(Seq(u64::MAX)), "a flush waits for it");
    assert!(desk.next().is_err(), "one request at a time");
    desk.answer(edit, 200, r#"{"id":"77"}"#);
    assert_eq!(desk.counts(), [1, 1, 0, 0]);
    assert_eq!(desk.next().err(), Some(Some(WINDOW)));
    assert_eq!(desk.health().webhooks[0].delivered, 1);
}

#[test]
fn edits_wait_for_new_messages_and_are_made_once_for_all() {
    let mut desk = Desk::new();
    let ids = [desk.raise_as("refused"), desk.raise_as("gone")];
    assert!(desk.next().is_err());
    desk.wait(200);
    let post = desk.next().expect("a post");
    desk.recover(ids[0]);
    desk.log(Event::critical("New", "one"));
    desk.recover(ids[1]);
    desk.answer(post, 200, r#"{"id":"77"}"#);
    let new = desk.next().expect("a post");
    assert_eq!((new.edited.as_deref(), titles(&new)), (None, vec!["🚨 New"]));
    desk.answer(new, 200, r#"{"id":"78"}"#);
    let edit = desk.next().expect("an edit");
    assert_eq!(edit.edited.as_deref(), Some("77"));
    assert_eq!(titles(&edit), ["⚠️ Pay failed, recovered", "⚠️ Pay failed, recovered"]);
    desk.answer(edit, 200, r#"{"id":"77"}"#);
    assert_eq!(desk.counts(), [3, 2, 0, 0]);
}

#[test]
fn an_edit_of_a_message_that_people_deleted_is_given_up_without_a_word() {
    let mut desk = Desk::new();
    let id = desk.posted();
    let edit = desk.edit(id);
    desk.answer(edit, 404, r#"{"message":"Unknown Message","code":10008}"#);
    assert_eq!(desk.counts(), [1, 1, 0, 0]);
    assert!(desk.dispatch.said().is_empty());
    desk.log(Event::critical("New", "one"));
    assert!(desk.next().is_ok(), "the webhook is as good as before, at once");
}

#[test]
fn an_edit_that_is_refused_is_buried_with_its_reason() {
    let mut desk = Desk::new();
    let id = desk.posted();
    let edit = desk.edit(id);
    desk.answer(edit, 400, r#"{"message":"Invalid Form Body","code":50035}"#);
    assert_eq!(desk.counts(), [1, 0, 1, 0]);
    let said = format!("{:?}", desk.dispatch.said());
    assert!(said.contains("50035"), "{said}");
    assert_eq!(desk.next().err(), Some(None), "not tried again");
}

#[test]
fn an_edit_that_does_not_work_out_is_tried_until_it_does() {
    let mut desk = Desk::new();
    let id = desk.posted();
    let mut edit = desk.edit(id);
    for _ in 0..10 {
        desk.answer(edit, 502, "");
        let Err(Some(wait)) = desk.next() else { panic!("it waits") };
        desk.wait(u64::try_from(wait).expect("short") + 1);
        edit = desk.next().expect("another try");
    }
    assert_eq!(desk.counts(), [1, 0, 0, 1]);
    desk.answer(edit, 200, "{}");
    assert_eq!(desk.counts(), [1, 1, 0, 0]);
    assert!(desk.dispatch.is_settled(Seq(u64::MAX)));
}

#[test]
fn an_edit_tells_as_well_that_the_webhook_is_gone() {
    let mut desk = Desk::new();
    let id = desk.posted();
    let edit = desk.edit(id);
    desk.answer(edit, 404, r#"{"message":"Unknown Webhook","code":10015}"#);
    assert!(desk.next().is_err());
    let said = format!("{:?}", desk.dispatch.said());
    assert!(said.contains("Make a new webhook"), "{said}");
    assert_eq!(desk.counts(), [1, 1, 0, 0], "it is told locally, and is no event of its own");
}

#[test]
fn what_comes_too_late_or_for_another_process_is_settled() {
    let mut desk = Desk::new();
    let id = desk.posted();
    desk.wait(60_000);
    desk.recover(id);
    desk.recover(FailureId::new());
    assert!(desk.next().is_err());
    assert_eq!(desk.counts(), [1, 2, 0, 0]);
    assert!(desk.dispatch.is_settled(Seq(u64::MAX)));
}

#[test]
fn nothing_is_held_while_somebody_waits_for_the_end() {
    let mut desk = Desk::new();
    let _ = desk.raise();
    assert_eq!(desk.next().err(), Some(Some(200)));
    let _ = desk.raise_as("gone");
    desk.dispatch.hurry(true);
    let post = desk.next().expect("a post");
    assert_eq!(titles(&post).len(), 2);
}

#[test]
fn calls_that_an_event_counts_end_as_it_does() {
    let mut desk = Desk::new();
    desk.log(Event::critical("One", "text").repeated(41));
    let post = desk.next().expect("a post");
    desk.answer(post, 200, r#"{"id":"77"}"#);
    assert_eq!(desk.counts(), [1, 41, 0, 0]);
    desk.log(Event::critical("Two", "text").repeated(7));
    let post = desk.next().expect("a post");
    desk.answer(post, 400, r#"{"code":50035}"#);
    assert_eq!(desk.counts(), [1, 41, 8, 0]);
    desk.log(Event::critical("Three", "text").repeated(2));
    let post = desk.next().expect("a post");
    desk.answer(post, 401, r#"{"code":50027}"#);
    assert!(desk.next().is_err());
    assert_eq!(desk.counts(), [4, 41, 8, 0], "written here");
    assert_eq!(desk.health().delivered_locally, 3);
}

#[test]
fn at_the_end_what_is_held_or_waits_for_an_edit_is_counted_once() {
    let mut desk = Desk::new();
    let id = desk.posted();
    let edit = desk.edit(id);
    let _ = desk.raise();
    assert_eq!(desk.dispatch.finish(), 2);
    assert_eq!(desk.counts(), [1, 0, 0, 0]);
    assert_eq!(desk.health().lost.get(&Loss::Shutdown), Some(&2));
    desk.answer(edit, 200, "{}");
    assert_eq!(desk.counts(), [1, 0, 0, 0], "an answer that comes after the end changes nothing");
}
