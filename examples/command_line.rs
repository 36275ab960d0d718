//! A command without an async runtime, as `cron` starts it: adds up invoices, and tells Discord before it ends.
//!
//! ```sh
//! cargo run -p discord-log-preview          # in one terminal; it prints the webhooks to set
//! cargo run --example command_line -- examples/invoice_service/data/invoices.csv   # in another
//! ```
//!
//! Without a webhook the messages are lines on stderr. Its exit code is 1 if it failed.

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "a program for a terminal")]

use std::process::ExitCode;
use std::{fs, io};

use discord_log::{Event, log_errors, log_performance};

#[derive(Debug, thiserror::Error)]
enum AddError {
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
    #[error("line {0} has no amount")]
    Amount(usize),
}

/// One message if it fails, with the file and with what was wrong; one if it takes long.
#[log_errors(context = "Add up {file}", fields(file = file))]
#[log_performance(threshold = "5s", fields(file = file))]
fn add_up(file: &str) -> Result<f64, AddError> {
    let text = fs::read_to_string(file).map_err(AddError::Read)?;
    let mut total = 0.0;
    for (number, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.is_empty()) {
        let amount = line.split(',').rev().find_map(|value| value.parse::<f64>().ok());
        total += amount.ok_or(AddError::Amount(number + 1))?;
    }
    Ok(total)
}

fn main() -> ExitCode {
    // Dropped at the end of `main`, which is before the process exits: `std::process::exit` would not wait for it.
    let _discord = match discord_log::init() {
        Ok(guard) => guard,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let files: Vec<_> = std::env::args().skip(1).collect();
    let (mut sum, mut failed) = (0.0, 0_u64);
    for file in &files {
        match add_up(file) {
            Ok(total) => sum += total,
            Err(_) => failed += 1,
        }
    }
    println!("{sum:.2} in {} files, {failed} of them not read", files.len());
    discord_log::log(
        Event::system_event("Invoices added up", "the nightly run").field("total", sum).field("failed", failed),
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
