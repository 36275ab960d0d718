//! `discord-log preview`: the local Discord, with faults from the command line.

use clap::Args;
use discord_log_preview::{Discord, Fault, Limits};
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure};
use crate::output::Output;

/// Start a local Discord: its validation, limits and faults, and a page that shows every message
///
/// It prints the address of the page, and the lines that point a service at it; ids and tokens are the same at every
/// start. Ctrl-C stops it.
///
///   discord-log preview --fault unavailable,for_seconds=60 --fault channel_limit,channel=errors,times=2
///
/// With --json one object: `page` (an address) and `settings` (variables by name).
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Listen on this port of 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Serve without rate limits and bans; what a message may hold stays limited
    #[arg(long)]
    no_limits: bool,
    /// A further text channel; may be repeated
    #[arg(long, value_name = "NAME")]
    channel: Vec<String>,
    /// A forum channel; may be repeated
    #[arg(long, value_name = "NAME")]
    forum: Vec<String>,
    /// Something that goes wrong, such as `unavailable` or `user_limit,retry_after=3,channel=errors,times=2`; may be
    /// repeated
    #[arg(long, value_name = "KIND[,WORD=VALUE…]")]
    fault: Vec<Fault>,
}

pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut builder = Discord::builder().stable().port(arguments.port);
    if arguments.no_limits {
        builder = builder.limits(Limits::unlimited());
    }
    builder = arguments.channel.iter().fold(builder, |builder, name| builder.channel(name));
    builder = arguments.forum.iter().fold(builder, |builder, name| builder.forum(name));
    let discord = builder.start().map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Failure::new(format!("no local Discord can be started: {error}{cause}"))
    })?;
    for fault in &arguments.fault {
        discord.fault(fault.clone());
    }
    let settings: Map<_, _> = discord.settings().into_iter().map(|(name, url)| (name, Value::from(url))).collect();
    output.json(&json!({ "page": discord.page(), "settings": settings }))?;
    output.line(discord.greeting().trim_end())?;
    discord.serve_forever();
    Ok(Exit::Fine)
}
