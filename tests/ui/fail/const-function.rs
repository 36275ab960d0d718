#[discord_log::log_errors]
const fn number() -> Result<u32, ()> {
    Ok(7)
}

fn main() {
    const NUMBER: Result<u32, ()> = number();
    let _ = NUMBER;
}
