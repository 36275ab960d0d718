#[discord_log::log_activity(crate = "logging")]
fn a() {}

fn main() {}
