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
mod dead;
mod doctor;
mod groups;
mod journal;
mod preview;
mod run;
mod search;
mod send;
mod stats;
mod tail;
mod test;
mod webhooks;

use clap::Subcommand;

use crate::exit::{Exit, Failure};
use crate::output::Output;

/// One of the commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Completions(completions::Arguments),
    Dead(dead::Arguments),
    Doctor(doctor::Arguments),
    Groups(groups::Arguments),
    Journal(journal::Arguments),
    Preview(preview::Arguments),
    Run(run::Arguments),
    Search(search::Arguments),
    Send(send::Arguments),
    Stats(stats::Arguments),
    Tail(tail::Arguments),
    Test(test::Arguments),
    Webhooks(webhooks::Arguments),
}

impl Command {
    /// Runs it.
    pub(crate) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        match self {
            Self::Completions(arguments) => completions::run(arguments, output),
            Self::Dead(arguments) => dead::run(arguments, output),
            Self::Doctor(arguments) => doctor::run(arguments, output),
            Self::Groups(arguments) => groups::run(arguments, output),
            Self::Journal(arguments) => journal::run(arguments, output),
            Self::Preview(arguments) => preview::run(arguments, output),
            Self::Run(arguments) => run::run(arguments, output),
            Self::Search(arguments) => search::run(arguments, output),
            Self::Send(arguments) => send::run(arguments, output),
            Self::Stats(arguments) => stats::run(arguments, output),
            Self::Tail(arguments) => tail::run(arguments, output),
            Self::Test(arguments) => test::run(arguments, output),
            Self::Webhooks(arguments) => webhooks::run(arguments, output),
        }
    }
}
