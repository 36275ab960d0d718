//! How the heartbeat looks, and that no text in it does any harm.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::any::any_text;
use super::look::draw;
use super::{body, inert, settings};
use crate::health::{Counters, Health, JournalHealth, Loss, ServiceHealth, Status, WebhookHealth, WebhookState};
use crate::reduce::{Beat, Place, Pulse, Sender};
use crate::render::{Settings, heartbeat};

fn now() -> Timestamp {
    "2026-01-05T10:30:00Z".parse().expect("a time")
}

fn ago(minutes: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_mins(minutes)
}

fn webhook(id: &str, channels: &[&str]) -> WebhookHealth {
    WebhookHealth {
        id: id.to_owned(),
        channels: channels.iter().map(|channel| (*channel).to_owned()).collect(),
        forum: Some(false),
        delivered: 300,
        last_delivered: Some(ago(1)),
        waiting: 0,
        oldest_waiting: None,
        limited: 0,
        state: WebhookState::Up,
        down_since: None,
        trouble: String::new(),
    }
}

fn health() -> Health {
    let service = ServiceHealth {
        name: "billing".to_owned(),
        environment: Some("production".to_owned()),
        release: Some("1.4.2".to_owned()),
        commit: Some("8624a30".to_owned()),
        host: Some("web-1".to_owned()),
        process: 4_711,
        started_at: ago(182),
        uptime: Duration::from_millis(182 * 60_000 + 345),
    };
    Health {
        service: Some(service),
        journal: Some(JournalHealth { directory: Some("/var/lib/billing".to_owned()), writable: true }),
        accepted: 1_204,
        delivered: 1_190,
        merged: 14,
        webhooks: vec![webhook("1", &["finance"]), webhook("2", &["system", "errors"]), webhook("3", &["activity"])],
        ..Counters::new().snapshot(Instant::now(), now())
    }
}

fn in_trouble() -> Health {
    let mut health = health();
    health.status = Status::Degraded;
    health.accepted = 1_221;
    health.waiting = 9;
    health.buried = 2;
    health.lost = [(Loss::JournalFull, 5), (Loss::QueueFull, 1)].into();
    health.oldest_waiting = Some(ago(17));
    health.journal = health.journal.map(|journal| JournalHealth { writable: false, ..journal });
    health.webhooks[0] = WebhookHealth {
        state: WebhookState::Closed,
        waiting: 8,
        down_since: Some(ago(17)),
        trouble: "status 404, code 10015: Unknown *Webhook* @everyone".to_owned(),
        ..webhook("1", &["finance"])
    };
    health.webhooks[2] = WebhookHealth {
        state: WebhookState::Down,
        down_since: Some(ago(3)),
        trouble: "status 503".to_owned(),
        ..webhook("3", &["activity", "deploys"])
    };
    health
}

fn body(settings: &Settings, health: &Health, beat: Beat, is_edit: bool, opened: Option<&str>) -> Json {
    let place = is_edit.then(|| Place { id: "77".to_owned(), thread: None, address: None });
    let body = heartbeat(settings, health, &Pulse { place, beat }, opened, now());
    assert!(body.files.is_empty());
    serde_json::from_slice(&body.json).expect("JSON")
}

fn beats() -> [Beat; 3] {
    let sender = Sender { process: 4_712, host: Some("web-2".to_owned()) };
    [Beat::Alive { again: Duration::from_secs(300) }, Beat::Ended, Beat::Missing(sender)]
}

#[test]
fn a_heartbeat_looks_like_this() {
    let [alive, ended, missing] = beats();
    let all = [(alive.clone(), health()), (alive, in_trouble()), (ended, health()), (missing, health())];
    let drawings = all.map(|(beat, health)| draw(&body(&settings(), &health, beat, true, None)["embeds"][0]));
    insta::assert_snapshot!(drawings.join("\n"));
}

#[test]
fn a_heartbeat_notifies_nobody_and_opens_a_post_in_a_forum() {
    let [alive, ..] = beats();
    let posted = body(&settings(), &health(), alive.clone(), false, None);
    assert_eq!((&posted["flags"], &posted["allowed_mentions"]), (&json!(4096), &json!({ "parse": [] })));
    assert!(posted.get("thread_name").is_none() && posted.get("content").is_none(), "{posted}");
    let opened = body(&settings(), &health(), alive.clone(), false, Some("billing: heartbeat"));
    assert_eq!(opened["thread_name"], "billing: heartbeat");
    let edit = body(&settings(), &health(), alive, true, None);
    assert_eq!(edit["embeds"], posted["embeds"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_heartbeat_of_any_text_is_one_that_discord_takes(
        service in any_text(),
        other in any_text(),
        trouble in any_text(),
        webhooks in 0_usize..40,
        is_closed in any::<bool>(),
    ) {
        let settings = Settings {
            service,
            environment: Some(other.clone()),
            release: Some(other.clone()),
            commit: Some(trouble.clone()),
            host: Some(other.clone()),
            ..settings()
        };
        let mut health = in_trouble();
        let state = if is_closed { WebhookState::Closed } else { WebhookState::Down };
        let broken = WebhookHealth { state, trouble, down_since: Some(ago(3)), ..webhook("1", &["finance", "deploys"]) };
        health.webhooks = vec![broken; webhooks];
        if let Some(service) = &mut health.service {
            service.host = Some(other.clone());
        }
        for beat in beats().into_iter().chain([Beat::Missing(Sender { process: 1, host: Some(other) })]) {
            let posted = body(&settings, &health, beat.clone(), false, Some("x"));
            body::assert_valid(&posted);
            let edit = body(&settings, &health, beat, true, None);
            body::assert_valid_edit(&edit);
            for body in [posted, edit] {
                assert_eq!(body["allowed_mentions"], json!({ "parse": [] }));
                assert!(!body.to_string().contains("@everyone"), "{body}");
                inert::assert_inert(&without_times(body));
            }
        }
    }
}

/// Takes out the markup that is ours.
fn without_times(mut body: Json) -> Json {
    let strip = |value: &mut Json| {
        let text = value.as_str().unwrap_or_default().replace("**", "");
        let parts: Vec<_> = text
            .split("<t:")
            .enumerate()
            .map(|(number, part)| if number == 0 { part } else { part.split_once('>').map_or(part, |(_, rest)| rest) })
            .collect();
        *value = Json::from(parts.concat());
    };
    let embed = &mut body["embeds"][0];
    strip(&mut embed["description"]);
    for field in embed["fields"].as_array_mut().into_iter().flatten() {
        strip(&mut field["value"]);
    }
    body
}
