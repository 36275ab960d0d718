#[discord_log::log_errors(contxt = "Numbers", severity = "loud", channel = "", fields(a = 1, a = 2))]
const fn number() {}

fn main() {}
