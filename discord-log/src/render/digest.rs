//! So many events in one message that it tells them only as counts; each of them is in the file that goes with it.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::budget::Size;
use super::embed::{Embed, color_of, footer};
use super::headline::Headline;
use super::lines::{Told, events};
use super::listing::Listing;
use super::passage::{Passage, Place};
use super::{Repeat, Settings, group, limits, readable};
use crate::event::{Channel, Severity};
use crate::reduce::{Group, Shown};

/// What is counted together: what reads alike in one channel.
type Row<'a> = (Channel, Headline<'a>);

/// Writes as many of the events, in their order, as the file has room for; at least one whenever there is one.
pub(super) fn write(settings: &Settings, shown: &[Shown], repeat: Repeat, room: Size) -> Told {
    let mut listing = Listing::default();
    let count = shown.iter().take_while(|shown| listing.push(shown)).count();
    let told = shown.get(..count).unwrap_or_default();
    let Some(first) = told.first() else { return Told::default() };
    let file = listing.file(&format!("events-{}", first.entry.id));
    let may_repeat = repeat.is_possible() || told.iter().any(|shown| shown.entry.may_repeat);
    let footer = footer(settings, &events(count), may_repeat, room.part(limits::PARTS_OF_AN_EMBED));
    let color = color_of(told.iter().map(group::severity).max().unwrap_or(Severity::Info));
    let times = || told.iter().map(|shown| shown.entry.event.occurred_at().max(limits::EARLIEST));
    let (from, to) = (times().min().unwrap_or_default(), times().max().unwrap_or_default());
    let span = format!("<t:{}:f> – <t:{}:T>\n", from.as_second(), to.as_second());
    let title = format!("📚 {}", events(count));
    let note = "\nAll of them, with all that they tell, are in the file.";
    let edges = [&title, &footer, &span, note].map(Size::of).into_iter().sum();
    let description = span + &table(settings, told, room.without(edges)) + note;
    let embed = Embed::listing(title, description, color, footer, to);
    Told { embeds: vec![embed], files: vec![file], count }
}

/// Counts what reads alike, the most frequent first.
fn table(settings: &Settings, told: &[Shown], room: Size) -> String {
    let mut counts: HashMap<Row<'_>, (u64, usize)> = HashMap::new();
    let mut all = 0_u64;
    for (position, shown) in told.iter().enumerate() {
        let event = &shown.entry.event;
        let times = shown.group.as_ref().map_or_else(|| shown.entry.repeats().saturating_add(1), Group::count);
        let row = counts.entry((event.channel(), Headline::of(&settings.service, event))).or_insert((0, position));
        row.0 = row.0.saturating_add(times);
        all = all.saturating_add(times);
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_unstable_by_key(|(_, (count, first))| (Reverse(*count), *first));
    let (shown, others) = rows.split_at_checked(limits::ROWS).unwrap_or((&rows, &[]));
    let mut lines: Vec<_> = shown
        .iter()
        .map(|((channel, headline), (count, _))| {
            let headline = Passage::of(headline.line()).write(Place::Plain, Size::characters(limits::ROW_CHARACTERS));
            line(*count, &format!("{channel:<8} {headline}"))
        })
        .collect();
    if !others.is_empty() {
        let count = others.iter().fold(0_u64, |sum, (_, (count, _))| sum.saturating_add(*count));
        lines.push(line(count, &format!("in {} other rows", readable::grouped(others.len() as u64))));
    }
    if all > told.len() as u64 {
        lines.push(line(all, "in all, repeats counted"));
    }
    Passage::of(lines.join("\n")).write(Place::Code, room.min(Size::characters(limits::TABLE_CHARACTERS)))
}

fn line(count: u64, what: &str) -> String {
    format!("{:<9} {what}", readable::grouped(count))
}
