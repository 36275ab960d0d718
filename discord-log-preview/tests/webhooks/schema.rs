//! Answers against Discord's own schema, where it is at hand: it is not part of this repository.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::client::{start, unlimited};
use discord_log_preview::{Discord, Limits};

/// The schema beside one of the folders above this crate.
fn schema_file() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut places = above.map(|folder| folder.join("shared/discord/webhook-schema.json"));
    places.find(|place| place.is_file())
}

/// Asserts that a value is what the schema calls so; `false` when there is no schema to ask.
pub(crate) fn assert_is(name: &str, value: &Value) -> bool {
    let Some(file) = schema_file() else {
        println!("skipped: Discord's schema is not at hand");
        return false;
    };
    let schema: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let root = json!({"$ref": format!("#/components/schemas/{name}"), "components": schema["components"]});
    let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&root).unwrap();
    let problems: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:#?}\n{value:#}");
    true
}

#[test]
fn messages_are_what_discord_calls_a_message() {
    let preview = unlimited();
    let plain =
        preview.post("errors", &json!({"content": "hi <@5> <@&6>", "allowed_mentions": {"parse": ["users", "roles"]}}));
    let embed = json!({
        "title": "t", "description": "d", "url": "https://e/", "timestamp": "2026-05-01T10:00:00",
        "color": 5, "footer": {"text": "f", "icon_url": "attachment://a.png"},
        "author": {"name": "a", "url": "https://e/", "icon_url": null},
        "image": {"url": "attachment://a.png"}, "fields": [{"name": "n", "value": "v"}],
    });
    let embeds = preview.upload(
        "errors",
        &json!({"embeds": [embed], "attachments": [{"id": 0, "description": "x"}]}),
        &[("files[0]", "a.png", b"png"), ("files[1]", "log file.txt", b"log")],
    );
    let poll = preview
        .post("errors", &json!({"poll": {"question": {"text": "q"}, "answers": [{"poll_media": {"text": "a"}}]}}));
    for answer in [&plain, &embeds, &poll] {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_is("MessageResponse", &answer.json());
    }
    let id = plain.json()["id"].as_str().unwrap().to_owned();
    assert_is("MessageResponse", &preview.edit("errors", &id, &json!({"content": "edited"})).json());
}

#[test]
fn components_are_answered_in_discords_shape() {
    let preview = unlimited();
    let media = json!({"url": "https://e/a.png"});
    let body = json!({
        "flags": 32768,
        "components": [
            {"type": 17, "accent_color": 255, "components": [
                {"type": 9, "components": [{"type": 10, "content": "text"}],
                 "accessory": {"type": 11, "media": media}},
                {"type": 14},
                {"type": 1, "components": [{"type": 2, "style": 5, "label": "l", "url": "https://e/"}]},
                {"type": 13, "file": {"url": "attachment://log.txt"}},
            ]},
            {"type": 12, "items": [{"media": media, "description": "d"}]},
        ],
    });
    let form = crate::client::multipart(&body, &[("files[0]", "log.txt", b"log")]);
    let url = preview.url("errors") + "?wait=true&with_components=true";
    let answer = crate::client::send(preview.http.post(url).multipart(form));
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_is("MessageResponse", &answer.json());
    assert_eq!(answer.json()["components"][0]["components"][3]["name"], "log.txt");
}

#[test]
fn webhooks_and_errors_are_in_discords_shape() {
    let preview = start(Discord::builder().limits(Limits::unlimited().global(crate::client::hours(3, 1))));
    let webhook = preview.call(reqwest::Method::GET, preview.url("errors"));
    assert_is("GuildIncomingWebhookResponse", &webhook.json());
    assert!(webhook.json().get("user").is_none());
    let empty = preview.post("errors", &json!({}));
    assert_is("ErrorResponse", &empty.json());
    preview.post("errors", &json!({"content": "x"}));
    let limited = preview.post("errors", &json!({"content": "x"}));
    assert_eq!(limited.status, 429);
    // The schema wants a code that the documentation calls optional.
    let mut limited = limited.json();
    assert!(limited.get("code").is_none());
    limited["code"] = json!(0);
    assert_is("RatelimitedResponse", &limited);
}

#[test]
fn the_schema_check_finds_what_is_wrong() {
    let wrong = std::panic::catch_unwind(|| assert_is("MessageResponse", &json!({"id": 5})));
    assert!(matches!(wrong, Err(_) | Ok(false)), "a wrong message passed");
}
