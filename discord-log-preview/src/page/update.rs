//! What is sent to pages that are open: messages that changed, and budgets and faults.

use askama::Template;
use serde::Serialize;

use super::budget::{Faults, Stats, Webhook};
use super::snapshot::{self, Names, Placed, State};
use super::{column, message};
use crate::guild::{Kind, ThreadState};
use crate::store::State as Held;

/// Most changes that are told at once: what is taken under the lock, and laid out in one piece.
const AT_ONCE: usize = 200;

/// Messages that changed since a revision, taken out of the state.
#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) revision: u64,
    names: Names,
    changed: Vec<Changed>,
}

#[derive(Debug)]
struct Changed {
    channel_id: String,
    key: u64,
    forum: bool,
    threads: Vec<ThreadState>,
    /// Nothing when it was deleted.
    placed: Option<Placed>,
}

/// A message for the page's script.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Item {
    channel: String,
    key: String,
    /// Nothing when it was deleted.
    html: Option<String>,
    /// The thread around it, without its messages, and its id.
    thread: Option<(String, String)>,
}

impl Update {
    /// `None` when the page is too far behind and has to load anew.
    pub(crate) fn take(held: &Held, since: u64) -> Option<Self> {
        let (revision, changes) = held.changes.since(since, AT_ONCE)?;
        let changed = changes.into_iter().map(|change| {
            let channel = held.guild.channel(&change.channel_id);
            let placed = snapshot::placed(held, &change.channel_id, change.key);
            let thread = placed.as_ref().and_then(|placed| placed.message.thread.as_ref());
            let state = thread.and_then(|thread| held.guild.thread(&change.channel_id, &thread.id));
            Changed {
                forum: channel.is_some_and(|channel| channel.kind == Kind::Forum),
                threads: state.cloned().into_iter().collect(),
                key: change.key,
                channel_id: change.channel_id,
                placed,
            }
        });
        Some(Self { revision, changed: changed.collect(), names: snapshot::names(held) })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// Lays the messages out.
    pub(crate) fn items(self) -> askama::Result<Vec<Item>> {
        let Self { names, changed, .. } = self;
        changed.into_iter().map(|changed| item(changed, &names)).collect()
    }
}

fn item(changed: Changed, names: &Names) -> askama::Result<Item> {
    let placed = changed.placed.as_ref();
    let html = placed.map(|placed| message::html(placed, names)).transpose()?;
    let in_thread = placed.and_then(|placed| placed.message.thread.as_ref().map(|thread| (placed, thread)));
    let thread = in_thread.map(|(placed, thread)| {
        let around = column::thread_html(placed, &changed.threads, changed.forum, Vec::new())?;
        Ok::<_, askama::Error>((format!("t-{}", thread.id), around))
    });
    Ok(Item { channel: changed.channel_id, key: changed.key.to_string(), html, thread: thread.transpose()? })
}

/// The bar and the heads of the channels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Bar {
    stats: String,
    faults: String,
    /// Kind and channel of each fault in force, for the switches.
    on: Vec<(&'static str, Option<String>, u64)>,
    webhooks: Vec<(String, String)>,
}

impl Bar {
    pub(crate) fn of(state: &State) -> askama::Result<Self> {
        let webhooks = state.budgets.webhooks.iter();
        let faults = state.faults.iter();
        Ok(Self {
            stats: Stats::of(state).render()?,
            faults: Faults { faults: &state.faults }.render()?,
            on: faults
                .map(|active| {
                    let channel = active.fault.channel().map(str::to_owned);
                    (active.fault.kind().name(), channel, active.id.0)
                })
                .collect(),
            webhooks: webhooks
                .map(|budget| Ok((format!("w-{}", budget.webhook_id), Webhook { budget }.render()?)))
                .collect::<askama::Result<_>>()?,
        })
    }
}
