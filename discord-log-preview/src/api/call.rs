//! What is asked: the request's line and headers, read into Discord's terms.

use form_urlencoded::parse;

use crate::refusal::{Problem, Refusal};

/// The version that a path without one means: Discord still serves those as version 6.
const UNVERSIONED: u8 = 6;
const OLDEST: u8 = 6;
const NEWEST: u8 = 10;
/// From this version on delays are seconds and form errors are nested.
const NESTED_SINCE: u8 = 8;
/// From this version on an edit must name the new files too.
const EXPLICIT_FILES_SINCE: u8 = 10;

/// A version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version(u8);

impl Version {
    /// The newest, with seconds and nested errors.
    pub(crate) const NESTED: Self = Self(NEWEST);

    /// Reads the `v10` of a path; `None` is a path without one.
    pub(crate) fn of(segment: Option<&str>) -> Result<Self, Refusal> {
        let Some(segment) = segment else {
            return Ok(Self(UNVERSIONED));
        };
        let number = segment.strip_prefix('v').and_then(|n| n.parse().ok());
        match number {
            Some(number @ OLDEST..=NEWEST) => Ok(Self(number)),
            _ => Err(Refusal::VERSION),
        }
    }

    /// Whether delays are milliseconds and form errors flat lists.
    pub(crate) fn is_flat(self) -> bool {
        self.0 < NESTED_SINCE
    }

    /// Whether `attachments` of an edit must name new files too.
    pub(crate) fn names_new_files(self) -> bool {
        self.0 >= EXPLICIT_FILES_SINCE
    }

    pub(crate) fn number(self) -> u8 {
        self.0
    }
}

impl Default for Version {
    fn default() -> Self {
        Self(UNVERSIONED)
    }
}

/// A thing the path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    GitHub,
    Message(String),
    Slack,
    Webhook,
}

/// What can be done, each with a rate limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    DeleteMessage,
    DeleteWebhook,
    EditMessage,
    EditWebhook,
    Execute,
    ReadMessage,
    ReadWebhook,
    Shim,
}

impl Action {
    /// All of them, in the order of the routes.
    pub(crate) const ALL: [Self; 7] = [
        Self::Execute,
        Self::ReadMessage,
        Self::EditMessage,
        Self::DeleteMessage,
        Self::ReadWebhook,
        Self::EditWebhook,
        Self::DeleteWebhook,
    ];

    /// The action of a method on a place, unless the method is not allowed there.
    pub(crate) fn of(method: &str, place: &Place) -> Result<Self, Refusal> {
        match (place, method) {
            (Place::Webhook, "POST") => Ok(Self::Execute),
            (Place::Webhook, "GET") => Ok(Self::ReadWebhook),
            (Place::Webhook, "PATCH") => Ok(Self::EditWebhook),
            (Place::Webhook, "DELETE") => Ok(Self::DeleteWebhook),
            (Place::Message(_), "GET") => Ok(Self::ReadMessage),
            (Place::Message(_), "PATCH") => Ok(Self::EditMessage),
            (Place::Message(_), "DELETE") => Ok(Self::DeleteMessage),
            (Place::Slack | Place::GitHub, "POST") => Ok(Self::Shim),
            _ => Err(Refusal::METHOD),
        }
    }

    /// The opaque bucket name in `X-RateLimit-Bucket`.
    ///
    /// It leaves the webhook out, and the routes of one message share a name although they count apart: equal names
    /// do not prove equal counters, and clients must not rely on that.
    pub(crate) fn bucket(self) -> &'static str {
        match self {
            Self::Execute | Self::Shim => "8f4d1ad0ee31ba7bbf3d41d6bcb4ae17",
            Self::DeleteMessage | Self::EditMessage | Self::ReadMessage => "3e1c6a1e5d0cf5a07a0c5d0b8b7d5f24",
            Self::DeleteWebhook | Self::EditWebhook | Self::ReadWebhook => "b8b2e51d1a0d0c0b1e6c1fd5c2a9f7e6",
        }
    }

    /// Its method and path, with the ids left out.
    pub(crate) fn route(self) -> &'static str {
        match self {
            Self::DeleteMessage => "DELETE /webhooks/{id}/{token}/messages/{message}",
            Self::DeleteWebhook => "DELETE /webhooks/{id}/{token}",
            Self::EditMessage => "PATCH /webhooks/{id}/{token}/messages/{message}",
            Self::EditWebhook => "PATCH /webhooks/{id}/{token}",
            Self::Execute => "POST /webhooks/{id}/{token}",
            Self::ReadMessage => "GET /webhooks/{id}/{token}/messages/{message}",
            Self::ReadWebhook => "GET /webhooks/{id}/{token}",
            Self::Shim => "POST /webhooks/{id}/{token}/slack",
        }
    }
}

/// What the query asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) wait: bool,
    pub(crate) with_components: bool,
    pub(crate) thread_id: Option<String>,
    pub(crate) unknown_keys: Vec<String>,
}

impl Query {
    /// Reads a query string; what cannot be read is a form error in its own name.
    pub(crate) fn of(text: &str) -> Result<Self, Refusal> {
        let mut query = Self::default();
        let mut problems = Vec::new();
        for (key, value) in parse(text.as_bytes()) {
            match &*key {
                "wait" => query.wait = boolean("wait", &value, &mut problems),
                "with_components" => {
                    query.with_components = boolean("with_components", &value, &mut problems);
                }
                "thread_id" => match is_snowflake(&value) {
                    true => query.thread_id = Some(value.into_owned()),
                    false => problems.push(not_a_snowflake("thread_id", &value)),
                },
                _ => query.unknown_keys.push(format!("?{key}")),
            }
        }
        if problems.is_empty() { Ok(query) } else { Err(Refusal::Form(problems)) }
    }
}

/// The request before its body.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) place: Place,
    pub(crate) version: Result<Version, Refusal>,
    pub(crate) webhook_id: String,
    pub(crate) token: String,
    pub(crate) query: String,
    pub(crate) user_agent: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) has_referer: bool,
}

impl Call {
    /// The version to answer in; for one that does not exist, the one of paths without any.
    pub(crate) fn answered_in(&self) -> Version {
        self.version.clone().unwrap_or_default()
    }

    /// Method and path with the ids left out, also of what is not allowed.
    pub(crate) fn route(&self) -> String {
        let rest = match self.place {
            Place::GitHub => "/github",
            Place::Message(_) => "/messages/{message}",
            Place::Slack => "/slack",
            Place::Webhook => "",
        };
        format!("{} /webhooks/{{id}}/{{token}}{rest}", self.method)
    }
}

/// Whether a text is an id.
pub(crate) fn is_snowflake(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What Discord says of a text in an id's place.
pub(crate) fn not_a_snowflake(field: &str, found: &str) -> Problem {
    Problem {
        path: vec![field.to_owned()],
        code: "NUMBER_TYPE_COERCE",
        message: format!("Value \"{found}\" is not snowflake."),
    }
}

fn boolean(field: &str, value: &str, problems: &mut Vec<Problem>) -> bool {
    match value {
        "true" | "True" | "1" => true,
        "false" | "False" | "0" => false,
        _ => {
            problems.push(Problem {
                path: vec![field.to_owned()],
                code: "BOOLEAN_TYPE_CONVERT",
                message: "Must be either true or false.".to_owned(),
            });
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_a_version_is_version_6() {
        let unversioned = Version::of(None).unwrap();
        assert_eq!(unversioned.number(), 6);
        assert!(unversioned.is_flat());
        assert!(!Version::of(Some("v8")).unwrap().is_flat());
        assert!(!Version::of(Some("v9")).unwrap().names_new_files());
        assert!(Version::of(Some("v10")).unwrap().names_new_files());
        for unknown in ["v5", "v11", "10", "vx", "v"] {
            assert_eq!(Version::of(Some(unknown)), Err(Refusal::VERSION));
        }
    }

    #[test]
    fn booleans_of_the_query_are_read_as_documented() {
        for yes in ["true", "True", "1"] {
            assert!(Query::of(&format!("wait={yes}")).unwrap().wait);
        }
        for no in ["false", "False", "0"] {
            assert!(!Query::of(&format!("wait={no}")).unwrap().wait);
        }
        assert!(Query::of("wait=yes").is_err());
        assert!(Query::of("thread_id=abc").is_err());
        assert_eq!(Query::of("wiat=true").unwrap().unknown_keys, ["?wiat"]);
    }

    #[test]
    fn routes_report_equal_bucket_names_though_they_count_apart() {
        assert_eq!(Action::EditMessage.bucket(), Action::DeleteMessage.bucket());
        assert_ne!(Action::EditMessage, Action::DeleteMessage);
    }
}
