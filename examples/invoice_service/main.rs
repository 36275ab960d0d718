//! The main job: a service that keeps invoices, and a Discord server as its operations room.
//!
//! ```sh
//! cargo run --example invoice_service -- --traffic
//! ```
//!
//! Without a webhook in the environment or `.env` it brings a local Discord along. `--traffic` sends it the invoices of
//! `data/invoices.csv` over HTTP and prints what was said where. Read `billing.rs` first.
#![expect(clippy::print_stdout, reason = "a program for a terminal")]
#![expect(unreachable_pub, reason = "in a program `pub` is how modules share")]

mod billing;
mod btw;
mod clients;
mod invoice;
mod local_discord;
mod options;
mod reports;
mod routes;
mod stop;
mod store;
mod traffic;

use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;

use discord_log::{Config, log_errors, log_shutdown, log_startup};
use discord_log_preview::Discord;
use rust_decimal::Decimal;
use tokio::net::TcpListener;

use crate::options::Options;
use crate::store::Store;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let local_discord = local_discord::start_unless_configured()?;
    // Dropped before the local Discord is, so that the last messages still arrive.
    let _guard = discord_log::init_with(config(local_discord.as_deref())?)?;
    serve(options, local_discord.clone()).await
}

/// Code wins over the environment, and the later call over the earlier.
/// The local Discord is gone with this process, so what it could not be told is not kept for the next one.
fn config(local_discord: Option<&Discord>) -> Result<Config, discord_log::ConfigError> {
    let builder = Config::from_env();
    let builder = if local_discord.is_some() { builder.journal("memory") } else { builder };
    builder
        .service("invoice-service")
        .release(env!("CARGO_PKG_VERSION"))
        .high_value_threshold(Decimal::from(10_000))
        .variables(local_discord.map(Discord::settings).unwrap_or_default())
        .build()
}

/// Serves until it is told to stop. A start that fails, on a port that is taken for one, is told in Discord too.
#[log_errors(context = "Invoice Service")]
async fn serve(options: Options, local_discord: Option<Arc<Discord>>) -> Result<(), Box<dyn Error>> {
    let stop = stop::signal()?;
    let store = Store::open()?;
    clients::import(&store).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    println!("The invoice service listens on http://{address}");
    log_startup();

    let traffic = options.traffic.then(|| tokio::spawn(traffic::run(address, local_discord)));
    axum::serve(listener, routes::routes(store))
        .with_graceful_shutdown(async move {
            log_shutdown(stop.await);
            if let Some(traffic) = traffic {
                traffic.abort();
            }
        })
        .await?;
    Ok(())
}
