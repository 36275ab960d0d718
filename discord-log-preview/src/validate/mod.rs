//! Is a body what Discord takes? In comes its JSON; out comes a draft, or everything that is wrong with it.
//!
//! A post and an edit are read by the same code: a key that is not there leaves an edited message as it is, and means
//! the default in a post. Keys that Discord does not know are noted and ignored, as Discord ignores them.

mod attachments;
mod check;
mod components;
mod embeds;
mod field;
mod mentions;
mod name;
mod poll;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

pub(crate) use attachments::Described;
pub(crate) use check::Check;
pub(crate) use components::Components;
pub(crate) use embeds::text_bytes;

use self::field::{Length, Scheme};
use crate::limits;
use crate::mention::Allowed;

/// What is being validated for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    /// An edit rather than a post.
    pub(crate) edit: bool,
    /// `with_components=true`.
    pub(crate) with_components: bool,
    /// The message already has the components flag, which cannot be taken back.
    pub(crate) already_v2: bool,
    /// Cleaned names of all files at hand.
    pub(crate) file_names: &'a BTreeSet<String>,
    /// Ids of all files at hand: numbers of new ones, snowflakes of old ones.
    pub(crate) file_ids: &'a BTreeSet<String>,
}

/// A body that was read. `None` is a key that was not there; for `content`, `embeds`, `components` and `attachments`
/// of an edit a `null` is an empty value.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Components>,
    pub(crate) attachments: Option<Vec<Described>>,
    pub(crate) allowed: Allowed,
    pub(crate) allowed_mentions: Option<Value>,
    pub(crate) flags: Option<u64>,
    pub(crate) tts: bool,
    pub(crate) username: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) thread_name: Option<String>,
    pub(crate) applied_tags: Vec<String>,
    pub(crate) poll: Option<Value>,
}

const EDIT_KEYS: [&str; 7] = ["content", "embeds", "allowed_mentions", "components", "attachments", "flags", "poll"];
const SEND_KEYS: [&str; 12] = [
    "content",
    "embeds",
    "allowed_mentions",
    "components",
    "attachments",
    "flags",
    "poll",
    "tts",
    "username",
    "avatar_url",
    "thread_name",
    "applied_tags",
];

/// Reads the body of a post or an edit.
pub(crate) fn message(check: &mut Check, body: &Map<String, Value>, setting: Setting<'_>) -> Draft {
    if setting.edit {
        check.keys(body, &EDIT_KEYS);
    } else {
        check.keys(body, &SEND_KEYS);
    }
    let content = field::text(check, body, "content", Length::up_to(limits::CONTENT));
    let embeds = embeds::read(check, body);
    let flags = flags(check, body, setting.edit);
    let v2 = setting.already_v2 || flags.is_some_and(|f| f & limits::FLAG_COMPONENTS_V2 != 0);
    let components = components(check, body, v2, setting);
    let exists = |id: &str| setting.file_ids.contains(id);
    let attachments = attachments::read(check, body, exists);
    let allowed = mentions::read(check, body);
    let poll = match setting.edit {
        // Only deferred interaction replies may gain a poll by an edit.
        true => ignored_poll(check, body),
        false => poll::read(check, body),
    };
    let emptied = |key: &str| body.get(key).is_some_and(Value::is_null);
    let mut draft = Draft {
        content: content.or_else(|| emptied("content").then(String::new)),
        embeds: embeds.or_else(|| emptied("embeds").then(Vec::new)),
        components: components.or_else(|| emptied("components").then(Components::default)),
        attachments: attachments.or_else(|| emptied("attachments").then(Vec::new)),
        allowed,
        allowed_mentions: body.get("allowed_mentions").cloned(),
        flags,
        tts: false,
        username: None,
        avatar_url: None,
        thread_name: None,
        applied_tags: Vec::new(),
        poll,
    };
    if !setting.edit {
        read_post(check, body, &mut draft);
    }
    draft
}

/// The keys that only a post has.
fn read_post(check: &mut Check, body: &Map<String, Value>, draft: &mut Draft) {
    draft.tts = field::boolean(check, body, "tts").unwrap_or(false);
    draft.username = name::read(check, body, "username");
    let length = Length::up_to(limits::URL);
    draft.avatar_url = field::url(check, body, "avatar_url", length, Scheme::Web);
    let length = Length::between(1, limits::THREAD_NAME);
    draft.thread_name = field::text(check, body, "thread_name", length);
    let length = Length::up_to(limits::APPLIED_TAGS);
    draft.applied_tags = field::snowflakes(check, body, "applied_tags", length).unwrap_or_default();
}

/// The flags that may be set; others are left out.
fn flags(check: &mut Check, body: &Map<String, Value>, edit: bool) -> Option<u64> {
    let given = field::integer(check, body, "flags", (0, i64::MAX))?;
    let given = u64::try_from(given).unwrap_or(0);
    let mut settable = limits::FLAGS_ON_SEND;
    if edit {
        settable &= !limits::FLAG_SUPPRESS_NOTIFICATIONS;
    }
    if given & !settable != 0 {
        let odd = given & !settable;
        check.drops(format!("flags {odd}"), "a webhook cannot set them here");
    }
    Some(given & settable)
}

/// Components, which Discord leaves out without a word unless the query asks for them.
fn components(check: &mut Check, body: &Map<String, Value>, v2: bool, setting: Setting<'_>) -> Option<Components> {
    let given = field::present(body, "components")?;
    if setting.with_components {
        return components::read(check, body, v2, setting.file_names);
    }
    if given.as_array().is_none_or(|items| !items.is_empty()) {
        check.drops("components", "the query has no with_components=true");
    }
    None
}

fn ignored_poll(check: &mut Check, body: &Map<String, Value>) -> Option<Value> {
    if field::present(body, "poll").is_some() {
        check.drops("poll", "an edit cannot add a poll");
    }
    None
}

/// With the components flag a message holds nothing of the old kind.
pub(crate) fn judge_v2(check: &mut Check, content: bool, embeds: bool, poll: bool) {
    for (key, there) in [("content", content), ("embeds", embeds), ("poll", poll)] {
        if there {
            check.at(key, |check| {
                check.problem(
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    format!("The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"),
                );
            });
        }
    }
}

/// A change of the webhook itself.
#[derive(Debug)]
pub(crate) struct WebhookChange {
    pub(crate) name: Option<String>,
    pub(crate) avatar: Option<Option<String>>,
}

/// Reads the body of a webhook's change. A token cannot move it to another channel.
pub(crate) fn webhook(check: &mut Check, body: &Map<String, Value>) -> WebhookChange {
    check.keys(body, &["name", "avatar"]);
    let avatar = match body.get("avatar") {
        None => None,
        Some(Value::Null) => Some(None),
        Some(Value::String(data)) if data.starts_with("data:image/") && data.contains(";base64,") => {
            Some(Some(format!("{:016x}", data.len())))
        }
        Some(_) => {
            check.at("avatar", |check| {
                check.problem("IMAGE_INVALID", "Not a valid image data URI");
            });
            None
        }
    };
    WebhookChange { name: name::read(check, body, "name"), avatar }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(body: &Value, edit: bool) -> (Vec<String>, Check, Draft) {
        let mut check = Check::default();
        let none = BTreeSet::new();
        let setting = Setting { edit, with_components: false, already_v2: false, file_names: &none, file_ids: &none };
        let draft = message(&mut check, body.as_object().unwrap(), setting);
        let told = check.problems.iter();
        let told = told.map(|problem| format!("{} {}", problem.path.join("."), problem.code));
        (told.collect(), check, draft)
    }

    fn problems(body: &Value) -> Vec<String> {
        run(body, false).0
    }

    #[test]
    fn two_thousand_emoji_pass_and_one_more_fails() {
        assert!(problems(&json!({"content": "🦀".repeat(2000)})).is_empty());
        assert_eq!(problems(&json!({"content": "🦀".repeat(2001)})), ["content BASE_TYPE_MAX_LENGTH"]);
    }

    #[test]
    fn names_tags_and_pictures_have_their_limits() {
        assert!(problems(&json!({"thread_name": "t".repeat(100)})).is_empty());
        for wrong in ["t".repeat(101), String::new()] {
            assert_eq!(problems(&json!({ "thread_name": wrong })), ["thread_name BASE_TYPE_BAD_LENGTH"]);
        }
        assert!(problems(&json!({"applied_tags": ["1", "2", "3", "4", "5"]})).is_empty());
        assert_eq!(
            problems(&json!({"applied_tags": ["1", "2", "3", "4", "5", "6"]})),
            ["applied_tags BASE_TYPE_MAX_LENGTH"]
        );
        assert_eq!(problems(&json!({"avatar_url": ""})), ["avatar_url URL_TYPE_INVALID_SCHEME"]);
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let body = json!({
            "content": "x".repeat(2001),
            "username": "Clyde",
            "embeds": [{"title": "t".repeat(257)}],
            "flags": "4",
        });
        assert_eq!(
            problems(&body),
            [
                "content BASE_TYPE_MAX_LENGTH",
                "embeds.0.title BASE_TYPE_MAX_LENGTH",
                "flags NUMBER_TYPE_COERCE",
                "username USERNAME_INVALID_CONTAINS",
            ]
        );
    }

    #[test]
    fn three_flags_can_be_sent_and_two_edited() {
        let (_, check, draft) = run(&json!({"flags": 4 | 4096 | 32768 | 64}), false);
        assert_eq!(draft.flags, Some(4 | 4096 | 32768));
        assert_eq!(check.dropped.len(), 1);
        let (_, check, draft) = run(&json!({"flags": 4 | 4096 | 32768}), true);
        assert_eq!(draft.flags, Some(4 | 32768));
        assert_eq!(check.dropped.len(), 1);
    }

    #[test]
    fn an_edit_knows_fewer_keys_and_null_empties() {
        let (problems, check, draft) =
            run(&json!({"content": null, "embeds": null, "username": "x", "tts": true}), true);
        assert!(problems.is_empty());
        assert_eq!(check.unknown_keys, ["tts", "username"]);
        assert_eq!(draft.content.as_deref(), Some(""));
        assert_eq!(draft.embeds, Some(Vec::new()));
        assert!(draft.attachments.is_none());
    }

    #[test]
    fn components_vanish_without_the_query() {
        let (problems, check, draft) = run(&json!({"components": [{"type": 99}]}), false);
        assert!(problems.is_empty());
        assert!(draft.components.is_none());
        assert_eq!(check.dropped, ["components: the query has no with_components=true"]);
    }
}
