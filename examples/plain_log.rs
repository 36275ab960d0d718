//! A program that logs through `log` and stays as it is: its logger is put behind one that makes messages of what is
//! serious.
//!
//! ```sh
//! cargo run -p discord-log-preview          # in one terminal; it prints the webhooks to set
//! RUST_LOG=info cargo run --example plain_log   # in another
//! ```
//!
//! Without a webhook the messages are lines on stderr, as is what its own logger writes.

use std::error::Error;
use std::io;

use discord_log::Channel;
use log::{error, info, warn};

fn import(file: &str) -> io::Result<u64> {
    warn!(line = 3; "an amount without a currency"); // a key and a value become a field
    let size = std::fs::metadata(file)?.len();
    info!(size; "imported"); // less than a warning, so it goes to the logger behind alone
    Ok(size)
}

fn main() -> Result<(), Box<dyn Error>> {
    let own = env_logger::Builder::from_default_env().build();
    discord_log::log_bridge().route("billing", Channel::Finance).with(own).install()?;
    let _discord = discord_log::init()?;

    if let Err(failure) = import("invoices-of-2041.csv") {
        // A value that is an error is told with its causes.
        error!(error:err = failure; "the import stopped");
    }
    warn!(target: "billing", number = "INV-2041"; "paid twice"); // to the finance channel, by its target
    warn!(discord = "activity"; "nobody has signed in today"); // to the channel that it names
    Ok(())
}
