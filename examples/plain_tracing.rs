//! A program that logs through `tracing` and stays as it is: one more layer, and its warnings and errors are messages.
//!
//! ```sh
//! cargo run -p discord-log-preview          # in one terminal; it prints the webhooks to set
//! cargo run --example plain_tracing         # in another
//! ```
//!
//! Without a webhook the messages are lines of its own log.

use std::error::Error;
use std::io;

use discord_log::Channel;
use tracing::{error, info, instrument, warn};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

/// What the span says of itself goes with every message inside of it; a secret is masked by its name.
#[instrument(skip_all, fields(file = file, api_key = "k-2041"))]
fn import(file: &str) -> io::Result<u64> {
    warn!(line = 3, "an amount without a currency");
    let size = std::fs::metadata(file)?.len();
    info!(size, "imported"); // less than a warning, so it stays in the log
    Ok(size)
}

fn main() -> Result<(), Box<dyn Error>> {
    let discord = discord_log::tracing_layer().route("billing", Channel::Finance);
    registry()
        .with(fmt::layer().with_writer(io::stderr).with_filter(LevelFilter::INFO))
        .with(discord.with_filter(LevelFilter::INFO))
        .init();
    let _discord = discord_log::init()?;

    if let Err(failure) = import("invoices-of-2041.csv") {
        // A value that is an error is told with its causes.
        error!(error = &failure as &dyn Error, "the import stopped");
    }
    warn!(target: "billing", number = "INV-2041", "paid twice"); // to the finance channel, by its target
    warn!(discord = "activity", "nobody has signed in today"); // to the channel that it names
    Ok(())
}
