//! `discord-log run -- COMMAND …`: a cron job that tells when it failed. What the command does is the command's: its output
//! is passed on as it comes, signals reach it, and its code is ours.

mod output;
#[cfg_attr(unix, path = "signals_unix.rs")]
#[cfg_attr(not(unix), path = "signals_none.rs")]
mod signals;

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use clap::Args;
use discord_log::{Channel, Ending, Event, Severity};
use jiff::Timestamp;
use serde::Serialize;

use self::output::Passed;
use crate::delivery::{self, Delivery};
use crate::exit::{Exit, Failure, warn};
use crate::mend;
use crate::output::Output;
use crate::progress::Progress;
use crate::tail::{Lines, last_lines};

/// Run a command, and tell Discord when it fails
///
/// What failed is told with its code or signal, how long it ran, and its last lines; one job is one problem, whatever it
/// fails of: what occurs again edits its message. The command's streams, signals and exit code are what they would be
/// without this; Discord being down or not set up changes nothing but a line on stderr. What Discord does not take waits in
/// the journal, and goes with the next `discord-log run` or `send` of this machine.
///
///   0 3 * * *  discord-log run --name backup -- /usr/local/bin/backup --all
///
/// Output is kept where it does not go to a terminal; it ends when all processes that hold it have ended. Exit codes: the
/// command's own, 128 and the number of a signal, 126 and 127 for a command that cannot be started.
///
/// With --json one object on stderr, behind what the command said there: `name`, `code`, `signal`, `seconds`, `told`
/// (`delivered`, `waiting`, `nowhere`, `nothing`), `message` (Discord's id) and `reason`.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The job's name; by default that of the program
    #[arg(long)]
    name: Option<String>,
    /// Where to tell it; by default failures in `errors` and, with --on-success, the rest in `system`
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Tell also when it went well
    #[arg(long)]
    on_success: bool,
    /// Last lines to show of its output; 0 hands its streams on without a look
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    lines: usize,
    /// Longest to wait for Discord, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u64,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// How the command ended.
struct Ended {
    /// What the process ends with.
    exit: u8,
    code: Option<i32>,
    signal: Option<i32>,
    /// What went wrong, if something did.
    trouble: Option<String>,
    took: Duration,
    output: String,
}

/// What is said of it to programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    name: &'a str,
    code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<i32>,
    seconds: f64,
    told: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// What became of the event.
struct Told {
    told: &'static str,
    message: Option<String>,
    reason: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<Exit, Failure> {
    let Some((program, rest)) = arguments.command.split_first() else {
        return Err(Failure::new("which command? `discord-log run -- COMMAND …`"));
    };
    let name = arguments.name.clone().unwrap_or_else(|| name_of(program));
    let mut command = Command::new(program);
    command.args(rest);
    let passed = if arguments.lines == 0 { Passed::nothing() } else { Passed::of(&mut command) };
    let (ended, passed) = watch(command, program, passed);
    let told = tell(arguments, &name, &ended);
    // Whoever holds the output goes on, and so does what passes it on.
    passed.finish();
    say(&name, &ended, told, output);
    Ok(Exit::Command(ended.exit))
}

fn name_of(program: &OsStr) -> String {
    Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned()
}

/// Runs the command to its end.
fn watch(mut command: Command, program: &OsStr, mut passed: Passed) -> (Ended, Passed) {
    let began = Instant::now();
    let signals = signals::Forwarded::catch();
    let started = command.spawn();
    // Our own ends of the pipes would keep them open.
    drop(command);
    let status = started.and_then(|mut child: Child| {
        passed.begin();
        signals.wait(&mut child)
    });
    let took = began.elapsed();
    let output = passed.tail();
    let nothing = Ended { exit: 0, code: None, signal: None, trouble: None, took, output };
    let ended = match status {
        Ok(status) => ended(status, nothing),
        Err(error) => {
            let exit = if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 };
            warn(format_args!("`{}` cannot be started: {error}", program.to_string_lossy()));
            Ended { exit, trouble: Some(format!("cannot be started: {error}")), ..nothing }
        }
    };
    (ended, passed)
}

fn ended(status: ExitStatus, nothing: Ended) -> Ended {
    if let Some(signal) = signals::signal_of(status) {
        let exit = u8::try_from(128 + signal).unwrap_or(u8::MAX);
        let trouble = Some(format!("killed by {}", signals::name_of(signal)));
        return Ended { exit, signal: Some(signal), trouble, ..nothing };
    }
    let code = status.code().unwrap_or(1);
    // More than a byte is possible on Windows alone.
    let exit = u8::try_from(code).unwrap_or(1);
    Ended { exit, code: Some(code), trouble: (code != 0).then(|| format!("ended with code {code}")), ..nothing }
}

/// Tells Discord, as far as there is something to tell.
fn tell(arguments: &Arguments, name: &str, ended: &Ended) -> Told {
    let nothing = Told { told: "nothing", message: None, reason: None };
    let nowhere = |reason: String| Told { told: "nowhere", message: None, reason: Some(reason) };
    let is_failure = ended.trouble.is_some();
    if !is_failure && !arguments.on_success {
        return nothing;
    }
    let default = if is_failure { Channel::Errors } else { Channel::System };
    let channel = arguments.channel.as_deref().map_or(default, Channel::named);
    let settings = delivery::settings_of_a_teller();
    match settings.clone().build() {
        Err(error) => return nowhere(error.to_string()),
        Ok(config) if !config.is_enabled() => return nothing,
        Ok(config) if !config.has_webhook(channel) => {
            return nowhere(format!("`{channel}` has no webhook; set {}", mend::variable_of(channel.name())));
        }
        Ok(_) => {}
    }
    let delivery = match Delivery::start(settings) {
        Ok(delivery) => delivery,
        Err(failure) => return nowhere(failure.text().to_owned()),
    };
    let since = Timestamp::now();
    discord_log::log(event(arguments, name, ended).in_channel(channel).relayed());
    let mut progress = Progress::new("telling Discord", None);
    let is_over = delivery.wait(Duration::from_secs(arguments.timeout), &mut progress);
    drop(progress);
    let own = delivery.endings().into_iter().find(|end| end.channel == channel && end.occurred_at >= since);
    let told = match own.map(|end| end.ending) {
        Some(Ending::Delivered { message, .. } | Ending::Counted { message, .. }) => {
            Told { told: "delivered", message, reason: None }
        }
        Some(Ending::Buried { reason, .. }) => nowhere(reason),
        _ => {
            let reason = delivery.trouble(channel).unwrap_or_else(|| "no answer in time".to_owned());
            let journal = discord_log::health().journal;
            let is_kept = journal.is_some_and(|journal| journal.directory.is_some() && journal.writable);
            if is_kept { Told { told: "waiting", message: None, reason: Some(reason) } } else { nowhere(reason) }
        }
    };
    delivery.end(if is_over { Duration::from_secs(1) } else { Duration::ZERO });
    told
}

fn event(arguments: &Arguments, name: &str, ended: &Ended) -> Event {
    let lines = Lines { most: arguments.lines, characters: SHOWN_CHARACTERS };
    let shown = last_lines(&ended.output, lines);
    let words: Vec<_> = arguments.command.iter().map(|word| word.to_string_lossy()).collect();
    let event = match &ended.trouble {
        Some(trouble) => {
            let source = (!shown.text.is_empty()).then_some(LastLines(shown.text));
            let failed = Failed { trouble: trouble.clone(), source };
            // Not by its type, which is no news.
            Event::error(&failed as &dyn Error, name).grouped_by(name)
        }
        None => Event::system_event(format!("{name} went well"), "").with_severity(Severity::Success),
    };
    let event = event.field("command", words.join(" ")).field("took", ended.took);
    let is_attached = ended.trouble.is_some() && shown.is_cut;
    if is_attached { event.attach(&ended.output) } else { event }
}

/// Says what became of it, where it is no part of what the command said.
fn say(name: &str, ended: &Ended, told: Told, output: &Output) {
    let reason = told.reason.clone().unwrap_or_default();
    if output.is_json() {
        let Told { told, message, reason } = told;
        let (code, signal, seconds) = (ended.code, ended.signal, ended.took.as_secs_f64());
        let report = Report { name, code, signal, seconds, told, message, reason };
        // What says so in words would not be one object any more.
        let _ = serde_json::to_writer(io::stderr(), &report).map(|()| eprintln(""));
        return;
    }
    match told.told {
        "nowhere" => warn(format_args!("how `{name}` ended is told nowhere: {reason}")),
        "waiting" => warn(format_args!(
            "Discord does not know yet how `{name}` ended ({reason}): it waits in the journal for the next `discord-log run`"
        )),
        _ => {}
    }
}

fn eprintln(text: &str) {
    // A stderr that is closed hears nothing.
    let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("{text}\n"));
}

/// How a job failed.
#[derive(Debug)]
struct Failed {
    trouble: String,
    source: Option<LastLines>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.trouble)
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as &dyn Error)
    }
}

/// What it said last: the nearest there is to a cause.
#[derive(Debug)]
struct LastLines(String);

impl fmt::Display for LastLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A text with a line of its own is shown as it was written.
        write!(f, "{}\n", self.0)
    }
}

impl Error for LastLines {}

/// Characters that are shown of the output.
const SHOWN_CHARACTERS: usize = 1_500;
