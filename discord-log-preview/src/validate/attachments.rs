//! `attachments`: what is said of the files of a request, and which old ones an edit keeps.

use serde_json::{Map, Value};

use super::check::Check;
use super::field::{self, Length};
use crate::limits;

/// What `attachments` says of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Described {
    /// The number of a new file, or the snowflake of one the message has.
    pub(crate) id: String,
    pub(crate) filename: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) spoiler: Option<bool>,
}

/// Reads `attachments`; each must be a file of this request or one that the message has. `None` is a key not there.
pub(crate) fn read(
    check: &mut Check,
    body: &Map<String, Value>,
    exists: impl Fn(&str) -> bool,
) -> Option<Vec<Described>> {
    let items = field::list(check, body, "attachments", Length::up_to(limits::ATTACHMENTS))?;
    check.at("attachments", |check| {
        let mut described = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let one = check.at(n, |check| one(check, item, &exists));
            described.extend(one);
        }
        Some(described)
    })
}

/// Keys of a reply's attachment, which clients send back when they edit; they are no misspellings.
const ECHOED: [&str; 13] = [
    "url",
    "proxy_url",
    "size",
    "width",
    "height",
    "content_type",
    "content_scan_version",
    "placeholder",
    "placeholder_version",
    "ephemeral",
    "flags",
    "original_content_type",
    "clip_created_at",
];

fn one(check: &mut Check, item: &Value, exists: impl Fn(&str) -> bool) -> Option<Described> {
    let given = field::object(check, item)?;
    let mut known =
        vec!["id", "filename", "title", "description", "duration_secs", "waveform", "is_spoiler", "is_remix"];
    known.extend(ECHOED);
    check.keys(given, &known);
    let Some(id) = field::present(given, "id") else {
        field::require(check, "id");
        return None;
    };
    let id = check.at("id", |check| field::snowflake(check, id))?;
    let name = Length::between(1, limits::ATTACHMENT_TEXT);
    let text = Length::up_to(limits::ATTACHMENT_TEXT);
    let described = Described {
        filename: field::text(check, given, "filename", name),
        title: field::text(check, given, "title", text),
        description: field::text(check, given, "description", text),
        spoiler: field::boolean(check, given, "is_spoiler"),
        id,
    };
    if !exists(&described.id) {
        check.problem("ATTACHMENT_NOT_FOUND", "Attachment data not found");
        return None;
    }
    Some(described)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(attachments: &Value) -> Vec<String> {
        let mut check = Check::default();
        let body = json!({ "attachments": attachments });
        read(&mut check, body.as_object().unwrap(), |id| id == "0");
        let told = check.problems.iter();
        told.map(|problem| format!("{} {}", problem.path.join("."), problem.code)).collect()
    }

    #[test]
    fn an_id_is_a_number_or_a_text_and_must_be_known() {
        assert!(problems(&json!([{"id": 0}])).is_empty());
        assert!(problems(&json!([{"id": "0"}])).is_empty());
        assert_eq!(problems(&json!([{"id": "0"}, {"id": 1}])), ["attachments.1 ATTACHMENT_NOT_FOUND"]);
        assert_eq!(problems(&json!([{}])), ["attachments.0.id BASE_TYPE_REQUIRED"]);
        assert_eq!(problems(&json!([{"id": "x"}])), ["attachments.0.id NUMBER_TYPE_COERCE"]);
    }

    #[test]
    fn names_and_texts_have_their_limits() {
        for key in ["filename", "title", "description"] {
            let of = |n: usize| json!([{"id": 0, key: "x".repeat(n)}]);
            assert!(problems(&of(1024)).is_empty());
            assert_eq!(problems(&of(1025)).len(), 1, "{key}");
        }
        assert_eq!(problems(&json!([{"id": 0, "filename": ""}])), ["attachments.0.filename BASE_TYPE_BAD_LENGTH"]);
    }

    #[test]
    fn at_most_ten_are_described() {
        assert!(problems(&json!(vec![json!({"id": 0}); 10])).is_empty());
        assert_eq!(problems(&json!(vec![json!({"id": 0}); 11])), ["attachments BASE_TYPE_MAX_LENGTH"]);
    }
}
