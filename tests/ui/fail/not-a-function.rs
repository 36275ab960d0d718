#[discord_log::log_errors]
struct Invoice;

#[discord_log::log_activity]
use std::fmt;

#[discord_log::log_performance]
mod invoices {}

fn main() {
    let _: (Invoice, fmt::Error);
}
