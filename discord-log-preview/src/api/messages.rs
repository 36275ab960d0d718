//! Reading and deleting a message; a webhook knows its own only, and those in a thread only by the thread.

use super::call::{Place, Query, is_snowflake, not_a_snowflake};
use super::{Desk, message_json};
use crate::guild::Webhook;
use crate::message::Message;
use crate::refusal::Refusal;
use crate::reply::Reply;

impl Desk<'_> {
    pub(super) fn read_message(&mut self, webhook: &Webhook, query: &Query) -> Result<Reply, Refusal> {
        let (_, message) = self.own_message(webhook, query)?;
        let shown = message_json::message(&message);
        Ok(Reply::json(200, shown).via_discord())
    }

    pub(super) fn delete_message(&mut self, webhook: &Webhook, query: &Query) -> Result<Reply, Refusal> {
        let (key, _) = self.own_message(webhook, query)?;
        self.state.remove(&webhook.channel_id, key);
        Ok(Reply::empty(204).via_discord())
    }

    /// The message that the path names, if this webhook posted it and the query names its thread.
    pub(super) fn own_message(&self, webhook: &Webhook, query: &Query) -> Result<(u64, Message), Refusal> {
        let Place::Message(id) = &self.call.place else {
            return Err(Refusal::UNKNOWN_MESSAGE);
        };
        if !is_snowflake(id) {
            return Err(Refusal::Form(vec![not_a_snowflake("message_id", id)]));
        }
        let key: u64 = id.parse().map_err(|_| Refusal::UNKNOWN_MESSAGE)?;
        let message = self.state.message(&webhook.channel_id, key);
        let message = message.ok_or(Refusal::UNKNOWN_MESSAGE)?;
        let thread = message.thread.as_ref().map(|thread| &thread.id);
        if message.webhook_id != webhook.id || thread != query.thread_id.as_ref() {
            return Err(Refusal::UNKNOWN_MESSAGE);
        }
        Ok((key, message.clone()))
    }
}
