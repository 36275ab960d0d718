//! The events that are logged: of all four channels in turn, a quarter of them errors, which are synced at once.

/// Logs the event of a number.
pub(crate) fn log_mixed(number: u64) {
    match number % 4 {
        0 => discord_log::log_invoice_created("INV-2026-00417", 12.5, "Northwind BV"),
        1 => discord_log::log_system_event("Cache warmed", "1,200 entries in 3 s"),
        2 => discord_log::log_error(&std::fmt::Error, "Payment"),
        _ => discord_log::log_user_action("Invoice generated"),
    }
}
