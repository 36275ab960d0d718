#[discord_log::log_errors(context = "Start")]
#[discord_log::log_activity(action = "Start")]
#[discord_log::log_performance]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let number: u32 = "7".parse()?;
    assert_eq!(number, 7);
    Ok(())
}
