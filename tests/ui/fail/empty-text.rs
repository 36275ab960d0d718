#[discord_log::log_errors(context = "", channel = " ")]
fn number() -> Result<u32, String> {
    Ok(7)
}

#[discord_log::log_activity(action = "")]
fn more() {}

fn main() {}
