//! One request to the webhook API, from its head to its answer or its cut connection: here faults strike.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body as HttpBody, Bytes};
use axum::extract::Request as HttpRequest;
use axum::http::header;
use axum::response::Response;
use hyper::body::Body as _;

use super::connection::{Cut, Wire};
use super::odd_body;
use super::routes::response;
use crate::api::{self, Asked, Call};
use crate::app::App;
use crate::body::{self, Body};
use crate::fault::{self, FaultKind, Struck};
use crate::refusal::Refusal;
use crate::reply::{Reply, ReplyBody};
use crate::request::Request;

/// What is read of a body that is too large, so that the client gets to see the refusal.
const READ_AND_FORGOTTEN: usize = 64 * 1024 * 1024;

pub(super) async fn serve(app: Arc<App>, call: Call, request: HttpRequest) -> Response {
    let wire = request.extensions().get::<Wire>().cloned();
    let wire = wire.unwrap_or_default();
    let struck = strike(&app, &call);
    if let Some(struck) = &struck
        && struck.kind == FaultKind::ConnectionClosed
        && !struck.carries_out
    {
        let unread = Err(Refusal::EMPTY);
        keep(&app, recorded(&app, &call, (unread, 0), struck));
        wire.cut(Cut::Close).await;
    }
    let Some(received) = receive(&app, &call, request.into_body()).await else {
        keep(&app, broken_off(&app, &call));
        return response(Reply::empty(400));
    };
    let Some(struck) = struck else {
        let (reply, record) = answered(&app, &call, received);
        keep(&app, record);
        return response(reply);
    };
    if let Some(delay) = struck.kind.delay() {
        return late(app, call, received, delay).await;
    }
    let (reply, mut record) = if struck.carries_out {
        answered(&app, &call, received)
    } else {
        (Reply::empty(500), recorded(&app, &call, received, &struck))
    };
    record.fault = Some(struck.kind.name().to_owned());
    end(&app, &wire, struck, reply, record).await
}

/// Carries a request out after a delay, also when the client has given up by then: it was received whole.
async fn late(app: Arc<App>, call: Call, received: Received, delay: Duration) -> Response {
    let work = tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        let (reply, mut record) = answered(&app, &call, received);
        record.fault = Some("latency".to_owned());
        keep(&app, record);
        reply
    });
    response(work.await.unwrap_or_else(|_| Reply::empty(500)))
}

fn strike(app: &App, call: &Call) -> Option<Struck> {
    let struck = app.read(|state| {
        let now = state.clock.now().since_start;
        let webhook = state.guild.webhook(&call.webhook_id);
        let channel = webhook.and_then(|webhook| state.guild.channel(&webhook.channel_id));
        let name = channel.map(|channel| channel.name.clone());
        state.faults.strike(name.as_deref(), &call.method, now)
    });
    if struck.is_some() {
        // Who waits for a fault to be spent learns it here.
        app.change(|_| ());
    }
    struck
}

type Received = (Result<Body, Refusal>, usize);

/// Reads and decodes a body; methods without one have an empty one. `None` is a body that broke off.
async fn receive(app: &App, call: &Call, body: HttpBody) -> Option<Received> {
    let most = app.read(|state| state.limiter.limits().request_bytes);
    let (bytes, size) = match read(body, most).await {
        Read::BrokenOff => return None,
        Read::TooLarge(size) => return Some((Err(Refusal::TOO_LARGE), size)),
        Read::Whole(bytes) => {
            let size = bytes.len();
            (bytes, size)
        }
    };
    if !matches!(call.method.as_str(), "POST" | "PATCH" | "PUT") {
        return Some((Ok(Body::default()), size));
    }
    let decoded = body::decode(call.content_type.as_deref(), bytes).await;
    Some((decoded, size))
}

/// What came of reading a body.
enum Read {
    BrokenOff,
    TooLarge(usize),
    Whole(Bytes),
}

/// The whole body, unless it is too large or breaks off.
async fn read(mut body: HttpBody, most: usize) -> Read {
    let mut bytes = Vec::new();
    let mut size = 0_usize;
    loop {
        let frame = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let data = match frame.await {
            None => break,
            Some(Err(_)) => return Read::BrokenOff,
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        };
        size += data.len();
        if size > READ_AND_FORGOTTEN.max(most) {
            return Read::TooLarge(size);
        }
        if size <= most {
            bytes.extend_from_slice(&data);
        }
    }
    if size > most { Read::TooLarge(size) } else { Read::Whole(Bytes::from(bytes)) }
}

/// The answer as Discord gives it, and the request's record.
fn answered(app: &App, call: &Call, (body, body_bytes): Received) -> (Reply, Request) {
    app.read(|state| {
        let now = state.clock.now();
        let asked = Asked { call, body, body_bytes, now };
        let (reply, record) = api::answer(state, asked);
        api::count_answer(state, &reply, now);
        (reply, record)
    })
}

/// The record of a request that a fault kept from being carried out.
fn recorded(app: &App, call: &Call, (body, body_bytes): Received, struck: &Struck) -> Request {
    app.read(|state| {
        let now = state.clock.now();
        let mut record = api::record_of(state, &Asked { call, body, body_bytes, now });
        record.fault = Some(struck.kind.name().to_owned());
        record
    })
}

/// The record of a request whose client left in its midst.
fn broken_off(app: &App, call: &Call) -> Request {
    app.read(|state| {
        let now = state.clock.now();
        api::record_of(state, &Asked { call, body: Err(Refusal::EMPTY), body_bytes: 0, now })
    })
}

fn keep(app: &App, record: Request) {
    app.change(|state| state.record(record));
}

/// What the client gets to see of it.
async fn end(app: &App, wire: &Wire, struck: Struck, reply: Reply, mut record: Request) -> Response {
    match &struck.kind {
        FaultKind::ConnectionClosed | FaultKind::ConnectionReset | FaultKind::Hang => {
            record.status = None;
            keep(app, record);
            match struck.kind {
                FaultKind::ConnectionClosed => wire.cut(Cut::Close).await,
                FaultKind::ConnectionReset => wire.cut(Cut::Reset).await,
                _ => std::future::pending().await,
            }
        }
        FaultKind::Truncated => {
            record.status = None;
            keep(app, record);
            truncated(reply)
        }
        FaultKind::Trickle { bytes, millis } => {
            keep(app, record);
            let pause = Duration::from_millis(*millis);
            with_body(reply, |body| odd_body::trickle(body, *bytes, pause))
        }
        FaultKind::Garbage => {
            keep(app, record);
            with_body(reply, |_| HttpBody::from(&b"{\"id\": \xff\x00<garbage"[..]))
        }
        FaultKind::Oversized { bytes } => {
            keep(app, record);
            with_body(reply, |_| odd_body::oversized(*bytes))
        }
        FaultKind::NoContent => {
            record.status = Some(204);
            keep(app, record);
            response(Reply::empty(204).via_discord())
        }
        kind => {
            let fixture = fault::reply(kind, record.wait).unwrap_or(reply);
            record.status = Some(fixture.status);
            app.change(|state| {
                let now = state.clock.now();
                api::count_answer(state, &fixture, now);
                state.record(record);
            });
            response(fixture)
        }
    }
}

/// The reply with another body; one that has none gets it too.
fn with_body(reply: Reply, make: impl FnOnce(Bytes) -> HttpBody) -> Response {
    let status = if reply.status == 204 { 200 } else { reply.status };
    let (content_type, bytes) = match &reply.body {
        ReplyBody::Empty => ("application/json", Bytes::new()),
        ReplyBody::Json(value) => ("application/json", Bytes::from(value.to_string())),
        ReplyBody::Raw { content_type, bytes } => (content_type.as_str(), Bytes::from(bytes.clone())),
    };
    let typed = Reply { status, body: ReplyBody::Empty, headers: reply.headers }.with("content-type", content_type);
    let mut response = response(typed);
    *response.body_mut() = make(bytes);
    response
}

/// Half the body under a length that promises all of it: the connection ends in its midst.
fn truncated(reply: Reply) -> Response {
    let mut promised = 0;
    let mut response = with_body(reply, |mut bytes| {
        if bytes.is_empty() {
            bytes = Bytes::from_static(b"{\"id\": \"1\"}");
        }
        promised = bytes.len();
        let half = bytes.slice(..bytes.len() / 2);
        odd_body::trickle(half, usize::MAX, Duration::ZERO)
    });
    response.headers_mut().insert(header::CONTENT_LENGTH, promised.into());
    response
}
