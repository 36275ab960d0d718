//! The handle of a running server: what arrived, and what a test may do to it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::api;
use crate::app::App;
use crate::builder::Builder;
use crate::fault::{ActiveFault, Fault, FaultId};
use crate::guild::ThreadState;
use crate::message::Message;
use crate::request::Request;
use crate::server::Server;
use crate::store::State;

/// The server's thread needs a moment to stop or start listening; it is not waited for longer than this.
const SETTLED_WITHIN: Duration = Duration::from_secs(5);

/// A local Discord that is running; dropping it stops it.
///
/// Every method may be called from any thread, in sync and in async code; only [`wait_for`](Self::wait_for) blocks.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), discord_log_preview::StartError> {
/// use discord_log_preview::{Discord, Fault};
///
/// let discord = Discord::builder().forum("incidents").start()?;
/// discord.fault(Fault::unavailable().in_channel("errors").times(1));
/// for (name, url) in discord.settings() {
///     assert!(name.starts_with("DISCORD_WEBHOOK_"));
///     assert!(url.starts_with("http://127.0.0.1:"));
/// }
/// assert!(discord.messages("errors").is_empty());
/// # Ok(())
/// # }
/// ```
pub struct Discord {
    // Held for its drop, which stops the server.
    server: Server,
    app: Arc<App>,
    address: SocketAddr,
    base: String,
}

impl std::fmt::Debug for Discord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discord").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Where it is.
impl Discord {
    pub(crate) fn new(server: Server, app: Arc<App>, address: SocketAddr, base: String) -> Self {
        Self { server, app, address, base }
    }

    /// Says what server to start.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Gives the address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives the page that shows what arrives: `http://127.0.0.1:PORT/`.
    pub fn page(&self) -> String {
        format!("{}/", self.base)
    }

    /// Gives the base of the API, for `DISCORD_API_BASE`: `http://127.0.0.1:PORT/api/v10`.
    pub fn api_base(&self) -> String {
        format!("{}/api/v10", self.base)
    }

    /// Gives the URL of a channel's first webhook as Discord's own client shows it, which is without a version:
    /// posting to it as it is means version 6.
    pub fn webhook_url(&self, channel: &str) -> Option<String> {
        self.webhook_urls(channel).into_iter().next()
    }

    /// Gives the URLs of all of a channel's webhooks.
    pub fn webhook_urls(&self, channel: &str) -> Vec<String> {
        self.app.read(|state| {
            let Some(channel) = state.guild.channel_named(channel) else {
                return Vec::new();
            };
            state
                .guild
                .webhooks_of(&channel.id)
                .map(|webhook| format!("{}/api/webhooks/{}/{}", self.base, webhook.id, webhook.token))
                .collect()
        })
    }

    /// Gives the environment of a program that logs here: one `DISCORD_WEBHOOK_…` a channel.
    pub fn settings(&self) -> Vec<(String, String)> {
        let names: Vec<String> = self.app.read(|state| {
            let channels = state.guild.channels.iter();
            channels.map(|channel| channel.name.clone()).collect()
        });
        let setting = |name: &String| {
            let upper = name.to_uppercase().replace(['-', ' '], "_");
            let url = self.webhook_url(name)?;
            Some((format!("DISCORD_WEBHOOK_{upper}"), url))
        };
        names.iter().filter_map(setting).collect()
    }

    /// Gives what a command prints when it has started: where the page is, and the settings of a program that logs here.
    pub fn greeting(&self) -> String {
        let settings: String = self.settings().iter().map(|(name, url)| format!("{name}={url}\n")).collect();
        format!(
            "A local Discord is at {}\nOpen that page, and paste these lines into the .env of your service; Ctrl-C stops \
             it.\n\n{settings}",
            self.page()
        )
    }

    /// Serves until the process ends.
    pub fn serve_forever(mut self) {
        self.server.join();
    }
}

/// What arrived.
impl Discord {
    /// Gives a channel's messages, those of its threads included, the oldest first.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.app.read(|state| {
            let channel = state.guild.channel_named(channel);
            let id = channel.map(|channel| channel.id.clone());
            let messages = id.iter().flat_map(|id| state.messages(id));
            messages.cloned().collect()
        })
    }

    /// Gives every request to the webhook API, refused ones included, the oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.app.read(|state| state.requests().cloned().collect())
    }

    /// Waits until something is true, and tells whether it became so in time.
    ///
    /// The question is asked now, after every change here, and every 50 ms, since it may be about something else. It blocks:
    /// inside an async function of a single-threaded runtime, call it through `spawn_blocking` if what it waits for runs
    /// there too.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use discord_log_preview::Discord;
    ///
    /// # fn main() -> Result<(), discord_log_preview::StartError> {
    /// let discord = Discord::builder().start()?;
    /// // … run what logs …
    /// let has_arrived = discord.wait_for(|discord| !discord.messages("errors").is_empty(), Duration::from_millis(10));
    /// assert!(!has_arrived);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_for(&self, mut is_true: impl FnMut(&Self) -> bool, at_most: Duration) -> bool {
        self.app.wait_for(|| is_true(self), at_most)
    }

    /// Gives what is left of every budget, as `/_preview/limits` does.
    pub fn limits(&self) -> Value {
        self.app.read(|state| {
            let now = state.clock.now();
            json!(api::budgets(state, now))
        })
    }
}

/// What goes wrong.
impl Discord {
    /// Lets something go wrong from now on.
    ///
    /// Of several faults the oldest that fits strikes; a request meets one at most.
    pub fn fault(&self, fault: impl Into<Fault>) -> FaultId {
        let fault = fault.into();
        self.script(|state| {
            let now = state.clock.now().since_start;
            state.faults.add(fault, now)
        })
    }

    /// Gives the faults in force.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.app.read(|state| {
            let now = state.clock.now().since_start;
            state.faults.list(now)
        })
    }

    /// Ends a fault, and tells whether it was still in force.
    pub fn clear_fault(&self, id: FaultId) -> bool {
        self.script(|state| state.faults.clear(id))
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.script(|state| state.faults.clear_all());
    }

    /// Changes the script, and waits until the server listens or refuses accordingly, so that the very next
    /// connection meets it.
    fn script<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = self.app.change(change);
        self.app.script_changed.notify_one();
        let settled = || {
            let refusing = self.app.read(|state| {
                let now = state.clock.now().since_start;
                state.faults.refusing(now).is_some()
            });
            self.app.is_listening() != refusing
        };
        self.app.wait_for(settled, SETTLED_WITHIN);
        result
    }
}

/// What people and time do to it.
impl Discord {
    /// Deletes a channel's first webhook, as a person would; tells whether there was one.
    pub fn delete_webhook(&self, channel: &str) -> bool {
        self.app.change(|state| {
            let Some(channel) = state.guild.channel_named(channel) else {
                return false;
            };
            let id = channel.id.clone();
            let mut webhooks = state.guild.webhooks.iter_mut();
            match webhooks.find(|webhook| webhook.channel_id == id && !webhook.deleted) {
                Some(webhook) => {
                    webhook.deleted = true;
                    true
                }
                None => false,
            }
        })
    }

    /// Deletes a message by its id, as a person would; tells whether it was there.
    pub fn delete_message(&self, id: &str) -> bool {
        self.app.change(|state| {
            let Ok(key) = id.parse() else {
                return false;
            };
            let channel = state.find(key).map(|message| message.channel_id.clone());
            channel.is_some_and(|channel| state.remove(&channel, key))
        })
    }

    /// Lets time pass at once on the server's clock: rate windows, bans and faults end, messages grow old.
    pub fn skip_time(&self, by: Duration) {
        self.script(|state| state.clock.skip(by));
    }

    /// Makes the messages that a channel has now older than they are; nothing else ages.
    pub fn age_messages(&self, channel: &str, by: Duration) {
        self.app.change(|state| {
            if let Some(channel) = state.guild.channel_named(channel) {
                let id = channel.id.clone();
                state.age(&id, by);
            }
        });
    }

    /// Opens a thread in a channel and gives its id.
    pub fn open_thread(&self, channel: &str, name: &str) -> Option<String> {
        self.app.change(|state| {
            let channel_id = state.guild.channel_named(channel)?.id.clone();
            let now = state.clock.now();
            let id = state.next_id(now).to_string();
            state.guild.threads.push(ThreadState {
                id: id.clone(),
                name: name.to_owned(),
                channel_id,
                archived: false,
                locked: false,
                tags: Vec::new(),
            });
            Some(id)
        })
    }

    /// Archives a thread: posting wakes it, editing in it is refused. Tells whether it was there.
    pub fn archive_thread(&self, id: &str) -> bool {
        self.change_thread(id, |thread| thread.archived = true)
    }

    /// Locks a thread: posting to it is refused. Tells whether it was there.
    pub fn lock_thread(&self, id: &str) -> bool {
        self.change_thread(id, |thread| thread.locked = true)
    }

    fn change_thread(&self, id: &str, change: impl FnOnce(&mut ThreadState)) -> bool {
        self.app.change(|state| {
            let Some(thread) = state.guild.thread_mut(id) else {
                return false;
            };
            change(thread);
            let channel_id = thread.channel_id.clone();
            state.note_thread(&channel_id, id);
            true
        })
    }
}
