//! Measures each attribute and the door for `tracing` beside their peers, and prints each figure beside its goal.
//!
//! ```text
//! side_by_side               all groups
//! side_by_side --group off   one
//! ```
//!
//! A process has one logger and one subscriber, so each group runs in a process of its own, with the bare function
//! measured again beside it. The goals are for a machine that does nothing else.
#![expect(clippy::expect_used, clippy::print_stderr, reason = "a program that measures, and says so when it cannot")]

mod doors;
mod off;
mod on;
mod peers;
mod repeats;

use std::process::{Command, ExitCode};

use attributes_bench::side_by_side::{Row, print, tell};

/// Name, and what measures it: a part of this program, or a program beside it.
type Group = (&'static str, Option<fn() -> Vec<Row>>);

const GROUPS: [Group; 9] = [
    ("off", Some(off::measure)),
    ("on", Some(on::measure)),
    ("repeats", Some(repeats::measure)),
    ("doors", Some(doors::measure)),
    ("tracing", Some(peers::tracing_fmt::measure)),
    ("fastrace", Some(peers::fastrace::measure)),
    ("sentry", Some(peers::sentry::measure)),
    ("logforth", Some(peers::logforth::measure)),
    ("discord_layer", None),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => print(&GROUPS.iter().flat_map(rows).collect::<Vec<_>>()),
        ["--group", name] => match group(name) {
            Some(group) => print(&rows(group)),
            None => return refuse(),
        },
        [CHILD, name] => match group(name) {
            Some((_, Some(measure))) => tell(&measure()),
            _ => return refuse(),
        },
        _ => return refuse(),
    }
    ExitCode::SUCCESS
}

fn group(name: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|(group, _)| *group == name)
}

fn refuse() -> ExitCode {
    eprintln!("say nothing, or `--group` and one of: {}", GROUPS.map(|(name, _)| name).join(", "));
    ExitCode::FAILURE
}

/// Measures a group in a process of its own.
fn rows((name, measure): &Group) -> Vec<Row> {
    let program = std::env::current_exe().expect("the path of this program");
    let mut command = match measure {
        Some(_) => Command::new(program),
        None => Command::new(program.with_file_name(name)),
    };
    let Ok(output) = command.args([CHILD, name]).output() else {
        return vec![Row::holds("measured", false, "it is not built").of(name)];
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let rows: Vec<_> = text.lines().filter_map(|line| Row::parse(name, line)).collect();
    if !output.status.success() || rows.is_empty() {
        eprintln!("{name}: {}", String::from_utf8_lossy(&output.stderr));
        return vec![Row::holds("measured", false, "it failed").of(name)];
    }
    rows
}

/// The first argument of a process that measures.
const CHILD: &str = "measure";
