#[discord_log::log_errors]
fn number() -> Option<u32> {
    None
}

#[discord_log::log_errors(context = "Numbers")]
async fn number_later() -> u32 {
    7
}

#[discord_log::log_errors]
fn future() -> impl Future<Output = u32> {
    async { 7 }
}

fn main() {}
