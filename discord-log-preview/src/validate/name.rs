//! The names of webhooks, which posts may override.

use serde_json::{Map, Value};

use super::check::Check;
use super::field::{self, Length};
use crate::limits;

/// No webhook may carry these anywhere in its name.
const NOT_WITHIN: [&str; 2] = ["discord", "clyde"];
/// No webhook may be called exactly so.
const NOT_ALONE: [&str; 3] = ["everyone", "here", "system message"];

/// Reads a name from a key.
pub(crate) fn read(check: &mut Check, body: &Map<String, Value>, key: &str) -> Option<String> {
    let name = field::text(check, body, key, Length::between(1, limits::USERNAME))?;
    let lower = name.to_lowercase();
    check.at(key, |check| {
        for word in NOT_WITHIN {
            if lower.contains(word) {
                let told = format!("Username cannot contain \"{word}\"");
                check.problem("USERNAME_INVALID_CONTAINS", told);
            }
        }
        if NOT_ALONE.contains(&lower.as_str()) {
            let told = format!("Username cannot be \"{name}\"");
            check.problem("USERNAME_INVALID", told);
        }
    });
    Some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(name: &str) -> Vec<&'static str> {
        let mut check = Check::default();
        let body = json!({ "username": name });
        read(&mut check, body.as_object().unwrap(), "username");
        check.problems.iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn names_have_one_to_eighty_characters() {
        assert!(codes(&"é".repeat(80)).is_empty());
        assert_eq!(codes(&"é".repeat(81)), ["BASE_TYPE_BAD_LENGTH"]);
        assert_eq!(codes(""), ["BASE_TYPE_BAD_LENGTH"]);
        assert_eq!(codes("   "), ["BASE_TYPE_BAD_LENGTH"]);
    }

    #[test]
    fn some_words_are_refused_in_any_case() {
        assert_eq!(codes("my-Discord-log"), ["USERNAME_INVALID_CONTAINS"]);
        assert_eq!(codes("CLYDE 2"), ["USERNAME_INVALID_CONTAINS"]);
        for alone in ["here", "Everyone", "system message"] {
            assert_eq!(codes(alone), ["USERNAME_INVALID"]);
        }
        assert!(codes("over here").is_empty());
    }
}
