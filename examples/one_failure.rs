//! One failure, one message: three annotated functions pass an error on, a fourth recovers from it.
//!
//! ```sh
//! cargo run -p discord-log-preview          # in one terminal; it prints the webhooks to set
//! cargo run --example one_failure           # in another
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it did")]

use discord_log::{log_errors, log_performance, log_skip};

#[derive(Debug, thiserror::Error)]
enum InvoiceError {
    #[error("the invoice could not be stored")]
    Storage(#[source] std::io::Error),
    #[error("there is no client {0}")]
    UnknownClient(u32),
}

impl InvoiceError {
    /// A client that nobody knows is the caller's mistake, and no news.
    const fn is_expected(&self) -> bool {
        matches!(self, Self::UnknownClient(_))
    }
}

/// What can fail in here is watched, but for what is left out.
struct Store;

#[log_errors(context = "Invoice store")]
#[log_performance(threshold = "250ms")]
impl Store {
    fn write(&self, number: u32) -> std::io::Result<()> {
        Err(std::io::Error::other(format!("disk of invoice {number} is full")))
    }

    #[log_skip]
    fn probe(&self) -> std::io::Result<()> {
        Err(std::io::ErrorKind::NotFound.into())
    }
}

#[log_errors(context = "Save invoice {number}", fields(number = number))]
async fn save(number: u32) -> Result<(), InvoiceError> {
    tokio::task::yield_now().await;
    Store.write(number).map_err(InvoiceError::Storage)
}

#[log_errors(
    context = "Create invoice",
    fields(client = client, card = redact(card)),
    skip_if = InvoiceError::is_expected
)]
async fn create(number: u32, client: u32, card: &str) -> Result<(), InvoiceError> {
    if client == 0 {
        return Err(InvoiceError::UnknownClient(client));
    }
    save(number).await
}

/// Goes on without the invoice: the message says so.
#[log_errors(context = "Nightly run")]
async fn nightly(number: u32) -> Result<u32, InvoiceError> {
    Ok(u32::from(create(number, 7, "4111 1111 1111 1111").await.is_ok()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _discord = discord_log::init()?;
    let _ = Store.probe();
    let _ = create(1, 0, "").await;
    let _ = create(2, 7, "4111 1111 1111 1111").await;
    let _ = nightly(3).await?;
    for _ in 0..1_000 {
        let _ = save(4).await;
    }
    discord_log::flush_async(std::time::Duration::from_secs(5)).await?;
    println!("{}", discord_log::health());
    Ok(())
}
