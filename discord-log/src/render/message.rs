//! The body of one webhook message: as many events as it holds, and what a phone shows of it; and of an edit of it.

use serde::Serialize;

use super::body::{Body, File, Post};
use super::budget::{Size, pack, share};
use super::embed::Embed;
use super::headline::Headline;
use super::lines::Told;
use super::mentions::{Allowed, Mentions};
use super::passage::{Passage, Place};
use super::username::username;
use super::{Settings, attached, description, digest, group, limits, lines, readable, summary, thread_name};
use crate::event::{Channel, Severity};
use crate::reduce::{Form, Shown};

/// The body of a message; made only here, so that nobody is notified by a text.
#[derive(Debug, Serialize)]
struct Message<'a> {
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    embeds: Vec<Embed>,
    allowed_mentions: Allowed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_name: Option<String>,
}

/// The body of an edit. Under which name and how loudly a message was posted stays as it is.
///
/// Source: <https://discord.com/developers/docs/resources/webhook#edit-webhook-message>.
#[derive(Debug, Serialize)]
struct Edit<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    embeds: Vec<Embed>,
    /// An edit is read anew, with the defaults where it does not say otherwise.
    allowed_mentions: Allowed<'a>,
    /// The files that the message has from now on; those that it had go.
    attachments: Vec<Attachment<'a>>,
}

/// A file that goes with the body, by its position among them.
#[derive(Debug, Serialize)]
struct Attachment<'a> {
    id: String,
    filename: &'a str,
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

impl Repeat {
    pub(crate) const fn is_possible(self) -> bool {
        matches!(self, Self::Possible)
    }
}

/// Packs as much of what is to be told, in its order, as one message holds, and says how much that is.
///
/// At least one whenever there is one: the first is cut until it fits. Of nothing it makes nothing that could be sent.
pub(crate) fn post(settings: &Settings, shown: &[Shown], post: Post<'_>) -> (Body, usize) {
    let username = username(&settings.service);
    let mentions = Some(&settings.mentions).filter(|mentions| !mentions.is_empty());
    let mention = mentions.map(Mentions::text).unwrap_or_default();
    let room = room_for_embeds(&username, shown).without(Size::new(0, mention.len()));
    let told = match post.form {
        Form::Embeds => embeds(settings, shown, post.repeat, room),
        Form::Lines => lines::write(settings, shown, post.repeat, room),
        Form::Digest => digest::write(settings, shown, post.repeat, room),
    };
    let packed = shown.get(..told.count).unwrap_or_default();
    let mentions = mentions.filter(|_| packed.iter().any(pings));
    let content = content(settings, packed);
    let message = Message {
        username,
        content: if mentions.is_some() { content.map(|line| format!("{mention} {line}")) } else { content },
        embeds: told.embeds,
        allowed_mentions: Allowed(mentions),
        flags: packed.iter().all(is_quiet).then_some(SUPPRESS_NOTIFICATIONS),
        attachments: attachments(&told.files),
        thread_name: post.thread.map(thread_name::name),
    };
    (Body { json: json(&message), files: told.files }, told.count)
}

/// Renders all that a message tells anew, however little room each has: it stands in it already.
pub(crate) fn edit(settings: &Settings, shown: &[Shown], repeat: Repeat) -> Body {
    let room = room_for_embeds(&username(&settings.service), shown);
    let mut embeds: Vec<_> = shown.iter().map(|shown| Embed::of(settings, shown, repeat, room)).collect();
    share_room(settings, shown, repeat, room, &mut embeds);
    let files = files(settings, shown, &embeds);
    let edit = Edit {
        content: content(settings, shown),
        embeds,
        allowed_mentions: Allowed(None),
        attachments: attachments(&files),
    };
    Body { json: json(&edit), files }
}

/// Makes a message of one finished embed that notifies nobody; in a forum it opens a post.
pub(super) fn silent(settings: &Settings, embed: Embed, thread: Option<&str>) -> Body {
    let message = Message {
        username: username(&settings.service),
        content: None,
        embeds: vec![embed],
        allowed_mentions: Allowed(None),
        flags: Some(SUPPRESS_NOTIFICATIONS),
        attachments: Vec::new(),
        thread_name: thread.map(thread_name::name),
    };
    Body { json: json(&message), files: Vec::new() }
}

/// Makes the edit that puts one finished embed in place of what a message told.
pub(super) fn edit_to(embed: Embed) -> Body {
    let edit = Edit { content: None, embeds: vec![embed], allowed_mentions: Allowed(None), attachments: Vec::new() };
    Body { json: json(&edit), files: Vec::new() }
}

/// Strings, numbers and lists of them in memory: there is nothing in here that could fail.
fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

fn attachments(files: &[File]) -> Vec<Attachment<'_>> {
    let numbered = files.iter().enumerate();
    numbered.map(|(position, file)| Attachment { id: position.to_string(), filename: &file.name }).collect()
}

/// Gives each event an embed of its own.
///
/// Each keeps what it needs up to a modest size before fewer share a message; what the small ones leave goes to the
/// large ones, and a lone one has it all.
fn embeds(settings: &Settings, shown: &[Shown], repeat: Repeat, room: Size) -> Told {
    if let (Some(figures), Some(one)) = (summary::figures(shown), shown.first()) {
        return summary::write(settings, one, &figures, repeat, room);
    }
    let candidates = shown.get(..limits::EMBEDS).unwrap_or(shown);
    let mut embeds: Vec<_> = candidates.iter().map(|shown| Embed::of(settings, shown, repeat, room)).collect();
    let sizes: Vec<_> = embeds.iter().map(Embed::size).collect();
    let modest = Size::new(limits::MODEST_EMBED_CHARACTERS, limits::MODEST_EMBED_BYTES);
    let count = pack(&sizes, modest, room).max(1).min(candidates.len());
    let packed = candidates.get(..count).unwrap_or_default();
    embeds.truncate(count);
    share_room(settings, packed, repeat, room, &mut embeds);
    let files = files(settings, packed, &embeds);
    Told { embeds, files, count }
}

fn files(settings: &Settings, shown: &[Shown], embeds: &[Embed]) -> Vec<File> {
    let told: Vec<_> = shown.iter().zip(embeds).map(|(shown, embed)| (shown, embed.cut())).collect();
    attached::files(settings, &told)
}

/// Cuts the embeds of a message until all fit: what the small ones leave goes to the large ones.
fn share_room(settings: &Settings, shown: &[Shown], repeat: Repeat, room: Size, embeds: &mut [Embed]) {
    let sizes: Vec<_> = embeds.iter().map(Embed::size).collect();
    let share = share(&sizes, room);
    for (embed, shown) in embeds.iter_mut().zip(shown) {
        if !embed.size().fits(share) {
            *embed = Embed::of(settings, shown, repeat, share);
        }
    }
}

fn room_for_embeds(username: &str, shown: &[Shown]) -> Size {
    let content = if shown.iter().any(is_loud) { limits::CONTENT_BYTES } else { 0 };
    Size::new(limits::MESSAGE_CHARACTERS, limits::MESSAGE_BYTES - username.len() - content)
}

/// The line that a phone shows: the worst that the message tells, the first of it, and how much more there is.
fn content(settings: &Settings, shown: &[Shown]) -> Option<String> {
    let loud: Vec<_> = shown.iter().filter(|shown| is_loud(shown)).collect();
    // What is over is good news, told only if there is no other.
    let badness = |shown: &Shown| if group::is_over(shown) { None } else { Some(group::severity(shown)) };
    let worst = loud.iter().map(|shown| badness(shown)).max()?;
    let first = loud.iter().find(|shown| badness(shown) == worst)?;
    let more = match loud.len() - 1 {
        0 => String::new(),
        more => format!(" (+{} more)", readable::grouped(more as u64)),
    };
    let event = &first.entry.event;
    let headline = Headline::of(&settings.service, event);
    let headline = if group::is_over(first) { headline.over() } else { headline };
    let line = headline.line_about(&group::times(first), description::detail(event));
    let room = Size::new(limits::CONTENT_CHARACTERS, limits::CONTENT_BYTES).without(Size::of(&more));
    Some(Passage::of(line).write(Place::Line, room) + &more)
}

fn is_loud(shown: &Shown) -> bool {
    group::severity(shown) >= Severity::Error
}

/// Says whether it is for somebody to act now.
fn pings(shown: &Shown) -> bool {
    group::severity(shown) == Severity::Critical && !group::is_over(shown)
}

/// Says whether it is worth knowing but not worth a phone that buzzes.
fn is_quiet(shown: &Shown) -> bool {
    let is_activity = shown.entry.event.kind().channel() == Channel::Activity;
    group::severity(shown) <= Severity::Success || (is_activity && !is_loud(shown))
}

/// The message appears without a notification (Discord's API reference, "Message Flags": `1 << 12`).
const SUPPRESS_NOTIFICATIONS: u32 = 1 << 12;
