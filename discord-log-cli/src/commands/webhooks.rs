//! `discord-log webhooks`.

use clap::{Args, Subcommand};
use discord_log::Config;
use discord_log::journal::ClosedWebhook;
use jiff::Timestamp;
use serde::Serialize;

use crate::chosen::Chosen;
use crate::exit::{Exit, Failure};
use crate::output::{BAD, DIM, GOOD, Output};
use crate::when;

/// Look after the webhooks that Discord says are gone, and that are not called any more.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List them; with --json `webhook`, `channels` of these settings, `reason`, `at`
    List {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Call one again, from the next start of its service on
    Reopen {
        /// The digits that `list` shows, or the first of them
        webhook: String,
        #[command(flatten)]
        chosen: Chosen,
    },
}

#[derive(Serialize)]
struct Row {
    webhook: String,
    channels: Vec<String>,
    reason: String,
    at: Timestamp,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    match &arguments.what {
        What::List { chosen } => list(chosen, output),
        What::Reopen { webhook, chosen } => reopen(webhook, chosen, output),
    }
}

fn list(chosen: &Chosen, output: &mut Output) -> Result<Exit, Failure> {
    let closed = chosen.journal()?.closed_webhooks();
    for webhook in &closed {
        let channels = channels(webhook);
        let used = if channels.is_empty() { "not of these settings".to_owned() } else { channels.join(", ") };
        output.line(format_args!(
            "{BAD}closed{BAD:#} {}  {used}: {}  {DIM}{}{DIM:#}",
            webhook.webhook,
            webhook.reason,
            when::ago(webhook.at)
        ))?;
        let (reason, at) = (webhook.reason.clone(), webhook.at);
        output.json(&Row { webhook: webhook.webhook.clone(), channels, reason, at })?;
    }
    if closed.is_empty() {
        output.line(format_args!("{GOOD}no webhook is closed{GOOD:#}"))?;
    }
    Ok(Exit::Fine)
}

fn reopen(named: &str, chosen: &Chosen, output: &mut Output) -> Result<Exit, Failure> {
    let journal = chosen.journal()?;
    let closed = journal.closed_webhooks();
    let mut found = closed.iter().filter(|webhook| !named.is_empty() && webhook.webhook.starts_with(named));
    let webhook = match (found.next(), found.next()) {
        (Some(only), None) => only,
        (None, _) => {
            return Err(Failure::new(format!(
                "no closed webhook is called `{named}`; `discord-log webhooks list` names them"
            )));
        }
        (Some(_), Some(_)) => {
            return Err(Failure::new(format!("several closed webhooks are called `{named}`: give more digits")));
        }
    };
    journal.reopen_webhook(&webhook.webhook).map_err(|error| match error.kind() {
        std::io::ErrorKind::WouldBlock => Failure::new("another process writes the list of closed webhooks: try again"),
        _ => Failure::new(format!(
            "the list of closed webhooks in {} cannot be written: {error}",
            journal.dir().display()
        )),
    })?;
    output.line(format_args!("{} is called again by processes that start from now on", webhook.webhook))?;
    let (reason, at) = (webhook.reason.clone(), webhook.at);
    output.json(&Row { webhook: webhook.webhook.clone(), channels: channels(webhook), reason, at })?;
    Ok(Exit::Fine)
}

/// The channels that the settings of this place send there; none where those are wrong.
fn channels(webhook: &ClosedWebhook) -> Vec<String> {
    let Ok(config) = Config::from_env().build() else { return Vec::new() };
    webhook.channels(&config).iter().map(|channel| channel.name().to_owned()).collect()
}
