//! The journal: where it is, whether it can be written, and what lies in it that nobody takes care of.

use std::io;
use std::path::{Path, PathBuf};

use discord_log::Config;
use discord_log::check::WebhookCheck;
use discord_log::journal::{FileKind, Journal, Process, ProcessState, Service};

use super::settings::quoted;
use super::{Finding, Findings};

/// Looks at the journal of the settings.
pub(super) fn look(config: &Config, checks: &[WebhookCheck]) -> Vec<Finding> {
    let mut findings = Findings::new("journal");
    let Some(journal) = Journal::of(config) else {
        findings.doubtful(
            "kept in memory: what Discord does not take in time is lost when the service ends",
            "Set DISCORD_JOURNAL to a directory that outlives the service, where that matters.",
        );
        return findings.list;
    };
    place(journal.dir(), &mut findings);
    match journal.services() {
        Ok(services) => services.iter().for_each(|known| service(known, &mut findings)),
        Err(error) => findings.wrong(
            format!("{} cannot be read: {error}", journal.dir().display()),
            "Run this as the user that runs the service, or give it the directory.",
        ),
    }
    closed(&journal, checks, &mut findings);
    findings.list
}

fn place(dir: &Path, findings: &mut Findings) {
    let shown = dir.display();
    // What is not there yet is made by the service, where it may.
    let Some(there) = dir.ancestors().find(|dir| dir.exists()) else { return };
    let is_made = there == dir;
    match can_write(there) {
        Ok(()) if is_made => findings.good(format!("{shown} can be written")),
        Ok(()) => findings.good(format!("{shown} is not there yet, and can be made")),
        Err(error) => findings.wrong(
            format!("{shown} cannot be written ({error}), so it is kept in memory"),
            format!(
                "Give {} to the user that runs the service, or set DISCORD_JOURNAL to a directory of its own.",
                quoted(there)
            ),
        ),
    }
    if is_made && is_open_to_all(dir) {
        findings.doubtful(
            format!("{shown} can be read by everybody on this machine, and holds what messages say"),
            format!("Take that away: chmod 700 {}", quoted(dir)),
        );
    }
    if let Some(free) = free_megabytes(there)
        && free < SCARCE
    {
        findings.wrong(
            format!("{free} MB are free where it lies"),
            "Make room, or set DISCORD_JOURNAL to another disk: a full one keeps nothing new.",
        );
    }
}

/// Writes a file beside those of the services, and removes it.
fn can_write(dir: &Path) -> io::Result<()> {
    let probe = dir.join(format!(".discord-log-doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, b"probe");
    let removed = std::fs::remove_file(&probe);
    written.and(removed)
}

#[cfg(unix)]
fn is_open_to_all(dir: &Path) -> bool {
    let mode = |dir: &Path| Some(std::os::unix::fs::PermissionsExt::mode(&dir.metadata().ok()?.permissions()));
    // Who may enter neither the directory nor the one in it reads nothing.
    let closed = |dir: PathBuf| mode(&dir).is_some_and(|mode| mode & 0o005 == 0);
    mode(dir).is_some_and(|mode| mode & 0o005 == 0o005) && !closed(dir.join("v1"))
}

#[cfg(not(unix))]
fn is_open_to_all(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn free_megabytes(dir: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize) / 1_000_000)
}

#[cfg(not(unix))]
fn free_megabytes(_: &Path) -> Option<u64> {
    None
}

fn service(service: &Service, findings: &mut Findings) {
    let name = service.namespace().trim_end_matches('@').to_owned();
    match service.processes() {
        Ok(processes) => processes.iter().for_each(|process| left(&name, process, findings)),
        Err(error) => findings
            .doubtful(format!("{name}: cannot be read ({error})"), "Run this as the user that runs the service."),
    }
    for waiting in service.waiting().unwrap_or_default() {
        let since = waiting.oldest.map(|oldest| format!(", the oldest since {oldest:.0}")).unwrap_or_default();
        findings.note(format!("{name}: {} wait for {}{since}", events(waiting.events), waiting.channel));
    }
    let count = |kind| service.files(kind).map_or(0, |files| files.len());
    let (dead, damaged) = (count(FileKind::Dead), count(FileKind::Quarantine));
    if dead > 0 {
        findings.doubtful(
            format!("{name}: Discord refused {} for good", events(dead as u64)),
            "`discord-log dead list` shows why, and `discord-log dead retry` sends them again.",
        );
    }
    if damaged > 0 {
        findings.doubtful(
            format!("{name}: {damaged} damaged files were put aside in `quarantine`"),
            "Look for a full disk or a power cut on these days, and remove them when they are of no use.",
        );
    }
}

/// Says what a process has left that does not run any more.
fn left(service: &str, process: &Process, findings: &mut Findings) {
    let id = process.id.map(|id| format!(" {id}")).unwrap_or_default();
    let what = match process.state {
        ProcessState::Alive => {
            return findings.good(format!("{service}: process{id} is at it, {} in its files", events(process.waiting)));
        }
        ProcessState::Ended if process.waiting > 0 => "ended and left",
        ProcessState::Killed if process.waiting > 0 => "was killed and left",
        _ => return,
    };
    findings.doubtful(
        format!("{service}: process{id} {what} {} undelivered", events(process.waiting)),
        if service == "discord-log-send" {
            "The next `discord-log send` or `run` delivers them.".to_owned()
        } else {
            "Start the service again: it takes them over, as does any process of it that runs.".to_owned()
        },
    );
}

fn closed(journal: &Journal, checks: &[WebhookCheck], findings: &mut Findings) {
    for closed in journal.closed_webhooks() {
        let known = checks.iter().find(|check| check.fingerprint == closed.webhook);
        let reason = &closed.reason;
        match known {
            Some(check) => {
                let channels: Vec<_> = check.channels.iter().map(|channel| channel.name()).collect();
                findings.wrong(
                    format!("the webhook of {} is closed since {:.0} ({reason}), and nobody calls it any more", channels.join(", "), closed.at),
                    "Set a new one and start the service again; if Discord has it after all, `discord-log webhooks reopen`.",
                );
            }
            None => findings
                .note(format!("a webhook that these settings do not name is closed since {:.0} ({reason})", closed.at)),
        }
    }
}

fn events(count: u64) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}

/// Free megabytes from which on a disk is as good as full.
const SCARCE: u64 = 100;
