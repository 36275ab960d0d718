//! Jobs in the background: each runs in a context of its own, so every message says which job it came from.
//!
//! ```sh
//! cargo run -p discord-log-preview          # in one terminal; it prints the webhooks to set
//! cargo run --example background_jobs       # in another
//! ```
//!
//! Without a webhook the messages are lines on stderr.

#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use std::error::Error;

use discord_log::context::{self, Context};
use discord_log::{log_activity, log_errors, log_performance};
use tokio::task::{JoinSet, spawn_blocking};

#[derive(Debug, thiserror::Error)]
#[error("the mail server refused the address of client {0}")]
struct Refused(u32);

#[log_errors(context = "Mail invoice to client {client}", fields(client = client))]
async fn mail(client: u32) -> Result<(), Refused> {
    tokio::task::yield_now().await;
    if client == 3 { Err(Refused(client)) } else { Ok(()) }
}

#[log_performance(threshold = "2s")]
fn draw_pdf(client: u32) -> usize {
    discord_log::log_file_operation("write", format!("/invoices/{client}.pdf"));
    1_024
}

/// What it starts elsewhere is outside of its context, unless it is carried.
#[log_errors(context = "Invoice run")]
#[log_activity(action = "Invoice run for client {client}", fields(client = client))]
async fn run(client: u32) -> Result<usize, Box<dyn Error + Send + Sync>> {
    let size = spawn_blocking(context::carry_fn(move || draw_pdf(client))).await?;
    mail(client).await?;
    Ok(size)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _discord = discord_log::init()?;
    let mut jobs = JoinSet::new();
    for client in 1..=5 {
        let job = Context::new().with_extra("job", client).with_extra("queue", "invoices").with_user("scheduler");
        jobs.spawn(context::scope(job, run(client)));
    }
    let ended = jobs.join_all().await;
    println!("{} of {} jobs went well", ended.iter().filter(|job| job.is_ok()).count(), ended.len());
    Ok(())
}
