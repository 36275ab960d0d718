#[discord_log::log_errors(context = "Invoice {id} of {client}", fields(id = id))]
fn invoice(id: u32) -> Result<u32, String> {
    Ok(id)
}

#[discord_log::log_activity(action = "Open {")]
fn open() {}

fn main() {}
