#[discord_log::log_errors(skip_if = "not found")]
fn by_text() -> Result<u32, String> {
    Ok(7)
}

#[discord_log::log_errors(skip_if = |error| true)]
fn by_closure() -> Result<u32, String> {
    Ok(7)
}

fn is_empty(text: &u32) -> bool {
    *text == 0
}

#[discord_log::log_errors(skip_if = is_empty)]
fn of_another_type() -> Result<u32, String> {
    Ok(7)
}

fn main() {}
