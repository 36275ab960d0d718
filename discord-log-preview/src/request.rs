//! What was asked: one record a request, refused ones included, for tests to read.

use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// One request to the webhook API.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Request {
    /// Its number: 1 is the first since the start.
    pub number: u64,
    /// When it came, since the server's start.
    #[serde(rename = "at_seconds", serialize_with = "seconds")]
    pub at: Duration,
    /// `POST`, `GET`, `PATCH`, `DELETE` …
    pub method: String,
    /// Method and path without version, ids and token: `POST /webhooks/{id}/{token}`.
    pub route: String,
    /// The version of the API that the path named; without one Discord serves 6.
    pub version: u8,
    /// The channel of the webhook, if the webhook exists.
    pub channel: Option<String>,
    /// The webhook's id, as the path had it.
    pub webhook_id: String,
    /// The message's id, as the path had it.
    pub message_id: Option<String>,
    /// The `thread_id` of the query.
    pub thread_id: Option<String>,
    /// Whether `wait=true`.
    pub wait: bool,
    /// Whether `with_components=true`.
    pub with_components: bool,
    /// The status of the answer; `None` when a fault kept it from being sent whole.
    pub status: Option<u16>,
    /// The JSON of the body (`payload_json` in a multipart one), as received; `None` when there was none or when it
    /// was over a mebibyte.
    pub payload: Option<Value>,
    /// The body's size in bytes.
    pub body_bytes: usize,
    /// The files in the body.
    pub files: Vec<UploadedFile>,
    /// Keys that Discord does not know and ignores, by path: a misspelt key shows here.
    pub unknown_keys: Vec<String>,
    /// What Discord leaves out without saying so.
    pub dropped: Vec<String>,
    /// Why it was refused, if it was.
    pub refused: Option<Refused>,
    /// The kind of the scripted fault that it met, if it met one.
    pub fault: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// Whether there was a `Referer` header.
    pub has_referer: bool,
    /// Whether there was an `Authorization` header.
    pub has_authorization: bool,
}

/// A file of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UploadedFile {
    /// The name of its part: `files[0]`.
    pub part: String,
    /// The name of the file, as sent.
    pub filename: String,
    /// Its size in bytes.
    pub size: usize,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refused {
    /// Discord's number for it.
    pub code: Option<u32>,
    /// What was wrong, for a person: every path, code and text of a form error.
    pub reason: String,
    /// `user`, `shared` or `global` for a rate limit.
    pub scope: Option<String>,
}

fn seconds<S: Serializer>(at: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(at.as_secs_f64())
}
