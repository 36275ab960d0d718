//! Why a request is not carried out, and the body Discord says it with: the nested `errors` tree of today's versions,
//! or the flat lists of the versions before 8.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::api::Version;
use crate::rate_limit::{Blocked, Limited, Scope};
use crate::reply::{Reply, milliseconds, seconds};

/// One thing wrong with a body: where, and Discord's code and text for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) path: Vec<String>,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// Why a request is not carried out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    /// 50035 with everything that is wrong.
    Form(Vec<Problem>),
    /// One of Discord's numbered errors.
    Coded { status: u16, code: u32, message: &'static str },
    /// 429 by Discord.
    Limited(Limited),
    /// 429 by Cloudflare, which says nothing but its own code.
    Blocked(Blocked),
    /// 403 by Cloudflare: the client's agent is not welcome.
    Agent,
}

impl Refusal {
    pub(crate) const UNKNOWN_WEBHOOK: Self = Self::coded(404, 10015, "Unknown Webhook");
    pub(crate) const BAD_TOKEN: Self = Self::coded(401, 50027, "Invalid Webhook Token");
    pub(crate) const UNKNOWN_MESSAGE: Self = Self::coded(404, 10008, "Unknown Message");
    pub(crate) const UNKNOWN_CHANNEL: Self = Self::coded(404, 10003, "Unknown Channel");
    pub(crate) const UNKNOWN_TAG: Self = Self::coded(400, 10087, "Unknown tag");
    pub(crate) const EMPTY: Self = Self::coded(400, 50006, "Cannot send an empty message");
    pub(crate) const NOT_JSON: Self = Self::coded(400, 50109, "The request body contains invalid JSON.");
    pub(crate) const TOO_LARGE: Self = Self::coded(413, 40005, "Request entity too large");
    pub(crate) const TOO_MANY_FILES: Self =
        Self::coded(400, 30015, "Maximum number of attachments in a message reached (10)");
    pub(crate) const INTERNAL: Self = Self::coded(500, 0, "500: Internal Server Error");
    pub(crate) const NOT_FOUND: Self = Self::coded(404, 0, "404: Not Found");
    pub(crate) const METHOD: Self = Self::coded(405, 0, "405: Method Not Allowed");
    pub(crate) const VERSION: Self = Self::coded(400, 50041, "Invalid API version");
    pub(crate) const AUTHORIZATION: Self = Self::coded(401, 50014, "Invalid authentication token provided");
    pub(crate) const BROWSER: Self = Self::coded(403, 40333, "internal network error");
    pub(crate) const FORUM_NEEDS_THREAD: Self =
        Self::coded(400, 220001, "Webhooks posted to forum channels must have a thread_name or thread_id");
    pub(crate) const FORUM_BOTH: Self =
        Self::coded(400, 220002, "Webhooks posted to forum channels cannot have both a thread_name and thread_id");
    pub(crate) const NOT_A_FORUM: Self = Self::coded(400, 220003, "Webhooks can only create threads in forum channels");
    pub(crate) const SHIM_IN_FORUM: Self =
        Self::coded(400, 220004, "Webhook services cannot be used in forum channels");
    pub(crate) const ARCHIVED: Self = Self::coded(400, 50083, "Thread is archived");
    pub(crate) const LOCKED: Self = Self::coded(403, 160005, "Thread is locked");
    pub(crate) const TOO_MANY_THREADS: Self = Self::coded(403, 160006, "Maximum number of active threads reached");
    pub(crate) const POLL_EDIT: Self = Self::coded(400, 520003, "Cannot edit a poll message");

    const fn coded(status: u16, code: u32, message: &'static str) -> Self {
        Self::Coded { status, code, message }
    }

    /// A form error in one place.
    pub(crate) fn form(path: &[&str], code: &'static str, message: impl Into<String>) -> Self {
        Self::Form(vec![Problem {
            path: path.iter().map(|&step| step.to_owned()).collect(),
            code,
            message: message.into(),
        }])
    }

    /// Discord's number for it, where there is one.
    pub(crate) fn code(&self) -> Option<u32> {
        match self {
            Self::Form(_) => Some(50035),
            Self::Coded { code, .. } => Some(*code),
            Self::Limited(limited) => limited.code,
            Self::Blocked(_) | Self::Agent => None,
        }
    }

    /// What a person reads about it.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Form(problems) => problems
                .iter()
                .map(|problem| {
                    let path = problem.path.join(".");
                    format!("{path} {}: {}", problem.code, problem.message)
                })
                .collect::<Vec<_>>()
                .join("; "),
            Self::Coded { message, .. } => (*message).to_owned(),
            Self::Limited(limited) => {
                format!("rate limited ({}), retry after {:?}", limited.scope.name(), limited.retry_after)
            }
            Self::Blocked(blocked) => format!("blocked at the edge: {}", blocked.reason),
            Self::Agent => "user agent refused at the edge".to_owned(),
        }
    }

    /// The answer that Discord gives.
    pub(crate) fn reply(&self, version: Version) -> Reply {
        match self {
            Self::Form(problems) if version.is_flat() => Reply::json(400, flat(problems)).via_discord(),
            Self::Form(problems) => {
                Reply::json(400, json!({"message": "Invalid Form Body", "code": 50035, "errors": tree(problems)}))
                    .via_discord()
            }
            Self::Coded { status, code: 40333, message } => {
                Reply::json(*status, json!({"message": message, "code": 40333}))
            }
            Self::Coded { status, code, message } => {
                Reply::json(*status, json!({"message": message, "code": code})).via_discord()
            }
            Self::Limited(limited) => rate_limited(limited, version),
            Self::Blocked(blocked) => Reply::raw(429, "text/plain; charset=UTF-8", "error code: 1015")
                .with("retry-after", whole_seconds(blocked.retry_after)),
            Self::Agent => Reply::raw(403, "text/plain; charset=UTF-8", "error code: 1010"),
        }
    }
}

/// A 429 of Discord: `Retry-After` in whole seconds rounded up, `retry_after` exact; both in milliseconds before
/// version 8.
fn rate_limited(limited: &Limited, version: Version) -> Reply {
    let (header, delay) = if version.is_flat() {
        let milliseconds = milliseconds(limited.retry_after).max(1);
        (milliseconds.to_string(), json!(milliseconds))
    } else {
        (whole_seconds(limited.retry_after), json!(seconds(limited.retry_after)))
    };
    let global = limited.scope == Scope::Global;
    let mut body = json!({
        "message": "You are being rate limited.",
        "retry_after": delay,
        "global": global,
    });
    if let (Some(code), Some(object)) = (limited.code, body.as_object_mut()) {
        object.insert("code".to_owned(), json!(code));
    }
    let reply = Reply::json(429, body)
        .via_discord()
        .with("retry-after", header)
        .with("x-ratelimit-scope", limited.scope.name());
    if global {
        return reply.with("x-ratelimit-global", "true");
    }
    reply
}

/// A delay as the `Retry-After` header gives it: rounded up, at least one second.
pub(crate) fn whole_seconds(delay: Duration) -> String {
    let up = u64::from(delay.subsec_nanos() > 0);
    (delay.as_secs() + up).max(1).to_string()
}

/// The nested tree: field names and list positions down to `_errors`.
fn tree(problems: &[Problem]) -> Value {
    let mut root = Map::new();
    for problem in problems {
        plant(&mut root, &problem.path, problem);
    }
    Value::Object(root)
}

fn plant(branch: &mut Map<String, Value>, path: &[String], problem: &Problem) {
    if let Some((step, rest)) = path.split_first() {
        let next = branch.entry(step.clone()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(next) = next {
            plant(next, rest, problem);
        }
        return;
    }
    let leaf = branch.entry("_errors").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(errors) = leaf {
        errors.push(json!({"code": problem.code, "message": problem.message}));
    }
}

/// The flat shape before version 8: a list by top-level field, of texts, or of what lies beneath.
fn flat(problems: &[Problem]) -> Value {
    let mut fields: Map<String, Value> = Map::new();
    for problem in problems {
        let field = problem.path.first().map_or("_misc", String::as_str);
        let said = match problem.path.get(1) {
            Some(beneath) => json!(beneath),
            None => json!(problem.message),
        };
        let list = fields.entry(field).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list
            && !list.contains(&said)
        {
            list.push(said);
        }
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(path: &[&str], message: &str) -> Problem {
        Problem {
            path: path.iter().map(|&step| step.to_owned()).collect(),
            code: "BASE_TYPE_MAX_LENGTH",
            message: message.to_owned(),
        }
    }

    #[test]
    fn the_tree_nests_by_path_and_keeps_every_problem() {
        let found = tree(&[
            problem(&["embeds", "0", "fields", "1", "value"], "a"),
            problem(&["embeds", "0", "title"], "b"),
            problem(&["embeds"], "c"),
            problem(&["embeds"], "d"),
        ]);
        assert_eq!(found["embeds"]["0"]["fields"]["1"]["value"]["_errors"][0]["message"], "a");
        assert_eq!(found["embeds"]["0"]["title"]["_errors"][0]["message"], "b");
        assert_eq!(
            found["embeds"]["_errors"],
            json!([
                {"code": "BASE_TYPE_MAX_LENGTH", "message": "c"},
                {"code": "BASE_TYPE_MAX_LENGTH", "message": "d"},
            ])
        );
    }

    #[test]
    fn the_flat_shape_names_the_field_and_what_lies_beneath() {
        let found = flat(&[
            problem(&["embeds", "0", "title"], "a"),
            problem(&["embeds", "0", "description"], "b"),
            problem(&["content"], "Must be 2000 or fewer in length."),
            problem(&[], "whole"),
        ]);
        assert_eq!(
            found,
            json!({
                "embeds": ["0"],
                "content": ["Must be 2000 or fewer in length."],
                "_misc": ["whole"],
            })
        );
    }

    #[test]
    fn the_header_rounds_up_and_the_body_is_exact() {
        let limited = Limited { scope: Scope::User, retry_after: Duration::from_millis(1_200), code: None };
        let reply = rate_limited(&limited, Version::of(Some("v10")).unwrap());
        assert!(reply.headers.contains(&("retry-after".to_owned(), "2".to_owned())));
        let crate::reply::ReplyBody::Json(body) = reply.body else {
            panic!("JSON expected");
        };
        assert_eq!(body["retry_after"], json!(1.2));
    }

    #[test]
    fn before_version_8_delays_are_milliseconds() {
        let limited = Limited { scope: Scope::User, retry_after: Duration::from_millis(1_200), code: None };
        let reply = rate_limited(&limited, Version::of(None).unwrap());
        assert!(reply.headers.contains(&("retry-after".to_owned(), "1200".to_owned())));
        let crate::reply::ReplyBody::Json(body) = reply.body else {
            panic!("JSON expected");
        };
        assert_eq!(body["retry_after"], json!(1200));
    }
}
