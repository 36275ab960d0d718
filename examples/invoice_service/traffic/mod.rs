//! Traffic for the service: the invoices of a CSV file, sent over HTTP at a steady pace, as careless as real exports are.

mod caller;
mod row;
mod told;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use discord_log::{log_daily_summary, log_errors};
use discord_log_preview::Discord;
use reqwest::StatusCode;
use thiserror::Error;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep};

use self::caller::{Answers, Caller};
use self::row::Row;

/// Sends everything, waits until it was told, and prints what was told where.
pub async fn run(service: SocketAddr, local_discord: Option<Arc<Discord>>) {
    match send_all(service).await {
        Ok(answers) => println!("{answers}"),
        Err(error) => println!("The traffic ended early: {error}"),
    }
    log_daily_summary();
    all_is_told().await;
    told::print(local_discord.as_deref());
    println!("Serving http://{service} until Ctrl-C");
}

#[log_errors(context = "Traffic")]
async fn send_all(service: SocketAddr) -> Result<Answers, TrafficError> {
    let rows = row::all()?;
    println!("Sending {} invoices, some of them broken ...", rows.len());
    let caller = Arc::new(Caller::new(service)?);
    let mut errands = JoinSet::new();
    for (position, row) in rows.into_iter().enumerate() {
        if errands.len() == ERRANDS_AT_ONCE
            && let Some(done) = errands.join_next().await
        {
            done??;
        }
        errands.spawn(errand(Arc::clone(&caller), position, row));
    }
    while let Some(done) = errands.join_next().await {
        done??;
    }
    Ok(caller.answers())
}

/// Does with an invoice what a day at an office does with it.
async fn errand(caller: Arc<Caller>, position: usize, row: Row) -> reqwest::Result<()> {
    let every = |nth: usize| position % nth == nth / 2;
    if every(50) {
        // The fifth is one more than a year has.
        caller.get(&format!("/btw/2025/{}", position / 50 + 1)).await?;
    }
    if every(60) {
        caller.get("/reports/broken").await?;
    }
    if every(100) {
        caller.get("/reports/slow").await?;
    }
    if caller.post("/invoices", &row).await? != StatusCode::CREATED {
        return Ok(());
    }
    let invoice = format!("/invoices/{}", row.number);
    if every(12) {
        caller.patch(&invoice, &row.corrected()).await?;
    }
    if every(3) {
        caller.post(&format!("{invoice}/payments"), &row.payment()).await?;
    }
    if every(75) {
        // A second time: more than what is open.
        caller.post(&format!("{invoice}/payments"), &row.payment()).await?;
    }
    if every(20) {
        let name = format!("{}.pdf", row.description);
        caller.upload(&format!("{invoice}/files"), name, vec![b'%'; 100 * position]).await?;
    }
    Ok(())
}

/// Waits until nothing is on its way to Discord any more, but not for as long as its limits may ask for.
async fn all_is_told() {
    let patience = Instant::now() + PATIENCE;
    while discord_log::health().waiting > 0 && Instant::now() < patience {
        sleep(Duration::from_millis(100)).await;
    }
}

/// Why the traffic ended early.
#[derive(Debug, Error)]
pub enum TrafficError {
    #[error("the file of invoices cannot be read")]
    File(#[from] csv::Error),
    #[error("the service cannot be reached")]
    Service(#[from] reqwest::Error),
    #[error("an errand was not finished")]
    Unfinished(#[from] JoinError),
}

const ERRANDS_AT_ONCE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(12);
