//! What Discord tells of a webhook that is only asked about: whether it is there, and where it posts. Nothing is posted.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde::Deserialize;

use super::answer::Answer;
use super::client::Client;
use super::verdict::{Verdict, verdict};
use super::webhook_url::WebhookUrl;

/// What Discord tells of a webhook.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WebhookAnswer {
    /// It is there.
    #[non_exhaustive]
    Exists {
        /// The name that it was given.
        name: Option<String>,
        /// The Discord channel that it posts to, as its id.
        channel: Option<String>,
        /// The Discord server, as its id.
        server: Option<String>,
    },
    /// It was deleted, or its token is refused.
    #[non_exhaustive]
    Gone {
        /// What Discord said.
        reason: String,
    },
    /// It is not known: Discord could not be asked, or asks for patience.
    #[non_exhaustive]
    Unknown {
        /// What happened instead.
        reason: String,
    },
}

/// The body of the answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Known {
    name: Option<String>,
    channel_id: Option<String>,
    guild_id: Option<String>,
}

/// Asks Discord about a webhook; gives also the time by Discord's clock, to the second.
pub(crate) async fn look_up(client: &Client, webhook: &WebhookUrl) -> (WebhookAnswer, Option<Timestamp>) {
    let (answer, date) = client.look_up(webhook).await;
    let date = date.and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok());
    (understood(&answer), date)
}

fn understood(answer: &Answer) -> WebhookAnswer {
    match verdict(answer) {
        Verdict::Delivered { .. } => {
            let Known { name, channel_id, guild_id } = known(answer);
            WebhookAnswer::Exists { name, channel: channel_id, server: guild_id }
        }
        Verdict::Closed { reason } => WebhookAnswer::Gone { reason },
        Verdict::Banned { trouble: reason, .. } | Verdict::Refused { reason } | Verdict::Suspended { reason } => {
            WebhookAnswer::Unknown { reason }
        }
        Verdict::Failed(failure) => WebhookAnswer::Unknown { reason: failure.trouble },
        Verdict::Limited { pause, .. } => {
            WebhookAnswer::Unknown { reason: format!("status 429: limited for {:.1} s", pause.as_secs_f64()) }
        }
        Verdict::Misplaced(_) | Verdict::Vanished => WebhookAnswer::Unknown { reason: "an odd answer".to_owned() },
    }
}

fn known(answer: &Answer) -> Known {
    match answer {
        Answer::Response(response) => serde_json::from_slice(&response.body).unwrap_or_default(),
        Answer::Failed { .. } => Known::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::send::{LimitHeaders, Response};

    fn answered(status: u16, body: &str) -> WebhookAnswer {
        let headers = LimitHeaders::read(|_| None);
        understood(&Answer::Response(Response { status, headers, body: body.as_bytes().to_vec() }))
    }

    #[test]
    fn an_answer_says_whether_the_webhook_is_there() {
        let exists = answered(200, r#"{"id":"1","name":"ops","channel_id":"77","guild_id":"5","token":"s3cret"}"#);
        let [name, channel, server] = ["ops", "77", "5"].map(|text| Some(text.to_owned()));
        assert_eq!(exists, WebhookAnswer::Exists { name, channel, server });
        assert!(matches!(answered(404, r#"{"code":10015,"message":"x"}"#), WebhookAnswer::Gone { .. }));
        assert!(matches!(answered(401, r#"{"code":50027,"message":"x"}"#), WebhookAnswer::Gone { .. }));
        for (status, body, told) in [
            (503, "", "status 503"),
            (429, r#"{"retry_after":9.0}"#, "limited for 9.0 s"),
            (403, "error code: 1010", "status 403"),
        ] {
            let answer = answered(status, body);
            let WebhookAnswer::Unknown { reason } = &answer else { panic!("{answer:?}") };
            assert!(reason.contains(told), "{reason}");
        }
    }

    #[test]
    fn the_date_of_an_answer_is_read() {
        let date = rfc2822::DateTimeParser::new().parse_timestamp("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(date.ok(), "1994-11-06T08:49:37Z".parse().ok());
    }
}
