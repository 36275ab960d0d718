#[discord_log::log_performance(threshold = f64::NAN)]
fn a() {}

#[discord_log::log_performance(threshold = "NaNs")]
fn b() {}

#[discord_log::log_performance(threshold = "infs")]
fn c() {}

fn main() {}
