#[discord_log::log_errors(context = Numbers, channel = 5)]
fn number() -> Result<u32, String> {
    Ok(7)
}

fn main() {}
