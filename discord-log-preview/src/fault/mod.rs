//! Scripted trouble: what goes wrong ([`FaultKind`]), for whom, how often and for how long ([`Fault`]), and the list
//! of what is in force ([`script`]).

mod fixture;
mod kind;
mod read;
mod script;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::kind::FaultKind;
pub use self::read::FaultError;
pub use self::script::{ActiveFault, FaultId};

pub(crate) use self::fixture::reply;
pub(crate) use self::script::{Faults, Struck};

/// Something that goes wrong, scripted.
///
/// Without further words it strikes every request to the webhook API until it is cleared. Each word narrows it.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use discord_log_preview::Fault;
///
/// // Discord is down for the first three requests of one channel.
/// let outage = Fault::unavailable().in_channel("errors").times(3);
/// // The message is stored, but the client never learns it.
/// let ambiguous = Fault::connection_reset().after_storing().times(1);
/// // The second post of the run meets the channel's hidden limit.
/// let hidden = Fault::channel_limit(Duration::from_millis(42_700)).skip(1).times(1);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    #[serde(flatten)]
    kind: FaultKind,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    times: Option<u32>,
    #[serde(default)]
    for_seconds: Option<f64>,
    #[serde(default)]
    skip: u32,
    #[serde(default)]
    after_storing: bool,
}

impl From<FaultKind> for Fault {
    fn from(kind: FaultKind) -> Self {
        Self { kind, channel: None, method: None, times: None, for_seconds: None, skip: 0, after_storing: false }
    }
}

/// Where, when and how often.
impl Fault {
    /// Strikes one channel only.
    #[must_use]
    pub fn in_channel(mut self, name: impl Into<String>) -> Self {
        self.channel = Some(name.into());
        self
    }

    /// Strikes requests of one method only: `POST`, `PATCH` …
    #[must_use]
    pub fn only(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into().to_ascii_uppercase());
        self
    }

    /// Strikes so many requests, then no more.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes for so long, then no more. The server's clock counts, see [`Discord::skip_time`](crate::Discord::skip_time).
    #[must_use]
    pub fn lasting(mut self, lasts: Duration) -> Self {
        self.for_seconds = Some(lasts.as_secs_f64());
        self
    }

    /// Lets so many requests pass before the first strike.
    #[must_use]
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Strikes after the request was carried out: the message is stored, only the answer is lost or wrong.
    #[must_use]
    pub fn after_storing(mut self) -> Self {
        self.after_storing = true;
        self
    }

    /// Gives what goes wrong.
    pub fn kind(&self) -> &FaultKind {
        &self.kind
    }

    /// Gives the channel it is about, if it is about one.
    pub fn channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    pub(crate) fn carries_out(&self) -> bool {
        self.after_storing || self.kind.carries_out()
    }

    fn lasts(&self) -> Option<Duration> {
        self.for_seconds.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO))
    }

    /// What cannot work: nobody could count the strikes, or clear the fault over HTTP.
    pub(crate) fn mistake(&self) -> Option<&'static str> {
        let refused = self.kind == FaultKind::ConnectionRefused;
        if refused && (self.times.is_some() || self.channel.is_some() || self.method.is_some()) {
            return Some("connection_refused is for the whole server and a time: no times, channel or method");
        }
        if let FaultKind::Reply { status, .. } | FaultKind::Redirect { status, .. } = &self.kind
            && !(200..=599).contains(status)
        {
            return Some("a status is 200 to 599");
        }
        None
    }

    pub(crate) fn is_endless(&self) -> bool {
        self.for_seconds.is_none()
    }
}

/// Outages.
impl Fault {
    /// 503 with an HTML page.
    pub fn unavailable() -> Self {
        FaultKind::Unavailable.into()
    }

    /// 502 with an empty body.
    pub fn bad_gateway() -> Self {
        FaultKind::BadGateway.into()
    }

    /// 500 with JSON code 0.
    pub fn internal_error() -> Self {
        FaultKind::InternalError.into()
    }

    /// 504 with an HTML page.
    pub fn gateway_timeout() -> Self {
        FaultKind::GatewayTimeout.into()
    }

    /// Nothing listens: connecting is refused. For the whole server, until cleared or for a time.
    pub fn connection_refused() -> Self {
        FaultKind::ConnectionRefused.into()
    }

    /// The connection is closed before the body is read.
    pub fn connection_closed() -> Self {
        FaultKind::ConnectionClosed.into()
    }

    /// The connection is reset after the request was read; with [`after_storing`](Self::after_storing) the message
    /// is there all the same.
    pub fn connection_reset() -> Self {
        FaultKind::ConnectionReset.into()
    }

    /// No answer, ever.
    pub fn hang() -> Self {
        FaultKind::Hang.into()
    }

    /// An answer that takes its time.
    pub fn latency(delay: Duration) -> Self {
        FaultKind::Latency { millis: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX) }.into()
    }

    /// 204 without `wait=true` and 500 with it; the message is not stored.
    pub fn silent_loss() -> Self {
        FaultKind::SilentLoss.into()
    }
}

/// Odd answers to requests that were carried out, and answers of one's own.
impl Fault {
    /// The answer comes in drops of so many bytes, with a pause between.
    pub fn trickle(bytes: usize, pause: Duration) -> Self {
        FaultKind::Trickle { bytes, millis: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX) }.into()
    }

    /// The connection ends in the middle of the answer's body.
    pub fn truncated() -> Self {
        FaultKind::Truncated.into()
    }

    /// The answer says JSON and is none.
    pub fn garbage() -> Self {
        FaultKind::Garbage.into()
    }

    /// The answer's body has so many bytes.
    pub fn oversized(bytes: u64) -> Self {
        FaultKind::Oversized { bytes }.into()
    }

    /// 204 although `wait=true`.
    pub fn no_content() -> Self {
        FaultKind::NoContent.into()
    }

    /// A redirect.
    pub fn redirect(status: u16, location: impl Into<String>) -> Self {
        FaultKind::Redirect { status, location: location.into() }.into()
    }

    /// Any status, headers and body.
    pub fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<String>) -> Self {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        FaultKind::Reply { status, headers: headers.iter().map(owned).collect(), body: body.into() }.into()
    }

    /// 400 in the flat shape of the versions before 8.
    pub fn flat_error() -> Self {
        FaultKind::FlatError.into()
    }

    /// 401 with code 50027.
    pub fn invalid_token() -> Self {
        FaultKind::InvalidToken.into()
    }

    /// 404 with code 10015.
    pub fn unknown_webhook() -> Self {
        FaultKind::UnknownWebhook.into()
    }
}

/// Rate limits and bans.
impl Fault {
    /// 429 of scope `user`.
    pub fn user_limit(retry_after: Duration) -> Self {
        let retry_after = retry_after.as_secs_f64();
        FaultKind::UserLimit { retry_after }.into()
    }

    /// 429 of scope `shared`, with room left in the headers.
    pub fn channel_limit(retry_after: Duration) -> Self {
        let retry_after = retry_after.as_secs_f64();
        FaultKind::ChannelLimit { retry_after }.into()
    }

    /// 429 of scope `global`.
    pub fn global_limit(retry_after: Duration) -> Self {
        let retry_after = retry_after.as_secs_f64();
        FaultKind::GlobalLimit { retry_after }.into()
    }

    /// 429 with code 30046.
    pub fn old_edit_limit(retry_after: Duration) -> Self {
        let retry_after = retry_after.as_secs_f64();
        FaultKind::OldEditLimit { retry_after }.into()
    }

    /// 429 with code 20028: `Retry-After: 1`, body `retry_after: 1163.097`.
    pub fn mismatched_limit() -> Self {
        FaultKind::MismatchedLimit.into()
    }

    /// 429 as text by Cloudflare: `error code: 1015`.
    pub fn cloudflare_ban(retry_after: Option<Duration>) -> Self {
        let retry_after = retry_after.map(|delay| delay.as_secs());
        FaultKind::CloudflareBan { retry_after }.into()
    }

    /// 429 as JSON with code 0 and no delay.
    pub fn cloudflare_json() -> Self {
        FaultKind::CloudflareJson.into()
    }

    /// 429 as an HTML page.
    pub fn cloudflare_html() -> Self {
        FaultKind::CloudflareHtml.into()
    }

    /// 403 as text by Cloudflare: `error code: 1010`.
    pub fn bad_signature() -> Self {
        FaultKind::BadSignature.into()
    }

    /// 403 as JSON by Cloudflare: code 40333.
    pub fn network_blocked() -> Self {
        FaultKind::NetworkBlocked.into()
    }
}
