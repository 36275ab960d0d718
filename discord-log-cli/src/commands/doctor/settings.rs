//! The settings: where they come from, what is wrong with them, and what was meant by a name that is none.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use discord_log::{Channel, Config, ConfigBuilder, Problem};
use strsim::damerau_levenshtein;

use super::{Finding, Findings};
use crate::mend;

/// Looks at the settings; gives them as far as they are right.
pub(super) fn look() -> (Option<Config>, Vec<Finding>) {
    let mut findings = Findings::new("settings");
    file(&mut findings);
    let settings = Config::from_env();
    unknown(&settings, &mut findings);
    let config = match settings.clone().build() {
        Ok(config) => {
            findings.good("every value can be read");
            Some(config)
        }
        Err(error) => {
            error.problems().for_each(|problem| wrong(problem, &mut findings));
            let names: Vec<_> = error.problems().map(|problem| problem.variable().to_owned()).collect();
            let rest = names.iter().fold(settings, |settings, name| settings.without(name));
            rest.build().ok()
        }
    };
    if let Some(config) = &config {
        channels(config, &mut findings);
    }
    (config, findings.list)
}

/// Finds `.env` as the library does: in the working directory or above it.
fn env_file() -> Option<PathBuf> {
    let folder = std::env::current_dir().ok()?;
    folder.ancestors().map(|folder| folder.join(".env")).find(|file| file.is_file())
}

fn file(findings: &mut Findings) {
    let Some(path) = env_file() else {
        return findings.note("no `.env` in this folder or above it: the environment alone counts");
    };
    let shown = path.display();
    match std::fs::File::open(&path).and_then(|file| file.metadata()) {
        Ok(metadata) if is_open_to_all(&metadata) => findings.wrong(
            format!("{shown} can be read by everybody on this machine, and webhooks are secrets"),
            format!("Take that away: chmod 600 {}", quoted(&path)),
        ),
        Ok(_) => findings.good(format!("{shown} is read, beneath the environment")),
        Err(error) => findings.wrong(
            format!("{shown} cannot be read: {error}"),
            "Give it to the user that runs the service, with `chown` and `chmod 600`.",
        ),
    }
}

#[cfg(unix)]
fn is_open_to_all(metadata: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o004 != 0
}

#[cfg(not(unix))]
fn is_open_to_all(_: &Metadata) -> bool {
    false
}

/// Writes a path so that a shell takes it as one word.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text.chars().all(|character| character.is_alphanumeric() || "/._-".contains(character));
    if is_plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn wrong(problem: &Problem, findings: &mut Findings) {
    let (name, found, accepted) = (problem.variable(), problem.found(), problem.accepted());
    let mend = match name {
        ".env" => format!("Write {accepted}."),
        _ if name.ends_with("_FILE") => {
            format!("Set {name} to {accepted}, and give that to the user that runs the service.")
        }
        _ => format!("Set {name} to {accepted}, or take it out for its default."),
    };
    findings.wrong(format!("{name} is {found}"), mend);
}

/// Names the settings that may be meant by names that are none.
fn unknown(settings: &ConfigBuilder, findings: &mut Findings) {
    for name in settings.unknown_variables() {
        match meant_by(name) {
            Some(known) => findings.wrong(
                format!("{name} is no setting, and nothing reads it"),
                format!("Did you mean {known}? Rename it, or take it out."),
            ),
            None => findings.note(format!("{name} is no setting of this crate; another program's, perhaps")),
        }
    }
}

/// Gives the setting whose name is nearest, if one is near.
fn meant_by(name: &str) -> Option<String> {
    let plain = Config::VARIABLES.iter().filter(|known| !known.contains('<')).map(|known| (*known).to_owned());
    let built_in = Channel::BUILT_IN.iter().flat_map(|channel| {
        let channel = channel.name().to_ascii_uppercase();
        [format!("DISCORD_WEBHOOK_{channel}"), format!("DISCORD_THREADS_{channel}")]
    });
    let near = plain.chain(built_in).map(|known| (damerau_levenshtein(name, &known), known));
    near.filter(|(distance, _)| *distance <= FAR).min().map(|(_, known)| known)
}

fn channels(config: &Config, findings: &mut Findings) {
    if !config.is_enabled() {
        findings.doubtful(
            "DISCORD_LOGGING_ENABLED is off: nothing is logged at all",
            "Set DISCORD_LOGGING_ENABLED=True where messages are wanted.",
        );
    }
    let configured = config.channels();
    if configured.is_empty() {
        return findings.wrong(
            "no channel has a webhook: everything goes to the local log",
            "Make one in Discord (Edit Channel, Integrations, Webhooks) and set DISCORD_WEBHOOK_ERRORS, …_FINANCE, \
             …_SYSTEM or …_ACTIVITY to its address; `discord-log preview` shows messages without Discord.",
        );
    }
    for channel in Channel::BUILT_IN.iter().filter(|channel| !configured.contains(channel)) {
        findings.note(format!(
            "{channel} has no webhook and speaks in the local log; {} gives it one",
            mend::variable_of(channel.name())
        ));
    }
    for channel in configured.iter().filter(|channel| matches!(channel, Channel::Named(_))) {
        let is_near = |known: &&Channel| damerau_levenshtein(known.name(), channel.name()) <= FAR_OF_CHANNEL;
        let meant = Channel::BUILT_IN.iter().filter(|known| !configured.contains(known)).find(is_near);
        if let Some(meant) = meant {
            findings.wrong(
                format!("{} is for a channel of your own, `{channel}`", mend::variable_of(channel.name())),
                format!("Did you mean {}? Rename it.", mend::variable_of(meant.name())),
            );
        }
    }
}

/// Typed signs by which a name may differ from the one that was meant.
const FAR: usize = 3;
const FAR_OF_CHANNEL: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_finds_the_one_that_was_meant() {
        for (name, meant) in [
            ("DISCORD_RATE_LIMITS", Some("DISCORD_RATE_LIMIT")),
            ("DISCORD_SERIVCE", Some("DISCORD_SERVICE")),
            ("DISCORD_LOGING_ENABLED", Some("DISCORD_LOGGING_ENABLED")),
            ("DISCORD_WEBHOK_ERRORS", Some("DISCORD_WEBHOOK_ERRORS")),
            ("DISCORD_BOT_TOKEN", None),
            ("DISCORD_CLIENT_ID", None),
        ] {
            assert_eq!(meant_by(name).as_deref(), meant, "{name}");
        }
    }

    #[test]
    fn a_path_is_one_word_for_a_shell() {
        assert_eq!(quoted(Path::new("/srv/billing/.env")), "/srv/billing/.env");
        assert_eq!(quoted(Path::new("/srv/it's me/.env")), r"'/srv/it'\''s me/.env'");
    }
}
