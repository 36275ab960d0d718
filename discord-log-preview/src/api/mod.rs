//! The webhook API: a request in, an answer and what became of it out; no I/O and no clock.
//!
//! ```text
//! edge (ban, agent) → version → global rate → webhook and token → its bucket, its channel → query, body → the action
//! ```

mod budgets;
mod call;
mod edge;
mod edit;
mod execute;
mod files;
mod message_json;
mod messages;
mod post_target;
mod webhooks;

use serde_json::Value;

pub(crate) use self::budgets::{Budgets, WebhookBudget, budgets};
pub(crate) use self::call::{Action, Call, Place, Version, is_snowflake};
pub(crate) use self::files::shown_in_embeds as files_in_embeds;

use self::call::{Query, not_a_snowflake};
use crate::body::Body;
use crate::clock::Moment;
use crate::guild::Webhook;
use crate::rate_limit::{Ask, Scope, Standing};
use crate::refusal::Refusal;
use crate::reply::{Reply, seconds};
use crate::request::{Refused, Request, UploadedFile};
use crate::store::State;
use crate::validate::Check;

/// Payloads above this size are not kept with their request.
const PAYLOAD_KEPT: usize = 1024 * 1024;

/// A request whose body was read, with what is needed to judge it.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) call: &'a Call,
    pub(crate) body: Result<Body, Refusal>,
    pub(crate) body_bytes: usize,
    pub(crate) now: Moment,
}

/// Carries a request out, or says why not. The record that comes with the answer is not kept yet: a fault may still
/// change what the client sees.
pub(crate) fn answer(state: &mut State, asked: Asked<'_>) -> (Reply, Request) {
    let mut record = record_of(state, &asked);
    let mut desk = Desk { state, call: asked.call, now: asked.now, record: &mut record, standing: None };
    let outcome = desk.carry_out(asked.body);
    let standing = desk.standing;
    let mut reply = match outcome {
        Ok(reply) => reply,
        Err(refusal) => {
            record.refused = Some(told(&refusal));
            refusal.reply(asked.call.answered_in())
        }
    };
    if let Some((standing, action)) = standing {
        reply = with_budget(reply, standing, action, asked.now);
    }
    record.status = Some(reply.status);
    (reply, record)
}

/// The record of a request that a fault kept from being carried out.
pub(crate) fn record_of(state: &State, asked: &Asked<'_>) -> Request {
    let call = asked.call;
    let query = Query::of(&call.query).unwrap_or_default();
    let body = asked.body.as_ref().ok();
    let payload = body.filter(|body| !body.json.is_empty() && asked.body_bytes <= PAYLOAD_KEPT);
    let webhook = state.guild.webhook(&call.webhook_id);
    let channel = webhook.and_then(|webhook| state.guild.channel(&webhook.channel_id));
    let message_id = match &call.place {
        Place::Message(id) => Some(id.clone()),
        _ => None,
    };
    Request {
        number: 0,
        at: asked.now.since_start,
        method: call.method.clone(),
        route: call.route(),
        version: call.answered_in().number(),
        channel: channel.map(|channel| channel.name.clone()),
        webhook_id: call.webhook_id.clone(),
        message_id,
        thread_id: query.thread_id,
        wait: query.wait,
        with_components: query.with_components,
        status: None,
        payload: payload.map(|body| Value::Object(body.json.clone())),
        body_bytes: asked.body_bytes,
        files: body
            .iter()
            .flat_map(|body| &body.files)
            .map(|file| UploadedFile {
                part: file.part.clone(),
                filename: file.filename.clone(),
                size: file.bytes.len(),
            })
            .collect(),
        unknown_keys: query.unknown_keys,
        dropped: Vec::new(),
        refused: None,
        fault: None,
        user_agent: call.user_agent.clone(),
        content_type: call.content_type.clone(),
        has_referer: call.has_referer,
        has_authorization: call.authorization.is_some(),
    }
}

fn told(refusal: &Refusal) -> Refused {
    Refused {
        code: refusal.code(),
        reason: refusal.reason(),
        scope: match refusal {
            Refusal::Limited(limited) => Some(limited.scope.name().to_owned()),
            _ => None,
        },
    }
}

/// The headers of the webhook's own bucket, on answers of every status.
fn with_budget(reply: Reply, standing: Standing, action: Action, now: Moment) -> Reply {
    let after = seconds(standing.reset_after);
    let unix_seconds = std::time::Duration::from_millis(now.unix_ms).as_secs_f64();
    reply
        .with("x-ratelimit-limit", standing.limit.to_string())
        .with("x-ratelimit-remaining", standing.remaining.to_string())
        .with("x-ratelimit-reset", format!("{:.3}", unix_seconds + after))
        .with("x-ratelimit-reset-after", format!("{after:.3}"))
        .with("x-ratelimit-bucket", action.bucket())
}

/// One request being carried out.
struct Desk<'a> {
    state: &'a mut State,
    call: &'a Call,
    now: Moment,
    record: &'a mut Request,
    standing: Option<(Standing, Action)>,
}

impl Desk<'_> {
    fn carry_out(&mut self, body: Result<Body, Refusal>) -> Result<Reply, Refusal> {
        let now = self.now.since_start;
        let edge = self.state.limiter.pass_edge(now);
        edge.map_err(Refusal::Blocked)?;
        edge::look_at_client(self.call)?;
        let version = self.call.version.clone()?;
        let global = self.state.limiter.pass_global(now);
        global.map_err(Refusal::Limited)?;
        let action = Action::of(&self.call.method, &self.call.place)?;
        let webhook = self.webhook()?;
        self.admit(&webhook, action)?;
        let query = Query::of(&self.call.query)?;
        match action {
            Action::Execute => self.execute(&webhook, &query, &body?),
            Action::ReadMessage => self.read_message(&webhook, &query),
            Action::EditMessage => self.edit_message(&webhook, &query, &body?, version),
            Action::DeleteMessage => self.delete_message(&webhook, &query),
            Action::ReadWebhook => Ok(self.read_webhook(&webhook)),
            Action::EditWebhook => self.edit_webhook(&webhook, &body?),
            Action::DeleteWebhook => Ok(self.delete_webhook(&webhook)),
            Action::Shim => Err(self.refuse_shim(&webhook)),
        }
    }

    /// Whose token it is. Calling what does not exist is counted.
    fn webhook(&mut self) -> Result<Webhook, Refusal> {
        let id = &self.call.webhook_id;
        if !is_snowflake(id) {
            return Err(Refusal::Form(vec![not_a_snowflake("webhook_id", id)]));
        }
        let Some(webhook) = self.state.guild.webhook(id) else {
            let now = self.now.since_start;
            self.state.limiter.count_unknown(id, now);
            return Err(Refusal::UNKNOWN_WEBHOOK);
        };
        if webhook.token == self.call.token { Ok(webhook.clone()) } else { Err(Refusal::BAD_TOKEN) }
    }

    fn admit(&mut self, webhook: &Webhook, action: Action) -> Result<(), Refusal> {
        let ask = Ask { webhook: &webhook.id, channel: &webhook.channel_id, action };
        let (standing, admitted) = self.state.limiter.admit(ask, self.now.since_start);
        self.standing = standing.map(|standing| (standing, action));
        admitted.map_err(Refusal::Limited)
    }

    /// Takes over what a validation found besides problems; problems are a refusal.
    fn judge(&mut self, check: Check) -> Result<(), Refusal> {
        self.record.unknown_keys.extend(check.unknown_keys);
        self.record.dropped.extend(check.dropped);
        if check.problems.is_empty() { Ok(()) } else { Err(Refusal::Form(check.problems)) }
    }
}

/// Counts an answer toward the ban for invalid requests, whoever gave it.
pub(crate) fn count_answer(state: &mut State, reply: &Reply, now: Moment) {
    let shared = reply
        .headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("x-ratelimit-scope") && value == Scope::Shared.name());
    let limiter = &mut state.limiter;
    limiter.count_answer(reply.status, shared, now.since_start);
}
