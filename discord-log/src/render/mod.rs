//! From events to the body of one Discord message, or to one line of the local log. Pure functions: entries of the
//! journal come in, text goes out, and whatever the text is, Discord takes it, nobody is notified by it and nothing in
//! it acts as markup.
//!
//! ```text
//!   headline    ┐
//!   description ├─▶ passage: clean ─▶ cut ─▶ escape ─▶ embed ─▶ message ─▶ JSON
//!   fields      ┘                   (to the room that budget shares out)
//! ```
//!
//! Text is measured after it was escaped and by both of Discord's measures, code points and bytes. What is cut says so.

mod attached;
mod backtrace;
mod body;
mod budget;
mod clean;
mod description;
mod digest;
mod embed;
mod event_file;
mod facts;
mod fields;
mod group;
mod headline;
mod heartbeat;
mod limits;
mod line;
mod lines;
mod listing;
mod markdown;
mod mentions;
mod message;
mod passage;
#[cfg_attr(feature = "pictures", path = "picture/mod.rs")]
#[cfg_attr(not(feature = "pictures"), path = "picture_disabled.rs")]
mod picture;
mod readable;
mod request;
mod settings;
mod source;
mod summary;
#[cfg(test)]
mod tests;
mod thread_name;
mod username;

#[cfg(test)]
pub(crate) use self::body::File;
pub(crate) use self::body::{Body, Post};
pub(crate) use self::heartbeat::heartbeat;
pub(crate) use self::line::{addition, line};
#[cfg(feature = "journal")]
pub(crate) use self::line::{headline, one_line};
pub(crate) use self::mentions::Mentions;
pub(crate) use self::message::{Repeat, edit, post};
pub(crate) use self::readable::{grouped, lasted};
pub(crate) use self::settings::Settings;
pub(crate) use self::source::SourceUrl;
pub(crate) use self::thread_name::thread_name;
