//! Discord's markdown, as inert HTML: a text as it was posted comes in, and what goes out is markup of ours around
//! escaped text of theirs, with the same look as in Discord's desktop client.
//!
//! The path is `parse` → `node` → `write`. Nothing here reads a clock, a file or the network, and a text costs a
//! bounded amount of work, whatever stands in it.
//!
//! It is not a CommonMark library because Discord's markdown is not CommonMark, nor a dialect that such a library can
//! be set to. It descends from *simple-markdown*, a list of expressions that are tried at each character:
//!
//! - HTML, entities, tables, images, reference links, indented code, `===` headings and `---` lines are text.
//! - `__a__` underlines, `||a||` hides, `-# ` makes small print, and `<@1>`, `<#1>`, `<t:1>` or `<:name:1>` are shown
//!   as what they name.
//! - A code block may begin and end within a line; its language counts only when it stands alone after the backticks.
//! - A quote has a space after each `>`, does not continue by itself, and holds no quote; `>>> ` quotes all the rest.
//! - A mark ends at the first place that can end it, even within code, and wherever the other marks stand, so nothing
//!   is balanced as CommonMark balances it: `_snake_case_` is `_snake` and an emphasised `case`.
//! - Line breaks and blank lines are kept, and there are no paragraphs.
//! - A block may stand within a mark: `||# a||` is a hidden heading.
//! - A masked link whose text looks like an address, or outside embeds holds emoji, is shown as it was typed.

mod ansi;
mod block;
mod code;
mod fuel;
mod highlight;
mod link;
mod mark;
mod node;
mod parse;
#[cfg(test)]
mod tests;
mod timestamp;
mod token;
mod write;

use std::{borrow::Cow, collections::BTreeMap};

pub(crate) use highlight::highlighted;

use crate::message::Pings;
use fuel::Fuel;

/// Where a text stands, which decides what is markup in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The content, a text display, an embed's description or the value of a field: everything is.
    Body,
    /// An embed's title or the name of a field: marks, inline code, emoji and timestamps are; blocks, links and
    /// mentions are not.
    Line,
}

/// What mentions are shown as.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mentioned<'a> {
    /// The names of the channels, by id.
    pub(crate) channels: &'a BTreeMap<String, String>,
    /// Whom the message pings; nothing in an embed, where nobody can be pinged.
    pub(crate) pings: Option<&'a Pings>,
}

/// Turns a text into HTML.
///
/// What the text holds cannot leave it: it is escaped, its links are http, https or discord, and no attribute loads
/// or runs anything.
pub(crate) fn html(text: &str, place: Place, mentioned: &Mentioned<'_>) -> String {
    let in_embed = mentioned.pings.is_none();
    let nodes = parse::parse(&without_controls(text), place, in_embed, &Fuel::default());
    write::html(&nodes, mentioned)
}

/// Drops what no browser shows. Escape stays, for the code blocks that colour with it; the writer drops it elsewhere.
fn without_controls(text: &str) -> Cow<'_, str> {
    let dropped = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\u{1b}');
    if text.contains(dropped) { text.replace(dropped, "").into() } else { text.into() }
}
