struct Secret;

#[discord_log::log_activity(ret)]
fn secret() -> Secret {
    Secret
}

#[discord_log::log_activity(ret)]
fn perhaps() -> Result<Secret, String> {
    Ok(Secret)
}

fn main() {}
