//! What is taken out of the state under its lock, so that it can be laid out outside of it.

use std::collections::BTreeMap;

use crate::api::{self, Budgets};
use crate::fault::ActiveFault;
use crate::guild::{Kind, ThreadState};
use crate::message::Message;
use crate::store::State as Held;

/// How many messages of a channel are shown at first, and more at a time.
const WINDOW: usize = 50;

/// Messages of one sender within this time stand under one name, as in Discord.
const GROUPED_MS: u64 = 7 * 60 * 1_000;

/// What of the server to show: all channels, or one of them, and that before a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) channel: Option<String>,
    pub(crate) before: Option<u64>,
}

/// Everything a page shows.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// Which changes of messages are in it.
    pub(crate) revision: u64,
    pub(crate) windows: Vec<Window>,
    /// Every channel of the server, those not shown included.
    pub(crate) channels: Vec<String>,
    pub(crate) names: Names,
    pub(crate) state: State,
}

/// Names of channels by id, for mentions.
pub(crate) type Names = BTreeMap<String, String>;

/// What changes without any message: budgets and faults.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) budgets: Budgets,
    pub(crate) faults: Vec<ActiveFault>,
}

/// A stretch of one channel.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) forum: bool,
    pub(crate) webhooks: Vec<String>,
    pub(crate) threads: Vec<ThreadState>,
    /// The oldest first.
    pub(crate) messages: Vec<Placed>,
    /// The message before which there are more.
    pub(crate) earlier: Option<u64>,
}

/// A message, and whether it stands under the name of the one before it.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) message: Message,
    pub(crate) follows: bool,
}

impl Snapshot {
    pub(crate) fn take(held: &mut Held, asked: &Asked) -> Self {
        let wanted = |name: &String| asked.channel.as_ref().is_none_or(|channel| channel == name);
        let channels: Vec<String> = held.guild.channels.iter().map(|channel| channel.name.clone()).collect();
        let shown = channels.iter().filter(|name| wanted(name));
        Self {
            revision: held.changes.latest(),
            windows: shown.filter_map(|name| Window::take(held, name, asked.before)).collect(),
            names: names(held),
            channels,
            state: State::take(held),
        }
    }
}

impl State {
    pub(crate) fn take(held: &mut Held) -> Self {
        let now = held.clock.now();
        Self { budgets: api::budgets(held, now), faults: held.faults.list(now.since_start) }
    }
}

impl Window {
    /// The newest messages of a channel, or the newest before one.
    pub(crate) fn take(held: &Held, name: &str, before: Option<u64>) -> Option<Self> {
        let channel = held.guild.channel_named(name)?;
        let threads = held.guild.threads.iter();
        let mut newest = held.messages_before(&channel.id, before.unwrap_or(u64::MAX));
        let keys: Vec<u64> = newest.by_ref().take(WINDOW).map(|(key, _)| key).collect();
        let more = newest.next().is_some();
        let messages: Vec<Placed> = keys.iter().rev().filter_map(|key| placed(held, &channel.id, *key)).collect();
        let oldest = messages.first().and_then(|placed| placed.message.id.parse().ok());
        Some(Self {
            id: channel.id.clone(),
            name: channel.name.clone(),
            forum: channel.kind == Kind::Forum,
            webhooks: held.guild.webhooks_of(&channel.id).map(|webhook| webhook.id.clone()).collect(),
            threads: threads.filter(|thread| thread.channel_id == channel.id).cloned().collect(),
            messages,
            earlier: oldest.filter(|_| more),
        })
    }
}

/// Names of all channels and threads by id.
pub(crate) fn names(held: &Held) -> Names {
    let channels = held.guild.channels.iter().map(|channel| (&channel.id, &channel.name));
    let threads = held.guild.threads.iter().map(|thread| (&thread.id, &thread.name));
    channels.chain(threads).map(|(id, name)| (id.clone(), name.clone())).collect()
}

/// One message where it stands now.
pub(crate) fn placed(held: &Held, channel_id: &str, key: u64) -> Option<Placed> {
    let message = held.message(channel_id, key)?.clone();
    let before = held.messages_before(channel_id, key).map(|(_, message)| message);
    // In a channel of many threads the one before may be far away: then its sender is named again.
    let previous = before.take(WINDOW).find(|earlier| earlier.thread == message.thread);
    Some(Placed { follows: previous.is_some_and(|previous| follows(previous, &message)), message })
}

fn follows(previous: &Message, message: &Message) -> bool {
    previous.webhook_id == message.webhook_id
        && previous.author == message.author
        && previous.avatar_url == message.avatar_url
        && message.created_ms.saturating_sub(previous.created_ms) < GROUPED_MS
}
