//! Runs a case under callgrind and reads how many instructions its loop took.

use std::process::Command;

use crate::cases::Case;

/// Gives the instructions of one call, the loop around it included.
pub(crate) fn per_call(case: &Case) -> Result<f64, String> {
    let (short, long) = (collect(case.name, case.calls)?, collect(case.name, 2 * case.calls)?);
    let more = long.checked_sub(short).ok_or_else(|| format!("`{}` took less when it ran for longer", case.name))?;
    Ok(more as f64 / case.calls as f64)
}

/// Counts what the thread that calls [`measured`](crate::measured) executes within it; other threads never do.
fn collect(case: &str, calls: u64) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| format!("where is this program? {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg("--toggle-collect=instructions::measured")
        .arg(program)
        .args([case, &calls.to_string()])
        .output()
        .map_err(|error| format!("valgrind does not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match collected {
        Some(instructions) if output.status.success() && instructions > calls => Ok(instructions),
        _ => Err(format!("callgrind counted nothing in `{case}`:\n{text}")),
    }
}
