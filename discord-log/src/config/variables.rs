//! The names of all settings, in one table: for whoever looks for a mistake in one of them.

use std::collections::BTreeMap;

use super::Config;
use super::builder::ConfigBuilder;

impl Config {
    /// The names of all variables, in the order of `.env.example`; `<CHANNEL>` stands for the name of a channel.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Config;
    ///
    /// assert!(Config::VARIABLES.contains(&"DISCORD_WEBHOOK_<CHANNEL>"));
    /// ```
    pub const VARIABLES: &[&str] = &[
        "DISCORD_WEBHOOK_<CHANNEL>",
        "DISCORD_WEBHOOK_URL",
        "DISCORD_WEBHOOK_<CHANNEL>_FILE",
        "DISCORD_LOGGING_ENABLED",
        "DISCORD_LOG_FINANCE",
        "DISCORD_LOG_SYSTEM",
        "DISCORD_LOG_ERRORS",
        "DISCORD_LOG_ACTIVITY",
        "DISCORD_LOG_PERFORMANCE",
        "DISCORD_LOG_SUMMARIES",
        "DISCORD_RATE_LIMIT",
        "DISCORD_RETRY_ATTEMPTS",
        "DISCORD_RETRY_DELAY",
        "DISCORD_TIMEOUT",
        "DISCORD_QUEUE_SIZE",
        "DISCORD_GROUP_WINDOW",
        "DISCORD_THREADS_<CHANNEL>",
        "DISCORD_SHUTDOWN_TIMEOUT",
        "DISCORD_LIFECYCLE",
        "DISCORD_HEARTBEAT",
        "DISCORD_JOURNAL",
        "DISCORD_JOURNAL_MAX_MB",
        "DISCORD_RETENTION_DAYS",
        "DISCORD_SERVICE",
        "DISCORD_ENVIRONMENT",
        "DISCORD_RELEASE",
        "DISCORD_COMMIT",
        "DISCORD_CURRENCY",
        "DISCORD_SOURCE_URL",
        "DISCORD_MENTION_CRITICAL",
        "DISCORD_HIGH_VALUE_THRESHOLD",
        "DISCORD_REDACT",
        "DISCORD_LOG_IP",
        "DISCORD_TRUSTED_PROXIES",
        "DISCORD_BREADCRUMBS",
        "DISCORD_API_BASE",
    ];
}

impl ConfigBuilder {
    /// Walks over the variables that begin with `DISCORD_` and are no settings of this crate: another program's, or
    /// mistyped.
    ///
    /// # Examples
    ///
    /// ```
    /// use discord_log::Config;
    ///
    /// let settings = Config::builder().variables([("DISCORD_RATE_LIMITS", "20"), ("DISCORD_RATE_LIMIT", "20")]);
    /// assert_eq!(settings.unknown_variables().collect::<Vec<_>>(), ["DISCORD_RATE_LIMITS"]);
    /// ```
    pub fn unknown_variables(&self) -> impl Iterator<Item = &str> {
        unknown(self.values())
    }
}

fn unknown(values: &BTreeMap<String, String>) -> impl Iterator<Item = &str> {
    values.keys().map(String::as_str).filter(|name| !Config::VARIABLES.iter().any(|known| is_one_of(known, name)))
}

fn is_one_of(known: &str, name: &str) -> bool {
    match known.split_once(CHANNEL) {
        None => known == name,
        Some((before, after)) => {
            let channel = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            channel.is_some_and(|channel| !channel.is_empty())
        }
    }
}

/// Stands in a name for that of a channel.
const CHANNEL: &str = "<CHANNEL>";

#[cfg(test)]
mod tests {
    use super::*;

    /// Every name that stands between two quotes in a source, or alone in a line of an example.
    fn named(text: &str) -> Vec<&str> {
        let is_of_name = |character: char| character.is_ascii_uppercase() || character == '_';
        let names = text.match_indices("DISCORD_").map(|(at, _)| {
            let rest = text.get(at..).unwrap_or_default();
            rest.split(|character| !is_of_name(character)).next().unwrap_or_default()
        });
        // What ends so is a prefix.
        names.filter(|name| !name.ends_with('_')).collect()
    }

    #[test]
    fn every_setting_that_is_read_or_shown_as_an_example_is_in_the_table() {
        let read = include_str!("builder.rs").split("#[cfg(test)]").next().unwrap_or_default();
        let named = named(read);
        assert!(named.len() > 40, "{named:?}");
        for name in &named {
            assert!(Config::VARIABLES.iter().any(|known| is_one_of(known, name)), "{name}");
        }
        for known in Config::VARIABLES.iter().filter(|known| !known.contains(CHANNEL)) {
            assert!(named.contains(known), "{known} is not read");
        }
    }

    #[test]
    fn a_channel_may_have_any_name_and_a_setting_may_not() {
        let settings = Config::builder().variables([
            ("DISCORD_WEBHOOK_DEPLOYS", "https://discord.com/api/webhooks/1/t"),
            ("DISCORD_THREADS_NIGHT_JOBS", "yes"),
            ("DISCORD_THREADS_", "yes"),
            ("DISCORD_TOKEN", "another program's"),
            ("DISCORD_TIMEOUT", "5"),
            ("PATH", "/bin"),
        ]);
        assert_eq!(settings.unknown_variables().collect::<Vec<_>>(), ["DISCORD_THREADS_", "DISCORD_TOKEN"]);
    }
}
