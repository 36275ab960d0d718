#[discord_log::log_activity(fields(draft = draft))]
fn a() {}

fn main() {}
