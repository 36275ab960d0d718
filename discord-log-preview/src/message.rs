//! What was posted: a message as the server keeps it and as tests read it.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

/// One message of a channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// Its snowflake.
    pub id: String,
    /// The name of the channel it is in.
    pub channel: String,
    /// The id of the channel it is in.
    pub channel_id: String,
    /// The thread of that channel it is in, if it is in one.
    pub thread: Option<Thread>,
    /// The webhook that posted it.
    pub webhook_id: String,
    /// The name it is shown under: the `username` of the post, else the webhook's.
    pub author: String,
    /// The picture it is shown with, if the post gave one.
    pub avatar_url: Option<String>,
    /// Its text, trimmed.
    pub content: String,
    /// Its embeds, trimmed and without empty keys.
    pub embeds: Vec<Value>,
    /// Its components.
    pub components: Vec<Value>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Its poll.
    pub poll: Option<Value>,
    /// Its flags.
    pub flags: u64,
    /// Whether it is read aloud.
    pub tts: bool,
    /// `allowed_mentions` as sent with the post or the latest edit.
    pub allowed_mentions: Option<Value>,
    /// Whom it pings.
    pub pings: Pings,
    /// The tags of the forum post it opened.
    pub applied_tags: Vec<String>,
    /// When it was posted: RFC 3339.
    pub timestamp: String,
    /// When it was last edited: RFC 3339.
    pub edited_timestamp: Option<String>,
    /// How often it was edited.
    pub edits: u32,
    #[serde(skip)]
    pub(crate) created_ms: u64,
}

impl Message {
    /// Tells whether it was edited.
    pub fn is_edited(&self) -> bool {
        self.edits > 0
    }

    /// Finds a file by name.
    pub fn attachment(&self, filename: &str) -> Option<&Attachment> {
        self.attachments.iter().find(|attachment| attachment.filename == filename)
    }

    /// Gives every text a reader sees: content, embeds and text displays, in order, one a line.
    pub fn text(&self) -> String {
        let mut found = vec![self.content.as_str()];
        for value in self.embeds.iter().chain(&self.components) {
            collect_text(value, &mut found);
        }
        found.retain(|text| !text.is_empty());
        found.join("\n")
    }
}

/// The keys whose texts are shown, in the order an embed shows them.
const SHOWN: [&str; 13] = [
    "author",
    "name",
    "title",
    "description",
    "content",
    "label",
    "fields",
    "value",
    "components",
    "accessory",
    "footer",
    "text",
    "items",
];

fn collect_text<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => {
            for item in items {
                collect_text(item, found);
            }
        }
        Value::Object(object) => {
            for key in SHOWN {
                if let Some(value) = object.get(key) {
                    collect_text(value, found);
                }
            }
        }
        _ => {}
    }
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Attachment {
    /// Its snowflake.
    pub id: String,
    /// Its name after Discord's cleaning.
    pub filename: String,
    /// The name it was sent under, when cleaning changed it, or the title the post gave it.
    pub title: Option<String>,
    /// What it is said to show.
    pub description: Option<String>,
    /// Its media type, as sent.
    pub content_type: Option<String>,
    /// Its size in bytes.
    pub size: usize,
    /// Whether it is hidden until clicked.
    pub spoiler: bool,
    /// Where it can be downloaded.
    pub url: String,
    #[serde(skip)]
    pub(crate) bytes: Option<Arc<[u8]>>,
}

impl Attachment {
    /// Gives what is in the file; nothing once the server let go of it to stay within its memory.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }
}

/// Whom a message pings: mentions that stand in its text *and* are allowed.
///
/// Every role counts as mentionable, and mentions inside code count too, so a test that demands no pings errs on the
/// safe side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pings {
    /// `@everyone` or `@here`.
    pub everyone: bool,
    /// Users, by id.
    pub users: Vec<String>,
    /// Roles, by id.
    pub roles: Vec<String>,
}

impl Pings {
    /// Tells whether nobody is pinged.
    pub fn is_empty(&self) -> bool {
        !self.everyone && self.users.is_empty() && self.roles.is_empty()
    }
}

/// A thread, or a post of a forum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Thread {
    /// Its snowflake.
    pub id: String,
    /// Its name.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_text_is_what_a_reader_sees_in_order() {
        let embed = json!({
            "title": "Invoice failed",
            "url": "https://example.org",
            "fields": [{"name": "what", "value": "a timeout", "inline": true}],
            "footer": {"text": "billing 1.2"},
        });
        let mut found = Vec::new();
        collect_text(&embed, &mut found);
        assert_eq!(found, ["Invoice failed", "what", "a timeout", "billing 1.2"]);
    }
}
