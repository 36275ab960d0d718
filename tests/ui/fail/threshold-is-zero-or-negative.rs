#[discord_log::log_performance(threshold = 0)]
fn a() {}

#[discord_log::log_performance(threshold = 0.0)]
fn b() {}

#[discord_log::log_performance(threshold = "0ms")]
fn c() {}

#[discord_log::log_performance(threshold = -1.5)]
fn d() {}

#[discord_log::log_performance(threshold = 1e300)]
fn e() {}

fn main() {}
