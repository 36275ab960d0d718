#[discord_log::log_performance(threshold = "soon")]
fn a() {}

#[discord_log::log_performance(threshold = "2")]
fn b() {}

#[discord_log::log_performance(threshold = "2h")]
fn c() {}

#[discord_log::log_performance(threshold = 2s)]
fn d() {}

#[discord_log::log_performance(threshold = true)]
fn e() {}

#[discord_log::log_performance(threshold = limit())]
fn f() {}

#[discord_log::log_performance(threshold = 2.0 + 1.0)]
fn g() {}

fn main() {}
