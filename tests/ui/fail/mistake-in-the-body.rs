#[discord_log::log_errors]
fn number(text: &str) -> Result<u32, std::num::ParseIntError> {
    let number: u32 = text;
    Ok(number)
}

#[discord_log::log_errors]
async fn later(text: String) -> Result<u32, std::num::ParseIntError> {
    text.parse::<u64>()
}

fn main() {}
