//! The webhook itself: read, renamed, deleted; and the shims that are not for us.

use super::Desk;
use crate::body::Body;
use crate::guild::{Kind, Webhook, webhook_json};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::validate::{self, Check};

impl Desk<'_> {
    pub(super) fn read_webhook(&self, webhook: &Webhook) -> Reply {
        let shown = webhook_json(webhook, &self.state.guild, &self.state.api_base());
        Reply::json(200, shown).via_discord()
    }

    pub(super) fn edit_webhook(&mut self, webhook: &Webhook, body: &Body) -> Result<Reply, Refusal> {
        let mut check = Check::default();
        let change = validate::webhook(&mut check, &body.json);
        self.judge(check)?;
        let mut changed = webhook.clone();
        if let Some(name) = change.name {
            changed.name = name;
        }
        if let Some(avatar) = change.avatar {
            changed.avatar = avatar;
        }
        if let Some(kept) = self.state.guild.webhook_mut(&webhook.id) {
            kept.clone_from(&changed);
        }
        Ok(self.read_webhook(&changed))
    }

    pub(super) fn delete_webhook(&mut self, webhook: &Webhook) -> Reply {
        if let Some(kept) = self.state.guild.webhook_mut(&webhook.id) {
            kept.deleted = true;
        }
        Reply::empty(204).via_discord()
    }

    /// Slack's and GitHub's bodies are not read here, and Discord does not take them in forums.
    pub(super) fn refuse_shim(&self, webhook: &Webhook) -> Refusal {
        let channel = self.state.guild.channel(&webhook.channel_id);
        if channel.is_some_and(|channel| channel.kind == Kind::Forum) {
            return Refusal::SHIM_IN_FORUM;
        }
        Refusal::form(
            &[],
            "SHIM_UNSUPPORTED",
            "The preview does not read Slack's or GitHub's bodies: post Discord's own to the webhook itself.",
        )
    }
}
