//! `discord-log send`: one message from the command line, or from what another command says.

use std::collections::VecDeque;
use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use clap::Args;
use discord_log::{Channel, Ending, Event, Severity, TEXT_CAPACITY};
use jiff::Timestamp;
use serde::Serialize;

use crate::delivery::{self, Delivery};
use crate::exit::{Exit, Failure, warn};
use crate::mend;
use crate::output::{DIM, DOUBTFUL, GOOD, Output};
use crate::progress::Progress;
use crate::tail::{Lines, last_lines};

/// Send one message, from the arguments or from standard input
///
/// What is longer than a message is cut visibly, and stands whole in a file beside it. The command waits until Discord has
/// the message; code 3 says that it does not have it yet: then it waits in the journal, and goes with the next
/// `discord-log send` or `run` of this machine.
///
///   discord-log send --channel deploys "v1.4.2 is out"
///   make 2>&1 | discord-log send --channel deploys --title "Nightly build" --attach-if-long
///
/// With --json one object: `delivered`, `waiting`, `channel`, `message` (Discord's id), `reason` and `mend`.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// What to say; standard input is read if nothing is, or `-`
    text: Vec<String>,
    /// Where to say it
    #[arg(long, value_name = "NAME", default_value = "system")]
    channel: String,
    /// The headline; by default the text itself if it is one line
    #[arg(long)]
    title: Option<String>,
    /// How serious it is: info, success, warning, error or critical
    #[arg(long, default_value_t = Severity::Info)]
    severity: Severity,
    /// A named value; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_field)]
    field: Vec<(String, String)>,
    /// Who did it: a user id or an account
    #[arg(long, value_name = "ID")]
    actor: Option<String>,
    /// Show only the last lines of a long text, and attach all of it as a file
    #[arg(long)]
    attach_if_long: bool,
    /// Longest to wait for Discord, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

/// What became of it.
#[derive(Debug, Default, Serialize)]
struct Sent {
    delivered: bool,
    waiting: bool,
    channel: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

/// What is to be said, as far as it is kept.
struct Text {
    text: String,
    /// Bytes before it that are not kept.
    left_out: u64,
}

fn parse_field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as commit=8624a30")?;
    if name.trim().is_empty() {
        return Err("the name before `=` is missing".to_owned());
    }
    Ok((name.trim().to_owned(), value.to_owned()))
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let channel = Channel::named(&arguments.channel);
    let settings = delivery::settings_of_a_teller();
    let config = settings.clone().build().map_err(|error| delivery::wrong_settings(&error))?;
    if !config.is_enabled() {
        warn("nothing is sent, since DISCORD_LOGGING_ENABLED is off");
        output.json(&Sent { channel: channel.name().to_owned(), ..Sent::default() })?;
        return Ok(Exit::Fine);
    }
    if !config.has_webhook(channel) {
        let variable = mend::variable_of(channel.name());
        let text = format!("`{channel}` has no webhook: set {variable} in the environment or in `.env`");
        return Err(Failure::new(text));
    }
    let text = text(arguments)?;
    if text.left_out > 0 {
        warn(format_args!(
            "the input has {} bytes, of which the last {} are kept",
            text.left_out + text.text.len() as u64,
            text.text.len()
        ));
    }
    let event = event(arguments, channel, text)?;
    let delivery = Delivery::start(settings)?;
    let since = Timestamp::now();
    discord_log::log(event);
    let mut progress = Progress::new("waiting for Discord", None);
    let is_over = delivery.wait(Duration::from_secs(arguments.timeout), &mut progress);
    drop(progress);
    let sent = outcome(channel, since, &delivery);
    // What waits in the journal needs no second wait.
    delivery.end(if is_over { Duration::from_secs(1) } else { Duration::ZERO });
    tell(&sent, output)?;
    Ok(match (sent.delivered, sent.waiting) {
        (true, _) => Exit::Fine,
        (false, true) => Exit::Waits,
        (false, false) => Exit::Wrong,
    })
}

/// Takes the text from the arguments or from standard input, of which the end is kept.
fn text(arguments: &Arguments) -> Result<Text, Failure> {
    let words = arguments.text.join(" ");
    if !words.is_empty() && words != "-" {
        return Ok(Text { text: words, left_out: 0 });
    }
    if words.is_empty() && io::stdin().is_terminal() {
        if arguments.title.is_some() {
            return Ok(Text { text: String::new(), left_out: 0 });
        }
        return Err(Failure::new(
            "there is nothing to say: give a text, or pipe one in: `make 2>&1 | discord-log send`",
        ));
    }
    let mut kept = VecDeque::new();
    let mut left_out = 0;
    let mut piece = vec![0; 64 * 1024];
    loop {
        match io::stdin().read(&mut piece) {
            Ok(0) => break,
            Ok(read) => kept.extend(piece.iter().take(read)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::new(format!("standard input cannot be read: {error}"))),
        }
        let excess = kept.len().saturating_sub(INPUT_CAPACITY);
        kept.drain(..excess);
        left_out += excess as u64;
    }
    let text = String::from_utf8_lossy(kept.make_contiguous()).into_owned();
    Ok(Text { text, left_out })
}

fn event(arguments: &Arguments, channel: Channel, Text { text, left_out }: Text) -> Result<Event, Failure> {
    let text = anstream::adapter::strip_str(text.trim_end()).to_string();
    if text.trim().is_empty() && arguments.title.is_none() {
        return Err(Failure::new("there is nothing to say: the text is empty, and so is --title"));
    }
    let is_headline = !text.contains('\n') && text.chars().count() <= HEADLINE_CHARACTERS;
    let (title, said) = match &arguments.title {
        Some(title) => (title.as_str(), text.as_str()),
        None if is_headline => (text.as_str(), ""),
        None => ("Message", text.as_str()),
    };
    let lines = Lines { most: SHOWN_LINES, characters: SHOWN_CHARACTERS };
    let shown = last_lines(said, lines);
    let is_attached = arguments.attach_if_long && shown.is_cut;
    let said = if is_attached { shown.text.as_str() } else { said };
    let event = match arguments.severity {
        Severity::Critical => Event::critical(title, said),
        severity => Event::system_event(title, said).with_severity(severity),
    };
    let mut event = event.in_channel(channel).relayed();
    for (name, value) in &arguments.field {
        event = event.field(name, value);
    }
    if let Some(actor) = &arguments.actor {
        event = event.actor(actor);
    }
    if left_out > 0 {
        event = event.field("left_out_bytes", left_out);
    }
    Ok(if is_attached { event.attach(&text) } else { event })
}

/// Says what became of the event that was logged: what was adopted from before is older.
fn outcome(channel: Channel, since: Timestamp, delivery: &Delivery) -> Sent {
    let own = delivery.endings().into_iter().find(|end| end.channel == channel && end.occurred_at >= since);
    let variable = mend::variable_of(channel.name());
    let sent = Sent { channel: channel.name().to_owned(), ..Sent::default() };
    match own.map(|end| end.ending) {
        Some(Ending::Delivered { message, .. } | Ending::Counted { message, .. }) => {
            Sent { delivered: true, message, ..sent }
        }
        Some(Ending::Buried { reason, .. }) => {
            Sent { mend: Some(mend::advice(&reason, &variable)), reason: Some(reason), ..sent }
        }
        _ => {
            let reason = delivery.trouble(channel).unwrap_or_else(|| "no answer in time".to_owned());
            let journal = discord_log::health().journal;
            let waiting = journal.is_some_and(|journal| journal.directory.is_some() && journal.writable);
            Sent { waiting, mend: Some(mend::advice(&reason, &variable)), reason: Some(reason), ..sent }
        }
    }
}

fn tell(sent: &Sent, output: &mut Output) -> Result<(), Failure> {
    output.json(sent)?;
    let channel = &sent.channel;
    if sent.delivered {
        let message = sent.message.as_deref().unwrap_or_default();
        return output.line(format_args!("{GOOD}✓{GOOD:#} {channel} {DIM}message {message}{DIM:#}"));
    }
    let (reason, mend) = (sent.reason.as_deref().unwrap_or_default(), sent.mend.as_deref().unwrap_or_default());
    if sent.waiting {
        output.line(format_args!(
            "{DOUBTFUL}…{DOUBTFUL:#} {channel} does not have it yet ({reason}). It waits in the journal, and goes with the \
             next `discord-log send` or `run` on this machine.\n  {mend}"
        ))
    } else {
        warn(format_args!("`{channel}` does not get it: {reason}. It is not kept. {mend}"));
        Ok(())
    }
}

/// Bytes of input that are kept: as much as an event holds, with room for what stands beside it.
const INPUT_CAPACITY: usize = TEXT_CAPACITY - 16 * 1024;
/// Characters of a text that is its own headline.
const HEADLINE_CHARACTERS: usize = 200;
/// Lines, and characters, that are shown of a long text.
const SHOWN_LINES: usize = 20;
const SHOWN_CHARACTERS: usize = 1_500;
