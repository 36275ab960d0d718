//! The HTTP client: the only code that talks to the network. It never follows a redirect, sends no referer, and gives no
//! error that holds an address.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, redirect};

use super::answer::{Answer, LimitHeaders, Response};
use super::permit::{Introduction, Permit};
use super::tls;
#[cfg(feature = "check")]
use super::webhook_url::WebhookUrl;
use crate::render::Body;

/// What Discord asks of every client; one without it is refused before it reaches Discord.
///
/// Source: <https://discord.com/developers/docs/reference#user-agent>.
const USER_AGENT: &str = concat!("DiscordBot (https://docs.rs/discord-log, ", env!("CARGO_PKG_VERSION"), ")");

/// Bytes of an answer that are read; a message with ten embeds comes back in less.
const BODY_CAPACITY: usize = 64 * 1024;

/// Idle connections are closed before routers in between forget them.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// What a file takes longer than a message: this much for each so many bytes, a slow line's 800 kbit/s.
const UPLOAD_TIME: Duration = Duration::from_secs(1);
const UPLOAD_BYTES: usize = 100 * 1024;

/// Posts messages and changes them.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    timeout: Duration,
}

impl Client {
    /// Builds the client; reads the system's certificates if `needs_tls`, which takes some milliseconds.
    pub(crate) fn new(timeout: Duration, needs_tls: bool) -> Result<Self, ClientError> {
        let builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .timeout(timeout)
            .connect_timeout(timeout)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(4);
        let http = tls::configure(builder, needs_tls)?
            .build()
            .map_err(|error| ClientError(format!("the HTTP client cannot be built: {}", trouble(error)).into()))?;
        Ok(Self { http, timeout })
    }

    /// Posts a message and waits for Discord's word that it is stored.
    pub(crate) async fn post(&self, permit: &Permit, thread: Option<&str>, body: Body) -> Answer {
        let thread = thread.map(|thread| format!("&thread_id={thread}")).unwrap_or_default();
        let address = format!("{}?wait=true{thread}", permit.url());
        self.send(self.http.post(address), body).await
    }

    /// Changes a message of the webhook's own.
    ///
    /// Source: <https://discord.com/developers/docs/resources/webhook#edit-webhook-message>.
    pub(crate) async fn edit(&self, permit: &Permit, message: &str, thread: Option<&str>, body: Body) -> Answer {
        let thread = thread.map(|thread| format!("?thread_id={thread}")).unwrap_or_default();
        let address = format!("{}/messages/{message}{thread}", permit.url());
        self.send(self.http.patch(address), body).await
    }

    /// Sends a body: as it is, or as a form together with its files, for which there is more time.
    ///
    /// Source: <https://discord.com/developers/docs/reference#uploading-files>.
    async fn send(&self, request: RequestBuilder, body: Body) -> Answer {
        if body.files.is_empty() {
            return answer(request.header(CONTENT_TYPE, "application/json").body(body.json)).await;
        }
        let bytes: usize = body.files.iter().map(|file| file.bytes.len()).sum();
        let timeout = self.timeout + UPLOAD_TIME * u32::try_from(bytes / UPLOAD_BYTES).unwrap_or(u32::MAX);
        match form(body) {
            Ok(form) => answer(request.timeout(timeout).multipart(form)).await,
            Err(error) => Answer::Failed { trouble: trouble(error), may_have_arrived: false },
        }
    }

    /// Asks Discord for what it tells of a webhook, its channel above all.
    ///
    /// Source: <https://discord.com/developers/docs/resources/webhook#get-webhook-with-token>.
    pub(crate) async fn introduce(&self, introduction: &Introduction) -> Answer {
        answer(self.http.get(introduction.url())).await
    }

    /// Asks the same without a lane, and for the date of the answer.
    #[cfg(feature = "check")]
    pub(super) async fn look_up(&self, webhook: &WebhookUrl) -> (Answer, Option<String>) {
        match self.http.get(webhook.reveal()).send().await {
            Ok(response) => {
                let date = header(response.headers(), "date").map(str::to_owned);
                (read(response).await, date)
            }
            Err(error) => (failed(error), None),
        }
    }
}

fn form(body: Body) -> Result<Form, reqwest::Error> {
    let json = Part::bytes(body.json).mime_str("application/json")?;
    let mut form = Form::new().part("payload_json", json);
    for (position, file) in body.files.into_iter().enumerate() {
        let part = Part::bytes(file.bytes).file_name(file.name).mime_str(file.media_type)?;
        form = form.part(format!("files[{position}]"), part);
    }
    Ok(form)
}

async fn answer(request: RequestBuilder) -> Answer {
    match request.send().await {
        Ok(response) => read(response).await,
        Err(error) => failed(error),
    }
}

fn failed(error: reqwest::Error) -> Answer {
    let may_have_arrived = !(error.is_connect() || error.is_builder());
    Answer::Failed { trouble: trouble(error), may_have_arrived }
}

async fn read(mut response: reqwest::Response) -> Answer {
    let status = response.status().as_u16();
    let headers = LimitHeaders::read(|name| header(response.headers(), name));
    let mut body = Vec::new();
    while body.len() < BODY_CAPACITY {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = BODY_CAPACITY - body.len();
                body.extend(chunk.iter().take(room));
            }
            Ok(None) => break,
            // The status says enough: what is missing of the body changes no verdict but that of a refusal.
            Err(_) if (200..300).contains(&status) => break,
            Err(error) => return Answer::Failed { trouble: trouble(error), may_have_arrived: status >= 500 },
        }
    }
    Answer::Response(Response { status, headers, body })
}

fn header<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Writes an error with its causes and without its address.
fn trouble(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(current) = cause {
        let _ = write!(text, ": {current}");
        cause = current.source();
    }
    text
}

/// Why there is no HTTP client, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ClientError(pub(super) Cow<'static, str>);

#[cfg(test)]
mod tests {
    use std::io::{Read, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use super::super::permit::LaneId;
    use super::*;
    use crate::render::File;

    /// Asks a server that gives one answer, and gives what it was asked.
    fn introduce(answer: &'static str) -> (String, Answer) {
        ask(answer, async |client, url| client.introduce(&Introduction { lane: LaneId(0), url }).await)
    }

    fn ask(answer: &'static str, question: impl AsyncFnOnce(Client, String) -> Answer) -> (String, Answer) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/api/v10/webhooks/1/s3cret", listener.local_addr().expect("an address"));
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut asked = Vec::new();
            let mut is_whole = false;
            while !is_whole {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a request");
                asked.extend(byte);
                // Either the one body that is sent as it is, or the end of a form, or nothing at all.
                is_whole = match asked.first() {
                    Some(b'P') => asked.ends_with(b"\r\n\r\n{}") || asked.ends_with(b"--\r\n"),
                    _ => asked.ends_with(b"\r\n\r\n"),
                };
            }
            stream.write_all(answer.as_bytes()).expect("an answer");
            String::from_utf8(asked).expect("text")
        });
        let client = Client::new(Duration::from_secs(5), false).expect("a client");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let answer = runtime.block_on(question(client, url));
        (server.join().expect("no panic"), answer)
    }

    #[test]
    fn an_introduction_is_one_plain_request() {
        let (asked, answer) = introduce("HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n{\"channel_id\":\"77\"}");
        assert!(asked.starts_with("GET /api/v10/webhooks/1/s3cret HTTP/1.1\r\n"), "{asked}");
        assert!(!asked.to_lowercase().contains("\nreferer:"), "{asked}");
        let Answer::Response(response) = answer else { panic!("{answer:?}") };
        assert_eq!(response.id("channel_id").as_deref(), Some("77"));
    }

    #[test]
    fn an_edit_names_its_message() {
        let (asked, answer) =
            ask("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"id\":\"77\"}", async |client, url| {
                let permit = Permit { lane: LaneId(0), at: std::time::Instant::now(), url };
                client.edit(&permit, "77", None, Body { json: b"{}".to_vec(), files: Vec::new() }).await
            });
        assert!(asked.starts_with("PATCH /api/v10/webhooks/1/s3cret/messages/77 HTTP/1.1\r\n"), "{asked}");
        assert!(asked.to_lowercase().contains("\ncontent-type: application/json\r\n"), "{asked}");
        let Answer::Response(response) = answer else { panic!("{answer:?}") };
        assert_eq!(response.id("id").as_deref(), Some("77"));
    }

    #[test]
    fn files_go_in_a_form_behind_the_body() {
        let file = |name: &str, bytes: &[u8]| File {
            name: name.to_owned(),
            media_type: "text/plain; charset=utf-8",
            bytes: bytes.to_vec(),
        };
        let files = vec![file("a.txt", b"first\r\n--x"), file("b.jsonl", b"second")];
        let (asked, answer) =
            ask("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"id\":\"77\"}", async |client, url| {
                let permit = Permit { lane: LaneId(0), at: std::time::Instant::now(), url };
                client.post(&permit, None, Body { json: b"{\"a\":1}".to_vec(), files }).await
            });
        assert!(matches!(answer, Answer::Response(Response { status: 200, .. })), "{answer:?}");
        assert!(asked.starts_with("POST /api/v10/webhooks/1/s3cret?wait=true HTTP/1.1\r\n"), "{asked}");
        let (head, form) = asked.split_once("\r\n\r\n").expect("a body");
        let boundary = head.split_once("multipart/form-data; boundary=").expect("a form").1;
        let boundary = boundary.split("\r\n").next().unwrap_or_default();
        let length: usize = head.split_once("content-length: ").map_or(0, |(_, rest)| {
            rest.split("\r\n").next().and_then(|length| length.parse().ok()).unwrap_or_default()
        });
        assert_eq!(length, form.len(), "told before it is sent");
        let parts: Vec<_> = form.split(&format!("--{boundary}")).collect();
        let [_, json, first, second, end] = &*parts else { panic!("{form}") };
        let disposition = "\r\nContent-Disposition: form-data; name=";
        assert_eq!(
            [json, first, second].map(|part| part.to_string()),
            [
                format!("{disposition}\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{{\"a\":1}}\r\n"),
                format!(
                    "{disposition}\"files[0]\"; filename=\"a.txt\"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nfirst\r\n--x\r\n"
                ),
                format!(
                    "{disposition}\"files[1]\"; filename=\"b.jsonl\"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nsecond\r\n"
                ),
            ]
        );
        assert_eq!(*end, "--\r\n");
    }

    #[test]
    fn an_introduction_follows_no_redirect_and_tells_no_address() {
        let (_, answer) = introduce("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
        assert!(matches!(&answer, Answer::Response(response) if response.status == 302), "{answer:?}");
        let (_, answer) = introduce("nonsense\r\n\r\n");
        assert!(matches!(&answer, Answer::Failed { trouble, .. } if !trouble.contains("s3cret")), "{answer:?}");
    }
}
