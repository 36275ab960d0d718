//! What is left to each webhook, what was refused, and the troubles that can be switched on.

use std::time::Duration;

use askama::Template;
use serde_json::json;

use super::snapshot::State;
use crate::api::{Budgets, WebhookBudget};
use crate::fault::{ActiveFault, Fault};

/// One webhook's budget, in its channel's head.
#[derive(Debug, Template)]
#[template(path = "webhook.html")]
pub(super) struct Webhook<'a> {
    pub(super) budget: &'a WebhookBudget,
}

/// What holds for the whole server, in the bar.
#[derive(Debug, Template)]
#[template(path = "stats.html")]
pub(super) struct Stats<'a> {
    budgets: &'a Budgets,
    refused: u64,
    by_scope: String,
    blocked_for: Option<u64>,
}

impl<'a> Stats<'a> {
    pub(super) fn of(state: &'a State) -> Self {
        let budgets = &state.budgets;
        let scopes = budgets.rate_limited.iter().map(|(scope, count)| format!("{scope} {count}"));
        Self {
            budgets,
            refused: budgets.rate_limited.values().sum(),
            by_scope: scopes.collect::<Vec<_>>().join(", "),
            blocked_for: budgets.blocked_for.map(|seconds| seconds.ceil() as u64),
        }
    }
}

/// The faults in force.
#[derive(Debug, Template)]
#[template(path = "faults.html")]
pub(super) struct Faults<'a> {
    pub(super) faults: &'a [ActiveFault],
}

/// A trouble that the page can switch on.
#[derive(Debug)]
pub(super) struct Switch {
    label: &'static str,
    fault: Fault,
    means: &'static str,
}

impl Switch {
    fn new(label: &'static str, fault: Fault, means: &'static str) -> Self {
        Self { label, fault, means }
    }

    pub(super) fn label(&self) -> &str {
        self.label
    }

    pub(super) fn means(&self) -> &str {
        self.means
    }

    pub(super) fn kind(&self) -> &'static str {
        self.fault.kind().name()
    }

    /// What is posted to `/_preview/faults`, but for the channel.
    pub(super) fn json(&self) -> String {
        json!(self.fault).to_string()
    }
}

/// The troubles that are worth a switch; every other kind can be posted.
pub(super) fn switches() -> [Switch; 8] {
    let seconds = Duration::from_secs;
    [
        Switch::new("Down", Fault::unavailable(), "503 for every request, until switched off"),
        Switch::new("No answer", Fault::hang(), "requests are read and never answered"),
        Switch::new("Slow", Fault::latency(seconds(3)), "every answer takes 3 seconds"),
        Switch::new(
            "Answer lost",
            Fault::connection_reset().after_storing(),
            "messages are stored, then the connection is reset",
        ),
        Switch::new(
            "Channel limit",
            Fault::channel_limit(seconds(10)),
            "429 of scope shared, although the headers show room",
        ),
        Switch::new("Banned", Fault::cloudflare_ban(Some(seconds(30))), "429 by Cloudflare, as text"),
        Switch::new("Webhook gone", Fault::unknown_webhook(), "404 with code 10015"),
        Switch::new(
            "Refuse connections, 10 s",
            Fault::connection_refused().lasting(seconds(10)),
            "nothing listens for 10 seconds: this page loses its connection too",
        ),
    ]
}
