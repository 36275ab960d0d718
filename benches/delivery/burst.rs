//! Sixty mixed events at once, under the limits that Discord has.

use std::time::{Duration, Instant};

use discord_log::Config;
use discord_log_preview::Discord;

use crate::events::log_mixed;
use crate::process;
use crate::table::Row;

const EVENTS: u64 = 60;

/// Logs them, and waits until the last is delivered.
pub(crate) fn measure() -> Vec<Row> {
    let discord = Discord::builder().start().expect("a local Discord");
    let journal = process::folder("burst");
    let settings = Config::builder().variables(discord.settings()).service("benches");
    let config = settings.journal(journal.to_string_lossy()).build().expect("settings");
    let guard = discord_log::init_with(config).expect("a logger");
    let start = Instant::now();
    (0..EVENTS).for_each(log_mixed);
    let flushed = discord_log::flush(Duration::from_secs(60));
    let time = start.elapsed();
    let health = discord_log::health();
    drop(guard);
    process::remove(&journal);
    let limited = discord.requests().iter().filter(|request| request.status == Some(429)).count();
    vec![
        Row::at_most("burst: 60 events delivered", time.as_secs_f64(), 5.0, "s"),
        Row::at_most("burst: answers 429", limited as f64, 0.0, ""),
        Row::holds("burst: delivered", flushed.is_ok() && health.delivered == EVENTS, health.to_string()),
    ]
}
