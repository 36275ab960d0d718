//! What the preview holds, as JSON, and its faults over HTTP. Only callers that ask for a loopback host are served,
//! so that no page of the web can read or script it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::page;
use super::routes::response;
use crate::api;
use crate::app::App;
use crate::attachment_name;
use crate::fault::{Fault, FaultId};
use crate::guild::{Kind, Webhook};
use crate::reply::Reply;
use crate::store::State as Held;

/// Most bytes of a posted fault.
const FAULT_BYTES: usize = 1024 * 1024;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/_preview", get(index))
        .route("/_preview/channels", get(channels))
        .route("/_preview/channels/{name}/messages", get(messages))
        .route("/_preview/messages/{id}", get(message))
        .route("/_preview/requests", get(requests))
        .route("/_preview/limits", get(limits))
        .route("/_preview/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/_preview/faults/{id}", axum::routing::delete(clear_fault))
        .route("/_preview/attachments/{message}/{attachment}/{filename}", get(attachment))
        .merge(page::router())
        .layer(from_fn(with_policy))
}

/// Says what an answer may load.
async fn with_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, page::POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn ok(value: Value) -> Response {
    response(Reply::json(200, value))
}

pub(super) fn problem(status: u16, message: &str) -> Response {
    response(Reply::json(status, json!({ "error": message })))
}

/// What is here.
async fn index() -> Response {
    ok(json!({
        "name": "discord-log-preview",
        "page": "/",
        "channels": "/_preview/channels",
        "messages": "/_preview/channels/{name}/messages",
        "message": "/_preview/messages/{id}",
        "requests": "/_preview/requests",
        "limits": "/_preview/limits",
        "faults": "/_preview/faults",
    }))
}

async fn channels(State(app): State<Arc<App>>) -> Response {
    ok(app.read(|held| {
        let shown = held.guild.channels.iter().map(|channel| {
            let webhooks = held.guild.webhooks_of(&channel.id);
            let threads = held.guild.threads.iter();
            let threads = threads.filter(|thread| thread.channel_id == channel.id);
            json!({
                "id": channel.id,
                "name": channel.name,
                "kind": if channel.kind == Kind::Forum { "forum" } else { "text" },
                "webhooks": webhooks.map(|webhook| webhook_shown(webhook, held)).collect::<Vec<_>>(),
                "threads": threads
                    .map(|thread| json!({
                        "id": thread.id,
                        "name": thread.name,
                        "archived": thread.archived,
                        "locked": thread.locked,
                    }))
                    .collect::<Vec<_>>(),
                "messages": held.messages(&channel.id).count(),
            })
        });
        Value::Array(shown.collect())
    }))
}

fn webhook_shown(webhook: &Webhook, held: &Held) -> Value {
    json!({
        "id": webhook.id,
        "name": webhook.name,
        "url": format!("{}/api/webhooks/{}/{}", held.base, webhook.id, webhook.token),
    })
}

async fn messages(State(app): State<Arc<App>>, Path(name): Path<String>) -> Response {
    let found = app.read(|held| {
        let id = &held.guild.channel_named(&name)?.id;
        let messages: Vec<_> = held.messages(id).cloned().collect();
        Some(messages)
    });
    match found {
        Some(messages) => ok(json!(messages)),
        None => problem(404, "no channel has this name"),
    }
}

async fn message(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Response {
    match app.read(|held| held.find(id).cloned()) {
        Some(message) => ok(json!(message)),
        None => problem(404, "no message has this id"),
    }
}

async fn requests(State(app): State<Arc<App>>) -> Response {
    let requests: Vec<_> = app.read(|held| held.requests().cloned().collect());
    ok(json!(requests))
}

async fn limits(State(app): State<Arc<App>>) -> Response {
    ok(app.read(|held| {
        let now = held.clock.now();
        json!(api::budgets(held, now))
    }))
}

async fn faults(State(app): State<Arc<App>>) -> Response {
    let active = app.read(|held| {
        let now = held.clock.now().since_start;
        held.faults.list(now)
    });
    ok(json!(active))
}

async fn add_fault(State(app): State<Arc<App>>, request: Request) -> Response {
    let Ok(bytes) = to_bytes(request.into_body(), FAULT_BYTES).await else {
        return problem(413, "a fault is at most one mebibyte");
    };
    let fault = match read_fault(&bytes) {
        Ok(fault) => fault,
        Err(message) => return problem(400, &message),
    };
    let id = app.change(|held| {
        let now = held.clock.now().since_start;
        held.faults.add(fault, now)
    });
    app.script_changed.notify_one();
    response(Reply::json(201, json!({ "id": id })))
}

/// A fault in JSON; a key that no fault has is a mistake worth telling.
fn read_fault(bytes: &Bytes) -> Result<Fault, String> {
    let given: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let fault: Fault = serde_json::from_value(given.clone()).map_err(|error| error.to_string())?;
    let known = serde_json::to_value(&fault).map_err(|error| error.to_string())?;
    for key in given.as_object().into_iter().flat_map(|object| object.keys()) {
        if known.get(key).is_none() {
            return Err(format!("unknown key `{key}`"));
        }
    }
    if let Some(mistake) = fault.mistake() {
        return Err(mistake.to_owned());
    }
    let refused = *fault.kind() == crate::fault::FaultKind::ConnectionRefused;
    if refused && fault.is_endless() {
        return Err("connection_refused over HTTP needs for_seconds: nobody could clear it".to_owned());
    }
    Ok(fault)
}

async fn clear_faults(State(app): State<Arc<App>>) -> Response {
    app.change(|held| held.faults.clear_all());
    app.script_changed.notify_one();
    response(Reply::empty(204))
}

async fn clear_fault(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Response {
    let cleared = app.change(|held| held.faults.clear(FaultId(id)));
    app.script_changed.notify_one();
    match cleared {
        true => response(Reply::empty(204)),
        false => problem(404, "no fault in force has this id"),
    }
}

async fn attachment(
    State(app): State<Arc<App>>,
    Path((message, attachment, _)): Path<(u64, String, String)>,
) -> Response {
    let found = app.read(|held| {
        let message = held.find(message)?;
        let files = &mut message.attachments.iter();
        let file = files.find(|file| file.id == attachment)?;
        Some((file.bytes.clone()?, attachment_name::media_type(&file.filename, file.content_type.as_deref())))
    });
    let Some((bytes, content_type)) = found else {
        return problem(404, "no such file, or it was let go");
    };
    // A download, and nothing that a page could run or style itself with, whatever it says it is.
    let content_type =
        if attachment_name::is_picture(&content_type) { &content_type } else { "application/octet-stream" };
    response(Reply::raw(200, content_type, bytes.to_vec()).with("content-disposition", "attachment"))
}
