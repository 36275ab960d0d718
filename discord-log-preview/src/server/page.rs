//! The page over HTTP: the document and its files, what is earlier, and what is live. Laying out runs on a thread of
//! its own, so that a page with much code on it never delays an answer of the webhook API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::routing::get;

use super::events;
use super::json_api::problem;
use super::routes::response;
use crate::app::App;
use crate::page::{self, Asked, Snapshot, Window};
use crate::reply::Reply;
use crate::store::State as Held;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(document))
        .route("/_preview/page/style.css", get(async || file("text/css", page::STYLE)))
        .route("/_preview/page/script.js", get(async || file("text/javascript", page::SCRIPT)))
        .route("/_preview/page/theme.js", get(async || file("text/javascript", page::THEME)))
        .route("/_preview/page/icon.svg", get(async || file("image/svg+xml", page::ICON)))
        .route("/_preview/channels/{name}/earlier", get(earlier))
        .route("/_preview/events", get(events::events))
}

fn file(content_type: &str, text: &'static str) -> Response {
    response(Reply::raw(200, &format!("{content_type}; charset=utf-8"), text))
}

async fn document(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let asked = asked(query.as_deref());
    let (snapshot, run) = app.read(|held| (Snapshot::take(held, &asked), run(held)));
    if snapshot.windows.is_empty() {
        return problem(404, "no channel has this name");
    }
    match laid_out(move || page::document(&snapshot, &asked, run)).await {
        Some(html) => response(Reply::raw(200, "text/html; charset=utf-8", html)),
        None => problem(500, "the page could not be laid out"),
    }
}

async fn earlier(State(app): State<Arc<App>>, Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    let before = asked(query.as_deref()).before;
    let found = app.read(|held| Some((Window::take(held, &name, before)?, page::names(held))));
    let Some((window, names)) = found else {
        return problem(404, "no channel has this name");
    };
    match laid_out(move || page::earlier(&window, &names)).await {
        Some(items) => response(Reply::json(200, items)),
        None => problem(500, "the messages could not be laid out"),
    }
}

/// Runs what lays out apart; `None` when it failed.
pub(super) async fn laid_out<R: Send + 'static>(
    lay_out: impl FnOnce() -> askama::Result<R> + Send + 'static,
) -> Option<R> {
    tokio::task::spawn_blocking(lay_out).await.ok()?.ok()
}

/// Tells this run of the server from others, whose revisions mean other changes.
pub(super) fn run(held: &Held) -> u64 {
    held.clock.started_ms()
}

fn asked(query: Option<&str>) -> Asked {
    let mut asked = Asked::default();
    for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match key.as_ref() {
            "channel" => asked.channel = Some(value.into_owned()),
            "before" => asked.before = value.parse().ok(),
            _ => {}
        }
    }
    asked
}

/// What the page may load and do: its own files, and nothing of anybody else.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_and_the_rest_ignored() {
        let read = asked(Some("channel=a%20b&before=12&x=1"));
        assert_eq!(read, Asked { channel: Some("a b".to_owned()), before: Some(12) });
        assert_eq!(asked(Some("before=soon")), Asked::default());
        assert_eq!(asked(None), Asked::default());
    }
}
