//! The message that says who is alive and how deliveries go. What others wrote (names, what Discord answered) is cut and
//! escaped as everywhere; times are Discord's own, so that each reader sees them in their time zone and they move on.

use jiff::Timestamp;

use super::body::Body;
use super::budget::Size;
use super::embed::{Embed, color_of, footer};
use super::fields::Field;
use super::passage::{Passage, Place, Written};
use super::{Settings, limits, message, readable};
use crate::event::Severity;
use crate::health::{Health, ServiceHealth, Status, WebhookHealth, WebhookState};
use crate::reduce::{Beat, Pulse, Sender};

/// Renders what a heartbeat tells: a silent message, in a forum the first of a post with that title, or an edit.
pub(crate) fn heartbeat(
    settings: &Settings,
    health: &Health,
    pulse: &Pulse,
    opened: Option<&str>,
    at: Timestamp,
) -> Body {
    let service = short(&settings.service);
    let (title, description, severity) = match &pulse.beat {
        Beat::Alive { again } => {
            let again = at.checked_add(*again).unwrap_or(at);
            let text = format!(
                "Next update {}. If that is past, the service does not run, does not reach Discord, or has events that go first.",
                relative(again)
            );
            match health.status {
                Status::Ok => (format!("💚 {service} is running"), text, Severity::Success),
                Status::Degraded => (format!("💛 {service} is running, with trouble"), text, Severity::Warning),
            }
        }
        Beat::Ended => {
            let after = health.service.as_ref().map(|service| readable::duration(whole_seconds(service)));
            let after = after.map(|after| format!(", after {after}")).unwrap_or_default();
            (format!("⏹️ {service} stopped"), format!("Since {}{after}.", moment(at)), Severity::Info)
        }
        Beat::Missing(sender) => {
            let text = format!(
                "Process {} was killed or crashed. Another process of the service found that {}.",
                process(sender.process, sender.host.as_deref()),
                moment(at)
            );
            (format!("💔 {service} ended without a word"), text, Severity::Error)
        }
    };
    let fields = match &pulse.beat {
        Beat::Alive { .. } => alive(settings, health),
        Beat::Ended => ended(settings, health),
        Beat::Missing(Sender { .. }) => Vec::new(),
    };
    let room = Size::new(limits::FOOTER_CHARACTERS, limits::MODEST_EMBED_BYTES);
    let footer = footer(settings, "heartbeat", false, room);
    let embed = Embed::listing(title, description, color_of(severity), footer, at).with_fields(fields);
    if pulse.place.is_some() { message::edit_to(embed) } else { message::silent(settings, embed, opened) }
}

fn alive(settings: &Settings, health: &Health) -> Vec<Field> {
    let since = health.service.as_ref().map(|service| {
        let at = service.started_at;
        field("Since", format!("{}, {}", moment(at), relative(at)))
    });
    let waiting = (health.waiting > 0).then(|| field("Waiting", waiting(health)));
    let journal = health.journal.as_ref().filter(|journal| journal.directory.is_some() && !journal.writable);
    let journal = journal.map(|_| {
        field("Journal", "cannot be written: what waits is in memory alone, and is lost with the process".to_owned())
    });
    let fields = since.into_iter().chain(about(settings, health));
    fields.chain([field("Events", events(health))]).chain(waiting).chain([webhooks(health)]).chain(journal).collect()
}

fn ended(settings: &Settings, health: &Health) -> Vec<Field> {
    about(settings, health).chain([field("Events", events(health))]).collect()
}

/// Which build runs, and where.
fn about(settings: &Settings, health: &Health) -> impl Iterator<Item = Field> {
    let release = match (&settings.release, &settings.commit) {
        (Some(release), Some(commit)) => Some(format!("{} ({})", short(release), short(commit))),
        (Some(one), None) | (None, Some(one)) => Some(short(one)),
        (None, None) => None,
    };
    let process = health.service.as_ref().map(|service| process(service.process, service.host.as_deref()));
    let release = release.map(|release| field("Release", release));
    release.into_iter().chain(process.map(|process| field("Process", process)))
}

/// What became of the events; of outcomes that did not come up nothing is said.
fn events(health: &Health) -> String {
    let count = |events: u64| readable::grouped(events);
    let lost: u64 = health.lost.values().sum();
    let outcomes = [
        (health.delivered, "delivered"),
        (health.merged, "merged"),
        (health.waiting, "waiting"),
        (health.buried, "refused by Discord"),
        (lost, "lost"),
    ];
    let outcomes: Vec<_> = outcomes
        .iter()
        .filter(|(events, _)| *events > 0)
        .map(|(events, what)| format!("{} {what}", count(*events)))
        .collect();
    let accepted = format!("{} accepted", count(health.accepted));
    let reasons = health.lost.iter().map(|(loss, events)| format!("\nlost, {loss}: {}", count(*events)));
    let sum = if outcomes.is_empty() { accepted } else { format!("{accepted}\n= {}", outcomes.join(" + ")) };
    sum + &reasons.collect::<String>()
}

fn waiting(health: &Health) -> String {
    let events = if health.waiting == 1 { "event" } else { "events" };
    let oldest = health.oldest_waiting.map(|at| format!(", the oldest from {}", relative(at))).unwrap_or_default();
    format!("{} {events}{oldest}", readable::grouped(health.waiting))
}

/// Says which webhooks take nothing, since when and why; those that do are only counted.
fn webhooks(health: &Health) -> Field {
    let (up, trouble): (Vec<_>, Vec<_>) = health.webhooks.iter().partition(|webhook| webhook.state == WebhookState::Up);
    let mut lines = Vec::new();
    let mut room = limits::FIELD_VALUE_CHARACTERS - limits::OMITTED_CHARACTERS;
    for webhook in &trouble {
        let line = in_trouble(webhook);
        let length = line.chars().count() + 1;
        if length > room {
            break;
        }
        room -= length;
        lines.push(line);
    }
    match trouble.len() - lines.len() {
        0 => {}
        more => lines.push(format!("and {} more take nothing", readable::grouped(more as u64))),
    }
    let count = |take: &str| format!("{} {take}", readable::grouped(up.len() as u64));
    match (up.len(), lines.is_empty()) {
        (0, _) => {}
        (1, true) => lines.push("takes messages".to_owned()),
        (_, true) => lines.push(format!("all {}", count("take messages"))),
        (1, false) => lines.push(count("takes messages")),
        (_, false) => lines.push(count("take messages")),
    }
    field("Webhooks", lines.join("\n"))
}

fn in_trouble(webhook: &WebhookHealth) -> String {
    let names = if webhook.channels.is_empty() { webhook.id.clone() } else { webhook.channels.join(", ") };
    let is = if webhook.state == WebhookState::Closed { "⛔ gone" } else { "⚠️ takes nothing" };
    let since = webhook.down_since.map(|at| format!(" since {}", moment(at))).unwrap_or_default();
    let waiting = match webhook.waiting {
        0 => String::new(),
        events => format!(", {} waiting", readable::grouped(events)),
    };
    let trouble = Passage::of(&*webhook.trouble).write(Place::Line, Size::characters(TROUBLE_CHARACTERS));
    let trouble = if trouble.is_empty() { trouble } else { format!(": {trouble}") };
    format!("**{}** {is}{since}{waiting}{trouble}", short(&names))
}

fn process(number: u32, host: Option<&str>) -> String {
    let host = host.map(|host| format!(" on {}", short(host))).unwrap_or_default();
    format!("{number}{host}")
}

/// A name as it stands in a line.
fn short(name: &str) -> String {
    Passage::of(name).write(Place::Line, Size::new(NAME_CHARACTERS, NAME_BYTES))
}

fn field(name: &str, value: String) -> Field {
    let written = |text: String| Written { text, cut: 0 };
    Field::new(written(name.to_owned()), written(value))
}

fn whole_seconds(service: &ServiceHealth) -> std::time::Duration {
    std::time::Duration::from_secs(service.uptime.as_secs())
}

/// Source: <https://discord.com/developers/docs/reference#message-formatting-timestamp-styles>.
fn moment(at: Timestamp) -> String {
    format!("<t:{}:f>", at.max(limits::EARLIEST).as_second())
}

fn relative(at: Timestamp) -> String {
    format!("<t:{}:R>", at.max(limits::EARLIEST).as_second())
}

/// Room for a name: characters, and bytes where each takes several.
const NAME_CHARACTERS: usize = 100;
const NAME_BYTES: usize = 200;
/// Room for what Discord answered.
const TROUBLE_CHARACTERS: usize = 160;
