//! `discord-log test`: one message of every kind to every channel, and what Discord says to each.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use discord_log::{Channel, Config, ConfigBuilder, Ending, Event, Kind};
use discord_log_preview::Discord;
use serde::Serialize;

use crate::delivery::{self, Delivery, End};
use crate::exit::{Exit, Failure};
use crate::mend;
use crate::output::{BAD, BOLD, DIM, GOOD, Output};
use crate::progress::Progress;

/// Send one event of every kind to every channel, and say what Discord answers
///
/// What is sent are samples in the service's name. The service's journal is not touched, its switches do not count, and
/// nobody is notified unless --notify is given.
///
/// With --json one object a line, one line an event: `channel`, `kind`, `answer` (`delivered`, `refused` or
/// `undelivered`), `message` (Discord's id), `reason` and `mend`.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Only this channel; may be repeated
    #[arg(long, value_name = "NAME")]
    channel: Vec<String>,
    /// Send to a local Discord instead, and keep its page open until Ctrl-C
    #[arg(long)]
    preview: bool,
    /// Notify whom DISCORD_MENTION_CRITICAL names of the critical sample
    #[arg(long)]
    notify: bool,
    /// Longest to wait, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

/// What became of one event.
#[derive(Debug, Serialize)]
struct Told {
    channel: String,
    kind: Kind,
    answer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let preview = if arguments.preview { Some(start_preview(&arguments.channel)?) } else { None };
    let settings = settings(arguments, preview.as_ref());
    let config = settings.clone().build().map_err(|error| delivery::wrong_settings(&error))?;
    let channels = channels(&config, &arguments.channel)?;
    let samples = channels.len() * Kind::ALL.len();
    let mut progress = Progress::new("waiting for Discord", Some(samples as u64));
    let delivery = Delivery::start(settings)?;
    for channel in &channels {
        for event in Event::one_of_each() {
            discord_log::log(event.in_channel(*channel).relayed());
        }
    }
    delivery.wait(Duration::from_secs(arguments.timeout), &mut progress);
    drop(progress);
    let mut endings = delivery.endings();
    let told: Vec<_> = channels.iter().map(|channel| told_of(*channel, &mut endings, &delivery)).collect();
    delivery.end(Duration::ZERO);
    let is_fine = told.iter().flatten().all(|told| told.answer == "delivered");
    for told in &told {
        tell(told, output)?;
    }
    if let Some(preview) = preview {
        output.line(format_args!("\nThe page is at {BOLD}{}{BOLD:#} until Ctrl-C.", preview.page()))?;
        preview.serve_forever();
    }
    Ok(if is_fine { Exit::Fine } else { Exit::Wrong })
}

/// A local Discord with the channels of the settings and those that were asked for.
fn start_preview(asked: &[String]) -> Result<Discord, Failure> {
    let configured = delivery::settings().build().map(|config| config.channels()).unwrap_or_default();
    let mut channels: Vec<_> = configured.into_iter().chain(asked.iter().map(|name| Channel::named(name))).collect();
    channels.retain(|channel| matches!(channel, Channel::Named(_)));
    channels.sort();
    channels.dedup();
    let builder = channels.iter().fold(Discord::builder(), |builder, channel| builder.channel(channel.name()));
    builder.start().map_err(|error| Failure::new(format!("no local Discord can be started: {error}")))
}

/// In memory: what the service left is the service's to deliver.
fn settings(arguments: &Arguments, preview: Option<&Discord>) -> ConfigBuilder {
    let settings = match preview {
        Some(discord) => Config::builder().variables(discord.settings()).service("preview"),
        None => delivery::settings(),
    };
    let settings = settings.journal("memory").queue_size(1_000).without("DISCORD_HIGH_VALUE_THRESHOLD").enabled(true);
    let settings = settings.log_finance(true).log_system(true).log_errors(true).log_activity(true);
    let settings = settings.log_performance(true).log_summaries(true);
    if arguments.notify { settings } else { settings.without("DISCORD_MENTION_CRITICAL") }
}

fn channels(config: &Config, asked: &[String]) -> Result<Vec<Channel>, Failure> {
    let configured = config.channels();
    if configured.is_empty() {
        return Err(Failure::new(
            "no channel has a webhook: set DISCORD_WEBHOOK_FINANCE, …_SYSTEM, …_ERRORS and …_ACTIVITY in the environment \
             or in `.env`; or see the messages without Discord: `discord-log test --preview`",
        ));
    }
    if asked.is_empty() {
        return Ok(configured);
    }
    let asked = asked.iter().map(|name| Channel::named(name));
    let unknown = |channel: &Channel| !config.has_webhook(*channel);
    match asked.clone().find(unknown) {
        Some(channel) => Err(Failure::new(format!(
            "`{channel}` has no webhook: set {}, or leave --channel out to try all that have one",
            mend::variable_of(channel.name())
        ))),
        None => Ok(asked.collect()),
    }
}

/// Says what became of each of a channel's samples.
fn told_of(channel: Channel, endings: &mut Vec<End>, delivery: &Delivery) -> Vec<Told> {
    let variable = mend::variable_of(channel.name());
    let trouble = delivery.trouble(channel);
    let mut own: Vec<_> = endings.extract_if(.., |end| end.channel == channel).collect();
    let told = Kind::ALL.into_iter().map(|kind| {
        let end = own.iter().position(|end| end.kind == kind).map(|at| own.swap_remove(at));
        let told =
            |answer| Told { channel: channel.name().to_owned(), kind, answer, message: None, reason: None, mend: None };
        match end.map(|end| end.ending) {
            Some(Ending::Delivered { message, .. } | Ending::Counted { message, .. }) => {
                Told { message, ..told("delivered") }
            }
            Some(Ending::Buried { reason, .. }) => {
                Told { mend: Some(mend::advice(&reason, &variable)), reason: Some(reason), ..told("refused") }
            }
            _ => {
                let reason = trouble.as_deref().unwrap_or("no answer in time").to_owned();
                Told { mend: Some(mend::advice(&reason, &variable)), reason: Some(reason), ..told("undelivered") }
            }
        }
    });
    told.collect()
}

/// Tells a channel's answers: for people a line a message, and each trouble once.
fn tell(told: &[Told], output: &mut Output) -> Result<(), Failure> {
    for told in told {
        output.json(told)?;
    }
    let Some(first) = told.first() else { return Ok(()) };
    let mut messages: BTreeMap<(&str, &str), Vec<Kind>> = BTreeMap::new();
    for told in told {
        let answer = told.reason.as_deref().or(told.message.as_deref()).unwrap_or_default();
        messages.entry((told.answer, answer)).or_default().push(told.kind);
    }
    let delivered = told.iter().filter(|told| told.answer == "delivered").count();
    let style = if delivered == told.len() { GOOD } else { BAD };
    output.line(format_args!(
        "{BOLD}{:<10}{BOLD:#} {style}{delivered} of {} delivered{style:#}",
        first.channel,
        told.len()
    ))?;
    for ((answer, what), kinds) in messages {
        let kinds = names(&kinds);
        match answer {
            "delivered" if what.is_empty() => output.line(format_args!("  {GOOD}✓{GOOD:#} {DIM}{kinds}{DIM:#}"))?,
            "delivered" => output.line(format_args!("  {GOOD}✓{GOOD:#} message {what}: {DIM}{kinds}{DIM:#}"))?,
            _ => output.line(format_args!("  {BAD}✗{BAD:#} {what}: {DIM}{kinds}{DIM:#}"))?,
        }
    }
    let mut advice: Vec<_> = told.iter().filter_map(|told| told.mend.as_deref()).collect();
    advice.dedup();
    advice.iter().try_for_each(|advice| output.line(format_args!("  {advice}")))
}

/// Names kinds of events; all of them by their number.
fn names(kinds: &[Kind]) -> String {
    if kinds.len() == Kind::ALL.len() {
        return format!("all {} kinds", kinds.len());
    }
    let name = |kind: &Kind| serde_json::to_value(kind).ok()?.as_str().map(|name| name.replace('_', " "));
    kinds.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}
