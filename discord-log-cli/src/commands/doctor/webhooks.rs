//! The webhooks as Discord knows them, and Discord's clock.

use std::collections::BTreeMap;

use discord_log::Channel;
use discord_log::check::{WebhookAnswer, WebhookCheck};
use jiff::SignedDuration;

use super::{Finding, Findings};
use crate::mend;

/// Looks at what Discord tells of each webhook.
pub(super) fn look(checks: &[WebhookCheck], offline: bool) -> Vec<Finding> {
    let mut findings = Findings::new("webhooks");
    if offline {
        findings.note("Discord was not asked (--offline)");
    }
    for check in checks {
        webhook(check, &mut findings);
    }
    one_channel(checks, &mut findings);
    let mut all = findings.list;
    all.extend(clock(checks).list);
    all
}

fn webhook(check: &WebhookCheck, findings: &mut Findings) {
    let channels = names(&check.channels);
    let variable = match check.channels.as_slice() {
        [only] => mend::variable_of(only.name()),
        _ => "the setting that holds its address".to_owned(),
    };
    match &check.answer {
        WebhookAnswer::Exists { name, channel, .. } => {
            let name = name.as_deref().map(|name| format!(", called “{}”", plain(name))).unwrap_or_default();
            let channel = channel.as_deref().unwrap_or("unknown");
            findings.good(format!("{channels}: webhook {} of Discord's channel {channel}{name}", check.id));
        }
        WebhookAnswer::Gone { reason, .. } => findings.wrong(
            format!("{channels}: webhook {} is gone ({})", check.id, plain(reason)),
            mend::advice(reason, &variable),
        ),
        WebhookAnswer::Unknown { reason, .. } => findings.wrong(
            format!("{channels}: webhook {} gives no answer that counts ({})", check.id, plain(reason)),
            mend::advice(reason, &variable),
        ),
        answer => findings.note(format!("{channels}: {answer:?}")),
    }
    if check.channels.len() > 1 {
        findings.doubtful(
            format!("{channels} speak through one webhook, and share one budget of about 30 messages a minute"),
            "Give each a webhook of its own where one is loud.",
        );
    }
}

/// Several webhooks of one Discord channel share what it takes.
fn one_channel(checks: &[WebhookCheck], findings: &mut Findings) {
    let mut by_channel: BTreeMap<&str, Vec<&WebhookCheck>> = BTreeMap::new();
    for check in checks {
        if let WebhookAnswer::Exists { channel: Some(channel), .. } = &check.answer {
            by_channel.entry(channel).or_default().push(check);
        }
    }
    for (channel, checks) in by_channel.into_iter().filter(|(_, checks)| checks.len() > 1) {
        let channels: Vec<_> = checks.iter().flat_map(|check| &check.channels).copied().collect();
        findings.doubtful(
            format!(
                "{} speak in one Discord channel, {channel}, and share its budget of 30 messages a minute",
                names(&channels)
            ),
            "Give each a Discord channel of its own where one is loud.",
        );
    }
}

/// Discord's clock tells time to the second, and the answer was on its way for a while.
fn clock(checks: &[WebhookCheck]) -> Findings {
    let mut findings = Findings::new("clock");
    let ahead = checks.iter().filter_map(|check| check.clock_ahead).min_by_key(|ahead| ahead.unsigned_abs());
    let Some(ahead) = ahead else { return findings };
    let by = ahead.unsigned_abs().as_secs();
    let how = if ahead.is_negative() { "fast" } else { "slow" };
    if ahead.abs() <= SAME {
        findings.good("this machine's clock agrees with Discord's");
    } else {
        let what = format!("this machine's clock is {by} s {how}, by Discord's: messages tell wrong times");
        let mend = "Let it be set by the network: `timedatectl set-ntp true`, or chrony.";
        if ahead.abs() > WRONG { findings.wrong(what, mend) } else { findings.doubtful(what, mend) }
    }
    findings
}

fn names(channels: &[Channel]) -> String {
    if channels.is_empty() {
        return "DISCORD_WEBHOOK_URL".to_owned();
    }
    channels.iter().map(Channel::name).collect::<Vec<_>>().join(", ")
}

/// What others wrote acts on no terminal.
fn plain(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

const SAME: SignedDuration = SignedDuration::from_secs(5);
const WRONG: SignedDuration = SignedDuration::from_mins(5);
