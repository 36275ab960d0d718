//! `discord-log summary`: what a day of a service was like, from its journal.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use discord_log::Config;
use discord_log::journal::{Journal, Service, Summary};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::delivery::{self, Delivery};
use crate::exit::{Exit, Failure, warn};
use crate::output::{BAD, BOLD, DIM, DOUBTFUL, Output};
use crate::progress::Progress;

/// Tell what a day was like: events, errors, functions, money, people and deliveries
///
/// The figures are those of the daily summary, read from the journal while the service runs or not. The day is one of
/// DISCORD_TIMEZONE.
///
///   discord-log summary --date 2026-05-01 --picture day.png
///
/// With --json one object, the figures as their event carries them: `day`, `zone`, `channels` (by channel: events by
/// severity, of the day and of the day before), `hours`, `problems`, `calls`, `slowest`, `most_failing`, `money`, `actors`,
/// `delivery`.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The day, as YYYY-MM-DD; yesterday by default
    #[arg(long, value_name = "DAY")]
    date: Option<Date>,
    /// The service, by its name or by `name@environment`; the one of DISCORD_SERVICE by default, or the only one there is
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Write the picture of the day, as a PNG
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Send it to the system channel as well
    #[arg(long)]
    send: bool,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let config = delivery::settings().build().map_err(|error| delivery::wrong_settings(&error))?;
    let journal = Journal::of(&config).ok_or_else(|| {
        Failure::new("there is no history, since DISCORD_JOURNAL is `memory`: set it to the directory of the service")
    })?;
    let service = service(arguments, &config, &journal)?;
    let day = arguments.date.or_else(|| Summary::day_before(&config, Timestamp::now()));
    let day = day.ok_or_else(|| Failure::new("the clock is beyond the calendar: name the day with --date"))?;
    let summary = service
        .summary(&config, day)
        .map_err(|error| Failure::new(format!("the history of `{}` cannot be read: {error}", service.namespace())))?;
    let figures: Value = serde_json::from_str(&summary.json()).unwrap_or_default();
    output.json(&figures)?;
    tell(&service, &summary, &figures, output)?;
    if let Some(file) = &arguments.picture {
        match summary.picture() {
            Some(picture) => fs::write(file, picture)
                .map_err(|error| Failure::new(format!("{} cannot be written: {error}", file.display())))?,
            None => warn(format_args!("{day} has nothing to draw, so {} is not written", file.display())),
        }
    }
    if arguments.send { send(&summary) } else { Ok(Exit::Fine) }
}

/// Finds the service that is meant.
fn service(arguments: &Arguments, config: &Config, journal: &Journal) -> Result<Service, Failure> {
    let unreadable = |error| Failure::new(format!("{} cannot be read: {error}", journal.dir().display()));
    let services = journal.services().map_err(unreadable)?;
    let names = || services.iter().map(|service| format!("`{}`", service.namespace())).collect::<Vec<_>>().join(", ");
    let own = journal.service_of(config);
    let is_meant = |service: &Service| match &arguments.service {
        Some(name) => service.namespace() == name || service.name() == name,
        None => service.namespace() == own.namespace(),
    };
    let mut meant = services.iter().filter(|service| is_meant(service));
    match (meant.next(), meant.next(), services.as_slice()) {
        (Some(service), None, _) => Ok(service.clone()),
        (None, _, [only]) if arguments.service.is_none() => Ok(only.clone()),
        (None, _, []) => {
            Err(Failure::new(format!("no service has journalled anything in {}", journal.dir().display())))
        }
        (Some(_), Some(_), _) => {
            Err(Failure::new(format!("more than one service has that name; take one of {}", names())))
        }
        (None, ..) => Err(Failure::new(format!("name the service with --service: one of {}", names()))),
    }
}

/// Writes the figures as short tables.
fn tell(service: &Service, summary: &Summary, figures: &Value, output: &mut Output) -> Result<(), Failure> {
    let (day, zone) = (text(&figures["day"]), text(&figures["zone"]));
    output.line(format_args!("{BOLD}{} {day}{BOLD:#} {DIM}{zone}{DIM:#}", service.namespace()))?;
    if summary.is_empty() {
        return output.line("Nothing happened.");
    }
    output.line(format_args!(
        "\n{BOLD}{:<16}{:>10}{:>10}{:>8}{:>8}{BOLD:#}",
        "channel", "events", "before", "warn", "error"
    ))?;
    for (channel, days) in figures["channels"].as_object().into_iter().flatten() {
        let [now, before] =
            [&days[0], &days[1]].map(|severities| (0..5).map(|at| number(&severities[at])).sum::<u64>());
        let (warnings, errors) = (number(at(days, "/0/2")), number(at(days, "/0/3")) + number(at(days, "/0/4")));
        output.line(format_args!("{channel:<16}{now:>10}{before:>10}{warnings:>8}{errors:>8}"))?;
    }
    let (new, old) = (number(&figures["new_problems"]), number(&figures["recurring_problems"]));
    output.line(format_args!("\n{BOLD}errors{BOLD:#}  {new} new, {old} recurring"))?;
    for problem in list(&figures["problems"]) {
        let is_new = if problem["is_new"] == true { "new" } else { "again" };
        let (count, title, said) = (number(&problem["count"]), plain(&problem["title"]), plain(&problem["text"]));
        output.line(format_args!("{BAD}{is_new:<6}{BAD:#}×{count} {title}: {said}"))?;
    }
    output.line(format_args!(
        "\n{BOLD}{:<48}{:>8}{:>8}{:>10}{:>10}{BOLD:#}",
        "function", "calls", "failed", "half", "95 %"
    ))?;
    let mut functions: Vec<_> = list(&figures["slowest"]).collect();
    functions.extend(list(&figures["most_failing"]).filter(|failing| {
        !list(&figures["slowest"])
            .any(|slow| (&slow["module"], &slow["function"]) == (&failing["module"], &failing["function"]))
    }));
    for function in functions {
        let name = format!("{}::{}", plain(&function["module"]), plain(&function["function"]));
        let failed = number(&function["failures"]) + number(&function["panics"]);
        let [half, most] = ["/latency/p50", "/latency/p95"].map(|of| milliseconds(at(function, of)));
        output.line(format_args!("{name:<48}{:>8}{failed:>8}{half:>10}{most:>10}", number(&function["calls"])))?;
    }
    money(figures, output)?;
    let actors = &figures["actors"];
    let busiest = list(&actors["busiest"]).map(|one| format!("{} ({})", plain(&one[0]), number(&one[1])));
    let busiest = busiest.collect::<Vec<_>>().join(", ");
    output.line(format_args!("\n{BOLD}people{BOLD:#}  {}  {DIM}{busiest}{DIM:#}", number(&actors["number"])))?;
    deliveries(&figures["delivery"], output)
}

fn money(figures: &Value, output: &mut Output) -> Result<(), Failure> {
    output.line(format_args!("\n{BOLD}{:<10}{:>22}{:>22}{BOLD:#}", "money", "invoiced", "received"))?;
    for money in list(&figures["money"]) {
        let Some(day) = list(&money["days"]).last() else { continue };
        let [invoiced, received] = [&day[0], &day[1]].map(|flow| text(&flow["sum"]).to_owned());
        output.line(format_args!("{:<10}{invoiced:>22}{received:>22}", text(&money["currency"])))?;
    }
    Ok(())
}

fn deliveries(delivery: &Value, output: &mut Output) -> Result<(), Failure> {
    let [accepted, delivered, merged, buried] =
        ["accepted", "delivered", "merged", "buried"].map(|of| number(&delivery[of]));
    let lost: Vec<_> = delivery["lost"].as_object().into_iter().flatten().collect();
    let lost: Vec<_> = lost.iter().map(|(reason, events)| format!("{reason}: {}", number(events))).collect();
    let lost = if lost.is_empty() { "none".to_owned() } else { lost.join(", ") };
    output.line(format_args!(
        "{BOLD}deliveries{BOLD:#}  {accepted} accepted, {delivered} delivered, {merged} merged, {buried} refused; lost: {lost}"
    ))?;
    match number(&delivery["unclean"]) {
        0 => Ok(()),
        killed => output.line(format_args!(
            "{DOUBTFUL}{killed} processes were killed or crashed: up to a minute of what each counted is missing{DOUBTFUL:#}"
        )),
    }
}

fn send(summary: &Summary) -> Result<Exit, Failure> {
    let delivery = Delivery::start(delivery::settings_of_a_teller().log_summaries(true))?;
    discord_log::log(summary.event());
    let mut progress = Progress::new("waiting for Discord", None);
    let is_over = delivery.wait(TIMEOUT, &mut progress);
    drop(progress);
    delivery.end(if is_over { Duration::from_secs(1) } else { Duration::ZERO });
    if is_over {
        return Ok(Exit::Fine);
    }
    warn("Discord does not have it yet: it waits in the journal, and goes with the next command that sends something");
    Ok(Exit::Waits)
}

/// What stands at a place, or null.
fn at<'v>(value: &'v Value, place: &str) -> &'v Value {
    value.pointer(place).unwrap_or(&Value::Null)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What others wrote, in one line and without what would act on a terminal.
fn plain(value: &Value) -> String {
    let text = anstream::adapter::strip_str(text(value)).to_string();
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn milliseconds(nanos: &Value) -> String {
    nanos.as_u64().map_or_else(String::new, |nanos| format!("{:.1} ms", nanos as f64 / 1e6))
}

/// Longest to wait for Discord.
const TIMEOUT: Duration = Duration::from_secs(30);
