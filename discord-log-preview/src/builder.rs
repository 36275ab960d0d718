//! What server to start: its channels, limits and address.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use crate::app::App;
use crate::discord::Discord;
use crate::guild::{Channel, Guild, Kind, Webhook};
use crate::rate_limit::Limits;
use crate::server::Server;
use crate::store::State;

/// How many messages are kept a channel when nothing is said.
const HISTORY: usize = 10_000;

/// The channels that every server has.
const CHANNELS: [&str; 4] = ["finance", "system", "errors", "activity"];

/// The seed of servers that people start by hand.
const STABLE: u64 = 1;

/// Snowflakes of channels and webhooks start in 2025, before those of any message.
const FIRST_ID: u64 = 310_000_000_000 << 22;

/// Says what server to start.
///
/// There are always the text channels `finance`, `system`, `errors` and `activity`, each with one webhook.
///
/// # Examples
///
/// ```
/// use discord_log_preview::{Discord, Limits};
///
/// # fn main() -> Result<(), discord_log_preview::StartError> {
/// let discord = Discord::builder().limits(Limits::unlimited()).channel("deploys").start()?;
/// assert!(discord.webhook_url("deploys").is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    address: IpAddr,
    port: u16,
    limits: Limits,
    channels: Vec<(String, Kind, Vec<String>)>,
    webhooks: Vec<String>,
    history: usize,
    seed: Option<u64>,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address and port cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The address is not of this machine alone. Whoever reaches the preview can read and script it.
    #[error("{0} is not a loopback address, and the preview listens on nothing else")]
    NotLoopback(IpAddr),
    /// Two channels have one name.
    #[error("there are two channels called `{0}`")]
    SameChannel(String),
    /// The server's thread could not be started.
    #[error("cannot start the server's thread")]
    Thread(#[source] io::Error),
    /// A webhook was asked for in a channel that is not there.
    #[error("there is no channel called `{0}` to put a webhook in")]
    UnknownChannel(String),
}

impl Default for Builder {
    fn default() -> Self {
        let text = |name: &&str| ((*name).to_owned(), Kind::Text, Vec::new());
        Self {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            limits: Limits::default(),
            channels: CHANNELS.iter().map(text).collect(),
            webhooks: Vec::new(),
            history: HISTORY,
            seed: None,
        }
    }
}

impl Builder {
    /// Sets the port; 0, the default, takes any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the address, which must be of this machine alone: 127.0.0.1 by default.
    pub fn listen_on(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets what is allowed: Discord's limits by default.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a text channel with one webhook.
    pub fn channel(mut self, name: impl Into<String>) -> Self {
        self.channels.push((name.into(), Kind::Text, Vec::new()));
        self
    }

    /// Adds a forum with one webhook.
    pub fn forum(self, name: impl Into<String>) -> Self {
        self.forum_with_tags(name, [])
    }

    /// Adds a forum with one webhook, whose posts may carry these tags, by id.
    pub fn forum_with_tags<'a>(mut self, name: impl Into<String>, tags: impl IntoIterator<Item = &'a str>) -> Self {
        let tags = tags.into_iter().map(str::to_owned).collect();
        self.channels.push((name.into(), Kind::Forum, tags));
        self
    }

    /// Adds a further webhook to a channel: both share the channel's hidden limit.
    pub fn webhook_in(mut self, channel: impl Into<String>) -> Self {
        self.webhooks.push(channel.into());
        self
    }

    /// Sets how many messages are kept a channel, and as many requests: 10,000 by default, the oldest go.
    pub fn history(mut self, messages: usize) -> Self {
        self.history = messages;
        self
    }

    /// Makes ids and tokens the same at every start, so that settings once copied stay right.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Makes them the same as the command's, so that a `.env` once written from what it printed stays right.
    pub fn stable(self) -> Self {
        self.seed(STABLE)
    }

    /// Starts the server on a thread of its own. It runs until the handle is dropped.
    ///
    /// # Errors
    ///
    /// The address is not a loopback address or cannot be listened on, a channel is there twice, or a webhook's
    /// channel is not there.
    pub fn start(self) -> Result<Discord, StartError> {
        if !self.address.is_loopback() {
            return Err(StartError::NotLoopback(self.address));
        }
        let guild = self.guild()?;
        let asked = SocketAddr::new(self.address, self.port);
        let cannot_listen = |source| StartError::Listen { address: asked, source };
        let listener = TcpListener::bind(asked).map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        let base = format!("http://{address}");
        let state = State::new(guild, self.limits, base.clone(), self.history);
        let app = Arc::new(App::new(state));
        let server = Server::start(listener, Arc::clone(&app)).map_err(StartError::Thread)?;
        Ok(Discord::new(server, app, address, base))
    }

    fn guild(&self) -> Result<Guild, StartError> {
        let random = || RandomState::new().hash_one("discord-log-preview");
        let mut numbers = Numbers(self.seed.unwrap_or_else(random));
        let mut next_id = FIRST_ID + (numbers.next() & 0xFFFF_FFFF);
        let mut id = || {
            next_id += 1 << 22;
            next_id.to_string()
        };
        let mut guild = Guild { id: id(), ..Guild::default() };
        for (name, kind, tags) in &self.channels {
            if guild.channel_named(name).is_some() {
                return Err(StartError::SameChannel(name.clone()));
            }
            guild.channels.push(Channel { id: id(), name: name.clone(), kind: *kind, tags: tags.clone() });
        }
        let first = self.channels.iter().map(|(name, ..)| name);
        for (n, name) in first.chain(&self.webhooks).enumerate() {
            let channel = guild.channel_named(name);
            let channel = channel.ok_or_else(|| StartError::UnknownChannel(name.clone()))?;
            let further = n >= self.channels.len();
            let webhook = Webhook {
                id: id(),
                token: numbers.token(),
                channel_id: channel.id.clone(),
                name: match further {
                    true => format!("{name} {n}"),
                    false => name.clone(),
                },
                avatar: None,
                deleted: false,
            };
            guild.webhooks.push(webhook);
        }
        Ok(guild)
    }
}

/// Numbers from a seed (SplitMix64): made-up tokens of a local server, nothing that must not be guessed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A token as Discord makes them: 68 characters.
    fn token(&mut self) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let letter = |n: u64| LETTERS.get((n >> 58) as usize).copied().unwrap_or(b'A');
        (0..68).map(|_| char::from(letter(self.next()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_listened_on() {
        let everywhere = Builder::default().listen_on(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        assert!(matches!(everywhere.start(), Err(StartError::NotLoopback(_))));
    }

    #[test]
    fn a_seed_fixes_ids_and_tokens() {
        let tokens = |builder: Builder| -> Vec<_> {
            let guild = builder.guild().unwrap();
            guild.webhooks.into_iter().map(|webhook| (webhook.id, webhook.token)).collect()
        };
        let fixed = tokens(Builder::default().seed(7));
        assert_eq!(fixed, tokens(Builder::default().seed(7)));
        assert_ne!(fixed, tokens(Builder::default()));
        assert_eq!(fixed[0].1.len(), 68);
        assert_ne!(fixed[0].1, fixed[1].1);
    }

    #[test]
    fn mistakes_are_named() {
        let twice = Builder::default().channel("errors");
        assert!(matches!(twice.guild(), Err(StartError::SameChannel(_))));
        let nowhere = Builder::default().webhook_in("deploys");
        assert!(matches!(nowhere.guild(), Err(StartError::UnknownChannel(_))));
    }
}
