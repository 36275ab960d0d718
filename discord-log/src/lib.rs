//! Turns a Discord server into the operations room of a service.
mod config;
mod event;
mod filter;
mod logger;
mod record;
mod render;
mod send;
pub mod testing;
pub use crate::config::{Config, ConfigBuilder, ConfigError, Problem};
pub use crate::event::*;
