//! Rate limits and bans through HTTP. Windows are hours long, and time is skipped instead of waited for.

use std::time::Duration;

use discord_log_preview::{Discord, Limits};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Preview, hours, send, start};

fn with(limits: Limits) -> Preview {
    start(Discord::builder().webhook_in("errors").limits(limits))
}

fn post(preview: &Preview, channel: &str) -> Answer {
    preview.post(channel, &json!({"content": "x"}))
}

fn number(answer: &Answer, header: &str) -> f64 {
    answer.header(header).unwrap_or_else(|| panic!("no {header}")).parse().unwrap()
}

#[test]
fn every_answer_tells_the_budget_of_its_webhook_and_route() {
    let preview = start(Discord::builder());
    let first = post(&preview, "errors");
    assert_eq!(first.header("x-ratelimit-limit"), Some("5"));
    assert_eq!(first.header("x-ratelimit-remaining"), Some("4"));
    assert!(number(&first, "x-ratelimit-reset-after") <= 2.0);
    assert!(number(&first, "x-ratelimit-reset") > 1_700_000_000.0);
    assert_eq!(first.header("via"), Some("1.1 google"));
    assert_eq!(first.header("x-ratelimit-scope"), None, "only a 429 has a scope");
    let other = post(&preview, "finance");
    assert_eq!(other.header("x-ratelimit-remaining"), Some("4"));
    assert_eq!(other.header("x-ratelimit-bucket"), first.header("x-ratelimit-bucket"));
}

#[test]
fn refused_bodies_cost_the_window_too() {
    let preview = with(Limits::default().bucket(hours(5, 1)));
    let refused = preview.post("errors", &json!({}));
    assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (400, Some("4")));
}

#[test]
fn the_sixth_post_is_a_429_of_scope_user() {
    let preview = with(Limits::default().bucket(hours(5, 1)));
    for _ in 0..5 {
        assert_eq!(post(&preview, "errors").status, 200);
    }
    let limited = post(&preview, "errors");
    assert_eq!(limited.status, 429);
    assert_eq!(limited.header("x-ratelimit-scope"), Some("user"));
    assert_eq!(limited.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(limited.header("x-ratelimit-global"), None);
    let body = limited.json();
    assert_eq!(body["global"], false);
    let exact = body["retry_after"].as_f64().unwrap();
    assert_eq!(number(&limited, "retry-after"), exact.ceil());
    assert_eq!(post(&preview, "finance").status, 200);
    preview.discord.skip_time(Duration::from_secs_f64(exact));
    assert_eq!(post(&preview, "errors").status, 200);
    assert_eq!(preview.discord.messages("errors").len(), 6);
    let refused = preview.discord.requests().into_iter().find(|request| request.status == Some(429)).unwrap();
    assert_eq!(refused.refused.unwrap().scope.as_deref(), Some("user"));
}

#[test]
fn the_channel_limit_is_hidden_and_shared_by_its_webhooks() {
    let preview = with(Limits::default().bucket(hours(100, 1)).channel(hours(30, 10)).global(None));
    let urls = preview.discord.webhook_urls("errors");
    let urls: Vec<String> = urls.iter().map(|url| url.replace("/api/", "/api/v10/")).collect();
    let body = json!({"content": "x"});
    for n in 0..30 {
        assert_eq!(send(preview.http.post(&urls[n % 2]).json(&body)).status, 204);
    }
    let limited = send(preview.http.post(&urls[1]).json(&body));
    assert_eq!(limited.status, 429);
    assert_eq!(limited.header("x-ratelimit-scope"), Some("shared"));
    assert_eq!(limited.header("x-ratelimit-remaining"), Some("84"));
    let retry_after = limited.json()["retry_after"].as_f64().unwrap();
    assert!(retry_after > 9.0 * 3_600.0);
    assert!(number(&limited, "x-ratelimit-reset-after") <= 3_600.0);
    let again = send(preview.http.post(&urls[1]).json(&body));
    assert_eq!(again.header("x-ratelimit-remaining"), Some("83"), "a refused request costs the window");
    assert_eq!(post(&preview, "finance").status, 200);
}

#[test]
fn the_global_limit_says_so() {
    let preview = with(Limits::default().global(hours(2, 1)));
    post(&preview, "errors");
    post(&preview, "finance");
    let limited = post(&preview, "system");
    assert_eq!(limited.header("x-ratelimit-scope"), Some("global"));
    assert_eq!(limited.header("x-ratelimit-global"), Some("true"));
    assert_eq!(limited.json()["global"], true);
}

#[test]
fn without_a_version_delays_are_milliseconds() {
    let preview = with(Limits::default().bucket(hours(1, 1)));
    let url = preview.discord.webhook_url("errors").unwrap();
    let post = || send(preview.http.post(&url).json(&json!({"content": "x"})));
    assert_eq!(post().status, 204);
    let limited = post();
    let delay = limited.json()["retry_after"].as_u64().unwrap();
    assert!((3_000_000..=3_600_000).contains(&delay), "{delay}");
    assert_eq!(number(&limited, "retry-after"), delay as f64);
}

#[test]
fn old_messages_are_edited_three_times_and_no_more() {
    let limits = Limits::default().bucket(None).old_edits(hours(3, 1));
    let preview = with(limits);
    let id = preview.posted("errors", &json!({"content": "x"}));
    let edit = |text: &str| preview.edit("errors", &id, &json!({"content": text}));
    for _ in 0..5 {
        assert_eq!(edit("young").status, 200);
    }
    preview.discord.age_messages("errors", Duration::from_secs(3_601));
    for _ in 0..3 {
        assert_eq!(edit("old").status, 200);
    }
    let limited = edit("too often");
    assert_eq!((limited.status, limited.code()), (429, Some(30046)));
    assert_eq!(preview.contents("errors"), ["old"]);
    let young = preview.posted("errors", &json!({"content": "y"}));
    assert_eq!(preview.edit("errors", &young, &json!({"content": "z"})).status, 200);
}

#[test]
fn skipping_time_ages_messages_as_well() {
    let preview = with(Limits::default().old_edits(hours(1, 1)));
    let id = preview.posted("errors", &json!({"content": "x"}));
    preview.discord.skip_time(Duration::from_secs(3_700));
    assert_eq!(preview.edit("errors", &id, &json!({"content": "y"})).status, 200);
    assert_eq!(preview.edit("errors", &id, &json!({"content": "z"})).code(), Some(30046));
}

#[test]
fn too_many_invalid_requests_ban_the_address() {
    let preview = with(Limits::default().invalid_requests(hours(3, 1)).ban(Duration::from_secs(7_200)));
    let wrong = preview.url("errors") + "x";
    for _ in 0..3 {
        assert_eq!(preview.call(Method::GET, wrong.clone()).status, 401);
    }
    let banned = post(&preview, "finance");
    assert_eq!((banned.status, banned.text.as_str()), (429, "error code: 1015"));
    assert!(number(&banned, "retry-after") > 7_000.0);
    assert_eq!((banned.header("via"), banned.header("x-ratelimit-limit")), (None, None));
    preview.discord.skip_time(Duration::from_secs(7_200));
    assert_eq!(post(&preview, "finance").status, 200);
}

#[test]
fn shared_429s_ban_nobody() {
    let limits = Limits::default().bucket(None).channel(hours(1, 9)).invalid_requests(hours(2, 9));
    let preview = with(limits);
    for _ in 0..5 {
        post(&preview, "errors");
    }
    assert_eq!(post(&preview, "finance").status, 200);
}

#[test]
fn calling_a_deleted_webhook_again_and_again_restricts_the_caller() {
    let preview = with(Limits::default().global(None).unknown_webhook(hours(10, 1)));
    let url = preview.url("activity");
    assert!(preview.discord.delete_webhook("activity"));
    for _ in 0..10 {
        assert_eq!(preview.call(Method::GET, url.clone()).code(), Some(10015));
    }
    assert_eq!(post(&preview, "errors").status, 200);
    preview.call(Method::GET, url);
    assert_eq!(post(&preview, "errors").text, "error code: 1015");
}

#[test]
fn unlimited_means_no_limit_and_no_headers() {
    let preview = with(Limits::unlimited());
    for _ in 0..60 {
        let answer = post(&preview, "errors");
        assert_eq!((answer.status, answer.header("x-ratelimit-limit")), (200, None));
    }
}

#[test]
fn the_limits_page_tells_what_is_left() {
    let preview = with(Limits::default().bucket(hours(5, 1)).channel(hours(30, 1)));
    for _ in 0..7 {
        post(&preview, "errors");
    }
    let page = preview.get("/_preview/limits").json();
    assert_eq!(page["rate_limited"]["user"], 2);
    assert_eq!(page["invalid_requests"], 2);
    let is_errors = |webhook: &&Value| webhook["channel"] == "errors";
    let webhooks = page["webhooks"].as_array().unwrap();
    let errors: Vec<&Value> = webhooks.iter().filter(is_errors).collect();
    assert_eq!(errors.len(), 2);
    assert_eq!(errors[0]["routes"]["POST /webhooks/{id}/{token}"]["remaining"], 0);
    assert_eq!(errors[1]["routes"]["POST /webhooks/{id}/{token}"]["remaining"], 5);
    assert_eq!(errors[1]["channel_limit"]["remaining"], 25);
    assert_eq!(preview.discord.limits()["rate_limited"]["user"], 2);
}
