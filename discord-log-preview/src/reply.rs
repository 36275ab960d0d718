//! An answer before it is HTTP: status, headers and body as plain values, so that what is answered is decided
//! without any I/O.

use std::time::Duration;

use serde_json::Value;

/// What goes back to the client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: ReplyBody,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ReplyBody {
    Empty,
    Json(Value),
    Raw { content_type: String, bytes: Vec<u8> },
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: ReplyBody::Empty }
    }

    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: ReplyBody::Json(body) }
    }

    pub(crate) fn raw(status: u16, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: ReplyBody::Raw { content_type: content_type.to_owned(), bytes: bytes.into() },
        }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Marks the answer as one of Discord itself: its balancer adds `Via`, Cloudflare's own pages have none, and
    /// clients tell the two apart by it.
    pub(crate) fn via_discord(self) -> Self {
        self.with("via", "1.1 google")
    }
}

/// A delay in milliseconds, rounded up: whoever waits so long does not come too early.
pub(crate) fn milliseconds(delay: Duration) -> u64 {
    u64::try_from(delay.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// A delay in seconds with millisecond decimals, rounded up.
pub(crate) fn seconds(delay: Duration) -> f64 {
    Duration::from_millis(milliseconds(delay)).as_secs_f64()
}
