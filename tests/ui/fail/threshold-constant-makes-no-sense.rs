use std::time::Duration;

const NOTHING: Duration = Duration::ZERO;
const NEGATIVE: f64 = -1.5;
const TEXT: &str = "2s";

#[discord_log::log_performance(threshold = NOTHING)]
fn a() {}

#[discord_log::log_performance(threshold = NEGATIVE)]
fn b() {}

#[discord_log::log_performance(threshold = TEXT)]
fn c() {}

#[discord_log::log_performance(threshold = MISSING)]
fn d() {}

fn main() {}
