//! What a request that is done means for all processes of the host: they share its address, and with it every limit.

use std::time::Duration;

use super::answer::Answer;
use super::verdict::{Verdict, Whom, verdict};

/// What a request that is done means for all processes of the host.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Finished {
    /// The channel takes nothing for so long.
    pub(crate) limited_for: Option<Duration>,
    /// Nothing may be sent from this host for so long.
    pub(crate) host_limited_for: Option<Duration>,
    /// It counts towards a ban of the address.
    pub(crate) is_invalid: bool,
}

impl Finished {
    pub(crate) fn of(answer: &Answer) -> Self {
        let verdict = verdict(answer);
        let (limited_for, host_limited_for) = match &verdict {
            Verdict::Banned { pause, .. } => (None, Some(pause.unwrap_or(FIRST_BAN_PAUSE))),
            Verdict::Limited { whom: Whom::Process, pause } => (None, Some(*pause)),
            Verdict::Limited { whom: Whom::Channel | Whom::Webhook, pause } => (Some(*pause), None),
            _ => (None, None),
        };
        Self { limited_for, host_limited_for, is_invalid: counts_as_invalid(answer, &verdict) }
    }
}

/// 401, 403 and 429 count towards a ban of the address; a 429 that is shared with others does not.
pub(super) fn counts_as_invalid(answer: &Answer, verdict: &Verdict) -> bool {
    let Answer::Response(response) = answer else { return false };
    let is_shared = matches!(verdict, Verdict::Limited { whom: Whom::Channel, .. });
    matches!(response.status, 401 | 403 | 429) && !is_shared
}

/// Source: Cloudflare's limits last from minutes to a day; probing once in a quarter of an hour does not prolong them.
pub(super) const FIRST_BAN_PAUSE: Duration = Duration::from_secs(15 * 60);

#[cfg(test)]
mod tests {
    use super::super::answer::{LimitHeaders, Response};
    use super::*;

    fn finished(status: u16, scope: &str, body: &str) -> Finished {
        let headers = LimitHeaders::read(|name| (name == "x-ratelimit-scope").then_some(scope));
        Finished::of(&Answer::Response(Response { status, headers, body: body.as_bytes().to_vec() }))
    }

    #[test]
    fn an_answer_tells_others_what_it_means_for_them() {
        let (wait, seconds) = (r#"{"retry_after":9.0}"#, Some(Duration::from_secs(9)));
        let nothing = Finished::default();
        for (status, scope, body, expected) in [
            (200, "", "{}", nothing),
            (500, "", "", nothing),
            (404, "", r#"{"code":10015}"#, nothing),
            (401, "", "", Finished { is_invalid: true, ..nothing }),
            (429, "shared", wait, Finished { limited_for: seconds, ..nothing }),
            (429, "user", wait, Finished { limited_for: seconds, is_invalid: true, ..nothing }),
            (429, "global", wait, Finished { host_limited_for: seconds, is_invalid: true, ..nothing }),
            (429, "", "1015", Finished { host_limited_for: Some(FIRST_BAN_PAUSE), is_invalid: true, ..nothing }),
        ] {
            assert_eq!(finished(status, scope, body), expected, "{status} {scope} {body}");
        }
        let trouble = "timeout".to_owned();
        assert_eq!(Finished::of(&Answer::Failed { trouble, may_have_arrived: true }), nothing);
    }
}
