//! What runs and how deliveries go, as programs, scrapes and probes read it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use discord_log::{Status, WebhookState, log_activity};
use discord_log_preview::{Discord, Fault};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;

use crate::world::{World, everywhere, generous};

#[log_activity]
fn measured() {}

fn world() -> World {
    World::with(Discord::builder().limits(generous()), |discord| {
        everywhere(discord)
            .rate_limit(6_000)
            .environment("staging")
            .release("1.4.2")
            .commit("8624a30")
            .retry_attempts(0)
    })
}

#[test]
fn the_snapshot_says_what_runs_and_how_each_webhook_is() {
    let mut world = world();
    discord_log::log_user_action("One");
    world.flush();
    let health = discord_log::health();
    let service = health.service.expect("it runs");
    assert_eq!(
        (service.name.as_str(), service.environment.as_deref(), service.release.as_deref(), service.commit.as_deref()),
        ("tests", Some("staging"), Some("1.4.2"), Some("8624a30"))
    );
    assert_eq!(service.process, std::process::id());
    let started = SystemTime::from(service.started_at);
    assert!(started.elapsed().is_ok_and(|since| since.abs_diff(service.uptime) < Duration::from_secs(5)));
    let journal = health.journal.expect("it runs");
    assert_eq!((journal.directory, journal.writable), (None, false), "in memory");
    assert_eq!(health.status, Status::Ok);
    let activity = health.webhooks.iter().find(|webhook| webhook.channels == ["activity"]).expect("a webhook");
    assert_eq!((activity.delivered, activity.waiting, activity.forum), (1, 0, Some(false)));
    assert!(activity.last_delivered.is_some() && activity.down_since.is_none());
    world.end();
    let health = discord_log::health();
    assert!(health.service.is_none() && health.journal.is_none(), "{health:?}");
}

#[test]
fn what_waits_for_a_webhook_that_is_down_is_counted_there() {
    let mut world = world();
    let fault = world.discord.fault(Fault::unavailable().in_channel("activity"));
    for number in 0..5 {
        discord_log::log_user_action(format!("Action {number}"));
    }
    let is_down = |health: &discord_log::Health| {
        health.webhooks.iter().any(|webhook| {
            webhook.channels == ["activity"] && webhook.state == WebhookState::Down && webhook.waiting == 5
        })
    };
    assert!(world.discord.wait_for(|_| is_down(&discord_log::health()), Duration::from_secs(20)));
    let health = discord_log::health();
    assert_eq!(health.status, Status::Degraded);
    let activity = health.webhooks.iter().find(|webhook| webhook.channels == ["activity"]).expect("a webhook");
    assert!(activity.down_since.is_some() && activity.trouble.contains("503"), "{activity:?}");
    assert!(activity.oldest_waiting.is_some() && activity.oldest_waiting == health.oldest_waiting, "{activity:?}");
    world.discord.clear_fault(fault);
    // A webhook that is down is tried again after half a minute at the soonest: what waits is written here at the end.
    world.end();
}

#[test]
fn a_scrape_finds_the_numbers_of_the_snapshot_under_names_that_prometheus_takes() {
    let world = world();
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    for number in 0..7 {
        discord_log::log_user_action(format!("Action {number}"));
        measured();
    }
    world.flush();
    metrics::with_local_recorder(&recorder, discord_log::publish_metrics);
    let health = discord_log::health();
    let text = handle.render();
    let (found, described) = read(&text);
    let value = |series: &str| found.get(series).copied().unwrap_or_else(|| panic!("no {series} in {text}"));
    assert_eq!(value("discord_log_events_accepted_total"), health.accepted as f64);
    assert_eq!(value("discord_log_events_delivered_total"), health.delivered as f64);
    assert_eq!(value("discord_log_events_merged_total"), health.merged as f64);
    assert_eq!(value("discord_log_events_waiting"), 0.0);
    let lost: f64 =
        found.iter().filter(|(name, _)| name.starts_with("discord_log_events_lost_total{")).map(|(_, v)| v).sum();
    assert_eq!(lost, health.lost.values().sum::<u64>() as f64);
    for webhook in &health.webhooks {
        let labels = format!("{{webhook=\"{}\"}}", webhook.id);
        assert_eq!(value(&format!("discord_log_webhook_up{labels}")), 1.0);
        assert_eq!(value(&format!("discord_log_webhook_events_delivered_total{labels}")), webhook.delivered as f64);
        assert_eq!(value(&format!("discord_log_requests_limited_total{labels}")), webhook.limited as f64);
    }
    let function = health.functions.iter().find(|function| function.function == "measured").expect("it was called");
    let labels = format!("{{module=\"{}\",function=\"measured\"}}", function.module);
    assert_eq!(value(&format!("discord_log_function_calls_total{labels}")), function.calls.unwrap_or_default() as f64);
    for series in found.keys() {
        let name = series.split('{').next().unwrap_or_default();
        assert!(
            name.starts_with("discord_log_") && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{name}"
        );
        let kind = described.get(name).unwrap_or_else(|| panic!("{name} is not described: {text}"));
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
    }
    assert!(!text.contains("/webhooks/") && !text.contains("http"), "{text}");
}

/// The values of a scrape by series, and the types of its metrics; each has to have a text.
fn read(text: &str) -> (BTreeMap<String, f64>, BTreeMap<String, String>) {
    let (mut values, mut types) = (BTreeMap::new(), BTreeMap::new());
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type");
            assert!(text.contains(&format!("# HELP {name} ")), "{name} has no text");
            types.insert(name.to_owned(), kind.to_owned());
        } else if !line.starts_with('#') {
            let (series, value) = line.rsplit_once(' ').expect("a value");
            values.insert(series.to_owned(), value.parse().expect("a number"));
        }
    }
    (values, types)
}

#[test]
fn a_probe_is_answered_with_200_whether_discord_is_there_or_not() {
    let mut world = world();
    let (healthy, body) = probe();
    assert_eq!((healthy, &body["status"]), (200, &Value::from("ok")));
    assert_eq!(body["service"]["name"], "tests");
    assert!(world.discord.delete_webhook("activity"));
    discord_log::log_user_action("Goes nowhere");
    let is_degraded = |_: &Discord| discord_log::health().status == Status::Degraded;
    assert!(world.discord.wait_for(is_degraded, Duration::from_secs(20)));
    let (degraded, body) = probe();
    assert_eq!((degraded, &body["status"]), (200, &Value::from("degraded")));
    let closed = body["webhooks"].as_array().into_iter().flatten().filter(|webhook| webhook["state"] == "closed");
    assert_eq!(closed.count(), 1, "{body}");
    let tokens = ["finance", "system", "errors"].map(|channel| world.discord.webhook_url(channel).expect("a webhook"));
    for token in tokens.iter().filter_map(|url| url.rsplit('/').next()) {
        assert!(!body.to_string().contains(token), "{body}");
    }
    world.end();
}

/// Asks a server of its own over a socket; gives the status and the body.
fn probe() -> (u16, Value) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let app = axum::Router::new().route("/health", axum::routing::get(discord_log::health_handler));
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async move { axum::serve(listener, app).await });
    let mut stream = TcpStream::connect(address).expect("a server");
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
    assert!(head.to_lowercase().contains("content-type: application/json"), "{head}");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, serde_json::from_str(body).expect("JSON"))
}
