//! What the command can do: one file a command.
//!
//! To add one:
//!
//! 1. Write `commands/<name>.rs` with `pub(crate) struct Arguments` (`clap::Args`; its doc comment is the help, and says
//!    which fields `--json` gives) and `pub(crate) fn run(&Arguments, &mut Output) -> Result<Exit, Failure>`. A command
//!    with commands of its own takes a field with `#[command(subcommand)]`.
//! 2. Name it in the three lists below, in alphabetical order.
//! 3. Everything goes through [`Output`]: `line` for people, `json` for programs; both are called, and the one that is
//!    not wanted does nothing. What ends the command early is a [`Failure`]: its text is told on stderr with code 1, and a
//!    reader that went away (`| head`) is no failure. What is found to be wrong by a command that did its work is
//!    [`Exit::Wrong`].
//! 4. Test it as a process in `tests/commands/<name>.rs`.

mod completions;
mod doctor;
mod preview;
mod run;
mod send;
mod summary;
mod test;

use clap::Subcommand;

use crate::exit::{Exit, Failure};
use crate::output::Output;

/// One of the commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Completions(completions::Arguments),
    Doctor(doctor::Arguments),
    Preview(preview::Arguments),
    Run(run::Arguments),
    Send(send::Arguments),
    Summary(summary::Arguments),
    Test(test::Arguments),
}

impl Command {
    /// Runs it.
    pub(crate) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        match self {
            Self::Completions(arguments) => completions::run(arguments, output),
            Self::Doctor(arguments) => doctor::run(arguments, output),
            Self::Preview(arguments) => preview::run(arguments, output),
            Self::Run(arguments) => run::run(arguments, output),
            Self::Send(arguments) => send::run(arguments, output),
            Self::Summary(arguments) => summary::run(arguments, output),
            Self::Test(arguments) => test::run(arguments, output),
        }
    }
}
