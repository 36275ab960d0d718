//! A message as Discord lays it out.

use std::hash::{DefaultHasher, Hash, Hasher};

use askama::Template;

use super::snapshot::{Names, Placed};
use super::time::At;
use super::{attached, component, embed, poll};
use crate::api;
use crate::limits;
use crate::markdown::{self, Mentioned};
use crate::message::{Message, Pings};

/// How many colours Discord has for those without a picture.
const AVATARS: u64 = 5;

/// Where a text stands: the message it is part of, and what can be mentioned in it.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) message: &'a Message,
    names: &'a Names,
    pings: Option<&'a Pings>,
}

impl Place<'_> {
    pub(super) fn markdown(&self, text: &str, place: markdown::Place) -> String {
        markdown::html(text, place, &Mentioned { channels: self.names, pings: self.pings })
    }
}

/// A message ready to be written.
#[derive(Debug, Template)]
#[template(path = "message.html")]
struct Shown<'a> {
    message: &'a Message,
    follows: bool,
    avatar: u64,
    at: At,
    edited: Option<Edited>,
    pings: Option<String>,
    silent: bool,
    content: String,
    files: Vec<attached::Shown>,
    embeds: Vec<embed::Shown>,
    suppressed: usize,
    components: Vec<String>,
    poll: Option<poll::Shown>,
}

/// The mark of an edited message, which stands at the end of its text.
#[derive(Debug, Template)]
#[template(path = "edited.html")]
struct Edited {
    count: u32,
    at: At,
}

/// Writes a message.
pub(super) fn html(placed: &Placed, names: &Names) -> askama::Result<String> {
    let message = &placed.message;
    let inside = Place { message, names, pings: Some(&message.pings) };
    // An embed mentions nobody.
    let embedded = Place { message, names, pings: None };
    let suppressed = message.flags & limits::FLAG_SUPPRESS_EMBEDS != 0;
    let shown_embeds = if suppressed { &[] } else { &message.embeds[..] };
    let mut elsewhere = api::files_in_embeds(&message.embeds);
    elsewhere.extend(component::files_shown(&message.components));
    let files = message.attachments.iter().filter(|file| !elsewhere.contains(&file.filename));
    let components = message.components.iter().map(|component| component::html(component, &inside));
    let shown = Shown {
        message,
        follows: placed.follows,
        avatar: avatar(message),
        at: At::read(&message.timestamp),
        edited: message.edited_timestamp.as_deref().map(|at| Edited { count: message.edits, at: At::read(at) }),
        pings: pings(&message.pings),
        silent: message.flags & limits::FLAG_SUPPRESS_NOTIFICATIONS != 0,
        content: inside.markdown(&message.content, markdown::Place::Body),
        files: files.map(attached::Shown::read).collect(),
        embeds: shown_embeds.iter().map(|embed| embed::Shown::read(embed, &embedded)).collect(),
        suppressed: if suppressed { message.embeds.len() } else { 0 },
        components: components.collect::<askama::Result<_>>()?,
        poll: message.poll.as_ref().map(poll::Shown::read),
    };
    shown.render()
}

/// Which of the colours a sender has.
fn avatar(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    message.author.hash(&mut hasher);
    hasher.finish() % AVATARS
}

/// Whom a message pings, in words.
fn pings(pings: &Pings) -> Option<String> {
    let everyone = pings.everyone.then(|| "everyone".to_owned());
    let roles = pings.roles.iter().map(|id| format!("role {id}"));
    let users = pings.users.iter().map(|id| format!("user {id}"));
    let whom: Vec<String> = everyone.into_iter().chain(roles).chain(users).collect();
    (!whom.is_empty()).then(|| whom.join(", "))
}
