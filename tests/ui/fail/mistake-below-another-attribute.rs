#[discord_log::log_activity]
#[discord_log::log_errors(contxt = "Numbers")]
fn number() -> Result<u32, String> {
    Ok(7)
}

#[discord_log::log_performance]
#[discord_log::log_errors]
fn nothing() {}

fn main() {
    let _ = number();
    nothing();
}
