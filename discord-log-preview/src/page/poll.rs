//! A poll: its question and answers. Nobody votes here.

use askama::Template;
use serde::Deserialize;
use serde_json::Value;

/// A poll ready to be written.
#[derive(Debug, Default, Deserialize, Template)]
#[serde(default)]
#[template(path = "poll.html")]
pub(super) struct Shown {
    question: Text,
    answers: Vec<Answer>,
    duration: u64,
    allow_multiselect: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answer {
    poll_media: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Text {
    text: String,
}

impl Shown {
    pub(super) fn read(poll: &Value) -> Self {
        Self::deserialize(poll).unwrap_or_default()
    }
}
