//! The server's channels: who may post where. Text channels and forums, their webhooks and their threads.

use serde_json::{Value, json};

/// What kind of channel it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Forum,
    Text,
}

/// A channel.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Tags that posts of a forum may carry, by id.
    pub(crate) tags: Vec<String>,
}

/// A webhook. Its token is kept out of `Debug`.
#[derive(Clone)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) channel_id: String,
    pub(crate) name: String,
    pub(crate) avatar: Option<String>,
    pub(crate) deleted: bool,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("channel_id", &self.channel_id)
            .field("deleted", &self.deleted)
            .finish_non_exhaustive()
    }
}

/// A thread of a channel.
#[derive(Clone, Debug)]
pub(crate) struct ThreadState {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) channel_id: String,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    /// Of a forum post.
    pub(crate) tags: Vec<String>,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guild {
    pub(crate) id: String,
    pub(crate) channels: Vec<Channel>,
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) threads: Vec<ThreadState>,
}

impl Guild {
    pub(crate) fn channel_named(&self, name: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == name)
    }

    pub(crate) fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// A webhook that was not deleted.
    pub(crate) fn webhook(&self, id: &str) -> Option<&Webhook> {
        self.webhooks.iter().find(|webhook| webhook.id == id && !webhook.deleted)
    }

    pub(crate) fn webhook_mut(&mut self, id: &str) -> Option<&mut Webhook> {
        self.webhooks.iter_mut().find(|webhook| webhook.id == id && !webhook.deleted)
    }

    /// The webhooks of a channel that were not deleted.
    pub(crate) fn webhooks_of<'a>(&'a self, channel_id: &'a str) -> impl Iterator<Item = &'a Webhook> {
        self.webhooks.iter().filter(move |webhook| webhook.channel_id == channel_id && !webhook.deleted)
    }

    /// A thread of one channel.
    pub(crate) fn thread(&self, channel_id: &str, id: &str) -> Option<&ThreadState> {
        self.threads.iter().find(|thread| thread.id == id && thread.channel_id == channel_id)
    }

    pub(crate) fn thread_mut(&mut self, id: &str) -> Option<&mut ThreadState> {
        self.threads.iter_mut().find(|thread| thread.id == id)
    }
}

/// A webhook as `GET` gives it to who knows its token: without the user who made it.
pub(crate) fn webhook_json(webhook: &Webhook, guild: &Guild, api_base: &str) -> Value {
    json!({
        "application_id": null,
        "avatar": webhook.avatar,
        "channel_id": webhook.channel_id,
        "guild_id": guild.id,
        "id": webhook.id,
        "name": webhook.name,
        "type": 1,
        "token": webhook.token,
        "url": format!("{api_base}/webhooks/{}/{}", webhook.id, webhook.token),
    })
}
