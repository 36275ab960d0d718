//! Calls the service as its clients would: over HTTP, not faster than a busy office, and counting what it answers.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::Serialize;
use tokio::time::{Interval, interval};

/// A client of the service.
#[derive(Debug)]
pub struct Caller {
    http: Client,
    service: SocketAddr,
    pace: tokio::sync::Mutex<Interval>,
    answers: Mutex<Answers>,
}

impl Caller {
    pub fn new(service: SocketAddr) -> reqwest::Result<Self> {
        Ok(Self {
            http: Client::builder().timeout(PATIENCE).build()?,
            service,
            pace: interval(PACE).into(),
            answers: Mutex::default(),
        })
    }

    pub async fn get(&self, path: &str) -> reqwest::Result<StatusCode> {
        self.call(self.http.get(self.url(path))).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> reqwest::Result<StatusCode> {
        self.call(self.http.post(self.url(path)).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &impl Serialize) -> reqwest::Result<StatusCode> {
        self.call(self.http.patch(self.url(path)).json(body)).await
    }

    pub async fn upload(&self, path: &str, name: String, bytes: Vec<u8>) -> reqwest::Result<StatusCode> {
        let form = Form::new().part("file", Part::bytes(bytes).file_name(name));
        self.call(self.http.post(self.url(path)).multipart(form)).await
    }

    pub fn answers(&self) -> Answers {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.service)
    }

    async fn call(&self, request: RequestBuilder) -> reqwest::Result<StatusCode> {
        self.pace.lock().await.tick().await;
        let status = request.send().await?.status();
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).count(status);
        Ok(status)
    }
}

/// How often the service answered what.
#[derive(Clone, Debug, Default)]
pub struct Answers(BTreeMap<StatusCode, usize>);

impl Answers {
    fn count(&mut self, status: StatusCode) {
        *self.0.entry(status).or_default() += 1;
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} requests were answered:", self.0.values().sum::<usize>())?;
        self.0.iter().try_for_each(|(status, count)| write!(f, "\n    {count:>4} × {status}"))
    }
}

/// From the start of one request to the start of the next: 40 requests a second.
const PACE: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(10);
