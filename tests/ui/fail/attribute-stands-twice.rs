use discord_log::{log_activity, log_errors};

#[log_errors]
#[log_activity]
#[log_errors(context = "Again")]
fn number() -> Result<u32, String> {
    Ok(7)
}

fn main() {}
