//! Posting a message.

use serde_json::Value;

use super::call::Query;
use super::post_target::{self, Target};
use super::{Desk, files, message_json};
use crate::body::Body;
use crate::component_kind::{GALLERY, TEXT, THUMBNAIL};
use crate::guild::{Channel, ThreadState, Webhook};
use crate::limits;
use crate::mention;
use crate::message::{Attachment, Message, Thread};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::validate::{self, Check, Draft, Setting};

impl Desk<'_> {
    pub(super) fn execute(&mut self, webhook: &Webhook, query: &Query, body: &Body) -> Result<Reply, Refusal> {
        let channel = self.channel_of(webhook)?;
        files::judge(&body.files, self.state.limiter.limits().file_bytes)?;
        let draft = self.read_post(body, query)?;
        let target = post_target::decide(
            &self.state.guild,
            &channel,
            query.thread_id.as_deref(),
            draft.thread_name.as_deref(),
            &draft.applied_tags,
        )?;
        let message = self.store(webhook, &channel, body, draft, target)?;
        if query.wait {
            let shown = message_json::message(&message);
            Ok(Reply::json(200, shown).via_discord())
        } else {
            Ok(Reply::empty(204).via_discord())
        }
    }

    pub(super) fn channel_of(&self, webhook: &Webhook) -> Result<Channel, Refusal> {
        let channel = self.state.guild.channel(&webhook.channel_id);
        channel.cloned().ok_or(Refusal::UNKNOWN_CHANNEL)
    }

    fn read_post(&mut self, body: &Body, query: &Query) -> Result<Draft, Refusal> {
        let (file_names, file_ids) = files::at_hand(body, &[]);
        let mut check = Check::default();
        let setting = Setting {
            edit: false,
            with_components: query.with_components,
            already_v2: false,
            file_names: &file_names,
            file_ids: &file_ids,
        };
        let mut draft = validate::message(&mut check, &body.json, setting);
        let content = draft.content.as_ref().is_some_and(|text| !text.is_empty());
        let embeds = draft.embeds.as_mut().map_or(&mut [][..], Vec::as_mut_slice);
        files::drop_dangling(&mut check, embeds, &file_names);
        let has_embeds = !embeds.is_empty();
        if draft.flags.unwrap_or(0) & limits::FLAG_COMPONENTS_V2 != 0 {
            validate::judge_v2(&mut check, content, has_embeds, draft.poll.is_some());
        }
        self.judge(check)?;
        let components = draft.components.as_ref().map_or(&[][..], |found| &found.tree);
        let empty = !content && !has_embeds && components.is_empty() && body.files.is_empty() && draft.poll.is_none();
        if empty {
            return Err(Refusal::EMPTY);
        }
        self.judge_hidden_ceilings(
            draft.content.as_deref().unwrap_or_default(),
            draft.embeds.as_deref().unwrap_or_default(),
            components,
        )?;
        Ok(draft)
    }

    /// What Discord answers with 500 although no documented limit is passed: too many bytes of text, too much media.
    pub(super) fn judge_hidden_ceilings(
        &self,
        content: &str,
        embeds: &[Value],
        components: &[Value],
    ) -> Result<(), Refusal> {
        let mut displays = Vec::new();
        let mut media = 0;
        for component in components {
            survey(component, &mut displays, &mut media);
        }
        let in_displays: usize = displays.iter().map(|text| text.len() + limits::TEXT_DISPLAY_COST).sum();
        let in_embeds: usize = embeds.iter().map(validate::text_bytes).sum();
        let bytes = content.len() + in_embeds + in_displays;
        let ceiling = self.state.limiter.limits().text_bytes;
        if ceiling.is_some_and(|most| bytes > most) || media > limits::MEDIA {
            return Err(Refusal::INTERNAL);
        }
        Ok(())
    }

    fn store(
        &mut self,
        webhook: &Webhook,
        channel: &Channel,
        body: &Body,
        draft: Draft,
        target: Target,
    ) -> Result<Message, Refusal> {
        let key = self.state.next_id(self.now);
        let thread = self.enter(channel, target, key, &draft.applied_tags)?;
        let described = draft.attachments.unwrap_or_default();
        let mut attachments: Vec<Attachment> = Vec::new();
        for upload in &body.files {
            let number = upload.number.to_string();
            let said = described.iter().find(|one| one.id == number);
            let id = self.state.next_id(self.now);
            attachments.push(files::attach(upload, said, id, &self.files_at(key)));
        }
        let content = draft.content.unwrap_or_default();
        let components = draft.components.unwrap_or_default().tree;
        let pings = mention::pings(texts(&content, &components), &draft.allowed);
        let message = Message {
            id: key.to_string(),
            channel: channel.name.clone(),
            channel_id: channel.id.clone(),
            thread,
            webhook_id: webhook.id.clone(),
            author: draft.username.unwrap_or_else(|| webhook.name.clone()),
            avatar_url: draft.avatar_url,
            pings,
            content,
            embeds: draft.embeds.unwrap_or_default(),
            components,
            attachments,
            poll: draft.poll,
            flags: draft.flags.unwrap_or(0),
            tts: draft.tts,
            allowed_mentions: draft.allowed_mentions,
            applied_tags: draft.applied_tags,
            timestamp: self.now.rfc3339(),
            edited_timestamp: None,
            edits: 0,
            created_ms: self.now.unix_ms,
        };
        self.state.keep(key, message.clone());
        Ok(message)
    }

    /// Opens or wakes the thread that the message goes to.
    fn enter(
        &mut self,
        channel: &Channel,
        target: Target,
        key: u64,
        tags: &[String],
    ) -> Result<Option<Thread>, Refusal> {
        let (id, name) = match target {
            Target::Channel => return Ok(None),
            // The message that opens a post has the post's id.
            Target::NewPost(name) => {
                let id = key.to_string();
                self.state.guild.threads.push(ThreadState {
                    id: id.clone(),
                    name: name.clone(),
                    channel_id: channel.id.clone(),
                    archived: false,
                    locked: false,
                    tags: tags.to_vec(),
                });
                self.state.bound_threads();
                (id, name)
            }
            Target::Thread(id) => {
                let thread = self.state.guild.thread_mut(&id);
                let thread = thread.ok_or(Refusal::UNKNOWN_CHANNEL)?;
                thread.archived = false;
                (id, thread.name.clone())
            }
        };
        Ok(Some(Thread { id, name }))
    }

    /// Where the files of a message are downloaded.
    pub(super) fn files_at(&self, message: u64) -> String {
        format!("{}/_preview/attachments/{message}", self.state.base)
    }
}

/// The texts whose mentions can ping: content and text displays.
pub(super) fn texts<'a>(content: &'a str, components: &'a [Value]) -> Vec<&'a str> {
    let mut found = vec![content];
    for component in components {
        survey(component, &mut found, &mut 0);
    }
    found
}

/// Collects text displays and counts media in a component tree.
fn survey<'a>(component: &'a Value, displays: &mut Vec<&'a str>, media: &mut usize) {
    match component.get("type").and_then(Value::as_i64) {
        Some(TEXT) => displays.extend(component.get("content").and_then(Value::as_str)),
        Some(THUMBNAIL) => *media += 1,
        Some(GALLERY) => {
            let items = component.get("items").and_then(Value::as_array);
            *media += items.map_or(0, Vec::len);
        }
        _ => {
            let children = component.get("components").and_then(Value::as_array);
            for child in children.into_iter().flatten() {
                survey(child, displays, media);
            }
            if let Some(accessory) = component.get("accessory") {
                survey(accessory, displays, media);
            }
        }
    }
}
