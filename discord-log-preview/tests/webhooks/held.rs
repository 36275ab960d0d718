//! What the server holds: readable by handle and as JSON, bounded, waited for, and silent about tokens.

use std::time::Duration;

use discord_log_preview::{Discord, Limits, StartError};
use serde_json::json;

use crate::client::{send, start, unlimited};

#[test]
fn everything_is_readable_as_json() {
    let preview = unlimited();
    preview.post("errors", &json!({"content": "x", "embeds": [{"title": "t"}]}));
    assert_eq!(preview.get("/_preview").json()["name"], "discord-log-preview");
    let channels = preview.get("/_preview/channels").json();
    let names: Vec<_> = channels.as_array().unwrap().iter().map(|channel| channel["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["finance", "system", "errors", "activity"]);
    assert_eq!(channels[2]["webhooks"][0]["url"], preview.discord.webhook_url("errors").unwrap());
    let messages = preview.get("/_preview/channels/errors/messages").json();
    assert_eq!(messages[0]["content"], "x");
    assert_eq!(messages[0]["pings"]["everyone"], false);
    assert_eq!(preview.get("/_preview/channels/nowhere/messages").status, 404);
    let requests = preview.get("/_preview/requests").json();
    assert_eq!(requests[0]["route"], "POST /webhooks/{id}/{token}");
    assert_eq!(requests[0]["user_agent"], crate::client::AGENT);
    assert_eq!(requests[0]["status"], 200);
}

#[test]
fn tokens_stand_only_where_they_are_asked_for() {
    let preview = unlimited();
    preview.post("errors", &json!({"content": "x"}));
    let url = preview.discord.webhook_url("errors").unwrap();
    let token = url.rsplit_once('/').unwrap().1;
    for path in ["/", "/_preview", "/_preview/requests", "/_preview/limits", "/_preview/channels/errors/messages"] {
        assert!(!preview.get(path).text.contains(token), "{path}");
    }
    assert!(!format!("{:?}", preview.discord).contains(token));
    assert!(!format!("{:?}", preview.discord.requests()).contains(token));
}

#[test]
fn pages_of_the_web_cannot_reach_it() {
    let preview = unlimited();
    let url = format!("http://{}/_preview/channels", preview.discord.address());
    let foreign = send(preview.http.get(&url).header("host", "rebound.example.org"));
    assert_eq!(foreign.status, 403);
    assert_eq!(send(preview.http.get(&url).header("host", "localhost:1")).status, 200);
}

#[test]
fn the_oldest_go_when_there_are_too_many() {
    let preview = start(Discord::builder().history(3).limits(Limits::unlimited()));
    for n in 0..20 {
        preview.post("errors", &json!({"content": n.to_string()}));
    }
    assert_eq!(preview.contents("errors"), ["17", "18", "19"]);
    let requests = preview.discord.requests();
    assert_eq!((requests.len(), requests.last().unwrap().number), (12, 20));
}

#[test]
fn waiting_ends_with_the_change_or_the_time() {
    let preview = unlimited();
    let url = preview.url("errors");
    let http = preview.http.clone();
    let poster = std::thread::spawn(move || send(http.post(url).json(&json!({"content": "x"}))).status);
    assert!(preview.discord.wait_for(|d| !d.messages("errors").is_empty(), Duration::from_secs(60)));
    assert_eq!(poster.join().unwrap(), 204);
    assert!(!preview.discord.wait_for(|d| d.messages("errors").len() > 1, Duration::from_millis(20)));
}

#[test]
fn settings_name_every_channel() {
    let preview = start(Discord::builder().channel("deploys").forum("big-incidents"));
    let names: Vec<_> = preview.discord.settings().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "DISCORD_WEBHOOK_FINANCE",
            "DISCORD_WEBHOOK_SYSTEM",
            "DISCORD_WEBHOOK_ERRORS",
            "DISCORD_WEBHOOK_ACTIVITY",
            "DISCORD_WEBHOOK_DEPLOYS",
            "DISCORD_WEBHOOK_BIG_INCIDENTS",
        ]
    );
}

#[test]
fn a_person_deletes_a_message() {
    let preview = unlimited();
    let id = preview.posted("errors", &json!({"content": "x"}));
    assert!(preview.discord.delete_message(&id));
    assert!(!preview.discord.delete_message(&id));
    assert_eq!(preview.edit("errors", &id, &json!({"content": "y"})).code(), Some(10008));
}

#[test]
fn dropping_the_handle_frees_the_port_and_a_taken_port_is_told() {
    let first = Discord::builder().start().unwrap();
    let port = first.address().port();
    let taken = Discord::builder().port(port).start();
    assert!(matches!(taken, Err(StartError::Listen { .. })));
    drop(first);
    let again = Discord::builder().port(port).start().unwrap();
    assert_eq!(again.address().port(), port);
}

#[test]
fn the_handle_may_be_shared_between_threads() {
    fn shareable<T: Send + Sync>() {}
    shareable::<Discord>();
}

#[tokio::test]
async fn it_can_be_used_inside_a_runtime() {
    let discord = Discord::builder().start().unwrap();
    let url = discord.webhook_url("errors").unwrap();
    let client = reqwest::Client::builder().user_agent(crate::client::AGENT).build().unwrap();
    let answer = client.post(url).json(&json!({"content": "x"})).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    drop(discord);
}
