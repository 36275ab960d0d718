//! Threads of text channels, posts of forums, and the errors of taking one for the other.

use discord_log_preview::{Discord, Limits};
use reqwest::Method;
use serde_json::json;

use crate::client::{Preview, send, start};

fn preview() -> Preview {
    start(Discord::builder().forum_with_tags("incidents", ["5"]).limits(Limits::unlimited()))
}

#[test]
fn a_forum_takes_a_name_or_a_thread_and_a_text_channel_no_name() {
    let preview = preview();
    let plain = json!({"content": "x"});
    let named = json!({"content": "x", "thread_name": "down"});
    let code = |channel: &str, query: &str, body| preview.post_with(channel, query, body).code();
    assert_eq!(code("incidents", "", &plain), Some(220_001));
    assert_eq!(code("incidents", "?thread_id=1", &named), Some(220_002));
    assert_eq!(code("errors", "", &named), Some(220_003));
    assert_eq!(code("incidents", "?thread_id=1", &plain), Some(10003));
    let tagged = json!({"content": "x", "thread_name": "down", "applied_tags": ["6"]});
    assert_eq!(code("incidents", "", &tagged), Some(10087));
    let slack = send(preview.http.post(preview.url("incidents") + "/slack").json(&plain));
    assert_eq!(slack.code(), Some(220_004));
}

#[test]
fn a_new_post_is_answered_with_its_thread_and_found_only_through_it() {
    let preview = preview();
    let body = json!({"content": "x", "thread_name": "down", "applied_tags": ["5"]});
    let answer = preview.post("incidents", &body).json();
    let thread = answer["channel_id"].as_str().unwrap();
    let id = answer["id"].as_str().unwrap();
    let url = preview.message_url("incidents", id);
    assert_eq!(preview.call(Method::GET, url.clone()).code(), Some(10008));
    assert_eq!(preview.call(Method::GET, format!("{url}?thread_id=1")).code(), Some(10008));
    assert_eq!(preview.call(Method::GET, format!("{url}?thread_id={thread}")).status, 200);
    let more = preview.post_with("incidents", &format!("?thread_id={thread}"), &json!({"content": "y"}));
    assert_eq!(more.status, 204);
    let messages = preview.discord.messages("incidents");
    assert!(messages.iter().all(|message| message.thread.as_ref().unwrap().name == "down"));
    assert_eq!(messages.len(), 2);
}

#[test]
fn an_archived_thread_takes_posts_but_no_edits_and_a_locked_one_neither() {
    let preview = preview();
    let thread = preview.discord.open_thread("errors", "deploy").unwrap();
    let query = format!("?wait=true&thread_id={thread}");
    let posted = preview.post_with("errors", &query, &json!({"content": "x"})).json();
    let url = preview.message_url("errors", posted["id"].as_str().unwrap()) + &format!("?thread_id={thread}");
    assert!(preview.discord.archive_thread(&thread));
    let edit = || send(preview.http.patch(&url).json(&json!({"content": "y"})));
    assert_eq!(edit().code(), Some(50083));
    assert_eq!(preview.post_with("errors", &query, &json!({"content": "z"})).status, 200);
    assert_eq!(edit().status, 200, "posting wakes the thread");
    assert!(preview.discord.lock_thread(&thread));
    assert_eq!(preview.post_with("errors", &query, &json!({"content": "z"})).code(), Some(160_005));
}
