//! The page over HTTP: what it says without a browser, whom it answers, and what open pages are sent.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use reqwest::blocking::Response;
use serde_json::{Value, json};

use crate::client::{Preview, send, unlimited};

const SCRIPT: &str = "<script>alert(1)</script>";

#[test]
fn whatever_a_message_says_is_escaped_wherever_it_stands() {
    let preview = unlimited();
    let embed = json!({
        "title": SCRIPT, "description": SCRIPT, "url": "https://e/?\"onclick=alert(1)",
        "author": {"name": SCRIPT}, "footer": {"text": SCRIPT},
        "fields": [{"name": SCRIPT, "value": SCRIPT}],
    });
    let body = json!({"username": SCRIPT, "content": SCRIPT, "embeds": [embed], "poll": null});
    let uploaded = preview.upload("errors", &body, &[("files[0]", "a.txt", SCRIPT.as_bytes())]);
    assert_eq!(uploaded.status, 200, "{}", uploaded.text);
    let page = preview.get("/");
    assert_eq!(page.text.matches("<script").count(), 2, "the page's own");
    assert_eq!(page.text.matches("alert(1)").count(), 10);
    assert!(!page.text.contains("\"onclick"));
}

#[test]
fn every_answer_says_what_it_may_load_and_is_kept_by_nobody() {
    let preview = unlimited();
    let id = preview.posted("errors", &json!({"content": "x"}));
    for path in ["/", "/?channel=errors", "/_preview/page/script.js", "/_preview", &format!("/_preview/messages/{id}")]
    {
        let answer = preview.get(path);
        assert_eq!(answer.status, 200, "{path}");
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[test]
fn other_pages_of_the_web_are_refused_and_ones_own_is_not() {
    let preview = unlimited();
    let address = preview.discord.address();
    let faults = format!("http://{address}/_preview/faults");
    let post = || preview.http.post(&faults).body(r#"{"kind":"unavailable"}"#);
    assert_eq!(send(post().header("origin", "http://evil.example")).status, 403);
    assert_eq!(send(post().header("origin", "null")).status, 403);
    assert_eq!(send(post().header("origin", "http://localhost:1")).status, 403, "another program of this machine");
    assert_eq!(send(post().header("sec-fetch-site", "cross-site")).status, 403);
    assert!(preview.discord.faults().is_empty());
    assert_eq!(send(post().header("origin", format!("http://{address}"))).status, 201);
    let opened = preview.http.get(preview.discord.page());
    let opened = opened.header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "navigate");
    assert_eq!(send(opened).status, 200, "a link to the page");
}

#[test]
fn a_channel_is_shown_from_its_end_and_the_rest_on_request() {
    let preview = unlimited();
    let ids: Vec<String> = (0..120).map(|n| preview.posted("errors", &json!({"content": format!("no {n}")}))).collect();
    let shown = |html: &str| ids.iter().filter(|id| html.contains(&format!("id=\"m-{id}\""))).count();
    let page = preview.get("/").text;
    assert_eq!(shown(&page), 50);
    assert!(page.contains(&format!("before={}", ids[70])));
    let earlier = preview.get(&format!("/_preview/channels/errors/earlier?before={}", ids[70])).json();
    assert_eq!(shown(earlier["items"].as_str().unwrap()), 50);
    assert_eq!(earlier["before"], ids[20]);
    let earliest = preview.get(&format!("/_preview/channels/errors/earlier?before={}", ids[20])).json();
    assert_eq!(shown(earliest["items"].as_str().unwrap()), 20);
    assert_eq!(earliest["before"], Value::Null);
    let linked = preview.get(&format!("/?channel=errors&before={}", ids[70])).text;
    assert_eq!(shown(&linked), 50);
    assert!(!linked.contains("data-name=\"finance\""));
    assert_eq!(preview.get("/?channel=nowhere").status, 404);
    assert_eq!(preview.get("/_preview/channels/nowhere/earlier").status, 404);
}

/// An open page.
struct Open(BufReader<Response>);

impl Open {
    fn at(preview: &Preview, since: &str) -> Self {
        let url = format!("{}_preview/events", preview.discord.page());
        let request = preview.http.get(url).header("last-event-id", since).timeout(Duration::from_secs(20));
        Self(BufReader::new(request.send().unwrap()))
    }

    /// The next event but those of the bar: its name, id and data.
    fn next(&mut self) -> (String, String, Value) {
        loop {
            let (mut name, mut id, mut data) = (String::new(), String::new(), String::new());
            loop {
                let mut line = String::new();
                assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "the stream ended");
                match line.trim_end().split_once(": ") {
                    Some(("event", value)) => value.clone_into(&mut name),
                    Some(("id", value)) => value.clone_into(&mut id),
                    Some(("data", value)) => data.push_str(value),
                    _ if line == "\n" => break,
                    _ => {}
                }
            }
            if !name.is_empty() && name != "bar" {
                return (name, id, serde_json::from_str(&data).unwrap_or(Value::Null));
            }
        }
    }
}

/// Where the page that is loaded now goes on from.
fn since(preview: &Preview) -> String {
    let page = preview.get("/").text;
    let (_, rest) = page.split_once("data-since=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn an_open_page_is_sent_posts_edits_and_deletions() {
    let preview = unlimited();
    let mut open = Open::at(&preview, &since(&preview));
    let first = preview.posted("errors", &json!({"content": "the first\r\nof two"}));
    let (name, _, items) = open.next();
    assert_eq!(name, "messages");
    assert_eq!(items[0]["key"], first);
    assert!(items[0]["html"].as_str().unwrap().contains("the first"));
    preview.edit("errors", &first, &json!({"content": "changed"}));
    assert!(open.next().2[0]["html"].as_str().unwrap().contains("(edited)"));
    let second = preview.posted("errors", &json!({"content": "of the same sender"}));
    assert!(open.next().2[0]["html"].as_str().unwrap().contains("message follows"));
    assert!(preview.discord.delete_message(&first));
    let (_, _, items) = open.next();
    assert_eq!((&items[0]["key"], &items[0]["html"]), (&json!(first), &Value::Null));
    assert_eq!(items[1]["key"], second, "it has to say now who posted it");
    assert!(!items[1]["html"].as_str().unwrap().contains("follows"));
}

#[test]
fn a_page_that_comes_back_is_sent_what_it_missed_once() {
    let preview = unlimited();
    let left = since(&preview);
    let first = preview.posted("errors", &json!({"content": "one"}));
    preview.edit("errors", &first, &json!({"content": "two"}));
    let second = preview.posted("finance", &json!({"content": "three"}));
    let (_, id, items) = Open::at(&preview, &left).next();
    let keys: Vec<_> = items.as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
    assert_eq!(keys, [first, second.clone()]);
    let mut again = Open::at(&preview, &id);
    assert!(preview.discord.delete_message(&second));
    assert_eq!(again.next().2.as_array().unwrap().len(), 1, "nothing twice");
}

#[test]
fn a_page_of_another_run_loads_anew() {
    let preview = unlimited();
    for other in ["17-0", "", "nonsense"] {
        assert_eq!(Open::at(&preview, other).next().0, "anew", "{other:?}");
    }
}
