//! The snapshot as an axum handler, by the feature `axum`.

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;

use super::health;

/// Answers a request with the snapshot of [`health`](crate::health) as JSON; the handler of a route.
///
/// The status is always 200, and the field `status` is `"ok"` or `"degraded"`: a logger that does not reach Discord is no
/// reason to restart the service, which is what an orchestrator does to one whose probe fails. Whoever wants an alarm
/// looks at `status`. Nothing in the answer is a secret, but it names the host and the annotated functions: serve it
/// where the metrics are served. Never waits. By the feature `axum`.
///
/// # Examples
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
///
/// let app: Router = Router::new().route("/health", get(discord_log::health_handler));
/// ```
pub async fn health_handler() -> Response {
    // Names and numbers: there is nothing in it that could fail.
    let json = serde_json::to_vec(&health()).unwrap_or_default();
    let mut response = Response::new(Body::from(json));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
