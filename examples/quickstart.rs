//! The shortest start: one guard in `main`, one attribute on a function, no async runtime.
//!
//! Reads `DISCORD_WEBHOOK_ERRORS` and its siblings from the environment or `.env`; without any, all goes to the local log.

use std::num::ParseFloatError;

use discord_log::{log_errors, log_invoice_created};

#[log_errors(context = "Invoice Processing")]
fn create_invoice(number: &str, amount: &str) -> Result<f64, ParseFloatError> {
    let amount = amount.parse()?;
    log_invoice_created(number, amount, "Northwind BV");
    Ok(amount)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _discord = discord_log::init()?; // keep the guard: dropping it flushes
    create_invoice("INV-2041", "1234.50")?;
    create_invoice("INV-2042", "a lot").ok(); // told in the errors channel
    Ok(())
}
