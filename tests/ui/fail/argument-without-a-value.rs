#[discord_log::log_errors(context, severity =, fields)]
fn number() -> Result<u32, String> {
    Ok(7)
}

#[discord_log::log_activity(action("Number"))]
fn more() {}

fn main() {}
