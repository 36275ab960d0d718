struct Draft;

#[discord_log::log_activity(fields(draft = draft))]
fn a(draft: Draft) {}

fn main() {}
