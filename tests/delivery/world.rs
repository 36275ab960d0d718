//! A small world per test: a local Discord, the logger that speaks to it, and a judge at the end.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use discord_log::{Config, ConfigBuilder, Guard, Health};
use discord_log_preview::{Builder, Discord, Limits, Rate, Request};
use serde_json::{Value, json};

use crate::schema;

/// A process has one logger, so its tests take turns.
static IS_TAKEN: Mutex<bool> = Mutex::new(false);
static IS_FREE: Condvar = Condvar::new();

/// Longest that a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct World {
    pub(crate) discord: Discord,
    guard: Option<Guard>,
    before: Health,
    _turn: Turn,
}

impl World {
    /// Starts with Discord's own limits.
    pub(crate) fn start() -> Self {
        Self::with(Discord::builder(), everywhere)
    }

    /// Starts without limits, for tests that are not about them.
    pub(crate) fn unlimited() -> Self {
        Self::with(Discord::builder().limits(generous()), |discord| everywhere(discord).rate_limit(6_000))
    }

    pub(crate) fn with(builder: Builder, settings: impl FnOnce(&Discord) -> ConfigBuilder) -> Self {
        let turn = Turn::take();
        let discord = builder.start().expect("a local Discord");
        let before = discord_log::health();
        // What outlives a process is tested with processes of their own.
        let config = settings(&discord).journal("memory").build().expect("settings");
        let guard = discord_log::init_with(config).expect("no logger yet");
        Self { discord, guard: Some(guard), before, _turn: turn }
    }

    /// Waits until everything that was logged is delivered.
    pub(crate) fn flush(&self) {
        discord_log::flush(PATIENCE).expect("delivered in time");
    }

    /// Ends the logger as the end of `main` does, and gives what became of this world's events.
    pub(crate) fn end(&mut self) -> Health {
        drop(self.guard.take());
        self.health()
    }

    /// What became of the events since this world began.
    pub(crate) fn health(&self) -> Health {
        let mut health = discord_log::health();
        health.accepted -= self.before.accepted;
        health.delivered -= self.before.delivered;
        health.delivered_locally -= self.before.delivered_locally;
        health.merged -= self.before.merged;
        health.buried -= self.before.buried;
        for (loss, count) in &self.before.lost {
            *health.lost.entry(*loss).or_default() -= count;
        }
        health.lost.retain(|_, count| *count > 0);
        health
    }

    /// The titles of all embeds in a channel, in the order in which they stand there.
    pub(crate) fn titles(&self, channel: &str) -> Vec<String> {
        let messages = self.discord.messages(channel);
        let embeds = messages.iter().flat_map(|message| &message.embeds);
        embeds.map(|embed| embed["title"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Everything that stands in a channel, as one text.
    pub(crate) fn text(&self, channel: &str) -> String {
        self.discord
            .messages(channel)
            .iter()
            .map(|message| format!("{}\n{:?}\n", message.text(), message.embeds))
            .collect()
    }

    /// The requests that carry a message, without the questions which channel a webhook belongs to.
    pub(crate) fn posts(&self) -> Vec<Request> {
        self.discord.requests().into_iter().filter(|request| request.method == "POST").collect()
    }

    /// How many requests were answered with each status.
    pub(crate) fn statuses(&self) -> BTreeMap<u16, usize> {
        let mut statuses = BTreeMap::new();
        for status in self.posts().iter().filter_map(|request| request.status) {
            *statuses.entry(status).or_default() += 1;
        }
        statuses
    }
}

/// May be given back on another thread than the one that took it.
struct Turn;

impl Turn {
    fn take() -> Self {
        let mut is_taken = Self::look();
        while *is_taken {
            is_taken = IS_FREE.wait(is_taken).unwrap_or_else(PoisonError::into_inner);
        }
        *is_taken = true;
        Self
    }

    fn look() -> MutexGuard<'static, bool> {
        IS_TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *Self::look() = false;
        IS_FREE.notify_one();
    }
}

/// The value of a field of an embed.
pub(crate) fn field<'e>(embed: &'e Value, name: &str) -> Option<&'e str> {
    let field = embed["fields"].as_array()?.iter().find(|field| field["name"] == name)?;
    field["value"].as_str()
}

/// What an embed says of an error: its text and its causes, without the frames that stand there if `RUST_BACKTRACE` asks.
pub(crate) fn said(embed: &Value) -> &str {
    let description = embed["description"].as_str().unwrap_or_default();
    description.split_once("\n```").map_or(description, |(said, _)| said)
}

/// Limits that no test reaches, told in headers as Discord tells its own.
pub(crate) fn generous() -> Limits {
    Limits::unlimited().bucket(Rate::new(10_000, Duration::from_secs(1)))
}

/// Settings with a webhook for every channel there is.
pub(crate) fn everywhere(discord: &Discord) -> ConfigBuilder {
    Config::builder().variables(discord.settings()).service("tests")
}

impl Drop for World {
    /// The judge: whatever a test was about, no request may ever look otherwise, and the numbers add up.
    fn drop(&mut self) {
        drop(self.guard.take());
        if std::thread::panicking() {
            return;
        }
        for request in self.posts() {
            let number = request.number;
            // A fault may break the connection before the body was read.
            let Some(payload) = request.payload.as_ref() else {
                assert!(request.fault.is_some(), "request {number} has no body");
                continue;
            };
            schema::check(payload);
            assert_eq!(payload["allowed_mentions"], json!({ "parse": [] }), "request {number} can ping");
            assert_eq!(request.unknown_keys, [""; 0], "request {number} has keys that Discord ignores");
            assert!(request.wait, "request {number} does not ask whether it is stored");
            assert_eq!(request.version, 10, "request {number}");
            assert!(!request.has_referer && !request.has_authorization, "request {number}");
            let agent = request.user_agent.unwrap_or_default();
            assert!(agent.starts_with("DiscordBot (https://"), "request {number} comes from `{agent}`");
        }
        for request in self.discord.requests().into_iter().filter(|request| request.method == "PATCH") {
            let number = request.number;
            let Some(payload) = request.payload.as_ref() else {
                assert!(request.fault.is_some(), "request {number} has no body");
                continue;
            };
            assert_eq!(payload["allowed_mentions"], json!({ "parse": [] }), "request {number} can ping");
            assert_eq!(request.unknown_keys, [""; 0], "request {number} has keys that an edit cannot have");
        }
        let health = self.health();
        assert_eq!(health.waiting, 0, "nothing is left uncounted: {health}");
        assert!(self.discord.messages("errors").iter().all(|message| message.pings.is_empty()));
    }
}
