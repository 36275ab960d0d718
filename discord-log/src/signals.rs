//! The driver for signals: ends the logger before the signal ends the process.

use std::io;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::lifecycle;

/// Ends the logger at SIGTERM or SIGINT, as dropping its guard does, and then lets the signal end the process.
///
/// For programs that have no handler of their own: one that shuts down gracefully drops the guard at its end and needs
/// nothing here. What is not delivered within the shutdown timeout waits in the journal for the next start. Starts one
/// thread; call it once, after [`init`](crate::init). Available on Unix with the feature `signals`.
///
/// # Errors
///
/// Where the system takes no handler or gives no thread.
///
/// # Examples
///
/// ```no_run
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let _discord = discord_log::init()?;
///     discord_log::end_on_signals()?;
///     loop {
///         discord_log::log_user_action("Invoice generated");
///         std::thread::sleep(std::time::Duration::from_secs(60));
///     }
/// }
/// ```
pub fn end_on_signals() -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            lifecycle::end_in_time(if signal == SIGINT { "SIGINT" } else { "SIGTERM" });
            // The parent sees that a signal ended this process, as it would without us.
            let _ = emulate_default_handler(signal);
        }
    };
    lifecycle::spawn("discord-log-signals", wait).map_err(io::Error::other)
}
