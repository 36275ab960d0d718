//! What the service does, and the file to read first. The attributes say what is told in Discord of each function:
//! `log_errors` of its errors, `log_activity` that it ran, `log_performance` when it was slow. What the money did is said
//! by name in the body.

use discord_log::{Event, log, log_activity, log_btw_calculation, log_errors, log_performance};
use discord_log::{log_invoice_created, log_invoice_updated, log_payment_received};
use rust_decimal::Decimal;
use thiserror::Error;

use crate::btw::{Declaration, Quarter};
use crate::invoice::{CheckedChange, Invoice};
use crate::store::{Store, StoreError};

#[log_errors(context = "Invoice Processing")]
#[log_activity(action = "Create Invoice", fields(invoice = %invoice.number))]
#[log_performance(threshold = 0.5)]
pub async fn create_invoice(store: &Store, invoice: Invoice) -> Result<Invoice, BillingError> {
    if !store.knows_client(&invoice.client).await? {
        return Err(BillingError::UnknownClient(invoice.client));
    }
    if !store.add_invoice(invoice.clone()).await? {
        return Err(BillingError::NumberTaken(invoice.number));
    }
    log_invoice_created(&invoice.number, invoice.money(invoice.gross()), &invoice.client);
    Ok(invoice)
}

#[log_errors(context = "Invoice Update")]
#[log_activity(action = "Update Invoice", fields(invoice = %number))]
#[log_performance(threshold = 0.5)]
pub async fn update_invoice(store: &Store, number: &str, change: CheckedChange) -> Result<Invoice, BillingError> {
    let mut invoice = invoice(store, number).await?;
    let said = change.apply(&mut invoice);
    if !store.replace_unpaid(invoice.clone()).await? {
        return Err(BillingError::PaidAlready(invoice.number));
    }
    log_invoice_updated(number, said);
    Ok(invoice)
}

#[log_errors(context = "Payment Processing")]
#[log_activity(action = "Book Payment", fields(invoice = %number, amount = %amount))]
#[log_performance(threshold = 0.5)]
pub async fn pay_invoice(store: &Store, number: &str, amount: Decimal) -> Result<Invoice, BillingError> {
    invoice(store, number).await?;
    let Some(invoice) = store.add_payment(number, amount).await? else {
        return Err(BillingError::PaidTooMuch { number: number.to_owned(), amount });
    };
    log_payment_received(number, invoice.money(amount), &invoice.client);
    Ok(invoice)
}

#[log_errors(context = "File Upload")]
#[log_performance(threshold = 0.5)]
pub async fn attach_file(store: &Store, number: &str, name: &str, bytes: Vec<u8>) -> Result<(), BillingError> {
    let invoice = invoice(store, number).await?;
    let size = bytes.len() as u64;
    store.add_file(number, name, bytes).await?;
    log(Event::file_upload(name, size).field("invoice", number).field("client", &invoice.client));
    Ok(())
}

#[log_errors(context = "BTW Calculation")]
#[log_activity(action = "Compute BTW", fields(period = %quarter))]
#[log_performance(threshold = "250ms")]
pub async fn compute_btw(store: &Store, quarter: Quarter) -> Result<Declaration, BillingError> {
    let invoiced = store.invoiced(quarter).await?;
    let declaration = Declaration::of(quarter, &invoiced);
    log_btw_calculation(&declaration.period, declaration.turnover, declaration.btw);
    Ok(declaration)
}

/// Gives an invoice. Without attributes: who reads what is nobody's news.
pub async fn invoice(store: &Store, number: &str) -> Result<Invoice, BillingError> {
    store.invoice(number).await?.ok_or_else(|| BillingError::UnknownInvoice(number.to_owned()))
}

/// Why the service did not do what it was asked to do.
///
/// What varies stands in quotes: errors of the same kind gather in one message, which lists the variants.
#[derive(Debug, Error)]
pub enum BillingError {
    #[error("there is an invoice {0:?} already")]
    NumberTaken(String),
    #[error("invoice {0:?} cannot change any more: money came in for it")]
    PaidAlready(String),
    #[error("\"{amount}\" is more than what is open on invoice {number:?}")]
    PaidTooMuch { number: String, amount: Decimal },
    #[error("the books are out of order")]
    Store(#[from] StoreError),
    #[error("there is no client {0:?}")]
    UnknownClient(String),
    #[error("there is no invoice {0:?}")]
    UnknownInvoice(String),
}
