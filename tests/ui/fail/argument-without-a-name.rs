#[discord_log::log_errors("Numbers")]
fn number() -> Result<u32, String> {
    Ok(7)
}

#[discord_log::log_performance(2.0)]
fn more() {}

fn main() {}
