#[discord_log::log_activity(fields(number))]
fn a(number: u32) {}

#[discord_log::log_activity(fields(1))]
fn b() {}

fn main() {}
