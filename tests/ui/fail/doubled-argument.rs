#[discord_log::log_errors(context = "Numbers", context = "Numerals")]
fn number() -> Result<u32, String> {
    Ok(7)
}

#[discord_log::log_performance(threshold = 2, threshold_seconds = 3)]
fn more() {}

#[discord_log::log_activity(fields(number = 1, number = 2))]
fn most() {}

fn main() {}
