//! Editing: what is not named stays, what is null goes, mentions are read anew, files are kept by name only.

use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::client::{Preview, multipart, send, unlimited};

fn with_two_files(preview: &Preview) -> (String, Vec<String>) {
    let files: [(&str, &str, &[u8]); 2] = [("files[0]", "a.txt", b"A"), ("files[1]", "b.txt", b"B")];
    let answer = preview.upload("errors", &json!({"content": "x"}), &files).json();
    let ids = answer["attachments"].as_array().unwrap().iter();
    let ids = ids.map(|file| file["id"].as_str().unwrap().to_owned()).collect();
    (answer["id"].as_str().unwrap().to_owned(), ids)
}

fn names(preview: &Preview) -> Vec<String> {
    let message = preview.discord.messages("errors").remove(0);
    message.attachments.into_iter().map(|file| file.filename).collect()
}

fn edit_with_file(http: &Client, url: &str, body: &Value) -> u16 {
    send(http.patch(url).multipart(multipart(body, &[("files[0]", "c.txt", b"C")]))).status
}

#[test]
fn what_is_not_named_stays_and_null_empties() {
    let preview = unlimited();
    let id = preview.posted("errors", &json!({"content": "x", "embeds": [{"title": "t"}], "flags": 4 | 4096}));
    let edited = preview.edit("errors", &id, &json!({"content": "y"})).json();
    assert_eq!(edited["content"], "y");
    assert_eq!(edited["embeds"][0]["title"], "t");
    assert_eq!(edited["flags"], 4 | 4096);
    assert!(edited["edited_timestamp"].is_string());
    let emptied = preview.edit("errors", &id, &json!({"embeds": null, "flags": 0})).json();
    assert_eq!(emptied["embeds"], json!([]));
    assert_eq!(emptied["flags"], 4096, "the notification flag is not for edits");
    let nothing = preview.edit("errors", &id, &json!({"content": ""}));
    assert_eq!(nothing.code(), Some(50006));
    let message = preview.discord.messages("errors").remove(0);
    assert_eq!((message.content.as_str(), message.edits), ("y", 2));
}

#[test]
fn keys_of_a_post_are_ignored_in_an_edit() {
    let preview = unlimited();
    let id = preview.posted("errors", &json!({"content": "x", "username": "a"}));
    let answer = preview.edit("errors", &id, &json!({"content": "y", "username": "Discord", "tts": true}));
    assert_eq!(answer.json()["author"]["username"], "a");
    assert_eq!(preview.discord.requests()[1].unknown_keys, ["tts", "username"]);
}

#[test]
fn an_edit_without_allowed_mentions_pings_by_the_defaults() {
    let preview = unlimited();
    let id = preview.posted("errors", &json!({"content": "<@1>", "allowed_mentions": {"parse": []}}));
    assert!(preview.discord.messages("errors")[0].pings.is_empty());
    preview.edit("errors", &id, &json!({"embeds": [{"title": "t"}]}));
    assert_eq!(preview.discord.messages("errors")[0].pings.users, ["1"]);
    preview.edit("errors", &id, &json!({"allowed_mentions": {"parse": []}}));
    assert!(preview.discord.messages("errors")[0].pings.is_empty());
}

#[test]
fn without_attachments_old_files_stay_and_new_ones_join() {
    let preview = unlimited();
    let (id, _) = with_two_files(&preview);
    preview.edit("errors", &id, &json!({"content": "y"}));
    assert_eq!(names(&preview), ["a.txt", "b.txt"]);
    let url = preview.message_url("errors", &id);
    assert_eq!(edit_with_file(&preview.http, &url, &json!({})), 200);
    assert_eq!(names(&preview), ["a.txt", "b.txt", "c.txt"]);
}

#[test]
fn with_attachments_only_what_is_named_stays() {
    let preview = unlimited();
    let (id, files) = with_two_files(&preview);
    let url = preview.message_url("errors", &id);
    let keep = json!({"attachments": [{"id": files[1], "description": "kept"}, {"id": "0"}]});
    assert_eq!(edit_with_file(&preview.http, &url, &keep), 200);
    assert_eq!(names(&preview), ["b.txt", "c.txt"]);
    let kept = preview.discord.messages("errors").remove(0);
    assert_eq!(kept.attachment("b.txt").unwrap().description.as_deref(), Some("kept"));
    assert_eq!(kept.attachment("c.txt").unwrap().bytes(), Some(&b"C"[..]));
    let unnamed = json!({"attachments": [{"id": kept.attachments[0].id}]});
    assert_eq!(edit_with_file(&preview.http, &url, &unnamed), 200);
    assert_eq!(names(&preview), ["b.txt"], "since version 10 a new file must be named too");
    assert_eq!(preview.discord.requests()[2].dropped.len(), 1);
    let older = url.replace("/v10/", "/v9/");
    let none = json!({"attachments": []});
    assert_eq!(edit_with_file(&preview.http, &older, &none), 200);
    assert_eq!(names(&preview), ["c.txt"], "before it, it need not");
    let gone = preview.edit("errors", &id, &json!({"attachments": [{"id": files[0]}]}));
    assert_eq!(gone.problems(), ["attachments.0 ATTACHMENT_NOT_FOUND"]);
}

#[test]
fn a_message_holds_ten_files_after_an_edit_too() {
    let preview = unlimited();
    let many: Vec<String> = (0..9).map(|n| format!("files[{n}]")).collect();
    let files: Vec<(&str, &str, &[u8])> = many.iter().map(|part| (part.as_str(), "a.txt", &b"A"[..])).collect();
    let answer = preview.upload("errors", &json!({}), &files).json();
    let url = preview.message_url("errors", answer["id"].as_str().unwrap());
    assert_eq!(edit_with_file(&preview.http, &url, &json!({})), 200);
    assert_eq!(edit_with_file(&preview.http, &url, &json!({})), 400);
    assert_eq!(names(&preview).len(), 10);
}

#[test]
fn the_components_flag_stays_for_good() {
    let preview = unlimited();
    let id = preview.posted("errors", &json!({"content": "x"}));
    let components = json!([{"type": 10, "content": "text"}]);
    let url = preview.message_url("errors", &id) + "?with_components=true";
    let edit = |body: &Value| send(preview.http.patch(&url).json(body));
    let clash = edit(&json!({"flags": 32768, "components": components}));
    assert_eq!(clash.problems(), ["content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"]);
    let turned = edit(&json!({"flags": 32768, "components": components, "content": null}));
    assert_eq!((turned.status, turned.json()["flags"].as_u64()), (200, Some(32768)));
    let back = edit(&json!({"flags": 0}));
    assert_eq!(back.json()["flags"], 32768);
    let content = edit(&json!({"content": "x"}));
    assert_eq!(content.status, 400);
}

#[test]
fn a_poll_cannot_be_edited() {
    let preview = unlimited();
    let poll = json!({"question": {"text": "q"}, "answers": [{"poll_media": {"text": "a"}}]});
    let id = preview.posted("errors", &json!({ "poll": poll }));
    assert_eq!(preview.edit("errors", &id, &json!({"content": "x"})).code(), Some(520_003));
}
