//! The kinds of trouble that can be scripted, each with the fixed form in which it was seen.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What goes wrong.
///
/// Over HTTP a kind is the `kind` of the posted object in snake case, its fields beside it:
/// `{"kind": "channel_limit", "retry_after": 42.7, "channel": "errors", "times": 2}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// 502 with an empty body.
    BadGateway,
    /// 403 `error code: 1010`: Cloudflare refuses the client's agent.
    BadSignature,
    /// 429 `error code: 1015` as text: Cloudflare bans the address, with or without saying for how long.
    CloudflareBan {
        /// Seconds in `Retry-After`, if there is one.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// 429 with an HTML page by Cloudflare.
    CloudflareHtml,
    /// 429 `{"code": 0, "message": …}` without any delay: the ban of an address as Discord tells it.
    CloudflareJson,
    /// 429 of scope `shared` although the headers show room: the channel's hidden limit.
    ChannelLimit {
        /// Seconds to wait.
        #[serde(default = "seconds_channel")]
        retry_after: f64,
    },
    /// The connection is closed after the request's head, before its body is read.
    ConnectionClosed,
    /// Nothing listens: connecting is refused, and open connections are reset. For the whole server, until the end
    /// of its time or until it is cleared.
    ConnectionRefused,
    /// The request is read, then the connection is reset without an answer.
    ConnectionReset,
    /// A form error in the flat shape of the versions before 8.
    FlatError,
    /// 504 with an HTML page.
    GatewayTimeout,
    /// The request is carried out; the body of the answer is no JSON though it says so.
    Garbage,
    /// 429 of scope `global`.
    GlobalLimit {
        /// Seconds to wait.
        #[serde(default = "seconds_global")]
        retry_after: f64,
    },
    /// The request is read and never answered.
    Hang,
    /// 500 `{"message": …, "code": 0}`.
    InternalError,
    /// 401 with code 50027: the token is not valid.
    InvalidToken,
    /// The request is carried out after a delay.
    Latency {
        /// Milliseconds of delay.
        millis: u64,
    },
    /// 429 whose header and body disagree by three orders: `Retry-After: 1`, `retry_after: 1163.097`, code 20028.
    MismatchedLimit,
    /// 403 with code 40333: Cloudflare's refusal as JSON.
    NetworkBlocked,
    /// The request is carried out; the answer is 204 although `wait=true` asked for the message.
    NoContent,
    /// 429 with code 30046: too many edits of messages over an hour old.
    OldEditLimit {
        /// Seconds to wait.
        #[serde(default = "seconds_old_edit")]
        retry_after: f64,
    },
    /// The request is carried out; the answer's body never seems to end.
    Oversized {
        /// Bytes of the body.
        #[serde(default = "oversized_bytes")]
        bytes: u64,
    },
    /// A redirect to elsewhere.
    Redirect {
        /// 301, 302, 307 or 308.
        status: u16,
        /// Where to.
        location: String,
    },
    /// Any answer.
    Reply {
        /// Its status.
        status: u16,
        /// Its headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// Its body.
        #[serde(default)]
        body: String,
    },
    /// The message is not saved: 204 as if it were without `wait=true`, 500 with it.
    SilentLoss,
    /// The request is carried out; the answer comes in drops.
    Trickle {
        /// Bytes of each drop.
        #[serde(default = "trickle_bytes")]
        bytes: usize,
        /// Milliseconds between drops.
        #[serde(default = "trickle_millis")]
        millis: u64,
    },
    /// The request is carried out; the connection ends in the middle of the answer's body.
    Truncated,
    /// 503 with an HTML page.
    Unavailable,
    /// 404 with code 10015: the webhook is gone.
    UnknownWebhook,
    /// 429 of scope `user`: the webhook's own window is used up.
    UserLimit {
        /// Seconds to wait.
        #[serde(default = "seconds_user")]
        retry_after: f64,
    },
}

impl FaultKind {
    /// Gives the name of the kind, as over HTTP.
    pub fn name(&self) -> &'static str {
        match self {
            Self::BadGateway => "bad_gateway",
            Self::BadSignature => "bad_signature",
            Self::ChannelLimit { .. } => "channel_limit",
            Self::CloudflareBan { .. } => "cloudflare_ban",
            Self::CloudflareHtml => "cloudflare_html",
            Self::CloudflareJson => "cloudflare_json",
            Self::ConnectionClosed => "connection_closed",
            Self::ConnectionRefused => "connection_refused",
            Self::ConnectionReset => "connection_reset",
            Self::FlatError => "flat_error",
            Self::Garbage => "garbage",
            Self::GatewayTimeout => "gateway_timeout",
            Self::GlobalLimit { .. } => "global_limit",
            Self::Hang => "hang",
            Self::InternalError => "internal_error",
            Self::InvalidToken => "invalid_token",
            Self::Latency { .. } => "latency",
            Self::MismatchedLimit => "mismatched_limit",
            Self::NetworkBlocked => "network_blocked",
            Self::NoContent => "no_content",
            Self::OldEditLimit { .. } => "old_edit_limit",
            Self::Oversized { .. } => "oversized",
            Self::Redirect { .. } => "redirect",
            Self::Reply { .. } => "reply",
            Self::SilentLoss => "silent_loss",
            Self::Trickle { .. } => "trickle",
            Self::Truncated => "truncated",
            Self::Unavailable => "unavailable",
            Self::UnknownWebhook => "unknown_webhook",
            Self::UserLimit { .. } => "user_limit",
        }
    }

    /// Whether the request is carried out under this fault in any case.
    pub(crate) fn carries_out(&self) -> bool {
        matches!(
            self,
            Self::Garbage
                | Self::Latency { .. }
                | Self::NoContent
                | Self::Oversized { .. }
                | Self::Trickle { .. }
                | Self::Truncated
        )
    }

    /// How long to wait before the request is carried out.
    pub(crate) fn delay(&self) -> Option<Duration> {
        match self {
            Self::Latency { millis } => Some(Duration::from_millis(*millis)),
            _ => None,
        }
    }
}

fn seconds_user() -> f64 {
    1.5
}

fn seconds_channel() -> f64 {
    42.7
}

fn seconds_global() -> f64 {
    0.8
}

fn seconds_old_edit() -> f64 {
    5.2
}

fn oversized_bytes() -> u64 {
    64 * 1024 * 1024
}

fn trickle_bytes() -> usize {
    1
}

fn trickle_millis() -> u64 {
    200
}
