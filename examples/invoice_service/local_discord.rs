//! A Discord to look at without having one: it runs in this process when no webhook is set.

use std::error::Error;
use std::sync::Arc;

use discord_log::Config;
use discord_log_preview::Discord;

/// Starts the local Discord and says where it is, unless the environment or `.env` names a webhook.
pub fn start_unless_configured() -> Result<Option<Arc<Discord>>, Box<dyn Error>> {
    if Config::from_env().build()?.has_webhooks() {
        return Ok(None);
    }
    let discord = Discord::builder().start()?;
    println!("No DISCORD_WEBHOOK_… is set, so this process brings its own Discord. Look at it: {}", discord.page());
    Ok(Some(Arc::new(discord)))
}
