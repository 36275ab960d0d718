//! A message in Discord's own shape, as `wait=true`, reading and editing give it.

use serde_json::{Map, Value, json};

use super::files;
use crate::attachment_name;
use crate::message::{Attachment, Message};

/// The full message object.
pub(crate) fn message(message: &Message) -> Value {
    let shown = files::shown_in_embeds(&message.embeds);
    let listed = message.attachments.iter().filter(|attachment| !shown.contains(&attachment.filename));
    let place = message.thread.as_ref().map(|thread| &thread.id);
    let mut components = Value::Array(message.components.clone());
    resolve_media(&mut components, &message.attachments);
    let mut object = json!({
        "id": message.id,
        "type": 0,
        "channel_id": place.unwrap_or(&message.channel_id),
        "webhook_id": message.webhook_id,
        "author": {
            "id": message.webhook_id,
            "username": message.author,
            "avatar": null,
            "discriminator": "0000",
            "public_flags": 0,
            "flags": 0,
            "bot": true,
            "global_name": null,
            "primary_guild": null,
        },
        "content": message.content,
        "embeds": message.embeds.iter().map(|e| embed(e, &message.attachments)).collect::<Vec<_>>(),
        "components": components,
        "attachments": listed.map(attachment).collect::<Vec<_>>(),
        "mentions": message.pings.users.iter().map(|id| mentioned(id)).collect::<Vec<_>>(),
        "mention_roles": message.pings.roles,
        "mention_everyone": message.pings.everyone,
        "flags": message.flags,
        "tts": message.tts,
        "pinned": false,
        "timestamp": message.timestamp,
        "edited_timestamp": message.edited_timestamp,
    });
    if let (Some(asked), Some(object)) = (&message.poll, object.as_object_mut()) {
        object.insert("poll".to_owned(), poll(asked, message.created_ms));
    }
    object
}

fn mentioned(id: &str) -> Value {
    json!({
        "id": id,
        "username": format!("user-{id}"),
        "avatar": null,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": null,
        "primary_guild": null,
    })
}

fn attachment(attachment: &Attachment) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        object.insert(key.to_owned(), value);
    };
    put("id", json!(attachment.id));
    put("filename", json!(attachment.filename));
    put("size", json!(attachment.size));
    put("url", json!(attachment.url));
    put("proxy_url", json!(attachment.url));
    for (key, value) in [
        ("title", &attachment.title),
        ("description", &attachment.description),
        ("content_type", &attachment.content_type),
    ] {
        if let Some(value) = value {
            put(key, json!(value));
        }
    }
    Value::Object(object)
}

/// An embed with its references resolved, and the keys that Discord adds.
fn embed(embed: &Value, attachments: &[Attachment]) -> Value {
    let mut embed = embed.clone();
    for (part, key) in [("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url")] {
        let Some(part) = embed.get_mut(part).and_then(Value::as_object_mut) else {
            continue;
        };
        let Some(url) = part.get(key).and_then(Value::as_str) else {
            continue;
        };
        let url = resolve(url, attachments);
        part.insert(format!("proxy_{key}"), json!(url));
        part.insert(key.to_owned(), json!(url));
    }
    embed
}

/// Fills in every media object of a component tree.
fn resolve_media(value: &mut Value, attachments: &[Attachment]) {
    match value {
        Value::Array(items) => {
            for item in items {
                resolve_media(item, attachments);
            }
        }
        Value::Object(object) => {
            for key in ["media", "file"] {
                let url = object.get(key).and_then(|media| media.get("url"));
                let Some(url) = url.and_then(Value::as_str) else {
                    continue;
                };
                let found = find(url, attachments);
                if key == "file" {
                    let name = found.map(|file| file.filename.clone());
                    let size = found.map(|file| file.size);
                    let media = media(url, attachments);
                    object.insert("name".to_owned(), json!(name));
                    object.insert("size".to_owned(), json!(size));
                    object.insert(key.to_owned(), media);
                } else {
                    let media = media(url, attachments);
                    object.insert(key.to_owned(), media);
                }
            }
            for key in ["components", "items", "accessory"] {
                if let Some(beneath) = object.get_mut(key) {
                    resolve_media(beneath, attachments);
                }
            }
        }
        _ => {}
    }
}

fn media(url: &str, attachments: &[Attachment]) -> Value {
    let found = find(url, attachments);
    let resolved = resolve(url, attachments);
    json!({
        "id": found.map_or("0", |file| file.id.as_str()),
        "url": resolved,
        "proxy_url": resolved,
        "width": null,
        "height": null,
        "content_type": found.and_then(|file| file.content_type.clone()),
    })
}

fn find<'a>(url: &str, attachments: &'a [Attachment]) -> Option<&'a Attachment> {
    let name = attachment_name::referenced(url)?;
    attachments.iter().find(|file| file.filename == name)
}

fn resolve(url: &str, attachments: &[Attachment]) -> String {
    find(url, attachments).map_or_else(|| url.to_owned(), |file| file.url.clone())
}

fn poll(asked: &Value, created_ms: u64) -> Value {
    let hours = asked.get("duration").and_then(Value::as_u64).unwrap_or(24);
    let expiry =
        crate::clock::Moment { since_start: std::time::Duration::ZERO, unix_ms: created_ms + hours * 3_600_000 };
    let mut poll = asked.clone();
    if let Some(object) = poll.as_object_mut() {
        object.remove("duration");
        object.insert("expiry".to_owned(), json!(expiry.rfc3339()));
        object.insert("results".to_owned(), json!({"answer_counts": [], "is_finalized": false}));
    }
    poll
}
