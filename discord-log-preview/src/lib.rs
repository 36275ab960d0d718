//! A local Discord for webhooks: it takes what Discord takes, refuses what Discord refuses, in Discord's words and at
//! Discord's pace, and it can be told to fail as Discord and the network fail.
//!
//! ```text
//! client ──► server ──► fault? ──► body ──► api ─────────────────────────► fault? ──► client
//!            (I/O)      script     JSON,     edge → global → webhook →       script
//!                                  files     bucket and channel → validate
//!                                            → store → message
//!                                                       │
//! test ◄── Discord: messages, requests, wait_for ◄───────┘   also as JSON under /_preview
//! ```
//!
//! Only `server` does I/O and only `clock` reads the time; everything that decides is a function of its arguments.
//!
//! # Examples
//!
//! ```no_run
//! use std::time::Duration;
//! use discord_log_preview::{Discord, Fault};
//!
//! # fn main() -> Result<(), discord_log_preview::StartError> {
//! let discord = Discord::builder().start()?;
//! discord.fault(Fault::unavailable().in_channel("errors").times(2));
//!
//! // … run what logs, with the environment of `discord.settings()` …
//!
//! assert!(discord.wait_for(|d| d.messages("errors").len() == 1, Duration::from_secs(10)));
//! assert!(discord.messages("errors")[0].pings.is_empty());
//! assert!(discord.requests().iter().all(|request| request.unknown_keys.is_empty()));
//! # Ok(())
//! # }
//! ```

mod api;
mod app;
mod attachment_name;
mod body;
mod builder;
mod change;
mod clock;
mod component_kind;
mod discord;
mod fault;
mod guild;
mod limits;
mod markdown;
mod mention;
mod message;
mod page;
mod rate_limit;
mod refusal;
mod reply;
mod request;
mod server;
mod store;
mod validate;

pub use builder::{Builder, StartError};
pub use discord::Discord;
pub use fault::{ActiveFault, Fault, FaultError, FaultId, FaultKind};
pub use message::{Attachment, Message, Pings, Thread};
pub use rate_limit::{Limits, Rate};
pub use request::{Refused, Request, UploadedFile};
