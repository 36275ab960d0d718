//! Names of files: Discord's cleaning of them, references to them by `attachment://`, and what they say of the content.

/// Cleans a name as Discord does: spaces become `_`, leading `_` and dots and every other special character go.
/// `None` is a name of which nothing but an extension is left.
pub(crate) fn clean(name: &str) -> Option<String> {
    let kept: String = name
        .chars()
        .map(|character| if character.is_whitespace() { '_' } else { character })
        .filter(|character| character.is_ascii_alphanumeric() || "._-".contains(*character))
        .collect();
    let trimmed = kept.trim_start_matches(['_', '.']).trim_end_matches('.');
    let lost_its_stem = kept.trim_start_matches('_').starts_with('.') && !name.starts_with('.');
    if trimmed.is_empty() || lost_its_stem { None } else { Some(trimmed.to_owned()) }
}

/// The extension with its dot, or nothing.
pub(crate) fn extension(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((_, extension)) if extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            name.get(name.len() - extension.len() - 1..).unwrap_or("")
        }
        _ => "",
    }
}

/// The media type as sent; where nothing telling was sent, that of the extension.
pub(crate) fn media_type(name: &str, sent: Option<&str>) -> String {
    let sent = sent.and_then(|sent| sent.split(';').next()).map(|sent| sent.trim().to_ascii_lowercase());
    let telling = sent.filter(|sent| !sent.is_empty() && sent != "application/octet-stream");
    telling.unwrap_or_else(|| {
        let by_extension = match extension(name).to_ascii_lowercase().as_str() {
            ".gif" => "image/gif",
            ".jpg" | ".jpeg" => "image/jpeg",
            ".png" => "image/png",
            ".webp" => "image/webp",
            ".json" | ".jsonl" | ".ndjson" => "application/json",
            ".csv" | ".diff" | ".log" | ".md" | ".patch" | ".rs" | ".sql" | ".toml" | ".txt" | ".yaml" | ".yml" => {
                "text/plain"
            }
            _ => "application/octet-stream",
        };
        by_extension.to_owned()
    })
}

/// Whether a media type is a picture that browsers and Discord show. SVG is none: it is a document.
pub(crate) fn is_picture(media_type: &str) -> bool {
    ["image/gif", "image/jpeg", "image/png", "image/webp"].contains(&media_type)
}

/// Whether a media type is text that people read.
pub(crate) fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || media_type.ends_with("json")
        || media_type.ends_with("jsonl")
        || ["application/toml", "application/x-ndjson", "application/xml", "application/yaml"].contains(&media_type)
}

/// The cleaned name in an `attachment://` URL.
pub(crate) fn referenced(url: &str) -> Option<String> {
    let name = url.strip_prefix("attachment://")?;
    Some(clean(name).unwrap_or_else(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_as_discord_does() {
        for (given, expected) in [
            ("log.txt", Some("log.txt")),
            ("my log file.txt", Some("my_log_file.txt")),
            ("__init__.py", Some("init__.py")),
            ("../../etc/passwd", Some("etcpasswd")),
            ("invoice (1)#2.pdf", Some("invoice_12.pdf")),
            ("a\"b\r\nc.txt", Some("ab__c.txt")),
            ("報告.txt", None),
            ("...", None),
        ] {
            assert_eq!(clean(given).as_deref(), expected, "{given:?}");
        }
    }

    #[test]
    fn the_extension_is_kept_apart() {
        assert_eq!(extension("報告.txt"), ".txt");
        assert_eq!(extension("none"), "");
        assert_eq!(extension("odd.t x"), "");
    }

    #[test]
    fn the_media_type_is_the_one_sent_or_that_of_the_extension() {
        for (name, sent, expected) in [
            ("a.png", None, "image/png"),
            ("a.png", Some("application/octet-stream"), "image/png"),
            ("a.png", Some("Text/Plain; charset=utf-8"), "text/plain"),
            ("a.JSONL", None, "application/json"),
            ("a", None, "application/octet-stream"),
        ] {
            assert_eq!(media_type(name, sent), expected);
        }
        assert!(is_text("text/csv") && is_text("application/x-ndjson"));
        assert!(!is_text("application/gzip"));
    }

    #[test]
    fn references_are_cleaned_like_names() {
        assert_eq!(referenced("attachment://my log.txt").as_deref(), Some("my_log.txt"));
        assert_eq!(referenced("https://e/a"), None);
    }
}
