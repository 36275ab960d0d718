#[discord_log::log_errors(severity = "fatal")]
fn number() -> Result<u32, String> {
    Ok(7)
}

fn main() {}
