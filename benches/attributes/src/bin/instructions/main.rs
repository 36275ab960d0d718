//! Counts the instructions of a call under each attribute, and holds them to the gates.
//!
//! ```text
//! instructions                   all cases, each twice under callgrind; fails if a gate is broken
//! instructions <case> <calls>    the loop of one case, which callgrind looks at
//! ```
//!
//! Callgrind counts only while [`measured`] runs. The difference between a loop and one twice as long, divided by the
//! calls, is exact: whatever happens once cancels out.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that counts, and says so when it cannot")]

mod callgrind;
mod cases;
mod gates;

use std::process::ExitCode;
use std::time::Duration;

use crate::cases::Case;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [] => gates::judge(),
        [case, calls] => run(case, calls),
        _ => Err("say nothing, or a case and how many calls".to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the loop of one case.
fn run(name: &str, calls: &str) -> Result<bool, String> {
    let case = Case::named(name).ok_or_else(|| format!("there is no case `{name}`"))?;
    let calls = calls.parse().map_err(|_| format!("`{calls}` is no number"))?;
    let guard = if case.is_on { Some(cases::start()?) } else { None };
    measured(case, calls);
    if let Some(guard) = guard {
        let _ = guard.shutdown(Duration::ZERO);
    }
    Ok(true)
}

/// The loop alone; callgrind finds it by its name.
#[inline(never)]
fn measured(case: &Case, calls: u64) {
    (case.run)(calls);
}
