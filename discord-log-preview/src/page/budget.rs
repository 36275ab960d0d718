//! What is left to each webhook, what was refused, and the troubles that can be switched on.

use askama::Template;

use super::snapshot::State;
use crate::api::{Budgets, WebhookBudget};
use crate::fault::ActiveFault;

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
    pub(super) label: &'static str,
    pub(super) kind: &'static str,
    /// What is posted to `/_preview/faults`, but for the channel.
    pub(super) fault: &'static str,
    pub(super) means: &'static str,
}

/// The troubles that are worth a switch; every other kind can be posted.
pub(super) const SWITCHES: [Switch; 8] = [
    Switch {
        label: "Down",
        kind: "unavailable",
        fault: r#"{"kind":"unavailable"}"#,
        means: "503 for every request, until switched off",
    },
    Switch {
        label: "No answer",
        kind: "hang",
        fault: r#"{"kind":"hang"}"#,
        means: "requests are read and never answered",
    },
    Switch {
        label: "Slow",
        kind: "latency",
        fault: r#"{"kind":"latency","millis":3000}"#,
        means: "every answer takes 3 seconds",
    },
    Switch {
        label: "Answer lost",
        kind: "connection_reset",
        fault: r#"{"kind":"connection_reset","after_storing":true}"#,
        means: "messages are stored, then the connection is reset",
    },
    Switch {
        label: "Channel limit",
        kind: "channel_limit",
        fault: r#"{"kind":"channel_limit","retry_after":10}"#,
        means: "429 of scope shared, although the headers show room",
    },
    Switch {
        label: "Banned",
        kind: "cloudflare_ban",
        fault: r#"{"kind":"cloudflare_ban","retry_after":30}"#,
        means: "429 by Cloudflare, as text",
    },
    Switch {
        label: "Webhook gone",
        kind: "unknown_webhook",
        fault: r#"{"kind":"unknown_webhook"}"#,
        means: "404 with code 10015",
    },
    Switch {
        label: "Refuse connections, 10 s",
        kind: "connection_refused",
        fault: r#"{"kind":"connection_refused","for_seconds":10}"#,
        means: "nothing listens for 10 seconds: this page loses its connection too",
    },
];
