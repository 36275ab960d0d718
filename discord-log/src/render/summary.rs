//! The summary of a day in words: one embed with a few short lists, and the picture of the day beneath them. What others
//! wrote (names of channels, people and functions, texts of errors) is cut and escaped as everywhere.

use std::time::Duration;

use jiff::Timestamp;

use super::body::File;
use super::budget::Size;
use super::embed::{Embed, color_of, footer};
use super::fields::Field;
use super::lines::Told;
use super::passage::{Passage, Place, Written};
use super::{Repeat, Settings, limits, picture, readable};
use crate::event::{Amount, Currency, Severity};
use crate::reduce::Shown;
use crate::summary::{Figures, Flow, FunctionFigures, MoneyFigures, ProblemFigures, Sum};

/// Gives the figures that a message is to tell, if that is all it tells.
pub(super) fn figures(shown: &[Shown]) -> Option<Figures> {
    match shown {
        [one] => Figures::of(&one.entry.event),
        _ => None,
    }
}

/// Writes the summary that an entry carries.
pub(super) fn write(settings: &Settings, shown: &Shown, figures: &Figures, repeat: Repeat, room: Size) -> Told {
    let entry = &shown.entry;
    let id = entry.id.to_string();
    let edge = room.part(limits::PARTS_OF_AN_EMBED);
    let may_repeat = repeat.is_possible() || entry.may_repeat || figures.may_repeat;
    let footer = footer(settings, &id, may_repeat, edge);
    let title = format!("📊 {}", figures.day.strftime("%A, %-d %B %Y"));
    let description = description(figures);
    let taken = [&title, &description, &footer].map(|text| Size::of(text)).into_iter().sum();
    let fields = fields(figures, room.without(taken));
    let embed = Embed::listing(title, description, color_of(Severity::Info), footer, entry.event.occurred_at());
    let embed = embed.with_fields(fields);
    let bytes = if figures.is_empty() { None } else { picture::draw(figures) };
    let file = bytes.filter(|bytes| bytes.len() <= limits::FILE_BYTES).map(|bytes| File {
        name: format!("summary-{id}.png"),
        media_type: "image/png",
        bytes,
    });
    let embed = match &file {
        Some(file) => embed.with_picture(&file.name),
        None => embed,
    };
    Told { embeds: vec![embed], files: file.into_iter().collect(), count: 1 }
}

fn description(figures: &Figures) -> String {
    let mut sentences = if figures.is_empty() { vec!["Nothing happened.".to_owned()] } else { vec![gist(figures)] };
    if let Some(due) = figures.was_due {
        sentences.push(format!("Late: it was due {}.", moment(due)));
    }
    if figures.may_repeat {
        sentences.push("An earlier attempt to send it was interrupted, so it may have been sent before.".to_owned());
    }
    if !figures.is_empty() && figures.hours.len() != USUAL_HOURS {
        sentences.push(format!("The clocks were changed: it had {} hours.", figures.hours.len()));
    }
    if figures.damaged > 0 {
        sentences
            .push(format!("{} of the history are damaged and not counted.", counted(figures.damaged, "line", "lines")));
    }
    sentences.join(" ")
}

fn gist(figures: &Figures) -> String {
    let [events, before] = figures.events();
    let [worst, worst_before] = [0, 1].map(|day| {
        let [_, _, _, errors, critical] = figures.severities(day);
        errors.saturating_add(critical)
    });
    let events = format!("**{}**{}", counted(events, "event", "events"), compared(events, before));
    let errors = match worst {
        0 => format!("no errors{}", compared(0, worst_before)),
        _ => format!("**{}**{}", counted(worst, "error", "errors"), compared(worst, worst_before)),
    };
    format!("{events}; {errors}.")
}

/// Says how a number is to that of the day before.
fn compared(now: u64, before: u64) -> String {
    match (now, before) {
        (0, 0) => String::new(),
        (_, 0) => " (none the day before)".to_owned(),
        (now, before) if now == before => " (as many the day before)".to_owned(),
        (now, before) => {
            let hundredths = u128::from(now.abs_diff(before)) * 100 / u128::from(before);
            let sign = if now > before { "▲" } else { "▼" };
            let hundredths = readable::grouped(u64::try_from(hundredths).unwrap_or(u64::MAX));
            format!(" ({sign} {hundredths} %, {} the day before)", readable::grouped(before))
        }
    }
}

fn fields(figures: &Figures, room: Size) -> Vec<Field> {
    if figures.is_empty() {
        return Vec::new();
    }
    let lists = [
        ("Events", vec![table(figures)]),
        (&*problems_title(figures), figures.problems.iter().map(problem).collect()),
        ("Slowest functions", figures.slowest.iter().map(slow).collect()),
        ("Functions that fail most", figures.most_failing.iter().map(failing).collect()),
        ("Money", money(figures)),
        ("People", people(figures)),
        ("Deliveries", deliveries(figures)),
    ];
    let lists: Vec<_> = lists.into_iter().filter(|(_, lines)| lines.iter().any(|line| !line.is_empty())).collect();
    let mut left = room;
    let mut fields = Vec::new();
    for (number, (name, lines)) in lists.iter().enumerate() {
        let share = left.part(lists.len() - number).min(Size::characters(limits::FIELD_VALUE_CHARACTERS));
        let value = joined(lines, share.without(Size::of(name)));
        if !value.is_empty() {
            let written = |text: String| Written { text, cut: 0 };
            let field = Field::new(written((*name).to_owned()), written(value)).on_its_own();
            left = left.without(field.size());
            fields.push(field);
        }
    }
    fields
}

/// Joins as many whole lines as there is room for.
fn joined(lines: &[String], room: Size) -> String {
    let mut text = String::new();
    for line in lines {
        let longer = if text.is_empty() { line.clone() } else { format!("{text}\n{line}") };
        if !Size::of(&longer).fits(room) {
            break;
        }
        text = longer;
    }
    text
}

/// A table of channels, in a block of code so that its columns are straight.
fn table(figures: &Figures) -> String {
    let heads = ["channel", "events", "before", "warn", "error"].map(str::to_owned);
    let number = |number: u64| readable::grouped(number);
    let rows = figures.channels.iter().map(|(channel, [day, before])| {
        let [.., warnings, errors, critical] = day;
        let sums = [day.iter().sum(), before.iter().sum(), *warnings, errors.saturating_add(*critical)];
        let [all, before, warnings, errors] = sums.map(number);
        let name = Passage::of(&**channel).write(Place::Plain, Size::characters(CHANNEL_CHARACTERS));
        [name.replace('`', "'"), all, before, warnings, errors]
    });
    let rows: Vec<_> = std::iter::once(heads).chain(rows).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..5).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join("  ")
    };
    format!("```\n{}\n```", rows.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn problems_title(figures: &Figures) -> String {
    let (new, old) = (readable::grouped(figures.new_problems), readable::grouped(figures.recurring_problems));
    format!("Errors: {new} new, {old} recurring")
}

fn problem(problem: &ProblemFigures) -> String {
    let mark = if problem.is_new { "🆕" } else { "🔁" };
    let times = format!("×{}", readable::grouped(problem.count));
    let (title, text) = (short(&problem.title, NAME_CHARACTERS), short(&problem.text, TEXT_CHARACTERS));
    match (title.is_empty(), text.is_empty()) {
        (false, false) => format!("{mark} **{title}** {times}: {text}"),
        (false, true) => format!("{mark} **{title}** {times}"),
        (true, _) => format!("{mark} {times}: {text}"),
    }
}

fn slow(function: &FunctionFigures) -> String {
    let Some(latency) = function.latency else { return String::new() };
    let time = |nanos| readable::duration(Duration::from_nanos(nanos));
    let slow = if function.slow > 0 {
        format!(", {} over the threshold", readable::grouped(function.slow))
    } else {
        String::new()
    };
    format!(
        "**{}** 95 % within {}, half within {}; {}{slow}",
        name_of(function),
        time(latency.p95),
        time(latency.p50),
        counted(function.calls, "call", "calls")
    )
}

fn failing(function: &FunctionFigures) -> String {
    let failed = readable::grouped(function.failures);
    let of = if function.calls > 0 { format!(" of {}", readable::grouped(function.calls)) } else { String::new() };
    let failed = if function.failures > 0 { Some(format!("{failed}{of} failed")) } else { None };
    let panicked = (function.panics > 0).then(|| format!("{} panicked", readable::grouped(function.panics)));
    let cancelled = (function.cancelled > 0).then(|| format!("{} cancelled", readable::grouped(function.cancelled)));
    let all: Vec<_> = failed.into_iter().chain(panicked).chain(cancelled).collect();
    format!("**{}** {}", name_of(function), all.join(", "))
}

fn name_of(function: &FunctionFigures) -> String {
    short(&format!("{}::{}", function.module, function.function), NAME_CHARACTERS)
}

fn money(figures: &Figures) -> Vec<String> {
    let mut lines: Vec<_> = figures.money.iter().filter_map(currency).collect();
    if figures.more_currencies > 0 {
        lines.push(format!("and {}", counted(figures.more_currencies, "more currency", "more currencies")));
    }
    if figures.unreadable_amounts > 0 {
        lines.push(format!("⚠ {} no amount", counted(figures.unreadable_amounts, "value was", "values were")));
    }
    lines
}

/// What was invoiced and received of one currency; nothing where nothing was on either day.
fn currency(money: &MoneyFigures) -> Option<String> {
    let [before, day] = *money.days.last_chunk()?;
    let is_quiet = [day, before].iter().flatten().all(|flow| flow.count == 0);
    let amount = |flow: Flow| match flow.sum {
        Sum::Exact(number) => {
            let amount = Amount::from(number);
            Currency::from_code(&money.currency)
                .map_or(amount.clone(), |currency| amount.in_currency(currency.code()))
                .to_string()
        }
        Sum::TooLarge => format!("{} more than can be added up", money.currency),
    };
    let way = |way: &str, now: Flow, before: Flow| {
        format!("**{}** {way} ({}), {} the day before", amount(now), readable::grouped(now.count), amount(before))
    };
    let ways = ["invoiced", "received"].into_iter().zip(day.into_iter().zip(before));
    let ways = ways.filter(|(_, (day, before))| day.count + before.count > 0);
    let lines: Vec<_> = ways.map(|(name, (day, before))| way(name, day, before)).collect();
    (!is_quiet).then(|| lines.join("\n"))
}

fn people(figures: &Figures) -> Vec<String> {
    let actors = &figures.actors;
    if actors.number == 0 {
        return Vec::new();
    }
    let at_least = if actors.is_exact { "" } else { "more than " };
    let number =
        format!("{at_least}{}{}", counted(actors.number, "person", "people"), compared(actors.number, actors.before));
    let one =
        |(name, events): &(String, u64)| format!("{} ({})", short(name, NAME_CHARACTERS), readable::grouped(*events));
    let busiest: Vec<_> = actors.busiest.iter().map(one).collect();
    vec![number, format!("busiest: {}", busiest.join(", "))]
}

fn deliveries(figures: &Figures) -> Vec<String> {
    let delivery = &figures.delivery;
    let outcomes = [
        (delivery.delivered, "delivered"),
        (delivery.merged, "told in the message of another"),
        (delivery.buried, "refused by Discord"),
    ];
    let outcomes = outcomes.iter().filter(|(events, _)| *events > 0);
    let mut outcomes: Vec<_> =
        outcomes.map(|(events, what)| format!("{} {what}", readable::grouped(*events))).collect();
    let lost: u64 = delivery.lost.values().sum();
    outcomes.push(if lost == 0 { "none lost".to_owned() } else { format!("**{} lost**", readable::grouped(lost)) });
    let mut lines = vec![format!("{} accepted: {}", readable::grouped(delivery.accepted), outcomes.join(", "))];
    if lost > 0 {
        let reason = |(reason, events): (&String, &u64)| {
            format!("{}: {}", short(&reason.replace('_', " "), NAME_CHARACTERS), readable::grouped(*events))
        };
        lines.push(format!("lost by reason: {}", delivery.lost.iter().map(reason).collect::<Vec<_>>().join(", ")));
    }
    if delivery.longest_wait_ms > 0 {
        let wait = readable::duration(Duration::from_millis(delivery.longest_wait_ms));
        lines.push(format!("the longest wait was {wait}"));
    }
    if delivery.unclean > 0 {
        let processes = counted(delivery.unclean, "process was", "processes were");
        lines
            .push(format!("⚠ {processes} killed or crashed: up to a minute of what each counted last is missing here"));
    }
    lines
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", readable::grouped(number), if number == 1 { one } else { many })
}

fn short(text: &str, characters: usize) -> String {
    Passage::of(text).write(Place::Line, Size::characters(characters))
}

/// Source: <https://discord.com/developers/docs/reference#message-formatting-timestamp-styles>.
fn moment(at: Timestamp) -> String {
    format!("<t:{}:f>", at.max(limits::EARLIEST).as_second())
}

const USUAL_HOURS: usize = 24;
/// Room for names, texts and channels in a line.
const NAME_CHARACTERS: usize = 60;
const TEXT_CHARACTERS: usize = 90;
const CHANNEL_CHARACTERS: usize = 14;
