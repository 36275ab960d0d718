//! What the server holds: channels, messages, requests, budgets and faults, all in bounded memory.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use crate::change::Changes;
use crate::clock::{Clock, Moment};
use crate::fault::Faults;
use crate::guild::Guild;
use crate::limits::EPOCH_MS;
use crate::message::Message;
use crate::rate_limit::{Limits, RateLimiter};
use crate::request::Request;

/// Most bytes of files that are kept; beyond it the oldest files lose their bytes, never their entry.
const FILE_BYTES: usize = 256 * 1024 * 1024;

/// Everything behind the server's lock.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) guild: Guild,
    pub(crate) limiter: RateLimiter,
    pub(crate) faults: Faults,
    pub(crate) clock: Clock,
    pub(crate) changes: Changes,
    /// `http://127.0.0.1:PORT`.
    pub(crate) base: String,
    messages: HashMap<String, BTreeMap<u64, Message>>,
    requests: VecDeque<Request>,
    request_count: u64,
    rate_limited: BTreeMap<String, u64>,
    rate_limited_webhooks: HashMap<String, u64>,
    last_id: u64,
    history: usize,
    held_files: VecDeque<(String, u64, usize)>,
    held_bytes: usize,
}

impl State {
    pub(crate) fn new(guild: Guild, limits: Limits, base: String, history: usize) -> Self {
        Self {
            guild,
            limiter: RateLimiter::new(limits),
            faults: Faults::default(),
            clock: Clock::start(),
            changes: Changes::default(),
            base,
            messages: HashMap::new(),
            requests: VecDeque::new(),
            request_count: 0,
            rate_limited: BTreeMap::new(),
            rate_limited_webhooks: HashMap::new(),
            last_id: 0,
            history: history.max(1),
            held_files: VecDeque::new(),
            held_bytes: 0,
        }
    }

    /// The base that the URLs of webhooks start with.
    pub(crate) fn api_base(&self) -> String {
        format!("{}/api/v10", self.base)
    }

    /// The next snowflake: the moment in its upper bits, and never one twice.
    pub(crate) fn next_id(&mut self, now: Moment) -> u64 {
        let of_moment = now.unix_ms.saturating_sub(EPOCH_MS) << 22;
        self.last_id = of_moment.max(self.last_id + 1);
        self.last_id
    }

    /// Keeps a message, and lets the oldest of its channel go.
    pub(crate) fn keep(&mut self, key: u64, message: Message) {
        let channel = message.channel_id.clone();
        self.hold_files(&channel, key, &message);
        self.changes.note(&channel, key);
        let kept = self.messages.entry(channel).or_default();
        kept.insert(key, message);
        while kept.len() > self.history {
            kept.pop_first();
        }
    }

    /// Takes note of files' bytes, and lets the oldest go.
    pub(crate) fn hold_files(&mut self, channel: &str, key: u64, message: &Message) {
        let held = |message: &Message| -> usize {
            let bytes = message.attachments.iter().map(|file| &file.bytes);
            bytes.flatten().map(|bytes| bytes.len()).sum()
        };
        let size = held(message);
        if size == 0 {
            return;
        }
        self.held_files.push_back((channel.to_owned(), key, size));
        self.held_bytes += size;
        while self.held_bytes > FILE_BYTES {
            let Some((channel, old, size)) = self.held_files.pop_front() else {
                break;
            };
            self.held_bytes -= size;
            if old == key {
                continue;
            }
            if let Some(message) = self.message_mut(&channel, old) {
                for file in &mut message.attachments {
                    file.bytes = None;
                }
            }
        }
    }

    pub(crate) fn message(&self, channel_id: &str, key: u64) -> Option<&Message> {
        self.messages.get(channel_id)?.get(&key)
    }

    pub(crate) fn message_mut(&mut self, channel_id: &str, key: u64) -> Option<&mut Message> {
        self.messages.get_mut(channel_id)?.get_mut(&key)
    }

    pub(crate) fn remove(&mut self, channel_id: &str, key: u64) -> bool {
        let kept = self.messages.get_mut(channel_id);
        let Some((kept, removed)) = kept.and_then(|kept| kept.remove(&key).map(|removed| (kept, removed))) else {
            return false;
        };
        self.changes.note(channel_id, key);
        // The message after it may now have to show who posted it.
        let mut later = kept.range(key..);
        if let Some((next, _)) = later.find(|(_, message)| message.thread == removed.thread) {
            self.changes.note(channel_id, *next);
        }
        true
    }

    /// A channel's messages, its threads' included, the oldest first.
    pub(crate) fn messages(&self, channel_id: &str) -> impl Iterator<Item = &Message> {
        self.messages.get(channel_id).into_iter().flat_map(BTreeMap::values)
    }

    /// A channel's messages before one, its threads' included, the newest first.
    pub(crate) fn messages_before(&self, channel_id: &str, key: u64) -> impl Iterator<Item = (u64, &Message)> {
        let kept = self.messages.get(channel_id).into_iter();
        kept.flat_map(move |kept| kept.range(..key).rev()).map(|(key, message)| (*key, message))
    }

    /// A message wherever it is.
    pub(crate) fn find(&self, key: u64) -> Option<&Message> {
        self.messages.values().find_map(|kept| kept.get(&key))
    }

    /// Notes that a thread changed: its newest message is shown anew, and the thread's title with it.
    pub(crate) fn note_thread(&mut self, channel_id: &str, thread_id: &str) {
        let in_thread = |message: &Message| message.thread.as_ref().is_some_and(|thread| thread.id == thread_id);
        let newest = self.messages_before(channel_id, u64::MAX).find(|(_, message)| in_thread(message));
        if let Some(key) = newest.map(|(key, _)| key) {
            self.changes.note(channel_id, key);
        }
    }

    /// Makes a channel's messages older than they are.
    pub(crate) fn age(&mut self, channel_id: &str, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        if let Some(kept) = self.messages.get_mut(channel_id) {
            for message in kept.values_mut() {
                message.created_ms = message.created_ms.saturating_sub(by);
            }
        }
    }

    /// Keeps a request, counts a 429, and lets the oldest request go.
    pub(crate) fn record(&mut self, mut request: Request) {
        self.request_count += 1;
        request.number = self.request_count;
        if request.status == Some(429) {
            let scope = request.refused.as_ref().and_then(|refused| refused.scope.as_deref());
            let by = if request.fault.is_some() { "fault" } else { scope.unwrap_or("edge") };
            *self.rate_limited.entry(by.to_owned()).or_default() += 1;
            if request.channel.is_some() {
                *self.rate_limited_webhooks.entry(request.webhook_id.clone()).or_default() += 1;
            }
        }
        self.requests.push_back(request);
        let most = self.history.saturating_mul(self.guild.channels.len().max(1));
        while self.requests.len() > most {
            self.requests.pop_front();
        }
    }

    pub(crate) fn requests(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter()
    }

    /// How many 429 were answered, by scope; `edge` are those of Cloudflare, `fault` those that were scripted.
    pub(crate) fn rate_limited(&self) -> &BTreeMap<String, u64> {
        &self.rate_limited
    }

    /// How many 429 a webhook got, of every kind.
    pub(crate) fn rate_limited_webhook(&self, webhook_id: &str) -> u64 {
        self.rate_limited_webhooks.get(webhook_id).copied().unwrap_or_default()
    }

    /// Lets the oldest threads go.
    pub(crate) fn bound_threads(&mut self) {
        let threads = &mut self.guild.threads;
        let over = threads.len().saturating_sub(self.history);
        threads.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(history: usize) -> State {
        State::new(Guild::default(), Limits::default(), "http://127.0.0.1:1".to_owned(), history)
    }

    #[test]
    fn ids_tell_their_moment_and_never_repeat() {
        let mut state = state(1);
        let now = Moment { since_start: Duration::ZERO, unix_ms: EPOCH_MS + 5_000 };
        let first = state.next_id(now);
        let second = state.next_id(now);
        assert_eq!(first >> 22, 5_000);
        assert_eq!(second, first + 1);
    }
}
