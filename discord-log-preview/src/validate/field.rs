//! Reading one key of an object: the type, the range, and Discord's code for each way to be wrong. A `null` is a key
//! that is not there.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

use super::check::Check;
use crate::api::is_snowflake;

/// How long a text may be, and whether it must be there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    min: usize,
    max: usize,
    required: bool,
}

impl Length {
    pub(crate) const fn up_to(max: usize) -> Self {
        Self { min: 0, max, required: false }
    }

    pub(crate) const fn between(min: usize, max: usize) -> Self {
        Self { min, max, required: false }
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Judges a number of characters or items.
    pub(crate) fn judge(self, check: &mut Check, found: usize) {
        let Self { min, max, .. } = self;
        if (min..=max).contains(&found) {
            return;
        }
        if min == 0 {
            check.problem("BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
        } else {
            check.problem("BASE_TYPE_BAD_LENGTH", format!("Must be between {min} and {max} in length."));
        }
    }
}

/// Which schemes a URL may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Only a file of the message.
    Attachment,
    /// The web, or a file of the message.
    Media,
    /// The web.
    Web,
}

/// The key's value, unless it is absent or `null`.
pub(crate) fn present<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    object.get(key).filter(|value| !value.is_null())
}

/// Notes that a key must be there.
pub(crate) fn require(check: &mut Check, key: &str) {
    check.at(key, |check| {
        check.problem("BASE_TYPE_REQUIRED", "This field is required");
    });
}

/// A text, trimmed; its length is counted in code points after trimming.
pub(crate) fn text(check: &mut Check, object: &Map<String, Value>, key: &str, length: Length) -> Option<String> {
    let Some(value) = present(object, key) else {
        if length.required {
            require(check, key);
        }
        return None;
    };
    check.at(key, |check| {
        let Some(text) = value.as_str() else {
            check.problem("STRING_TYPE_CONVERT", format!("Could not interpret \"{value}\" as string."));
            return None;
        };
        let trimmed = text.trim();
        length.judge(check, trimmed.chars().count());
        Some(trimmed.to_owned())
    })
}

/// A whole number within a range.
pub(crate) fn integer(
    check: &mut Check,
    object: &Map<String, Value>,
    key: &str,
    (min, max): (i64, i64),
) -> Option<i64> {
    let value = present(object, key)?;
    check.at(key, |check| {
        let Some(number) = value.as_i64() else {
            check.problem("NUMBER_TYPE_COERCE", format!("Value {value} is not int."));
            return None;
        };
        if number > max {
            let told = format!("int value should be less than or equal to {max}.");
            check.problem("NUMBER_TYPE_MAX", told);
        } else if number < min {
            let told = format!("int value should be greater than or equal to {min}.");
            check.problem("NUMBER_TYPE_MIN", told);
        }
        Some(number)
    })
}

/// Yes or no.
pub(crate) fn boolean(check: &mut Check, object: &Map<String, Value>, key: &str) -> Option<bool> {
    let value = present(object, key)?;
    check.at(key, |check| {
        let found = value.as_bool();
        if found.is_none() {
            check.problem("BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
        }
        found
    })
}

/// A list of so many items.
pub(crate) fn list<'a>(
    check: &mut Check,
    object: &'a Map<String, Value>,
    key: &str,
    length: Length,
) -> Option<&'a Vec<Value>> {
    let Some(value) = present(object, key) else {
        if length.required {
            require(check, key);
        }
        return None;
    };
    check.at(key, |check| {
        let Some(items) = value.as_array() else {
            let told = "Only iterables may be used in a ListType";
            check.problem("LIST_TYPE_CONVERT", told);
            return None;
        };
        length.judge(check, items.len());
        Some(items)
    })
}

/// An object where one is expected.
pub(crate) fn object<'a>(check: &mut Check, value: &'a Value) -> Option<&'a Map<String, Value>> {
    let found = value.as_object();
    if found.is_none() {
        let told = "Only dictionaries may be used in a ModelType";
        check.problem("MODEL_TYPE_CONVERT", told);
    }
    found
}

/// A list of distinct ids. The documentation allows numbers beside texts.
pub(crate) fn snowflakes(
    check: &mut Check,
    map: &Map<String, Value>,
    key: &str,
    length: Length,
) -> Option<Vec<String>> {
    let items = list(check, map, key, length)?;
    check.at(key, |check| {
        let mut found: Vec<String> = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let Some(id) = check.at(n, |check| snowflake(check, item)) else {
                continue;
            };
            if found.contains(&id) {
                let told = format!("The set already contains {id}");
                check.at(n, |check| check.problem("SET_TYPE_ALREADY_CONTAINS_VALUE", told));
            } else {
                found.push(id);
            }
        }
        Some(found)
    })
}

/// An id: digits as a text, or a number.
pub(crate) fn snowflake(check: &mut Check, value: &Value) -> Option<String> {
    let id = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    if is_snowflake(&id) {
        return Some(id);
    }
    let shown = value.to_string();
    check.problem("NUMBER_TYPE_COERCE", format!("Value \"{}\" is not snowflake.", shown.trim_matches('"')));
    None
}

/// A URL. An empty text has no scheme and is refused as such; leaving the key out is right.
pub(crate) fn url(
    check: &mut Check,
    object: &Map<String, Value>,
    key: &str,
    length: Length,
    scheme: Scheme,
) -> Option<String> {
    let found = text(check, object, key, length)?;
    check.at(key, |check| judge_url(check, &found, scheme));
    Some(found)
}

fn judge_url(check: &mut Check, url: &str, allowed: Scheme) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let names = match allowed {
        Scheme::Attachment => "('attachment',)",
        Scheme::Media => "('http', 'https', 'attachment')",
        Scheme::Web => "('http', 'https')",
    };
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let fits = match allowed {
        Scheme::Attachment => scheme == "attachment",
        Scheme::Media => web || scheme == "attachment",
        Scheme::Web => web,
    };
    if !fits {
        check.problem("URL_TYPE_INVALID_SCHEME", format!("Scheme \"{scheme}\" must be one of {names}."));
        return;
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let odd = |character: char| character.is_whitespace() || character.is_control();
    // The name behind `attachment://` is cleaned like the file's own, spaces included.
    if host.is_empty() || host.starts_with(':') || (web && url.chars().any(odd)) {
        check.problem("URL_TYPE_INVALID_URL", "Not a well formed URL.");
    }
}

/// A moment in ISO 8601, with or without an offset, given back as RFC 3339 in UTC.
pub(crate) fn timestamp(check: &mut Check, object: &Map<String, Value>, key: &str) -> Option<String> {
    let value = present(object, key)?;
    check.at(key, |check| {
        let text = value.as_str().unwrap_or_default();
        let found = read_moment(text);
        if found.is_none() {
            let shown = value.to_string();
            check.problem(
                "DATE_TIME_TYPE_PARSE",
                format!("Could not parse {}. Should be ISO8601.", shown.trim_matches('"')),
            );
        }
        found.map(|moment| moment.to_string())
    })
}

fn read_moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let civil = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from)).ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(run: impl FnOnce(&mut Check)) -> Vec<&'static str> {
        let mut check = Check::default();
        run(&mut check);
        check.problems.iter().map(|problem| problem.code).collect()
    }

    fn map(value: &Value) -> &Map<String, Value> {
        value.as_object().unwrap()
    }

    #[test]
    fn lengths_are_code_points_after_trimming() {
        let emoji = json!({"a": format!("  {}\n", "🦀".repeat(10))});
        let found = codes(|check| {
            let text = text(check, map(&emoji), "a", Length::up_to(10));
            assert_eq!(text.unwrap().chars().count(), 10);
        });
        assert!(found.is_empty());
        let long = json!({"a": "🦀".repeat(11)});
        assert_eq!(
            codes(|check| {
                text(check, map(&long), "a", Length::up_to(10));
            }),
            ["BASE_TYPE_MAX_LENGTH"]
        );
    }

    #[test]
    fn an_empty_url_has_no_scheme() {
        for (url_text, scheme, expected) in [
            ("", Scheme::Web, Some("URL_TYPE_INVALID_SCHEME")),
            ("ftp://a/b", Scheme::Web, Some("URL_TYPE_INVALID_SCHEME")),
            ("example.org", Scheme::Web, Some("URL_TYPE_INVALID_SCHEME")),
            ("javascript:x", Scheme::Web, Some("URL_TYPE_INVALID_SCHEME")),
            ("attachment://a.png", Scheme::Web, Some("URL_TYPE_INVALID_SCHEME")),
            ("https://a/b", Scheme::Attachment, Some("URL_TYPE_INVALID_SCHEME")),
            ("http://", Scheme::Web, Some("URL_TYPE_INVALID_URL")),
            ("https://a b", Scheme::Web, Some("URL_TYPE_INVALID_URL")),
            ("https://example.org/x?y#z", Scheme::Web, None),
            ("HTTP://example.org", Scheme::Media, None),
            ("attachment://a.png", Scheme::Media, None),
            ("attachment://a b.png", Scheme::Media, None),
        ] {
            let body = json!({"url": url_text});
            let found = codes(|check| {
                url(check, map(&body), "url", Length::up_to(2048), scheme);
            });
            assert_eq!(found.first().copied(), expected, "{url_text:?}");
        }
    }

    #[test]
    fn timestamps_may_lack_an_offset() {
        for fine in
            ["2026-05-01T10:00:00Z", "2026-05-01T10:00:00.123456+02:00", "2026-05-01T10:00:00.123456", "2026-05-01"]
        {
            assert!(read_moment(fine).is_some(), "{fine}");
        }
        for wrong in ["", "yesterday", "2026-13-01T00:00:00Z", "1714557600"] {
            assert!(read_moment(wrong).is_none(), "{wrong}");
        }
        assert_eq!(read_moment("2026-05-01T10:00:00+02:00").unwrap().to_string(), "2026-05-01T08:00:00Z");
    }

    #[test]
    fn a_repeated_id_is_refused_and_a_number_is_an_id() {
        let body = json!({"users": ["1", 2, "1", "x"]});
        assert_eq!(
            codes(|check| {
                let ids = snowflakes(check, map(&body), "users", Length::up_to(9));
                assert_eq!(ids.unwrap(), ["1", "2"]);
            }),
            ["SET_TYPE_ALREADY_CONTAINS_VALUE", "NUMBER_TYPE_COERCE"]
        );
    }
}
