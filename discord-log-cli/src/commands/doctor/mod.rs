//! `discord-log doctor`: looks at everything that has to be right, and says of what is not how to mend it. It changes
//! nothing and posts nothing.

mod journal;
mod settings;
mod webhooks;

use clap::Args;
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::local_log;
use crate::output::{BAD, BOLD, DIM, DOUBTFUL, GOOD, Output};
use crate::progress::Progress;

/// Look at the settings, the webhooks, the clock and the journal, and say how to mend what is wrong
///
/// Each webhook is asked about by one request; nothing is posted, nothing is changed, and no token is shown. Code 1 says
/// that something is wrong; what only deserves a look is no reason for it.
///
/// With --json one object: `ok`, and `findings`, each with `area`, `state` (`good`, `note`, `doubtful` or `wrong`), `what`
/// and, where there is something to mend, `mend`.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Ask Discord nothing
    #[arg(long)]
    offline: bool,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    area: &'static str,
    state: State,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Good,
    Note,
    Doubtful,
    Wrong,
}

/// What is said of one area.
struct Findings {
    area: &'static str,
    list: Vec<Finding>,
}

impl Findings {
    fn new(area: &'static str) -> Self {
        Self { area, list: Vec::new() }
    }

    /// It is as it should be.
    fn good(&mut self, what: impl Into<String>) {
        self.add(State::Good, what.into(), None);
    }

    /// It is neither good nor bad.
    fn note(&mut self, what: impl Into<String>) {
        self.add(State::Note, what.into(), None);
    }

    /// It deserves a look; the sentence says what to do.
    fn doubtful(&mut self, what: impl Into<String>, mend: impl Into<String>) {
        self.add(State::Doubtful, what.into(), Some(mend.into()));
    }

    /// It is wrong; the sentence mends it.
    fn wrong(&mut self, what: impl Into<String>, mend: impl Into<String>) {
        self.add(State::Wrong, what.into(), Some(mend.into()));
    }

    fn add(&mut self, state: State, what: String, mend: Option<String>) {
        self.list.push(Finding { area: self.area, state, what, mend });
    }
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    ok: bool,
    findings: &'a [Finding],
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    local_log::keep();
    let mut progress = Progress::new("looking", None);
    let (config, mut findings) = settings::look();
    if let Some(config) = &config {
        progress.set(1, "asking Discord");
        let checks = if arguments.offline { Vec::new() } else { discord_log::check::webhooks(config) };
        findings.extend(webhooks::look(&checks, arguments.offline));
        findings.extend(journal::look(config, &checks));
    }
    drop(progress);
    let wrong = findings.iter().filter(|finding| finding.state == State::Wrong).count();
    let doubtful = findings.iter().filter(|finding| finding.state == State::Doubtful).count();
    output.json(&Report { ok: wrong == 0, findings: &findings })?;
    let mut area = "";
    for finding in &findings {
        if finding.area != area {
            let gap = if area.is_empty() { "" } else { "\n" };
            area = finding.area;
            output.line(format_args!("{gap}{BOLD}{area}{BOLD:#}"))?;
        }
        tell(finding, output)?;
    }
    output.line("")?;
    match (wrong, doubtful) {
        (0, 0) => output.line(format_args!("{GOOD}Everything is as it should be.{GOOD:#}"))?,
        (0, doubtful) => {
            output.line(format_args!("{DOUBTFUL}Nothing is wrong, {} a look.{DOUBTFUL:#}", deserve(doubtful)))?
        }
        (1, _) => output.line(format_args!("{BAD}One thing is wrong.{BAD:#}"))?,
        (wrong, _) => output.line(format_args!("{BAD}{wrong} things are wrong.{BAD:#}"))?,
    }
    Ok(if wrong == 0 { Exit::Fine } else { Exit::Wrong })
}

fn deserve(count: usize) -> String {
    if count == 1 { "one thing deserves".to_owned() } else { format!("{count} things deserve") }
}

fn tell(finding: &Finding, output: &mut Output) -> Result<(), Failure> {
    let (mark, style) = match finding.state {
        State::Good => ("✓", GOOD),
        State::Note => ("·", DIM),
        State::Doubtful => ("!", DOUBTFUL),
        State::Wrong => ("✗", BAD),
    };
    output.line(format_args!("  {style}{mark}{style:#} {}", finding.what))?;
    finding.mend.as_ref().map_or(Ok(()), |mend| output.line(format_args!("    {mend}")))
}
