//! A plain HTTP client for the tests, and servers in the shapes they need.

use std::time::Duration;

use discord_log_preview::{Builder, Discord, Limits, Rate};
use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;

pub(crate) const AGENT: &str = "DiscordBot (https://example.org, 1.0)";

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// Discord's number for the error.
    pub(crate) fn code(&self) -> Option<u64> {
        self.json()["code"].as_u64()
    }

    /// `path CODE` of every problem in a form error.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect("", &self.json()["errors"], &mut found);
        found
    }
}

fn collect(path: &str, value: &Value, found: &mut Vec<String>) {
    for (key, beneath) in value.as_object().into_iter().flatten() {
        if key == "_errors" {
            for error in beneath.as_array().unwrap() {
                found.push(format!("{path} {}", error["code"].as_str().unwrap()));
            }
        } else {
            let dot = if path.is_empty() { "" } else { "." };
            collect(&format!("{path}{dot}{key}"), beneath, found);
        }
    }
}

/// A server and a client of it.
pub(crate) struct Preview {
    pub(crate) discord: Discord,
    pub(crate) http: Client,
}

/// Without rate limits.
pub(crate) fn unlimited() -> Preview {
    start(Discord::builder().limits(Limits::unlimited()))
}

/// Windows so long that none ends during a test unless time is skipped.
pub(crate) fn hours(requests: u32, hours: u64) -> Rate {
    Rate::new(requests, Duration::from_secs(3_600 * hours))
}

pub(crate) fn start(builder: Builder) -> Preview {
    let http = Client::builder().user_agent(AGENT).redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Preview { discord: builder.start().unwrap(), http }
}

pub(crate) fn send(request: RequestBuilder) -> Answer {
    let response = request.send().unwrap();
    Answer { status: response.status().as_u16(), headers: response.headers().clone(), text: response.text().unwrap() }
}

impl Preview {
    /// A channel's webhook, in version 10.
    pub(crate) fn url(&self, channel: &str) -> String {
        self.discord.webhook_url(channel).unwrap().replace("/api/", "/api/v10/")
    }

    pub(crate) fn post(&self, channel: &str, body: &Value) -> Answer {
        self.post_with(channel, "?wait=true", body)
    }

    pub(crate) fn post_with(&self, channel: &str, query: &str, body: &Value) -> Answer {
        send(self.http.post(self.url(channel) + query).json(body))
    }

    /// Posts and gives the message's id.
    pub(crate) fn posted(&self, channel: &str, body: &Value) -> String {
        let answer = self.post(channel, body);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn upload(&self, channel: &str, body: &Value, files: &[(&str, &str, &[u8])]) -> Answer {
        let form = multipart(body, files);
        send(self.http.post(self.url(channel) + "?wait=true").multipart(form))
    }

    pub(crate) fn message_url(&self, channel: &str, id: &str) -> String {
        format!("{}/messages/{id}", self.url(channel))
    }

    pub(crate) fn edit(&self, channel: &str, id: &str, body: &Value) -> Answer {
        send(self.http.patch(self.message_url(channel, id)).json(body))
    }

    pub(crate) fn call(&self, method: Method, url: String) -> Answer {
        send(self.http.request(method, url))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, format!("http://{}{path}", self.discord.address()))
    }

    pub(crate) fn contents(&self, channel: &str) -> Vec<String> {
        let messages = self.discord.messages(channel);
        messages.into_iter().map(|message| message.content).collect()
    }
}

pub(crate) fn multipart(body: &Value, files: &[(&str, &str, &[u8])]) -> Form {
    let json = Part::text(body.to_string()).mime_str("application/json").unwrap();
    let mut form = Form::new().part("payload_json", json);
    for (part, name, bytes) in files {
        form = form.part((*part).to_owned(), Part::bytes(bytes.to_vec()).file_name((*name).to_owned()));
    }
    form
}
