//! What to do about what Discord, or the way to it, answers: one sentence each.

/// Says how to mend what an answer tells; `variable` names the setting that holds the webhook's address.
pub(crate) fn advice(answer: &str, variable: &str) -> String {
    let has = |words: &[&str]| words.iter().any(|word| answer.contains(word));
    if has(&["10015", "10003"]) {
        format!(
            "It was deleted: make a new one in Discord (Edit Channel, Integrations, Webhooks) and set {variable} to its address."
        )
    } else if has(&["50027", "status 401"]) {
        format!("Its token is refused: copy the webhook's address from Discord again, all of it, and set {variable}.")
    } else if has(&["1010", "40333", "1015", "429 without a delay"]) {
        "Discord's edge blocks the address of this machine: wait for an hour, and ask whoever shares the address."
            .to_owned()
    } else if has(&["429", "limited", "budget of this host"]) {
        "Discord asks for patience: nothing is to be mended, try again in a minute.".to_owned()
    } else if has(&["status 403"]) {
        "Discord takes nothing from it: look at the channel's permissions, or make a new webhook.".to_owned()
    } else if has(&["220001", "220003", "forum"]) {
        "A forum needs DISCORD_THREADS_<CHANNEL>=True, and a channel that is none does without it.".to_owned()
    } else if has(&["status 400", "status 413"]) {
        "Discord takes webhooks but not this message: please report it with the lines above.".to_owned()
    } else if has(&["status 5"]) {
        "Discord has trouble of its own: see https://discordstatus.com, and try again later.".to_owned()
    } else if has(&["certificate", "tls", "TLS", "handshake"]) {
        "The connection is not trusted: look at this machine's certificates and clock, and for a proxy in between."
            .to_owned()
    } else if has(&["dns", "lookup", "resolve"]) {
        "The name cannot be looked up: look at this machine's network and name server.".to_owned()
    } else {
        "Nothing answers there: look at this machine's network, its firewall and DISCORD_API_BASE.".to_owned()
    }
}

/// Names the setting that holds a channel's webhook.
pub(crate) fn variable_of(channel: &str) -> String {
    format!("DISCORD_WEBHOOK_{}", channel.to_ascii_uppercase())
}
