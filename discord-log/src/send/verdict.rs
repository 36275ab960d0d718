//! What an answer means. One pure function over status, headers and body; the table is Discord's, as far as it is known:
//! <https://discord.com/developers/docs/topics/opcodes-and-status-codes>.

use std::time::Duration;

use super::answer::{Answer, LimitHeaders, Problem, Scope};

/// What an answer means for the message, its webhook and the process.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// An address of ours is banned, or our client is refused at the edge: nobody of this process may call for a while.
    Banned { trouble: String, pause: Option<Duration> },
    /// The webhook is gone or its token is refused: it must never be called again.
    Closed { reason: String },
    /// Discord has the message.
    Delivered,
    /// It did not work out; the same message may, later.
    Failed { trouble: String, may_have_arrived: bool },
    /// Too many requests of somebody.
    Limited { whom: Whom, pause: Duration },
    /// This message will never be taken as it is.
    Refused { reason: String },
    /// The webhook takes nothing at the moment, through no fault of the message.
    Suspended { trouble: String },
}

/// Whom a limit holds back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Whom {
    Channel,
    Process,
    Webhook,
}

/// The shortest pause after a 429, in case an answer asks for none.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

pub(super) fn verdict(answer: &Answer) -> Verdict {
    let response = match answer {
        Answer::Failed { trouble, may_have_arrived } => {
            return Verdict::Failed { trouble: trouble.clone(), may_have_arrived: *may_have_arrived };
        }
        Answer::Response(response) => response,
    };
    let problem = response.problem();
    let code = problem.as_ref().and_then(Problem::code);
    let reason = || describe(response.status, problem.as_ref());
    match (response.status, code) {
        (200..=299, _) => Verdict::Delivered,
        (429, _) => limited(&response.headers, problem.as_ref()),
        (401, _) | (404, Some(UNKNOWN_WEBHOOK | UNKNOWN_CHANNEL)) => Verdict::Closed { reason: reason() },
        // The edge refuses our client: not the webhook's fault.
        (403, None | Some(BLOCKED_AT_THE_EDGE)) => Verdict::Banned { trouble: reason(), pause: None },
        (403, _) | (400, Some(FORUM_NEEDS_A_THREAD)) => Verdict::Suspended { trouble: reason() },
        (400 | 405 | 413 | 415 | 422, _) => Verdict::Refused { reason: reason() },
        // Sent again nothing is lost; 502 and 503 come from before Discord and stored nothing.
        (502 | 503, _) => Verdict::Failed { trouble: reason(), may_have_arrived: false },
        (500..=599, _) => Verdict::Failed { trouble: reason(), may_have_arrived: true },
        (300..=399, _) => Verdict::Failed {
            trouble: format!("an unexpected redirect ({}), not followed", response.status),
            may_have_arrived: false,
        },
        _ => Verdict::Failed { trouble: reason(), may_have_arrived: false },
    }
}

fn limited(headers: &LimitHeaders, problem: Option<&Problem>) -> Verdict {
    let asked_in_body = problem.and_then(|problem| problem.retry_after).and_then(super::answer::seconds);
    // Discord's own answers carry a delay in the body or count in a header; what has neither is from the edge before it.
    if asked_in_body.is_none() && headers.scope.is_none() && headers.remaining.is_none() {
        let trouble = "the address of this host is limited at Discord's edge (429 without a delay)".to_owned();
        return Verdict::Banned { trouble, pause: headers.retry_after };
    }
    let is_global = headers.is_global
        || headers.scope == Some(Scope::Global)
        || problem.and_then(|problem| problem.global) == Some(true);
    let is_shared = headers.scope == Some(Scope::Shared) || headers.remaining.is_some_and(|remaining| remaining > 0);
    let whom = match (is_global, is_shared) {
        (true, _) => Whom::Process,
        (false, true) => Whom::Channel,
        (false, false) => Whom::Webhook,
    };
    // Header and body can differ a thousandfold, either way: the longer one is right.
    let reset = headers.reset_after.filter(|_| whom == Whom::Webhook);
    let pause =
        asked_in_body.unwrap_or_default().max(headers.retry_after.unwrap_or_default()).max(reset.unwrap_or_default());
    Verdict::Limited { whom, pause: pause.max(SHORTEST_PAUSE) }
}

fn describe(status: u16, problem: Option<&Problem>) -> String {
    let Some(problem) = problem else { return format!("status {status}") };
    let mut text = format!("status {status}");
    if let Some(code) = problem.code() {
        text.push_str(&format!(", code {code}"));
    }
    if let Some(message) = &problem.message {
        text.push_str(": ");
        text.extend(message.chars().filter(|character| !character.is_control()).take(DESCRIPTION_CAPACITY));
    }
    if let Some(error) = problem.first_error() {
        text.push_str(" at ");
        text.extend(error.chars().filter(|character| !character.is_control()).take(DESCRIPTION_CAPACITY));
    }
    text
}

/// Characters of a foreign text that are repeated in our own.
const DESCRIPTION_CAPACITY: usize = 200;

// Source of the codes: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.
const UNKNOWN_CHANNEL: u64 = 10003;
const UNKNOWN_WEBHOOK: u64 = 10015;
const BLOCKED_AT_THE_EDGE: u64 = 40333;
const FORUM_NEEDS_A_THREAD: u64 = 220_001;

#[cfg(test)]
mod tests {
    use super::super::answer::Response;
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Verdict {
        let headers =
            LimitHeaders::read(|name| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value));
        verdict(&Answer::Response(Response { status, headers, body: body.as_bytes().to_vec() }))
    }

    fn limited(whom: Whom, seconds: f64) -> Verdict {
        Verdict::Limited { whom, pause: Duration::from_secs_f64(seconds) }
    }

    #[test]
    fn a_limit_of_the_webhook_waits_for_the_longest_of_three_numbers() {
        let user = [("retry-after", "2"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-scope", "user")];
        let body = r#"{"message":"limited","retry_after":1.5,"global":false}"#;
        assert_eq!(answer(429, &user, body), limited(Whom::Webhook, 2.0));
        let body = r#"{"code":20028,"retry_after":1163.097,"global":false,"message":"…"}"#;
        assert_eq!(answer(429, &[("retry-after", "1")], body), limited(Whom::Webhook, 1163.097));
        assert_eq!(answer(429, &user, "{}"), limited(Whom::Webhook, 2.0));
    }

    #[test]
    fn a_limit_with_requests_remaining_is_the_channels() {
        let headers = [("retry-after", "43"), ("x-ratelimit-remaining", "3"), ("x-ratelimit-reset-after", "1.2")];
        assert_eq!(answer(429, &headers, r#"{"retry_after":42.7,"global":false}"#), limited(Whom::Channel, 43.0));
    }

    #[test]
    fn a_global_limit_holds_the_process() {
        let body = r#"{"retry_after":0.5,"global":true}"#;
        assert_eq!(answer(429, &[], body), limited(Whom::Process, 0.5));
        let headers = [("x-ratelimit-global", "true")];
        assert_eq!(answer(429, &headers, r#"{"retry_after":0.0}"#), limited(Whom::Process, 0.1));
    }

    #[test]
    fn an_answer_of_the_edge_is_a_ban() {
        let is_banned = |verdict| matches!(verdict, Verdict::Banned { .. });
        assert!(is_banned(answer(429, &[], "error code: 1015")));
        assert!(is_banned(answer(429, &[], r#"{"code":0,"message":"You are being blocked"}"#)));
        assert!(is_banned(answer(429, &[], "<html></html>")));
        assert!(is_banned(answer(403, &[], "error code: 1010")));
        assert!(is_banned(answer(403, &[], r#"{"message":"internal network error","code":40333}"#)));
        let Verdict::Banned { pause, .. } = answer(429, &[("retry-after", "3600")], "error code: 1015") else {
            panic!("not a ban")
        };
        assert_eq!(pause, Some(Duration::from_secs(3600)));
    }

    #[test]
    fn a_webhook_that_is_gone_is_closed() {
        for (status, code) in [(404, 10015), (401, 50027), (404, 10003)] {
            let body = format!(r#"{{"message":"gone","code":{code}}}"#);
            assert!(matches!(answer(status, &[], &body), Verdict::Closed { .. }), "{status} {code}");
        }
        assert!(matches!(answer(404, &[], "<html>"), Verdict::Failed { .. }), "some proxy's page closes nothing");
    }

    #[test]
    fn a_refused_message_says_where_and_why() {
        let body = r#"{"code":50035,"message":"Invalid Form Body","errors":{"username":{"_errors":[
            {"code":"USERNAME_INVALID_CONTAINS","message":"cannot contain \"discord\""}]}}}"#;
        let Verdict::Refused { reason } = answer(400, &[], body) else { panic!("not refused") };
        assert!(reason.contains("50035") && reason.contains("username: cannot contain"), "{reason}");
    }

    #[test]
    fn only_what_may_be_stored_may_repeat() {
        for (status, may) in [(500, true), (502, false), (503, false), (504, true), (522, true), (302, false)] {
            let Verdict::Failed { may_have_arrived, .. } = answer(status, &[], "") else { panic!("{status}") };
            assert_eq!(may_have_arrived, may, "{status}");
        }
    }

    #[test]
    fn any_success_is_delivered_whatever_its_body() {
        for body in ["", "{}", "<html>", "{\"id\":\"1\"}"] {
            assert_eq!(answer(200, &[], body), Verdict::Delivered);
        }
        assert_eq!(answer(204, &[], ""), Verdict::Delivered);
    }
}
