//! What a command gives, on stdout: lines for people, in colours where a terminal shows them (`NO_COLOR`, `CLICOLOR` and
//! `CLICOLOR_FORCE` are heard), or with `--json` one object, or one a line.

use std::fmt::Display;
use std::io::{self, Stdout, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::exit::Failure;

/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What deserves a look.
pub(crate) const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
/// What is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What stands out.
pub(crate) const BOLD: Style = Style::new().bold();
/// What stands back.
pub(crate) const DIM: Style = Style::new().dimmed();

/// Where a command's results go.
pub(crate) struct Output {
    is_json: bool,
    /// Not locked: `run` passes on what its command says meanwhile.
    stdout: AutoStream<Stdout>,
}

impl Output {
    pub(crate) fn new(is_json: bool) -> Self {
        Self { is_json, stdout: AutoStream::auto(io::stdout()) }
    }

    /// Says whether a program reads it.
    pub(crate) fn is_json(&self) -> bool {
        self.is_json
    }

    /// Writes a line for people, with the styles of this module; nothing where a program reads.
    pub(crate) fn line(&mut self, line: impl Display) -> Result<(), Failure> {
        if !self.is_json {
            writeln!(self.stdout, "{line}")?;
        }
        Ok(())
    }

    /// Writes a line of JSON for programs; nothing where people read.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        if self.is_json {
            let line = serde_json::to_string(value).map_err(io::Error::from)?;
            writeln!(self.stdout, "{line}")?;
        }
        Ok(())
    }

    /// Lets the reader see what was written so far.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.stdout.flush()?;
        Ok(())
    }

    /// Writes a whole text, whoever reads.
    pub(crate) fn text(&mut self, text: &[u8]) -> Result<(), Failure> {
        self.stdout.write_all(text)?;
        Ok(())
    }
}
