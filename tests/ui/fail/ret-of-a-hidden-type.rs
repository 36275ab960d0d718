#[discord_log::log_activity(ret)]
fn numbers() -> impl Iterator<Item = u32> {
    0..3
}

#[discord_log::log_activity(ret)]
fn forever() -> ! {
    loop {}
}

#[discord_log::log_activity(ret = true)]
fn number() -> u32 {
    7
}

fn main() {}
