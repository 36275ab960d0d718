//! Discord's rules for a body: its own schema where the file is at hand, and what the schema does not say.

use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value as Json, json};

use crate::render::File;

/// Fails on a body that Discord would refuse.
#[track_caller]
pub(super) fn assert_valid(message: &Json) {
    assert_schema(MESSAGE.as_ref(), message);
    assert_keys(message, &["username", "content", "embeds", "allowed_mentions", "flags", "attachments", "thread_name"]);
    assert_username(message["username"].as_str().expect("a username"));
    assert_content(message);
}

/// Fails unless the files are those that the body names, and such that Discord takes them.
#[track_caller]
pub(super) fn assert_files(message: &Json, files: &[File]) {
    let named: Vec<_> = message["attachments"].as_array().into_iter().flatten().collect();
    assert!(named.len() == files.len() && files.len() <= 10, "{} of {} files are named", named.len(), files.len());
    for (position, (named, file)) in named.iter().zip(files).enumerate() {
        assert_keys(named, &["id", "filename"]);
        assert_eq!(
            (named["id"].as_str(), named["filename"].as_str()),
            (Some(&*position.to_string()), Some(&*file.name))
        );
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        assert!(file.name.starts_with(|c: char| c.is_ascii_alphanumeric()), "{}", file.name);
        assert!(file.name.bytes().all(is_plain) && (5..=80).contains(&file.name.len()), "{}", file.name);
        assert!(!file.bytes.is_empty() && file.bytes.len() <= 8 << 20, "{}: {} bytes", file.name, file.bytes.len());
    }
    assert!(files.iter().map(|file| file.bytes.len()).sum::<usize>() <= 24 << 20);
}

/// Fails on the body of an edit that Discord would refuse, or of which it would ignore something.
#[track_caller]
pub(super) fn assert_valid_edit(edit: &Json) {
    assert_schema(EDIT.as_ref(), edit);
    assert_keys(edit, &["content", "embeds", "allowed_mentions", "attachments"]);
    assert!(edit["attachments"].is_array(), "without a list of files the old ones would stay");
    assert_content(edit);
}

#[track_caller]
fn assert_schema(schema: Option<&Validator>, message: &Json) {
    if let Some(schema) = schema {
        let errors: Vec<_> = schema.iter_errors(message).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{message:#}");
    }
}

#[track_caller]
fn assert_content(message: &Json) {
    assert_known_keys(message);
    let pings = message["content"].as_str().is_some_and(|content| content.starts_with(super::PINGED));
    let allowed = if pings { json!({ "parse": [], "roles": ["7"], "users": ["9"] }) } else { json!({ "parse": [] }) };
    assert_eq!(message["allowed_mentions"], allowed);
    let embeds = message["embeds"].as_array().expect("embeds");
    assert!((1..=10).contains(&embeds.len()), "{} embeds", embeds.len());
    if let Some(content) = message.get("content") {
        assert_text(content, 2_000);
    }

    let characters = characters(message);
    assert!(characters <= 6_000, "{characters} characters in all embeds");
    let beside = [&message["username"], &message["content"]].into_iter().filter_map(Json::as_str);
    let counted = embeds.iter().flat_map(counted_texts);
    let bytes: usize = counted.chain(beside).map(str::len).sum();
    assert!(bytes <= 9_500, "{bytes} bytes of text");
}

/// Counts what Discord counts against the total of a message.
pub(super) fn characters(message: &Json) -> usize {
    let embeds = message["embeds"].as_array().into_iter().flatten();
    embeds.flat_map(counted_texts).map(|text| text.trim().chars().count()).sum()
}

fn counted_texts(embed: &Json) -> Vec<&str> {
    assert_text(&embed["title"], 256);
    assert_text(&embed["footer"]["text"], 2_048);
    let mut texts = vec![&embed["title"], &embed["footer"]["text"]];
    if let Some(description) = embed.get("description") {
        assert_text(description, 4_096);
        texts.push(description);
    }
    if let Some(fields) = embed.get("fields") {
        let fields = fields.as_array().expect("a list of fields");
        assert!((1..=25).contains(&fields.len()), "{} fields", fields.len());
        for field in fields {
            assert_text(&field["name"], 256);
            assert_text(&field["value"], 1_024);
            texts.extend([&field["name"], &field["value"]]);
        }
    }
    texts.into_iter().filter_map(Json::as_str).collect()
}

#[track_caller]
fn assert_text(text: &Json, most: usize) {
    let text = text.as_str().expect("a text").trim();
    let characters = text.chars().count();
    assert!((1..=most).contains(&characters), "{characters} of at most {most} characters: {text:?}");
}

fn assert_username(name: &str) {
    let folded = name.trim().to_lowercase();
    assert!((1..=80).contains(&name.trim().chars().count()), "{name:?}");
    assert!(!folded.contains("discord") && !folded.contains("clyde"), "{name:?}");
    assert!(!["here", "everyone", "system message"].contains(&folded.as_str()), "{name:?}");
    assert!(!name.chars().any(char::is_control), "{name:?}");
}

/// The schema takes unknown keys without a word, and Discord ignores them, so a slip would go unseen.
fn assert_known_keys(message: &Json) {
    for embed in message["embeds"].as_array().into_iter().flatten() {
        assert_keys(embed, &["title", "description", "color", "fields", "image", "footer", "timestamp"]);
        assert_keys(&embed["footer"], &["text"]);
        for field in embed.get("fields").and_then(Json::as_array).into_iter().flatten() {
            assert_keys(field, &["name", "value", "inline"]);
        }
    }
}

fn assert_keys(object: &Json, known: &[&str]) {
    for (key, value) in object.as_object().expect("an object") {
        assert!(known.contains(&key.as_str()), "unknown key `{key}`");
        assert!(!value.is_null(), "`{key}` is null instead of absent");
    }
}

static MESSAGE: LazyLock<Option<Validator>> = LazyLock::new(|| schema("IncomingWebhookRequestPartial"));
static EDIT: LazyLock<Option<Validator>> = LazyLock::new(|| schema("IncomingWebhookUpdateRequestPartial"));

/// Lies beside some checkouts, is not ours to copy.
fn schema(name: &str) -> Option<Validator> {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let file = folders.map(|folder| folder.join("shared/discord/webhook-schema.json")).find(|file| file.exists());
    let Some(file) = file else {
        println!("not checked against Discord's schema: no shared/discord/webhook-schema.json in a folder above");
        return None;
    };
    let spec: Json = serde_json::from_str(&std::fs::read_to_string(file).expect("the schema")).expect("JSON");
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/components/schemas/{name}"),
        "components": spec["components"],
    });
    Some(jsonschema::options().should_validate_formats(true).build(&root).expect("a schema"))
}
