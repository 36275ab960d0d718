//! Names of files: Discord's cleaning of them, and references to them by `attachment://`.

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
    fn references_are_cleaned_like_names() {
        assert_eq!(referenced("attachment://my log.txt").as_deref(), Some("my_log.txt"));
        assert_eq!(referenced("https://e/a"), None);
    }
}
