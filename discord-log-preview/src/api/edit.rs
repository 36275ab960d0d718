//! Editing a message: what is not named stays, except mentions, which are read anew each time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::call::{Query, Version};
use super::execute::texts;
use super::{Desk, files, message_json};
use crate::body::Body;
use crate::guild::Webhook;
use crate::limits;
use crate::mention;
use crate::message::{Attachment, Message};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::validate::{self, Check, Described, Draft, Setting};

impl Desk<'_> {
    pub(super) fn edit_message(
        &mut self,
        webhook: &Webhook,
        query: &Query,
        body: &Body,
        version: Version,
    ) -> Result<Reply, Refusal> {
        let (key, mut message) = self.own_message(webhook, query)?;
        self.judge_editable(webhook, &message)?;
        files::judge(&body.files, self.state.limiter.limits().file_bytes)?;
        let draft = self.read_edit(body, query, &mut message)?;
        let attachments = self.attachments_after(key, &message, body, &draft, version)?;
        apply(&mut message, draft, attachments);
        if is_empty(&message) {
            return Err(Refusal::EMPTY);
        }
        self.judge_hidden_ceilings(&message.content, &message.embeds, &message.components)?;
        message.edits += 1;
        message.edited_timestamp = Some(self.now.rfc3339());
        let shown = message_json::message(&message);
        self.state.keep(key, message);
        Ok(Reply::json(200, shown).via_discord())
    }

    /// Archived threads and polls cannot be edited, old messages not often.
    fn judge_editable(&mut self, webhook: &Webhook, message: &Message) -> Result<(), Refusal> {
        if let Some(thread) = &message.thread {
            let found = self.state.guild.thread(&webhook.channel_id, &thread.id);
            if found.is_some_and(|thread| thread.archived) {
                return Err(Refusal::ARCHIVED);
            }
        }
        if message.poll.is_some() {
            return Err(Refusal::POLL_EDIT);
        }
        let age = Duration::from_millis(self.now.unix_ms.saturating_sub(message.created_ms));
        let limiter = &mut self.state.limiter;
        if age > limiter.limits().old_after {
            let edited = limiter.edit_old(&webhook.channel_id, self.now.since_start);
            edited.map_err(Refusal::Limited)?;
        }
        Ok(())
    }

    fn read_edit(&mut self, body: &Body, query: &Query, message: &mut Message) -> Result<Draft, Refusal> {
        let (file_names, file_ids) = files::at_hand(body, &message.attachments);
        let mut check = Check::default();
        let already_v2 = message.flags & limits::FLAG_COMPONENTS_V2 != 0;
        let setting = Setting {
            edit: true,
            with_components: query.with_components,
            already_v2,
            file_names: &file_names,
            file_ids: &file_ids,
        };
        let mut draft = validate::message(&mut check, &body.json, setting);
        if let Some(embeds) = &mut draft.embeds {
            files::drop_dangling(&mut check, embeds, &file_names);
        }
        let v2 = already_v2 || draft.flags.unwrap_or(0) & limits::FLAG_COMPONENTS_V2 != 0;
        if v2 {
            let content = draft.content.as_ref().unwrap_or(&message.content);
            let embeds = draft.embeds.as_ref().unwrap_or(&message.embeds);
            validate::judge_v2(&mut check, !content.is_empty(), !embeds.is_empty(), false);
        }
        self.judge(check)?;
        Ok(draft)
    }

    /// Without `attachments` old files stay and new ones join. With it only those named stay; since version 10 that
    /// holds for new files too.
    fn attachments_after(
        &mut self,
        key: u64,
        message: &Message,
        body: &Body,
        draft: &Draft,
        version: Version,
    ) -> Result<Vec<Attachment>, Refusal> {
        let mut attachments = match &draft.attachments {
            None => message.attachments.clone(),
            Some(named) => kept(&message.attachments, named),
        };
        for upload in &body.files {
            let number = upload.number.to_string();
            let named = draft.attachments.as_ref();
            let described = named.and_then(|named| named.iter().find(|one| one.id == number));
            if named.is_some() && described.is_none() && version.names_new_files() {
                let told = format!("{}: `attachments` does not name it", upload.part);
                self.record.dropped.push(told);
                continue;
            }
            let id = self.state.next_id(self.now);
            attachments.push(files::attach(upload, described, id, &self.files_at(key)));
        }
        if attachments.len() > limits::ATTACHMENTS {
            return Err(Refusal::TOO_MANY_FILES);
        }
        Ok(attachments)
    }
}

/// Old files that `attachments` names, with what it says of them.
fn kept(old: &[Attachment], named: &[Described]) -> Vec<Attachment> {
    old.iter()
        .filter_map(|attachment| {
            let said = named.iter().find(|one| one.id == attachment.id)?;
            let mut attachment = attachment.clone();
            if said.description.is_some() {
                attachment.description.clone_from(&said.description);
            }
            attachment.spoiler = said.spoiler.unwrap_or(attachment.spoiler);
            Some(attachment)
        })
        .collect()
}

fn apply(message: &mut Message, draft: Draft, attachments: Vec<Attachment>) {
    if let Some(content) = draft.content {
        message.content = content;
    }
    if let Some(embeds) = draft.embeds {
        message.embeds = embeds;
    }
    if let Some(components) = draft.components {
        message.components = components.tree;
    }
    if let Some(flags) = draft.flags {
        // The components flag cannot be taken back, and the notification flag is not for edits.
        let fixed = limits::FLAG_COMPONENTS_V2 | limits::FLAG_SUPPRESS_NOTIFICATIONS;
        message.flags = flags | (message.flags & fixed);
    }
    message.attachments = attachments;
    message.pings = mention::pings(texts(&message.content, &message.components), &draft.allowed);
    message.allowed_mentions = draft.allowed_mentions;
    let names: BTreeSet<String> = message.attachments.iter().map(|attachment| attachment.filename.clone()).collect();
    // A file that an embed showed may be gone now.
    files::drop_dangling(&mut Check::default(), &mut message.embeds, &names);
}

fn is_empty(message: &Message) -> bool {
    message.content.is_empty()
        && message.embeds.is_empty()
        && message.components.is_empty()
        && message.attachments.is_empty()
        && message.poll.is_none()
}
