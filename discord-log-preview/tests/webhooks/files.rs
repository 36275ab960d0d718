//! Files: how they are sent, named, limited, shown and downloaded.

use discord_log_preview::{Discord, Limits};
use serde_json::json;

use crate::client::{send, start, unlimited};

#[test]
fn files_arrive_with_their_bytes_and_names() {
    let preview = unlimited();
    let body = json!({"content": "x", "attachments": [{"id": 7, "description": "what happened", "is_spoiler": true}]});
    let log = b"\x00log\xff";
    let answer = preview.upload("errors", &body, &[("files[7]", "my log.txt", log)]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let message = preview.discord.messages("errors").remove(0);
    let file = message.attachment("my_log.txt").unwrap();
    assert_eq!(file.bytes(), Some(&log[..]));
    assert_eq!(file.title.as_deref(), Some("my log.txt"));
    assert_eq!(file.description.as_deref(), Some("what happened"));
    assert!(file.spoiler);
    let url = answer.json()["attachments"][0]["url"].as_str().unwrap().to_owned();
    let downloaded = preview.http.get(url).send().unwrap();
    assert_eq!(downloaded.bytes().unwrap(), &log[..]);
    let request = &preview.discord.requests()[0];
    assert_eq!((request.files[0].part.as_str(), request.files[0].size), ("files[7]", 5));
    assert_eq!(request.payload.as_ref(), Some(&body));
}

#[test]
fn a_file_alone_is_a_message_and_its_part_may_be_called_anything() {
    let preview = unlimited();
    assert_eq!(preview.upload("errors", &json!({}), &[("_a.txt", "a.txt", b"A")]).status, 200);
    assert_eq!(preview.discord.messages("errors")[0].attachments.len(), 1);
}

#[test]
fn a_file_that_an_embed_shows_is_not_listed() {
    let preview = unlimited();
    let body = json!({"embeds": [
        {"title": "t", "image": {"url": "attachment://my chart.png"}},
        {"title": "u", "image": {"url": "attachment://gone.png"}},
    ]});
    let answer = preview.upload("errors", &body, &[("files[0]", "my chart.png", b"png")]).json();
    assert_eq!(answer["attachments"], json!([]));
    assert!(answer["embeds"][0]["image"]["url"].as_str().unwrap().ends_with("/my_chart.png"));
    assert!(answer["embeds"][1].get("image").is_none(), "a name that no file has loses the picture");
    assert_eq!(preview.discord.requests()[0].dropped.len(), 1);
    assert_eq!(preview.discord.messages("errors")[0].attachments.len(), 1);
}

#[test]
fn too_many_and_too_large_files_are_refused() {
    let limits = Limits::unlimited().file_bytes(100).request_bytes(2_000);
    let preview = start(Discord::builder().limits(limits));
    let parts: Vec<String> = (0..11).map(|n| format!("files[{n}]")).collect();
    let files: Vec<(&str, &str, &[u8])> = parts.iter().map(|part| (part.as_str(), "a", &b"A"[..])).collect();
    assert_eq!(preview.upload("errors", &json!({}), &files[..10]).status, 200);
    assert_eq!(preview.upload("errors", &json!({}), &files).code(), Some(30015));
    let of = |n: usize| {
        let bytes = vec![b'x'; n];
        let answer = preview.upload("errors", &json!({}), &[("files[0]", "a", &bytes)]);
        (answer.status, answer.code())
    };
    assert_eq!(of(100).0, 200);
    assert_eq!(of(101), (413, Some(40005)));
    assert_eq!(of(3_000), (413, Some(40005)), "the whole request");
}

#[test]
fn the_real_limits_are_ten_mebibytes_a_file_and_25_a_request() {
    let preview = unlimited();
    let ten = vec![b'x'; 10 * 1024 * 1024];
    assert_eq!(preview.upload("errors", &json!({}), &[("files[0]", "a", &ten)]).status, 200);
    let over = vec![b'x'; 10 * 1024 * 1024 + 1];
    assert_eq!(preview.upload("errors", &json!({}), &[("files[0]", "a", &over)]).code(), Some(40005));
    let three: Vec<(&str, &str, &[u8])> =
        ["files[0]", "files[1]", "files[2]"].into_iter().map(|part| (part, "a", &ten[..])).collect();
    assert_eq!(preview.upload("errors", &json!({}), &three[..2]).status, 200);
    assert_eq!(preview.upload("errors", &json!({}), &three).code(), Some(40005));
}

#[test]
fn descriptions_must_belong_to_a_file() {
    let preview = unlimited();
    let body = json!({"content": "x", "attachments": [{"id": 0}]});
    assert_eq!(preview.post("errors", &body).problems(), ["attachments.0 ATTACHMENT_NOT_FOUND"]);
    let named = json!({"attachments": [{"id": "0", "filename": "n".repeat(1025)}]});
    let answer = preview.upload("errors", &named, &[("files[0]", "a", b"A")]);
    assert_eq!(answer.problems(), ["attachments.0.filename BASE_TYPE_BAD_LENGTH"]);
}

#[test]
fn a_form_without_payload_json_has_plain_fields() {
    let preview = unlimited();
    let form = reqwest::blocking::multipart::Form::new().text("content", "hi").text("username", "billing");
    let answer = send(preview.http.post(preview.url("errors")).multipart(form));
    assert_eq!(answer.status, 204);
    assert_eq!(preview.discord.messages("errors")[0].author, "billing");
}
