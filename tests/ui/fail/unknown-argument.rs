#[discord_log::log_errors(contxt = "Numbers")]
fn number() -> Result<u32, String> {
    Ok(7)
}

#[discord_log::log_activity(context = "Numbers")]
fn more() {}

#[discord_log::log_performance(limit = 2)]
fn most() {}

fn main() {
    let _ = number();
    more();
}
