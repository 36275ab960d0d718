//! What came back for a request, as plain data: read from the network by the client, understood by `verdict`.

use std::time::Duration;

use serde::Deserialize;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// No answer: what happened, and whether Discord may have the message nevertheless.
    Failed { trouble: String, may_have_arrived: bool },
    /// Discord, or something before it, answered.
    Response(Response),
}

impl Answer {
    /// Says whether Discord takes no more edits of messages that are over an hour old for a while.
    ///
    /// Source: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.
    pub(crate) fn is_too_many_old_edits(&self) -> bool {
        let Self::Response(response) = self else { return false };
        response.problem().and_then(|problem| problem.code()) == Some(TOO_MANY_OLD_EDITS)
    }
}

/// An answer over HTTP.
#[derive(Clone, Debug, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: LimitHeaders,
    /// At most the first 64 KiB.
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(super) fn problem(&self) -> Option<Problem> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Gives one of Discord's ids that stands in the body under a name.
    pub(super) fn id(&self, name: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        body.get(name)?.as_str().filter(|id| is_id(id)).map(str::to_owned)
    }
}

/// The headers that tell of limits; what cannot be read counts as absent.
#[derive(Clone, Debug, Default)]
pub(crate) struct LimitHeaders {
    pub(crate) remaining: Option<u32>,
    pub(crate) reset_after: Option<Duration>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) scope: Option<Scope>,
    pub(crate) is_global: bool,
}

/// What a limit is counted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scope {
    Global,
    Shared,
    User,
}

impl LimitHeaders {
    /// Reads headers through a look-up by lower-case name.
    pub(crate) fn read<'h>(header: impl Fn(&'static str) -> Option<&'h str>) -> Self {
        Self {
            remaining: header("x-ratelimit-remaining").and_then(|value| value.trim().parse().ok()),
            reset_after: header("x-ratelimit-reset-after").and_then(parse_seconds),
            retry_after: header("retry-after").and_then(parse_seconds),
            scope: match header("x-ratelimit-scope") {
                Some("global") => Some(Scope::Global),
                Some("shared") => Some(Scope::Shared),
                Some("user") => Some(Scope::User),
                _ => None,
            },
            is_global: header("x-ratelimit-global").is_some_and(|value| value.eq_ignore_ascii_case("true")),
        }
    }
}

const TOO_MANY_OLD_EDITS: u64 = 30046;

/// Discord's ids are numbers of 64 bits, which have at most 20 digits.
///
/// Source: <https://discord.com/developers/docs/reference#snowflakes>.
fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_seconds(text: &str) -> Option<Duration> {
    seconds(text.trim().parse().ok()?)
}

/// Bounds a delay that a server asked for: none is below zero, absent numbers stay absent, and what is absurd ends at
/// two hours, since waits of 2,285 s were seen and more than that would be a mistake of units.
pub(super) fn seconds(number: f64) -> Option<Duration> {
    (!number.is_nan()).then(|| Duration::from_secs_f64(number.clamp(0.0, LONGEST_DELAY.as_secs_f64())))
}

/// The longest pause that an answer may ask for.
pub(super) const LONGEST_DELAY: Duration = Duration::from_secs(2 * 60 * 60);

/// The body of a refusal.
///
/// Source: <https://discord.com/developers/docs/reference#error-messages>.
#[derive(Debug, Deserialize)]
pub(super) struct Problem {
    #[serde(default)]
    pub(super) code: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) errors: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) retry_after: Option<f64>,
    #[serde(default)]
    pub(super) global: Option<bool>,
}

impl Problem {
    pub(super) fn code(&self) -> Option<u64> {
        self.code.as_ref().and_then(serde_json::Value::as_u64)
    }

    /// Names the first thing that Discord found wrong, by its path in the body.
    pub(super) fn first_error(&self) -> Option<String> {
        fn descend(value: &serde_json::Value, path: &str) -> Option<String> {
            let tree = value.as_object()?;
            if let Some(found) = tree.get("_errors").and_then(|errors| errors.get(0)) {
                let text = |key: &str| found.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
                return Some(format!("{}: {} ({})", path.trim_start_matches('.'), text("message"), text("code")));
            }
            tree.iter().find_map(|(name, inner)| descend(inner, &format!("{path}.{name}")))
        }
        descend(self.errors.as_ref()?, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_delays_are_bounded_and_nonsense_is_absent() {
        for (text, read) in [
            ("2", Some(Duration::from_secs(2))),
            ("0.25", Some(Duration::from_millis(250))),
            ("-1", Some(Duration::ZERO)),
            ("1e308", Some(LONGEST_DELAY)),
            ("inf", Some(LONGEST_DELAY)),
            ("NaN", None),
            ("Wed, 21 Oct 2026 07:28:00 GMT", None),
            ("", None),
        ] {
            assert_eq!(parse_seconds(text), read, "{text:?}");
        }
    }

    #[test]
    fn the_first_error_is_named_by_its_path() {
        let body = r#"{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"fields":{"1":{"value":
            {"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 1024 or fewer in length."}]}}}}}}}"#;
        let problem: Problem = serde_json::from_str(body).expect("a problem");
        let error = problem.first_error().expect("an error");
        assert_eq!(error, "embeds.0.fields.1.value: Must be 1024 or fewer in length. (BASE_TYPE_MAX_LENGTH)");
    }
}
