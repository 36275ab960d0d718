//! `discord-log`: the command beside the library. Each command is a file in `commands`, speaks through [`output`], and
//! ends with one of the codes of [`exit`].

mod chosen;
mod commands;
mod delivery;
mod event_line;
mod exit;
mod index;
mod local_log;
mod mend;
mod output;
mod progress;
mod tail;
mod when;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;
use crate::output::Output;

/// Tries, watches and feeds the channels of discord-log.
///
/// Settings are those of the library: DISCORD_… in the environment, and the file `.env` of this folder or one above
/// it. `discord-log doctor` says what is wrong with them.
#[derive(Debug, Parser)]
#[command(name = "discord-log", version, max_term_width = 100, after_help = exit::MEANING)]
struct CommandLine {
    /// Speak JSON: one object, or one a line where a command lists things; its help names the fields
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let CommandLine { json, command } = CommandLine::parse();
    let mut output = Output::new(json);
    let exit = command.run(&mut output).unwrap_or_else(|failure| failure.tell());
    exit.into()
}
