//! Many events in one message, a line each, for times in which an embed an event would come too late.

use super::body::File;
use super::budget::Size;
use super::clean::{Lines, clean, legible};
use super::embed::{Embed, color_of, footer};
use super::facts::facts;
use super::headline::Headline;
use super::listing::Listing;
use super::passage::{Passage, Place};
use super::{Repeat, Settings, description, group, limits, readable};
use crate::event::{Role, Severity};
use crate::reduce::Shown;

/// Embeds that tell many events, the files that go with them, and how many events those are.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) embeds: Vec<Embed>,
    pub(super) files: Vec<File>,
    pub(super) count: usize,
}

/// Writes as many of the events, in their order, as there is room for; at least one whenever there is one.
pub(super) fn write(settings: &Settings, shown: &[Shown], repeat: Repeat, room: Size) -> Told {
    let edge = room.part(limits::PARTS_OF_AN_EMBED);
    let may_repeat = repeat.is_possible() || shown.iter().any(|shown| shown.entry.may_repeat);
    let footer = footer(settings, &events(shown.len()), may_repeat, edge);
    let edges = Size::of(&footer) + Size::of(&title(shown.len(), 1));
    // One embed for what fits in it, and a second one with the same edges for the rest.
    let mut left = room.without(edges);
    let mut descriptions = vec![String::new()];
    let (mut listing, mut is_cut, mut count) = (Listing::default(), false, 0);
    for shown in shown {
        let line = line(settings, shown);
        let size = Size::of(&line.text) + LINE_END;
        let mut description = descriptions.pop().unwrap_or_default();
        let in_embed = Size::characters(limits::DESCRIPTION_CHARACTERS).without(Size::of(&description));
        let taken = if size.fits(in_embed) { size } else { size + edges };
        if count > 0 && (!taken.fits(left) || !listing.push(shown)) {
            descriptions.push(description);
            break;
        }
        if count == 0 {
            let _ = listing.push(shown);
        }
        left = left.without(taken);
        if !size.fits(in_embed) {
            descriptions.push(std::mem::take(&mut description));
        }
        if !description.is_empty() {
            description.push('\n');
        }
        description.push_str(&line.text);
        descriptions.push(description);
        is_cut |= line.is_cut;
        count += 1;
    }
    let told = shown.get(..count).unwrap_or_default();
    let embeds = embeds(settings, told, descriptions, may_repeat, edge);
    let name = told.first().map(|first| format!("events-{}", first.entry.id)).unwrap_or_default();
    Told { embeds, files: is_cut.then(|| listing.file(&name)).into_iter().collect(), count }
}

fn embeds(settings: &Settings, told: &[Shown], descriptions: Vec<String>, may_repeat: bool, edge: Size) -> Vec<Embed> {
    let color = color_of(told.iter().map(group::severity).max().unwrap_or(Severity::Info));
    let Some(at) = told.iter().map(|shown| shown.entry.event.occurred_at()).max() else { return Vec::new() };
    let footer = footer(settings, &events(told.len()), may_repeat, edge);
    let embed = |(part, description)| Embed::listing(title(told.len(), part), description, color, footer.clone(), at);
    descriptions.into_iter().enumerate().map(embed).collect()
}

/// Writes how many events there are, as the headline of all of them.
fn title(count: usize, part: usize) -> String {
    format!("📋 {}{}", events(count), if part > 0 { ", continued" } else { "" })
}

pub(super) fn events(count: usize) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{} events", readable::grouped(count as u64)) }
}

struct Line {
    text: String,
    /// Whether it tells less than the event.
    is_cut: bool,
}

/// Writes what happened and the main values: emoji, time, headline, text, and then the rest as far as it goes.
fn line(settings: &Settings, shown: &Shown) -> Line {
    let event = &shown.entry.event;
    let headline = Headline::of(&settings.service, event);
    let headline = if group::is_over(shown) { headline.over() } else { headline };
    let times = group::times(shown);
    let mut text = headline.line() + &times;
    let detail = description::detail(event);
    let causes = event.entries().of(Role::Cause).map(|cause| cause.as_text());
    let said = event.text().filter(|_| event.error_report().is_some());
    for part in [detail].into_iter().chain(said).chain(causes).filter(|part| !part.trim().is_empty()) {
        text.push_str(": ");
        text.push_str(&legible(part));
    }
    let has_more = event.left_out() > 0 || event.backtrace().is_some() || event.has(Role::Attached, "");
    let mut is_long = has_more || shown.group.is_some();
    // What it is about comes before where in the program that is.
    let (values, places): (Vec<_>, Vec<_>) =
        facts(settings, event, &headline, false).into_iter().partition(|fact| !PLACES.contains(&&*fact.label));
    for fact in values.into_iter().chain(places) {
        if text.len() > limits::LINE_BYTES {
            is_long = true;
            break;
        }
        text.push_str(&format!(" · {} {}", legible(&fact.label), legible(fact.value.as_str())));
    }
    let second = event.occurred_at().max(limits::EARLIEST).as_second();
    let time = format!("<t:{second}:T> ");
    let room = Size::characters(limits::LINE_CHARACTERS).without(Size::of(&time));
    // A line of several would start new ones that look like events.
    let joined = clean(&text, Lines::Joined, usize::MAX);
    let written = Passage::of(joined.text).put(Place::Line, room);
    Line { text: time + &written.text, is_cut: is_long || written.cut + joined.piled > 0 }
}

/// Facts for who looks at the program.
const PLACES: [&str; 3] = ["Error type", "Trail", "Where"];

/// What joins two lines.
const LINE_END: Size = Size::new(1, 1);
