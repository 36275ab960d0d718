//! `allowed_mentions`: the lists, their limits, and what may not stand beside what.

use serde_json::{Map, Value};

use super::check::Check;
use super::field::{self, Length};
use crate::limits;
use crate::mention::Allowed;

/// Reads `allowed_mentions`; without it a webhook pings users.
pub(crate) fn read(check: &mut Check, body: &Map<String, Value>) -> Allowed {
    let Some(value) = field::present(body, "allowed_mentions") else {
        return Allowed::by_default();
    };
    check.at("allowed_mentions", |check| {
        let Some(given) = field::object(check, value) else {
            return Allowed::nobody();
        };
        check.keys(given, &["parse", "users", "roles", "replied_user"]);
        field::boolean(check, given, "replied_user");
        let parse = parse(check, given);
        let length = Length::up_to(limits::MENTIONS);
        let users = field::snowflakes(check, given, "users", length).unwrap_or_default();
        let roles = field::snowflakes(check, given, "roles", length).unwrap_or_default();
        for (kind, ids) in [("users", &users), ("roles", &roles)] {
            if parse.contains(&kind) && !ids.is_empty() {
                check.problem(
                    "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                    format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive."),
                );
            }
        }
        Allowed {
            every_user: parse.contains(&"users"),
            every_role: parse.contains(&"roles"),
            everyone: parse.contains(&"everyone"),
            users,
            roles,
        }
    })
}

fn parse<'a>(check: &mut Check, given: &'a Map<String, Value>) -> Vec<&'a str> {
    let items = field::list(check, given, "parse", Length::up_to(usize::MAX));
    check.at("parse", |check| {
        let mut kinds = Vec::new();
        for (n, item) in items.into_iter().flatten().enumerate() {
            match item.as_str() {
                Some(kind @ ("everyone" | "roles" | "users")) => kinds.push(kind),
                _ => check.at(n, |check| {
                    let told = "Value must be one of ('roles', 'users', 'everyone').";
                    check.problem("BASE_TYPE_CHOICES", told);
                }),
            }
        }
        kinds
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(allowed: &Value) -> (Vec<String>, Allowed) {
        let mut check = Check::default();
        let body = json!({ "allowed_mentions": allowed });
        let found = read(&mut check, body.as_object().unwrap());
        let told = check.problems.iter();
        let told = told.map(|problem| format!("{} {}", problem.path.join("."), problem.code));
        (told.collect(), found)
    }

    #[test]
    fn absent_and_null_mean_users_and_an_empty_object_nobody() {
        assert_eq!(run(&Value::Null).1, Allowed::by_default());
        assert_eq!(run(&json!({})).1, Allowed::nobody());
        assert_eq!(run(&json!({"parse": []})).1, Allowed::nobody());
    }

    #[test]
    fn a_kind_is_either_parsed_or_listed() {
        let both = json!({"parse": ["users", "roles"], "users": ["1"], "roles": ["2"]});
        assert_eq!(
            run(&both).0,
            [
                "allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                "allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
            ]
        );
        assert!(run(&json!({"parse": ["users"], "users": []})).0.is_empty());
        assert!(run(&json!({"parse": ["users"], "users": null})).0.is_empty());
        assert!(run(&json!({"parse": ["everyone"], "users": ["1"]})).0.is_empty());
    }

    #[test]
    fn lists_take_a_hundred_distinct_ids() {
        let ids = |n: usize| (1..=n).map(|id| id.to_string()).collect::<Vec<_>>();
        for kind in ["users", "roles"] {
            assert!(run(&json!({ kind: ids(100) })).0.is_empty());
            assert_eq!(run(&json!({ kind: ids(101) })).0, [format!("allowed_mentions.{kind} BASE_TYPE_MAX_LENGTH")]);
            assert_eq!(
                run(&json!({ kind: ["1", "1"] })).0,
                [format!("allowed_mentions.{kind}.1 SET_TYPE_ALREADY_CONTAINS_VALUE")]
            );
        }
    }

    #[test]
    fn only_three_kinds_are_known() {
        assert_eq!(run(&json!({"parse": ["user"]})).0, ["allowed_mentions.parse.0 BASE_TYPE_CHOICES"]);
    }
}
