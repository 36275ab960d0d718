//! One event as a file: every text in full, in the order in which its embed shows them, for what an embed has no room
//! for.

use super::backtrace::Backtrace;
use super::clean::legible;
use super::facts::{Fact, facts};
use super::headline::Headline;
use super::passage::Passage;
use super::{Settings, group, limits, readable};
use crate::event::{Event, Role};
use crate::reduce::{Group, Shown};

/// Writes the file of an event; `occurrences` adds what is known of each one of its group.
pub(super) fn write(settings: &Settings, shown: &Shown, occurrences: Option<&str>) -> String {
    let entry = &shown.entry;
    let event = &entry.event;
    let headline = Headline::of(&settings.service, event);
    let mut file = String::new();
    line(&mut file, &format!("{}{}", headline.line(), group::times(shown)));
    let release = settings.release.as_deref().unwrap_or_default();
    line(&mut file, &format!("{} · {} · {}", event.occurred_at(), event.channel(), event.severity().name()));
    let parts = [Some(settings.service.as_str()), Some(release), settings.environment.as_deref()];
    let whose: Vec<_> = parts.into_iter().flatten().chain(settings.host.as_deref()).collect();
    line(&mut file, &format!("{} · event {}", whose.join(" · "), entry.id));
    section(&mut file);
    texts(&mut file, event);
    section(&mut file);
    let known = group::told(shown);
    let is_counted = known.is_some_and(group::is_counted);
    known.into_iter().flat_map(group::facts).for_each(|fact| self::fact(&mut file, &fact));
    facts(settings, event, &headline, is_counted).iter().for_each(|fact| self::fact(&mut file, fact));
    if event.left_out() > 0 {
        let note = format!("{} bytes of the event were left out: it was full.", readable::grouped(event.left_out()));
        line(&mut file, &note);
    }
    known.into_iter().for_each(|known| values(&mut file, known));
    attached(&mut file, event);
    backtrace(&mut file, event);
    if let Some(occurrences) = occurrences {
        section(&mut file);
        line(&mut file, "Occurrences:");
        file.push_str(occurrences);
    }
    cut(file)
}

fn texts(file: &mut String, event: &Event) {
    let leads = [(Role::Text, ""), (Role::ErrorMessage, ""), (Role::Cause, "↳ ")];
    for (role, lead) in leads {
        for field in event.entries().of(role) {
            line(file, &format!("{lead}{}{}", legible(field.as_text()), kept(&Passage::of_field(field))));
        }
    }
}

fn fact(file: &mut String, fact: &Fact<'_>) {
    // Each by itself: what one leaves open must not reach into the other.
    let (label, text) = (legible(&fact.label), legible(fact.value.as_str()));
    let joint = if text.contains('\n') { "\n" } else { " " };
    line(file, &format!("{label}:{joint}{text}{}", kept(&fact.value)));
}

/// Says where an event itself kept only the beginning of a text.
fn kept(text: &Passage<'_>) -> String {
    let note = |bytes| format!(" … ({} bytes in all, of which these are kept)", readable::grouped(bytes));
    text.full_bytes().map(note).unwrap_or_default()
}

fn values(file: &mut String, known: &Group) {
    for variable in known.variables() {
        section(file);
        line(file, &format!("{}:", group::name(&variable)));
        variable.values.iter().for_each(|value| line(file, value));
        group::more(&variable, variable.values.len()).into_iter().for_each(|more| line(file, &more));
    }
}

fn attached(file: &mut String, event: &Event) {
    for text in event.entries().of(Role::Attached) {
        section(file);
        line(file, &format!("{}{}", legible(text.as_text()), kept(&Passage::of_field(text))));
    }
}

fn backtrace(file: &mut String, event: &Event) {
    let Some(backtrace) = event.backtrace() else { return };
    let text = backtrace.to_string();
    section(file);
    line(file, "Backtrace, the program's own frames first:");
    Backtrace::read(&text, event.place()).own().for_each(|frame| line(file, &frame));
    section(file);
    line(file, text.get(..text.floor_char_boundary(limits::BACKTRACE_BYTES)).unwrap_or_default());
}

fn line(file: &mut String, text: &str) {
    file.push_str(&legible(text));
    file.push('\n');
}

fn section(file: &mut String) {
    if !file.ends_with("\n\n") {
        file.push('\n');
    }
}

fn cut(mut file: String) -> String {
    if file.len() > limits::EVENT_FILE_BYTES {
        file.truncate(file.floor_char_boundary(limits::EVENT_FILE_BYTES));
        file.push_str("\n… cut here\n");
    }
    file
}
