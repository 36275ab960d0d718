//! A request, whichever framework serves it: the context that it is handled in, and what is told of its answer.
//!
//! The handler runs as an annotated function would, outermost: what fails inside is told once, with the status that came
//! of it; an answer that says the server failed is told only where nothing inside told why.

use std::borrow::Cow;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{self, Poll};
use std::time::Duration;

use jiff::Timestamp;
use pin_project_lite::pin_project;
use ulid::Ulid;

use crate::capture::answer::Answer;
use crate::capture::call::{Call, ERRORS, PERFORMANCE};
use crate::capture::observe_async::{Observed, observe_async};
use crate::capture::probe::Look;
use crate::capture::site::{Meter, Site};
use crate::context::{self, Context, Hop, Scoped};
use crate::logger::Tick;

/// What a framework knows of a request.
pub(crate) trait Asked {
    fn method(&self) -> &str;
    /// With its query.
    fn path(&self) -> Cow<'_, str>;
    /// The pattern that the path has matched, where that is known.
    fn route(&self) -> Option<Cow<'_, str>>;
    /// Who has connected.
    fn peer(&self) -> Option<IpAddr>;
    /// The values of a header that are text.
    fn headers(&self, name: &str) -> impl DoubleEndedIterator<Item = &str>;

    fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }
}

/// Says what a handler's return value answers.
pub(crate) trait Answers {
    /// Gives the answer; `took` is how long it was waited for.
    fn answer(&self, took: Duration) -> Answer<'_>;
}

/// Describes a request.
pub(crate) fn describe(asked: &impl Asked, session_cookie: Option<&str>) -> Context {
    let mut context = Context::of_request();
    context.add("method", asked.method());
    context.add("path", &asked.path());
    if let Some(route) = asked.route() {
        context.add("route", &route);
    }
    if let Some(session) = session(asked, session_cookie) {
        context.add("session", &context::hashed(session));
    }
    if let Some(program) = asked.header("user-agent") {
        context.add("user_agent", program);
    }
    if let Some(page) = asked.header("referer") {
        context.add("referrer", page);
    }
    if let Some(trace) = asked.header("traceparent").and_then(trace_id) {
        context.add("trace_id", trace);
    }
    match asked.header(REQUEST_ID).filter(|id| is_name(id)) {
        Some(id) => context.add("request_id", id),
        None => context.add("request_id", new_id().array_to_str(&mut [0; ulid::ULID_LEN])),
    }
    match client(asked) {
        Some(address) => context.with_client_ip(address),
        None => context,
    }
}

/// A future that handles a request in its context, under observation.
pub(crate) type Handling<F> = Scoped<Observed<Call<WATCHED>, Timed<F>, LookAt<<F as Future>::Output>>>;

type LookAt<R> = for<'r> fn(&'r Timely<R>) -> Look<'r>;

/// Handles a request in its context, in which its future is made as well.
pub(crate) fn handle<F: Future<Output: Answers>>(context: Context, make: impl FnOnce() -> F) -> Handling<F> {
    let started = Tick::now();
    let look: LookAt<F::Output> = |answered| Look::Answered(answered.returned.answer(answered.took));
    context::scope_made(context, || observe_async(Call::of(&SITE), Timed { future: make(), started }, look))
}

/// What a handler returned, and after how long.
#[derive(Debug)]
pub(crate) struct Timely<R> {
    pub(crate) returned: R,
    took: Duration,
}

pin_project! {
    /// Says how long a future took.
    #[derive(Debug)]
    pub(crate) struct Timed<F> {
        #[pin]
        future: F,
        started: Tick,
    }
}

impl<F: Future> Future for Timed<F> {
    type Output = Timely<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let took = || Duration::from_nanos(this.started.elapsed_nanos());
        this.future.poll(cx).map(|returned| Timely { returned, took: took() })
    }
}

/// The name of the header in which a request is named, in both directions.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// Who asked: whoever connected, or whom the trusted proxies name.
fn client(asked: &impl Asked) -> Option<IpAddr> {
    let peer = asked.peer()?;
    let Some(proxies) = context::trusted_proxies() else { return Some(peer) };
    let forwarded = asked.headers("forwarded").flat_map(Hop::forwarded);
    let listed = asked.headers("x-forwarded-for").flat_map(Hop::x_forwarded_for);
    match (asked.header("forwarded"), asked.header("x-forwarded-for")) {
        (None, _) => Some(proxies.client(peer, listed)),
        (_, None) => Some(proxies.client(peer, forwarded)),
        // A proxy writes one of them, and whoever asked may have written the other.
        _ => {
            let (one, other) = (proxies.client(peer, forwarded), proxies.client(peer, listed));
            Some(if one == other { one } else { peer })
        }
    }
}

/// Finds the session among the cookies.
fn session<'a>(asked: &'a impl Asked, cookie: Option<&str>) -> Option<&'a str> {
    let is_session = |name: &str| match cookie {
        Some(cookie) => name == cookie,
        None => SESSION_COOKIES.iter().any(|known| name.eq_ignore_ascii_case(known)),
    };
    let cookies = asked.headers("cookie").flat_map(|header| header.split(';'));
    let mut named = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    named.find(|(name, value)| is_session(name) && !value.is_empty()).map(|(_, value)| value)
}

/// Reads the trace of W3C's `traceparent`: `00-<trace>-<span>-<flags>`.
fn trace_id(traceparent: &str) -> Option<&str> {
    let trace = traceparent.split('-').nth(1)?;
    let is_one = trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_one && trace.bytes().any(|byte| byte != b'0')).then_some(trace)
}

/// A name that somebody else gave is taken if it can do no harm where names are written.
fn is_name(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte);
    (1..=LONGEST_NAME).contains(&id.len()) && id.bytes().all(is_plain)
}

fn new_id() -> Ulid {
    let millis = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
    Ulid::from_parts(millis, fastrand::u128(..))
}

/// Requests are counted as one function, which is nowhere in the program's source.
static SITE: Site = Site::new("requests", "discord_log", "", 0, &METER).slow_after_nanos(u64::MAX);
static METER: Meter = Meter::new();
const WATCHED: u8 = ERRORS | PERFORMANCE;
const LONGEST_NAME: usize = 128;

/// Names that frameworks give to the cookie of a session.
const SESSION_COOKIES: [&str; 9] =
    ["connect.sid", "id", "jsessionid", "phpsessid", "session", "session_id", "sessionid", "sid", "ssid"];
