//! Paths: Discord's API with and without a version, and the preview's own.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::any;

use super::{json_api, webhook_api};
use crate::api::{Call, Place, Version};
use crate::app::App;
use crate::refusal::Refusal;
use crate::reply::{Reply, ReplyBody};

type Segments = Vec<(String, String)>;

pub(super) fn router(app: &Arc<App>) -> Router {
    let mut router = json_api::router();
    for base in ["/api/webhooks", "/api/{version}/webhooks"] {
        for rest in ["", "/messages/{message}", "/slack", "/github"] {
            router = router.route(&format!("{base}/{{id}}/{{token}}{rest}"), any(webhook));
        }
    }
    router.fallback(not_found).layer(from_fn(no_other_page)).with_state(Arc::clone(app))
}

/// Refuses what another page of the web asks for, under whichever name it does: by naming this machine, or by letting
/// a name of its own lead here. No client but a browser sends these headers.
async fn no_other_page(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text(header::HOST);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let local = ["127.0.0.1", "localhost", "[::1]", ""].contains(&name);
    let origin = text(header::ORIGIN);
    let own = origin.is_empty() || origin.strip_prefix("http://") == Some(host);
    let site = text(HeaderName::from_static("sec-fetch-site"));
    let opened = text(HeaderName::from_static("sec-fetch-mode")) == "navigate" && request.method() == Method::GET;
    let own = own && (opened || !["cross-site", "same-site"].contains(&site));
    if local && own {
        next.run(request).await
    } else {
        json_api::problem(403, "the preview answers to 127.0.0.1 and localhost only, and to no other page")
    }
}

async fn webhook(State(app): State<Arc<App>>, Path(segments): Path<Segments>, request: Request) -> Response {
    let call = call(&segments, &request);
    webhook_api::serve(app, call, request).await
}

/// Reads the request's line and headers.
fn call(segments: &Segments, request: &Request) -> Call {
    let segment = |name: &str| {
        let found = segments.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    let text = |name: HeaderName| {
        let value = request.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let path = request.uri().path();
    let place = match segment("message") {
        Some(id) => Place::Message(id.to_owned()),
        None if path.ends_with("/slack") => Place::Slack,
        None if path.ends_with("/github") => Place::GitHub,
        None => Place::Webhook,
    };
    Call {
        method: request.method().as_str().to_owned(),
        place,
        version: Version::of(segment("version")),
        webhook_id: segment("id").unwrap_or_default().to_owned(),
        token: segment("token").unwrap_or_default().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        user_agent: text(header::USER_AGENT),
        content_type: text(header::CONTENT_TYPE),
        authorization: text(header::AUTHORIZATION),
        has_referer: request.headers().contains_key(header::REFERER),
    }
}

async fn not_found() -> Response {
    response(Refusal::NOT_FOUND.reply(Version::NESTED))
}

/// A reply as HTTP.
pub(super) fn response(reply: Reply) -> Response {
    let (content_type, body) = match reply.body {
        ReplyBody::Empty => (None, Body::empty()),
        ReplyBody::Json(value) => (Some("application/json".to_owned()), Body::from(value.to_string())),
        ReplyBody::Raw { content_type, bytes } => (Some(content_type), Body::from(bytes)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let named = content_type.map(|value| ("content-type".to_owned(), value));
    for (name, value) in named.into_iter().chain(reply.headers) {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
