//! What a message tells of a problem beside its newest occurrence: how often, since when, how fast, how many people, and
//! what was not the same each time.

use std::borrow::Cow;

use jiff::Timestamp;

use super::budget::Size;
use super::facts::{Fact, humanised};
use super::fields::{Field, Fields};
use super::passage::{Passage, Place, Written};
use super::{limits, readable};
use crate::event::Severity;
use crate::reduce::{Back, Count, Earlier, Group, Shown, Variable};

/// What is worth telling of a group: of one that occurred once and has no history nothing.
pub(super) fn told(shown: &Shown) -> Option<&Group> {
    let is_told = |group: &&Group| is_counted(group) || group.back().is_some() || group.earlier().is_some();
    shown.group.as_ref().filter(is_told)
}

/// Says whether a group tells how often something happened.
pub(super) fn is_counted(group: &Group) -> bool {
    group.count() > 1 || group.is_over()
}

/// How serious it is: by the worst occurrence, whatever the newest is.
pub(super) fn severity(shown: &Shown) -> Severity {
    shown.group.as_ref().map_or_else(|| shown.entry.event.severity(), Group::severity)
}

pub(super) fn is_over(shown: &Shown) -> bool {
    shown.group.as_ref().is_some_and(Group::is_over)
}

/// How often it happened, behind a headline: ` ×1,000`; nothing for once.
pub(super) fn times(shown: &Shown) -> String {
    match &shown.group {
        Some(group) if group.count() > 1 => format!(" ×{}", readable::grouped(group.count())),
        _ => String::new(),
    }
}

/// Lists what is known of all occurrences in a few short fields.
pub(super) fn facts(group: &Group) -> Vec<Fact<'_>> {
    let mut facts = Vec::new();
    if is_counted(group) {
        facts.push(seen(group));
    }
    if group.count() > 1 {
        facts.push(Fact::new("Last hour", Passage::of(rate(&group.rate()))));
        let actors = group.actors();
        if actors.number > 0 {
            facts.push(Fact::new("Affected", Passage::of(counted(actors, "person", "people"))));
        }
    }
    facts.extend(group.back().map(|back| Fact::new("Back", Passage::of(returned(back)))));
    facts.extend(group.earlier().map(before));
    facts
}

/// Writes what was not the same each time into a room: as many values as it holds, and how many more there are.
pub(super) fn values(group: &Group, most: usize, room: Size) -> Fields {
    let variables: Vec<_> = group.variables().collect();
    let mut fields = Fields::default();
    let mut left = room;
    for (position, variable) in variables.iter().enumerate() {
        let share = left.part(variables.len() - position);
        let field = Some(variable).filter(|_| fields.list.len() < most).and_then(|variable| list(variable, share));
        match field {
            Some((field, cut)) => {
                left = left.without(field.size());
                fields.list.push(field);
                fields.cut += cut;
            }
            None => fields.cut += variable.values.iter().map(String::len).sum::<usize>(),
        }
    }
    fields
}

/// Names a variable for people.
pub(super) fn name(variable: &Variable<'_>) -> String {
    let label = variable.name.map_or(Cow::Borrowed("In the text"), humanised);
    format!("{label} ({})", counted(variable.distinct, "value", "values"))
}

/// Says how many different values there are beside the first ones.
pub(super) fn more(variable: &Variable<'_>, written: usize) -> Option<String> {
    let more = variable.distinct.number.saturating_sub(written as u64);
    let about = if variable.distinct.is_exact { "" } else { "about " };
    (more > 0).then(|| format!("and {about}{} more", readable::grouped(more)))
}

/// Says in one line how often it happened and for how long, for a file and for places without markup.
pub(super) fn seen_in_words(group: &Group) -> String {
    let (first, last) = (group.first_seen(), group.last_seen());
    format!("{}, first {first:.0}, last {last:.0}", often(group))
}

/// Draws the last hour and says what it shows.
pub(super) fn rate(spans: &[u64]) -> String {
    let total: u64 = spans.iter().fold(0, |total, span| total.saturating_add(*span));
    let peak = spans.iter().copied().max().unwrap_or(0);
    let bars: String = spans.iter().map(|span| bar(*span, peak)).collect();
    format!("{bars} {}, at most {} in five minutes", readable::grouped(total), readable::grouped(peak))
}

fn bar(span: u64, peak: u64) -> char {
    let steps = BARS.len() as u128 - 1;
    let height = (u128::from(span) * steps).div_ceil(u128::from(peak.max(1)));
    BARS.get(usize::try_from(height).unwrap_or(0)).copied().unwrap_or('█')
}

fn list(variable: &Variable<'_>, room: Size) -> Option<(Field, usize)> {
    let room_of_name = room.part(2).min(Size::characters(limits::FIELD_NAME_CHARACTERS));
    let name = Passage::of(name(variable)).put(Place::Line, room_of_name);
    let room = room.without(Size::of(&name.text)).min(Size::characters(limits::FIELD_VALUE_CHARACTERS));
    let whole: Vec<_> = variable.values.iter().map(|value| one(value)).collect();
    let written = (1..=whole.len()).rev().find_map(|count| {
        let values = whole.get(..count)?.join(", ");
        let text = more(variable, count).map_or_else(|| values.clone(), |more| format!("{values} {more}"));
        Size::of(&text).fits(room).then_some((text, count))
    });
    let (text, count) = written.filter(|_| !name.text.is_empty())?;
    let missing = variable.values.iter().skip(count).map(String::len).sum::<usize>() + name.cut;
    Some((Field::new(name, Written { text, cut: 0 }), missing))
}

/// A value that shows nothing is still one.
fn one(value: &str) -> String {
    let text = Passage::of(value).write(Place::Line, Size::characters(usize::MAX));
    if text.is_empty() { "(blank)".to_owned() } else { text }
}

fn seen(group: &Group) -> Fact<'static> {
    let second = |at: Timestamp| at.max(limits::EARLIEST).as_second();
    let (first, last) = (second(group.first_seen()), second(group.last_seen()));
    let style = if group.is_over() { 'f' } else { 'R' };
    let live = format!("{}\nfirst <t:{first}:f>\nlast <t:{last}:{style}>", often(group));
    Fact { live: Some(live), ..Fact::new("Seen", Passage::of(seen_in_words(group))) }
}

fn often(group: &Group) -> String {
    let times = match group.count() {
        1 => "once".to_owned(),
        count => format!("{} times", readable::grouped(count)),
    };
    if !group.is_over() {
        return times;
    }
    let span = group.last_seen().duration_since(group.first_seen()).as_secs().unsigned_abs();
    match span {
        0 => times,
        span => format!("for {}, {times}", readable::duration(std::time::Duration::from_secs(span))),
    }
}

fn returned(back: &Back) -> String {
    let after = readable::duration(back.after);
    match &back.release {
        Some(release) => format!("after {after}; last seen in release {release}"),
        None => format!("after {after}"),
    }
}

fn before(earlier: &Earlier) -> Fact<'static> {
    let (text, live) = match earlier {
        Earlier::Deleted => ("the message that told of it was deleted", None),
        Earlier::Posted { address } => {
            let address = address.as_deref().filter(|address| is_plain(address));
            ("an earlier message told of it", address.map(|address| format!("[earlier message]({address})")))
        }
    };
    Fact { live, ..Fact::new("Before", Passage::of(text)) }
}

/// Says whether nothing in an address could end the markup around it.
fn is_plain(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/@".contains(&byte);
    rest.is_some_and(|rest| !rest.is_empty() && rest.len() <= limits::ADDRESS_BYTES && rest.bytes().all(is_plain))
}

fn counted(count: Count, one: &str, many: &str) -> String {
    let about = if count.is_exact { "" } else { "about " };
    let noun = if count.number == 1 { one } else { many };
    format!("{about}{} {noun}", readable::grouped(count.number))
}

/// From nothing to the peak.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_drawn_and_told() {
        assert_eq!(
            rate(&[0, 0, 1, 50, 100, 7, 0, 0, 0, 0, 0, 1_000]),
            "▁▁▂▂▂▂▁▁▁▁▁█ 1,158, at most 1,000 in five minutes"
        );
        assert_eq!(
            rate(&[u64::MAX, 1, 0]),
            "█▂▁ 18,446,744,073,709,551,615, at most 18,446,744,073,709,551,615 in five minutes"
        );
        assert_eq!(rate(&[0, 0]), "▁▁ 0, at most 0 in five minutes");
    }

    #[test]
    fn only_a_plain_address_is_a_link() {
        for (address, is_link) in [
            ("https://discord.com/channels/1/2/3", true),
            ("http://127.0.0.1:8080/channels/@me/2/3", true),
            ("https://discord.com/channels/1)/2", false),
            ("javascript://x", false),
            ("https://", false),
            ("https://a b", false),
        ] {
            let fact = before(&Earlier::Posted { address: Some(address.to_owned()) });
            assert_eq!(fact.live.is_some(), is_link, "{address}");
        }
    }
}
