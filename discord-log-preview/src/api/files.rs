//! Files of a post or an edit: their limits, their names, what is kept, and what refers to them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::attachment_name;
use crate::body::{Body, Upload};
use crate::limits;
use crate::message::Attachment;
use crate::refusal::Refusal;
use crate::validate::{Check, Described};

/// Too many files, or one too large.
pub(crate) fn judge(files: &[Upload], file_bytes: usize) -> Result<(), Refusal> {
    if files.len() > limits::ATTACHMENTS {
        return Err(Refusal::TOO_MANY_FILES);
    }
    if files.iter().any(|file| file.bytes.len() > file_bytes) {
        return Err(Refusal::TOO_LARGE);
    }
    Ok(())
}

/// Every name by which the files of a request may be referred to, and their numbers as ids.
pub(crate) fn at_hand(body: &Body, kept: &[Attachment]) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut names = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for upload in &body.files {
        names.extend(attachment_name::clean(&upload.filename));
        ids.insert(upload.number.to_string());
    }
    let described = body.json.get("attachments").and_then(Value::as_array);
    for item in described.into_iter().flatten() {
        let name = item.get("filename").and_then(Value::as_str);
        names.extend(name.and_then(attachment_name::clean));
    }
    for attachment in kept {
        names.insert(attachment.filename.clone());
        ids.insert(attachment.id.clone());
    }
    (names, ids)
}

/// An upload as a file of a message, with what the body said of it.
pub(crate) fn attach(upload: &Upload, described: Option<&Described>, id: u64, url_base: &str) -> Attachment {
    let said = described.and_then(|described| described.filename.as_deref());
    let given = said.unwrap_or(&upload.filename);
    let filename =
        attachment_name::clean(given).unwrap_or_else(|| format!("{id:x}{}", attachment_name::extension(given)));
    let title = described.and_then(|described| described.title.clone());
    Attachment {
        id: id.to_string(),
        title: title.or_else(|| (filename != given).then(|| given.to_owned())),
        description: described.and_then(|described| described.description.clone()),
        content_type: upload.content_type.clone(),
        size: upload.bytes.len(),
        spoiler: described.and_then(|described| described.spoiler) == Some(true) || filename.starts_with("SPOILER_"),
        url: format!("{url_base}/{id}/{filename}"),
        bytes: Some(Arc::from(&upload.bytes[..])),
        filename,
    }
}

/// The places of an embed that may refer to a file.
const PLACES: [(&str, &str); 4] =
    [("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url")];

/// Takes out of embeds what refers to a file that is not there, as Discord does, without a word to the client.
pub(crate) fn drop_dangling(check: &mut Check, embeds: &mut [Value], names: &BTreeSet<String>) {
    for (n, embed) in embeds.iter_mut().enumerate() {
        let Some(embed) = embed.as_object_mut() else {
            continue;
        };
        for (part, key) in PLACES {
            let name = reference(embed, part, key);
            if name.is_none_or(|name| names.contains(&name)) {
                continue;
            }
            check.drops(format!("embeds.{n}.{part}.{key}"), "no file of the message has this name");
            if key == "url" {
                embed.remove(part);
            } else if let Some(Value::Object(part)) = embed.get_mut(part) {
                part.remove(key);
            }
        }
    }
}

/// Names of files that embeds show; Discord leaves those out of a reply's `attachments`.
pub(crate) fn shown_in_embeds(embeds: &[Value]) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for embed in embeds.iter().filter_map(Value::as_object) {
        for (part, key) in PLACES {
            shown.extend(reference(embed, part, key));
        }
    }
    shown
}

fn reference(embed: &Map<String, Value>, part: &str, key: &str) -> Option<String> {
    let url = embed.get(part)?.get(key)?.as_str()?;
    attachment_name::referenced(url)
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use serde_json::json;

    use super::*;

    fn upload(filename: &str, size: usize) -> Upload {
        Upload {
            part: "files[0]".to_owned(),
            number: 0,
            filename: filename.to_owned(),
            content_type: None,
            bytes: Bytes::from(vec![b'x'; size]),
        }
    }

    #[test]
    fn files_are_limited_in_number_and_size() {
        assert_eq!(judge(&vec![upload("a", 8); 10], 8), Ok(()));
        assert_eq!(judge(&vec![upload("a", 8); 11], 8), Err(Refusal::TOO_MANY_FILES));
        assert_eq!(judge(&[upload("a", 9)], 8), Err(Refusal::TOO_LARGE));
    }

    #[test]
    fn a_name_that_cleaning_changed_is_kept_as_the_title() {
        let plain = attach(&upload("log.txt", 1), None, 255, "u");
        assert_eq!((plain.filename.as_str(), plain.title), ("log.txt", None));
        let spaced = attach(&upload("my log.txt", 1), None, 255, "u");
        assert_eq!(spaced.filename, "my_log.txt");
        assert_eq!(spaced.title.as_deref(), Some("my log.txt"));
        let foreign = attach(&upload("報告.txt", 1), None, 255, "u");
        assert_eq!(foreign.filename, "ff.txt");
    }

    #[test]
    fn dangling_references_vanish() {
        let mut embeds = vec![json!({
            "title": "t",
            "image": {"url": "attachment://gone.png"},
            "thumbnail": {"url": "attachment://here.png"},
            "footer": {"text": "f", "icon_url": "attachment://gone.png"},
        })];
        let mut check = Check::default();
        let names = BTreeSet::from(["here.png".to_owned()]);
        drop_dangling(&mut check, &mut embeds, &names);
        assert_eq!(
            embeds,
            [json!({
                "title": "t",
                "thumbnail": {"url": "attachment://here.png"},
                "footer": {"text": "f"},
            })]
        );
        assert_eq!(check.dropped.len(), 2);
        assert_eq!(shown_in_embeds(&embeds), names);
    }
}
