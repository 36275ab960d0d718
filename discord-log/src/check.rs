//! Asks Discord about the webhooks of settings, for whoever looks for what is wrong. By the feature `check`.
//!
//! Nothing is posted, and the logger need not run. The requests are one a webhook, and count towards no limit of
//! messages.

use std::collections::BTreeMap;
use std::thread;

use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::event::Channel;
use crate::send::{Client, WebhookUrl, look_up};

pub use crate::send::WebhookAnswer;

/// A webhook of the settings, and what Discord tells of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WebhookCheck {
    /// The digits that name the webhook; no secret.
    pub id: String,
    /// A hash of its address, by which the journal knows it; no secret.
    pub fingerprint: String,
    /// The channels that it serves.
    pub channels: Vec<Channel>,
    /// What Discord tells of it.
    pub answer: WebhookAnswer,
    /// How far Discord's clock is ahead of ours, to about a second; nothing where no answer said.
    pub clock_ahead: Option<SignedDuration>,
}

/// Asks Discord about each webhook of the settings, all at the same time.
///
/// Blocks the calling thread for as long as a request takes, at most `DISCORD_TIMEOUT`. May be called from anywhere, in
/// async code from `spawn_blocking`.
///
/// # Examples
///
/// ```no_run
/// use discord_log::Config;
/// use discord_log::check::{self, WebhookAnswer};
///
/// # fn main() -> Result<(), discord_log::ConfigError> {
/// for webhook in check::webhooks(&Config::from_env().build()?) {
///     if let WebhookAnswer::Gone { reason, .. } = &webhook.answer {
///         eprintln!("the webhook {} is gone: {reason}", webhook.id);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn webhooks(config: &Config) -> Vec<WebhookCheck> {
    let mut channels: BTreeMap<&WebhookUrl, Vec<Channel>> = BTreeMap::new();
    for channel in config.channels() {
        if let Some(webhook) = config.webhook(channel) {
            channels.entry(webhook).or_default().push(channel);
        }
    }
    // One that serves every other channel is asked about even if there is none.
    for webhook in config.all_webhooks() {
        channels.entry(webhook).or_default();
    }
    // On a thread of its own, since the caller's may have a runtime already.
    let answers = thread::scope(|scope| scope.spawn(|| answers(config, channels.keys().copied())).join());
    let mut answers = answers.unwrap_or_default().into_iter();
    let checks = channels.into_iter().map(|(webhook, channels)| {
        let (answer, clock_ahead) = answers.next().unwrap_or_else(|| unasked("the request was abandoned"));
        WebhookCheck { id: webhook.id().to_owned(), fingerprint: webhook.fingerprint(), channels, answer, clock_ahead }
    });
    checks.collect()
}

type Answered = (WebhookAnswer, Option<SignedDuration>);

fn answers<'w>(config: &Config, webhooks: impl Iterator<Item = &'w WebhookUrl>) -> Vec<Answered> {
    let needs_tls = config.all_webhooks().any(WebhookUrl::needs_tls);
    let client = Client::new(config.send.timeout, needs_tls);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let (client, runtime) = match (client, runtime) {
        (Ok(client), Ok(runtime)) => (client, runtime),
        (Err(error), _) => return webhooks.map(|_| unasked(&error.to_string())).collect(),
        (_, Err(error)) => return webhooks.map(|_| unasked(&format!("no runtime: {error}"))).collect(),
    };
    let answers = runtime.block_on(async {
        let asked: Vec<_> = webhooks.map(|webhook| tokio::spawn(ask(client.clone(), webhook.clone()))).collect();
        let mut answers = Vec::new();
        for asked in asked {
            answers.push(asked.await.unwrap_or_else(|_| unasked("the request was abandoned")));
        }
        answers
    });
    // A name look-up that hangs is not waited for.
    runtime.shutdown_background();
    answers
}

async fn ask(client: Client, webhook: WebhookUrl) -> Answered {
    let (answer, date) = look_up(&client, &webhook).await;
    (answer, date.map(|date| date.duration_since(Timestamp::now())))
}

fn unasked(reason: &str) -> Answered {
    (WebhookAnswer::Unknown { reason: reason.to_owned() }, None)
}
