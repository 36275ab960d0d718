//! What an answer means. One pure function over status, headers and body; the table is Discord's, as far as it is known:
//! <https://discord.com/developers/docs/topics/opcodes-and-status-codes>.

use std::time::Duration;

use super::answer::{Answer, LimitHeaders, Problem, Scope, seconds};
use super::permit::{Misplaced, Sent, Stored};

/// What an answer means for the message, its webhook and the process.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// An address of ours is banned, or our client is refused at the edge: nobody of this process may call for a while.
    Banned { trouble: String, pause: Option<Duration> },
    /// The webhook is gone or its token is refused: it must never be called again.
    Closed { reason: String },
    /// Discord has the message, under this id if it said so.
    Delivered { message: Option<Stored> },
    /// It did not work out; the same message may, later.
    Failed(Failure),
    /// Too many requests of somebody.
    Limited { whom: Whom, pause: Duration },
    /// The message cannot be where it was to be.
    Misplaced(Misplaced),
    /// This message will never be taken as it is.
    Refused { reason: String },
    /// The webhook takes nothing at the moment, through no fault of the message.
    Suspended { reason: String },
    /// The message that was to be changed is not there: people delete messages.
    Vanished,
}

/// Why it did not work out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Failure {
    pub(super) trouble: String,
    /// Discord may have the message nevertheless.
    pub(super) may_have_arrived: bool,
    /// The message may be what breaks the server.
    pub(super) is_fault: bool,
    /// The shortest wait that the answer asks for.
    pub(super) pause: Duration,
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

/// The same for what was sent to a place that may be gone while the webhook is not: a message, or a thread.
pub(super) fn verdict_on(sent: Sent, answer: &Answer) -> Verdict {
    let code = match answer {
        Answer::Response(response) if (400..500).contains(&response.status) && response.status != 429 => {
            response.problem().and_then(|problem| problem.code())
        }
        _ => None,
    };
    match (sent, code) {
        (Sent::Edit { .. }, Some(UNKNOWN_MESSAGE)) if !is_forbidden(answer) => Verdict::Vanished,
        _ if sent.is_in_thread() && code.is_some_and(|code| LOST_THREADS.contains(&code)) => {
            Verdict::Misplaced(Misplaced::Gone)
        }
        (_, Some(ARCHIVED_THREAD)) => Verdict::Misplaced(Misplaced::Archived),
        (_, Some(FORUM_NEEDS_A_THREAD)) => Verdict::Misplaced(Misplaced::NeedsThread),
        (_, Some(THREAD_OUTSIDE_A_FORUM)) => Verdict::Misplaced(Misplaced::NoForum),
        _ => verdict(answer),
    }
}

/// An unknown message with this status is a block at the edge.
fn is_forbidden(answer: &Answer) -> bool {
    matches!(answer, Answer::Response(response) if response.status == 403)
}

pub(super) fn verdict(answer: &Answer) -> Verdict {
    let response = match answer {
        Answer::Failed { trouble, may_have_arrived } => {
            let (trouble, may_have_arrived) = (trouble.clone(), *may_have_arrived);
            return Verdict::Failed(Failure { trouble, may_have_arrived, ..Failure::default() });
        }
        Answer::Response(response) => response,
    };
    let problem = response.problem();
    let code = problem.as_ref().and_then(Problem::code);
    let reason = || describe(response.status, problem.as_ref());
    let failed = |failure: Failure| Verdict::Failed(Failure { trouble: reason(), ..failure });
    let nothing = Failure::default();
    match (response.status, code) {
        // Not ready: nothing is stored, whatever the first digit says.
        (202, _) => failed(Failure { pause: asked_pause(&response.headers, problem.as_ref()), ..nothing }),
        (200..=299, _) => {
            let stored = |id| Stored { id, channel: response.id("channel_id") };
            Verdict::Delivered { message: response.id("id").map(stored) }
        }
        (_, Some(OVERLOADED | SENDING_DISABLED | FEATURE_DISABLED)) => {
            failed(Failure { pause: asked_pause(&response.headers, problem.as_ref()), ..nothing })
        }
        (429, _) => limited(&response.headers, problem.as_ref()),
        (401, _) | (404, Some(UNKNOWN_WEBHOOK | UNKNOWN_CHANNEL)) => Verdict::Closed { reason: reason() },
        // The edge refuses our client: not the webhook's fault.
        (403, None | Some(BLOCKED_AT_THE_EDGE)) => Verdict::Banned { trouble: reason(), pause: None },
        (403, _) | (400, Some(FORUM_NEEDS_A_THREAD | TAG_REQUIRED | TAG_REFUSED | TOO_MANY_THREADS)) => {
            Verdict::Suspended { reason: reason() }
        }
        (400 | 405 | 413 | 415 | 422, _) => Verdict::Refused { reason: reason() },
        // Sent again nothing is lost; 502 and 503 come from before Discord and stored nothing.
        (502 | 503, _) => failed(nothing),
        (500..=599, _) => {
            failed(Failure { may_have_arrived: true, is_fault: response.status == 500, ..Failure::default() })
        }
        (300..=399, _) => Verdict::Failed(Failure {
            trouble: format!("an unexpected redirect ({}), not followed", response.status),
            ..nothing
        }),
        _ => failed(nothing),
    }
}

/// Header and body can differ a thousandfold, either way: the longer one is right.
fn asked_pause(headers: &LimitHeaders, problem: Option<&Problem>) -> Duration {
    let asked_in_body = problem.and_then(|problem| problem.retry_after).and_then(seconds);
    asked_in_body.unwrap_or_default().max(headers.retry_after.unwrap_or_default())
}

fn limited(headers: &LimitHeaders, problem: Option<&Problem>) -> Verdict {
    let asked_in_body = problem.and_then(|problem| problem.retry_after).and_then(seconds);
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
    let reset = headers.reset_after.filter(|_| whom == Whom::Webhook);
    let pause = asked_pause(headers, problem).max(reset.unwrap_or_default());
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
const UNKNOWN_MESSAGE: u64 = 10008;
const UNKNOWN_WEBHOOK: u64 = 10015;
const SENDING_DISABLED: u64 = 40004;
const FEATURE_DISABLED: u64 = 40006;
const BLOCKED_AT_THE_EDGE: u64 = 40333;
const OVERLOADED: u64 = 130_000;
const TAG_REFUSED: u64 = 40066;
const TAG_REQUIRED: u64 = 40067;
const ARCHIVED_THREAD: u64 = 50083;
const LOCKED_THREAD: u64 = 160_005;
const TOO_MANY_THREADS: u64 = 160_006;
const FORUM_NEEDS_A_THREAD: u64 = 220_001;
const THREAD_OUTSIDE_A_FORUM: u64 = 220_003;

/// A thread that was deleted, or that takes nothing from webhooks.
const LOST_THREADS: [u64; 2] = [UNKNOWN_CHANNEL, LOCKED_THREAD];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::send::Response;

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
        assert!(matches!(answer(404, &[], "<html>"), Verdict::Failed(_)), "some proxy's page closes nothing");
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
            let Verdict::Failed(Failure { may_have_arrived, .. }) = answer(status, &[], "") else { panic!("{status}") };
            assert_eq!(may_have_arrived, may, "{status}");
        }
    }

    #[test]
    fn a_success_is_delivered_whatever_its_body_and_has_the_id_if_there_is_one() {
        let id = |channel: Option<&str>| {
            Some(Stored { id: "1290000000000000001".to_owned(), channel: channel.map(str::to_owned) })
        };
        for (body, message) in [
            ("", None),
            ("{}", None),
            ("<html>", None),
            (r#"{"id":"1290000000000000001","embeds":[]}"#, id(None)),
            (r#"{"id":"1290000000000000001","channel_id":"77"}"#, id(Some("77"))),
            (r#"{"id":1290000000000000001}"#, None),
            (r#"{"id":"12a"}"#, None),
            (r#"{"id":""}"#, None),
            (r#"{"id":"129000000000000000100"}"#, None),
            (r#"{"id":"1290000000000000001","code":130000}"#, id(None)),
        ] {
            assert_eq!(answer(200, &[], body), Verdict::Delivered { message }, "{body}");
        }
        assert_eq!(answer(204, &[], ""), Verdict::Delivered { message: None });
    }

    #[test]
    fn what_is_not_ready_or_switched_off_waits_as_long_as_it_asks_for() {
        for (status, body, seconds) in [
            (202, r#"{"code":110000,"retry_after":40.5}"#, 40.5),
            (202, "", 0.0),
            (400, r#"{"code":40006,"retry_after":7.0}"#, 7.0),
            (429, r#"{"code":130000}"#, 0.0),
        ] {
            let Verdict::Failed(failure) = answer(status, &[], body) else { panic!("{status} {body}") };
            assert_eq!(failure.pause, Duration::from_secs_f64(seconds), "{status} {body}");
            assert!(!failure.may_have_arrived && !failure.is_fault, "{status} {body}");
        }
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Kind {
        Banned,
        Closed,
        Delivered,
        Failed,
        Fault,
        Limited(Whom),
        MayRepeat,
        Misplaced(Misplaced),
        Refused,
        Suspended,
        Vanished,
    }

    impl Kind {
        fn of(verdict: &Verdict) -> Self {
            match verdict {
                Verdict::Banned { .. } => Self::Banned,
                Verdict::Closed { .. } => Self::Closed,
                Verdict::Delivered { .. } => Self::Delivered,
                Verdict::Failed(failure) if failure.is_fault => Self::Fault,
                Verdict::Failed(failure) if failure.may_have_arrived => Self::MayRepeat,
                Verdict::Failed(_) => Self::Failed,
                Verdict::Limited { whom, .. } => Self::Limited(*whom),
                Verdict::Misplaced(how) => Self::Misplaced(*how),
                Verdict::Refused { .. } => Self::Refused,
                Verdict::Suspended { .. } => Self::Suspended,
                Verdict::Vanished => Self::Vanished,
            }
        }
    }

    /// Statuses, Discord's codes, and what they mean for a message that is posted.
    const TABLE: &[(&[u16], &[u64], Kind)] = &[
        (&[200, 204], &[0], Kind::Delivered),
        (&[202], &[110_000, 111_000], Kind::Failed),
        (&[400], &[50035, 50006, 50109, 50041, 30015], Kind::Refused),
        (&[400], &[220_001, 40066, 40067, 160_006], Kind::Suspended),
        (&[400], &[220_002, 220_003, 220_004, 50083, 160_005], Kind::Refused),
        (&[403], &[160_005, 160_006, 400_001, 50001, 50013, 10008], Kind::Suspended),
        (&[400], &[520_001, 520_002, 520_003, 200_000, 200_001, 240_000, 20009, 10087], Kind::Refused),
        (&[400], &[50045, 50046, 50110, 50123], Kind::Refused),
        (&[401], &[50027, 50014, 40001], Kind::Closed),
        (&[403], &[40333], Kind::Banned),
        (&[404], &[10015, 10003], Kind::Closed),
        (&[404], &[10008], Kind::Failed),
        (&[405], &[0], Kind::Refused),
        (&[413], &[40005], Kind::Refused),
        (&[200], &[130_000], Kind::Delivered),
        (&[400, 401, 403, 404, 429, 500, 503], &[130_000, 40004, 40006], Kind::Failed),
        (&[429], &[0], Kind::Banned),
        (&[500], &[0], Kind::Fault),
        (&[502, 503], &[0], Kind::Failed),
        (&[504, 520, 521, 522, 523, 524], &[0], Kind::MayRepeat),
        (&[301, 302, 307, 408], &[0], Kind::Failed),
    ];

    #[test]
    fn every_answer_to_a_message_has_its_verdict() {
        for (statuses, codes, kind) in TABLE {
            for (status, code) in statuses.iter().flat_map(|status| codes.iter().map(move |code| (*status, *code))) {
                let body = format!(r#"{{"message":"m","code":{code}}}"#);
                assert_eq!(Kind::of(&answer(status, &[], &body)), *kind, "{status} {code}");
            }
        }
        // The same without a body that Discord wrote.
        for (status, kind) in [
            (200, Kind::Delivered),
            (204, Kind::Delivered),
            (202, Kind::Failed),
            (400, Kind::Refused),
            (401, Kind::Closed),
            (403, Kind::Banned),
            (404, Kind::Failed),
            (405, Kind::Refused),
            (413, Kind::Refused),
            (429, Kind::Banned),
            (500, Kind::Fault),
            (503, Kind::Failed),
            (504, Kind::MayRepeat),
        ] {
            for body in ["", "<html></html>", "error code: 1010", "[]", "null"] {
                assert_eq!(Kind::of(&answer(status, &[], body)), kind, "{status} {body}");
            }
        }
    }

    #[test]
    fn a_message_in_the_wrong_place_is_told_from_one_that_is_wrong() {
        use Misplaced::{Archived, Gone, NeedsThread, NoForum};
        let on = |sent, status, code| {
            let body = format!(r#"{{"message":"m","code":{code}}}"#);
            let headers = LimitHeaders::default();
            Kind::of(&verdict_on(sent, &Answer::Response(Response { status, headers, body: body.into_bytes() })))
        };
        let post = |in_thread| Sent::Post { events: 1, in_thread };
        assert_eq!(on(post(false), 400, 220_001), Kind::Misplaced(NeedsThread));
        assert_eq!(on(post(false), 400, 220_003), Kind::Misplaced(NoForum));
        assert_eq!(on(post(true), 404, 10003), Kind::Misplaced(Gone));
        assert_eq!(on(post(false), 404, 10003), Kind::Closed, "the channel itself is gone");
        assert_eq!(on(post(true), 403, 160_005), Kind::Misplaced(Gone), "locked");
        assert_eq!(on(Sent::Edit { in_thread: true }, 400, 50083), Kind::Misplaced(Archived));
        assert_eq!(on(Sent::Edit { in_thread: true }, 404, 10003), Kind::Misplaced(Gone));
        assert_eq!(on(Sent::Edit { in_thread: true }, 404, 10008), Kind::Vanished);
        assert_eq!(on(post(true), 404, 10015), Kind::Closed);
    }

    #[test]
    fn an_edit_has_the_verdict_of_a_message_but_where_the_message_is_gone() {
        let edit = |status, body: &str| {
            let headers = LimitHeaders::default();
            verdict_on(
                Sent::Edit { in_thread: false },
                &Answer::Response(Response { status, headers, body: body.as_bytes().to_vec() }),
            )
        };
        assert_eq!(edit(404, r#"{"message":"Unknown Message","code":10008}"#), Verdict::Vanished);
        for (status, code) in [(200, 0), (404, 10015), (404, 10003), (401, 50027), (403, 10008), (400, 50035), (500, 0)]
        {
            let body = format!(r#"{{"message":"m","code":{code}}}"#);
            assert_eq!(edit(status, &body), answer(status, &[], &body), "{status} {code}");
        }
        assert_eq!(edit(404, "<html>"), answer(404, &[], "<html>"), "some proxy's page deletes nothing");
    }

    #[test]
    fn every_limit_holds_back_whom_it_is_meant_for() {
        let body = |code: u64| format!(r#"{{"message":"m","code":{code},"retry_after":9.0}}"#);
        for (headers, code, whom) in [
            (&[("x-ratelimit-scope", "user")], 0, Whom::Webhook),
            (&[("x-ratelimit-scope", "shared")], 0, Whom::Channel),
            (&[("x-ratelimit-scope", "global")], 0, Whom::Process),
            (&[("x-ratelimit-remaining", "2")], 0, Whom::Channel),
            (&[("x-ratelimit-remaining", "0")], 30046, Whom::Webhook),
            (&[("retry-after", "1")], 20016, Whom::Webhook),
            (&[("retry-after", "1")], 20022, Whom::Webhook),
            (&[("retry-after", "1")], 20028, Whom::Webhook),
            (&[("retry-after", "1")], 20029, Whom::Webhook),
            (&[("retry-after", "1")], 40062, Whom::Webhook),
        ] {
            let verdict = answer(429, headers, &body(code));
            assert_eq!(Kind::of(&verdict), Kind::Limited(whom), "{headers:?} {code}");
        }
    }
}
