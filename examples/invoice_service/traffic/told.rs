//! What was told where: read from the local Discord, as a table for the terminal.

use std::collections::BTreeMap;

use discord_log_preview::{Discord, Message};
use serde_json::Value;

/// Prints what each channel of the local Discord shows, and what became of every event.
pub fn print(local_discord: Option<&Discord>) {
    if let Some(discord) = local_discord {
        println!("What was said where:");
        for channel in CHANNELS {
            print_channel(channel, &discord.messages(channel));
        }
    }
    let health = discord_log::health();
    println!("Events: {health}");
    if health.waiting > 0 {
        println!("    Discord takes about 30 messages a minute and channel, so {} follow.", health.waiting);
    }
}

fn print_channel(channel: &str, messages: &[Message]) {
    let mut titles: BTreeMap<&str, usize> = BTreeMap::new();
    for embed in messages.iter().flat_map(|message| &message.embeds) {
        *titles.entry(kind_of(embed)).or_default() += 1;
    }
    println!("    #{channel}: {} messages with {} embeds", messages.len(), titles.values().sum::<usize>());
    for (title, count) in titles {
        println!("        {count:>4} × {title}");
    }
}

/// The title up to what it names: `📤 File uploaded` of `📤 File uploaded: advies.pdf`.
fn kind_of(embed: &Value) -> &str {
    let title = embed.get("title").and_then(Value::as_str).unwrap_or("without a title");
    title.split_once(':').map_or(title, |(kind, _)| kind)
}

const CHANNELS: [&str; 4] = ["finance", "system", "errors", "activity"];
