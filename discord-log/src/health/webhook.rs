//! How a webhook is.

use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;

use super::Stock;

/// How a webhook is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WebhookHealth {
    /// The digits that name the webhook; no secret.
    pub id: String,
    /// The channels whose events it takes, by name; one that serves every channel without a webhook of its own takes
    /// those as well that are named at run time.
    pub channels: Vec<String>,
    /// Whether its channel is a forum, once that is known: from the settings, or from Discord's answers.
    pub forum: Option<bool>,
    /// Events delivered through it.
    pub delivered: u64,
    /// When Discord last confirmed a message or an edit.
    pub last_delivered: Option<Timestamp>,
    /// Events that wait for it in the journal, those that a message is being made of included.
    pub waiting: u64,
    /// When the oldest of these occurred.
    pub oldest_waiting: Option<Timestamp>,
    /// Requests that Discord answered with 429.
    pub limited: u64,
    /// How it takes messages.
    pub state: WebhookState,
    /// Since when it is down or closed.
    pub down_since: Option<Timestamp>,
    /// What the last failed attempt said; empty after a success.
    pub trouble: String,
}

/// How a webhook takes messages.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum WebhookState {
    /// Gone for good: deleted, or its token is refused. Never called again.
    Closed,
    /// Does not answer, or takes nothing; tried slowly until it does.
    Down,
    /// Takes messages.
    Up,
}

/// The same as its lane knows it: by the clock that never jumps.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) channels: Vec<String>,
    pub(crate) forum: Option<bool>,
    pub(crate) delivered: u64,
    pub(crate) delivered_at: Option<Instant>,
    pub(crate) limited: u64,
    pub(crate) state: WebhookState,
    pub(crate) down_since: Option<Instant>,
    pub(crate) trouble: String,
}

impl Webhook {
    pub(super) fn health(self, stock: &Stock, now: Instant, wall: Timestamp) -> WebhookHealth {
        let waiting = stock.waiting.get(&self.id).copied().unwrap_or_default();
        let at = |instant: Instant| wall.checked_sub(now.saturating_duration_since(instant)).unwrap_or(wall);
        WebhookHealth {
            id: self.id,
            channels: self.channels,
            forum: self.forum,
            delivered: self.delivered,
            last_delivered: self.delivered_at.map(at),
            waiting: waiting.events,
            oldest_waiting: waiting.oldest,
            limited: self.limited,
            state: self.state,
            down_since: self.down_since.map(at),
            trouble: self.trouble,
        }
    }
}
