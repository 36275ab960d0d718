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

mod backtrace;
mod body;
mod budget;
mod clean;
mod description;
mod embed;
mod fields;
mod headline;
mod limits;
mod line;
mod markdown;
mod message;
mod passage;
mod readable;
mod settings;
#[cfg(test)]
mod tests;
mod username;

pub(crate) use self::body::{Body, File, Post};
pub(crate) use self::line::{addition, line};
pub(crate) use self::message::{Repeat, edit, post, thread_name};
pub(crate) use self::settings::Settings;
