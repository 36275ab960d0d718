#[discord_log::log_errors]
fn close() {}

#[discord_log::log_errors]
async fn close_later() {}

fn main() {}
