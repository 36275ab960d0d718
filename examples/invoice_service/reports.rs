//! Two reports to see trouble with: one that fails with a chain of causes, one that takes too long.

use std::time::Duration;

use discord_log::{log_errors, log_performance};
use rust_decimal::Decimal;
use thiserror::Error;
use tokio::time::sleep;

use crate::store::{Store, StoreError};

/// Fails. The two annotated functions tell of one failure: one message, with both contexts and all causes.
#[log_errors(context = "Ledger Report")]
pub async fn ledger(store: &Store) -> Result<Decimal, ReportError> {
    let open = open_postings(store).await?;
    Ok(open.round_dp(0))
}

#[log_errors(context = "Open Postings")]
async fn open_postings(store: &Store) -> Result<Decimal, ReportError> {
    store.open_postings().await.map_err(ReportError::Ledger)
}

/// Takes longer than it should: it waits for a bank that is slow today.
#[log_performance(threshold = "250ms")]
pub async fn bank_balance() -> Decimal {
    sleep(Duration::from_millis(400)).await;
    Decimal::new(4_821_107, 2)
}

/// Why there is no report.
#[derive(Debug, Error)]
pub enum ReportError {
    #[error("the ledger report cannot be made")]
    Ledger(#[source] StoreError),
}
