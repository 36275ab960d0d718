#[discord_log::log_activity(fields(card = redact(cart)))]
fn pay(card: &str) {}

fn main() {}
