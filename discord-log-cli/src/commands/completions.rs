//! `discord-log completions SHELL`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::CommandLine;
use crate::exit::{Exit, Failure};
use crate::output::Output;

/// Print a script that completes this command in a shell.
///
/// For bash: discord-log completions bash > ~/.local/share/bash-completion/completions/discord-log
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The shell that reads the script
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut CommandLine::command(), "discord-log", &mut script);
    output.text(&script)?;
    Ok(Exit::Fine)
}
