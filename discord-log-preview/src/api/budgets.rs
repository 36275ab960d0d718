//! What is left to whom, for a person or a test to read.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Action;
use crate::clock::Moment;
use crate::guild::Webhook;
use crate::rate_limit::Standing;
use crate::store::State;

/// Everything that is counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Budgets {
    pub(crate) webhooks: Vec<WebhookBudget>,
    /// Answers with 429, by scope; `edge` are those of Cloudflare, `fault` those that were scripted.
    pub(crate) rate_limited: BTreeMap<String, u64>,
    /// Answers that count toward a ban.
    pub(crate) invalid_requests: usize,
    /// Seconds until a ban ends.
    pub(crate) blocked_for: Option<f64>,
}

/// What is left to one webhook.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct WebhookBudget {
    pub(crate) webhook_id: String,
    pub(crate) name: String,
    pub(crate) channel: Option<String>,
    pub(crate) routes: BTreeMap<&'static str, Standing>,
    pub(crate) channel_limit: Option<Standing>,
    /// Answers with 429 that it got, of every kind.
    pub(crate) rate_limited: u64,
}

impl WebhookBudget {
    /// What it may still post.
    pub(crate) fn posts(&self) -> Option<Standing> {
        self.routes.get(Action::Execute.route()).copied()
    }
}

/// Reads every budget at a moment.
pub(crate) fn budgets(state: &State, now: Moment) -> Budgets {
    let at = now.since_start;
    let webhooks = state.guild.webhooks.iter().filter(|webhook| !webhook.deleted);
    Budgets {
        webhooks: webhooks.map(|webhook| of_webhook(state, webhook, now)).collect(),
        rate_limited: state.rate_limited().clone(),
        invalid_requests: state.limiter.invalid_count(at),
        blocked_for: state.limiter.pass_edge(at).err().map(|blocked| blocked.retry_after.as_secs_f64()),
    }
}

fn of_webhook(state: &State, webhook: &Webhook, now: Moment) -> WebhookBudget {
    let at = now.since_start;
    let routes = Action::ALL.iter().filter_map(|&action| {
        let standing = state.limiter.bucket(&webhook.id, action, at)?;
        Some((action.route(), standing))
    });
    WebhookBudget {
        webhook_id: webhook.id.clone(),
        name: webhook.name.clone(),
        channel: state.guild.channel(&webhook.channel_id).map(|channel| channel.name.clone()),
        routes: routes.collect(),
        channel_limit: state.limiter.channel(&webhook.channel_id, at),
        rate_limited: state.rate_limited_webhook(&webhook.id),
    }
}
