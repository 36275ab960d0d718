//! The body of one webhook message: as many events as it holds, and what a phone shows of it; and of an edit of it.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::budget::{Size, pack, share};
use super::embed::Embed;
use super::headline::Headline;
use super::passage::{Passage, Place};
use super::username::username;
use super::{Body, Post, Settings, description, limits};
use crate::event::{Channel, Event, Severity};
use crate::record::Entry;
use crate::reduce::Shown;

/// The body of a message; made only by [`message`], so that nobody is ever notified by its text.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    embeds: Vec<Embed>,
    allowed_mentions: NobodyMentioned,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<u32>,
}

/// The body of an edit; made only by [`edit`]. Under which name and how loudly a message was posted stays as it is.
///
/// Source: <https://discord.com/developers/docs/resources/webhook#edit-webhook-message>.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Edit {
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    embeds: Vec<Embed>,
    /// An edit is read anew, with the defaults where it does not say otherwise.
    allowed_mentions: NobodyMentioned,
}

/// Whether an earlier attempt to send the same entries may have arrived.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Repeat {
    /// None was made, or none arrived.
    First,
    /// One may have; the message says so.
    Possible,
}

impl Repeat {
    pub(crate) const fn of(may_repeat: bool) -> Self {
        if may_repeat { Self::Possible } else { Self::First }
    }
}

impl Message {
    /// Gives the bytes to send.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        json(self)
    }
}

impl Edit {
    /// Gives the bytes to send.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        json(self)
    }
}

/// Strings, numbers and lists of them in memory: there is nothing in here that could fail.
fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

/// Discord's rule for which mentions notify: none. Left out, users named in the text would be.
#[derive(Clone, Copy, Debug)]
struct NobodyMentioned;

impl Serialize for NobodyMentioned {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("parse", &[(); 0])?;
        map.end()
    }
}

/// Packs as many of the entries, in their order, as one message holds, and says how many those are.
///
/// At least one whenever there is one: the first entry is cut until it fits. Each entry keeps what it needs up to a
/// modest size before fewer share a message; what the small ones leave goes to the large ones, and a lone one has it all.
/// Of no entries it makes nothing that could be sent.
pub(super) fn message(settings: &Settings, entries: &[Entry], repeat: Repeat) -> (Message, usize) {
    let candidates = entries.get(..limits::EMBEDS).unwrap_or(entries);
    let username = username(&settings.service);
    let room = room_for_embeds(&username, candidates);
    let mut embeds: Vec<_> = candidates.iter().map(|entry| Embed::of(settings, entry, repeat, room)).collect();
    let sizes: Vec<_> = embeds.iter().map(Embed::size).collect();
    let modest = Size::new(limits::MODEST_EMBED_CHARACTERS, limits::MODEST_EMBED_BYTES);
    let count = pack(&sizes, modest, room).max(1).min(candidates.len());
    let packed = candidates.get(..count).unwrap_or_default();
    embeds.truncate(count);
    share_room(settings, packed, repeat, room, &mut embeds);
    let flags = packed.iter().all(|entry| is_quiet(&entry.event)).then_some(SUPPRESS_NOTIFICATIONS);
    let content = content(settings, packed);
    (Message { username, content, embeds, allowed_mentions: NobodyMentioned, flags }, count)
}

/// Packs as much of what is to be told, in its order, as one message holds, and says how many that is.
pub(crate) fn post(settings: &Settings, shown: &[Shown], post: Post<'_>) -> (Body, usize) {
    let entries: Vec<_> = shown.iter().map(|shown| shown.entry.clone()).collect();
    let (message, count) = message(settings, &entries, post.repeat);
    (Body { json: message.to_json(), files: Vec::new() }, count)
}

/// Names the forum post of a problem.
pub(crate) fn thread_name(settings: &Settings, shown: &Shown) -> String {
    let headline = Headline::of(settings, &shown.entry.event).line();
    Passage::of(headline).write(Place::Line, Size::characters(100))
}

/// Renders all that a message tells anew.
pub(crate) fn edit(settings: &Settings, shown: &[Shown], repeat: Repeat) -> Body {
    let entries: Vec<_> = shown.iter().map(|shown| shown.entry.clone()).collect();
    Body { json: edited(settings, &entries, repeat).to_json(), files: Vec::new() }
}

/// Renders all entries of a message anew, however little room each has: they stand in it already.
pub(super) fn edited(settings: &Settings, entries: &[Entry], repeat: Repeat) -> Edit {
    let room = room_for_embeds(&username(&settings.service), entries);
    let mut embeds: Vec<_> = entries.iter().map(|entry| Embed::of(settings, entry, repeat, room)).collect();
    share_room(settings, entries, repeat, room, &mut embeds);
    Edit { content: content(settings, entries), embeds, allowed_mentions: NobodyMentioned }
}

/// Cuts the embeds of a message until all fit: what the small ones leave goes to the large ones.
fn share_room(settings: &Settings, entries: &[Entry], repeat: Repeat, room: Size, embeds: &mut [Embed]) {
    let sizes: Vec<_> = embeds.iter().map(Embed::size).collect();
    let share = share(&sizes, room);
    for (embed, entry) in embeds.iter_mut().zip(entries) {
        if !embed.size().fits(share) {
            *embed = Embed::of(settings, entry, repeat, share);
        }
    }
}

fn room_for_embeds(username: &str, entries: &[Entry]) -> Size {
    let content = if entries.iter().any(|entry| is_loud(&entry.event)) { limits::CONTENT_BYTES } else { 0 };
    Size::new(limits::MESSAGE_CHARACTERS, limits::MESSAGE_BYTES - username.len() - content)
}

/// The line that a phone shows: the worst that the message tells, the first of it, and how much more there is.
fn content(settings: &Settings, entries: &[Entry]) -> Option<String> {
    let loud: Vec<_> = entries.iter().map(|entry| &entry.event).filter(|event| is_loud(event)).collect();
    let worst = loud.iter().map(|event| event.severity()).max()?;
    let event = loud.iter().find(|event| event.severity() == worst)?;
    let more = match loud.len() - 1 {
        0 => String::new(),
        more => format!(" (+{more} more)"),
    };
    let line = Headline::of(settings, event).line_about(description::detail(event));
    let room = Size::new(limits::CONTENT_CHARACTERS, limits::CONTENT_BYTES).without(Size::of(&more));
    Some(Passage::of(line).write(Place::Line, room) + &more)
}

fn is_loud(event: &Event) -> bool {
    event.severity() >= Severity::Error
}

/// Says whether an event is worth knowing but not worth a phone that buzzes.
fn is_quiet(event: &Event) -> bool {
    event.severity() <= Severity::Success || (event.kind().channel() == Channel::Activity && !is_loud(event))
}

/// The message appears without a notification (Discord's API reference, "Message Flags": `1 << 12`).
const SUPPRESS_NOTIFICATIONS: u32 = 1 << 12;
