use super::super::answer::{LimitHeaders, Response};
use super::super::webhook_url::ApiBase;
use super::*;
use crate::health::WebhookState;

fn webhook(number: u32) -> WebhookUrl {
    WebhookUrl::parse(&format!("https://discord.com/api/webhooks/{number}/t"), &ApiBase::default()).expect("an address")
}

fn engine() -> (Engine, LaneId, LaneId) {
    let mut engine = Engine::new(Settings::default(), 7);
    let (one, two) = (engine.open(&webhook(1)), engine.open(&webhook(2)));
    (engine, one, two)
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = LimitHeaders::read(|name| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value));
    Answer::Response(Response { status, headers, body: body.as_bytes().to_vec() })
}

fn delivered() -> Answer {
    response(200, &[("x-ratelimit-remaining", "4"), ("x-ratelimit-reset-after", "2")], "{}")
}

fn unreachable() -> Answer {
    Answer::Failed { trouble: "connection refused".to_owned(), may_have_arrived: false }
}

/// Sends one request and gives what came of it.
fn send(engine: &mut Engine, lane: LaneId, answer: &Answer, now: Instant) -> Outcome {
    let permit = engine.permit(lane, now).expect("a permit");
    engine.complete(permit, answer, 1, now)
}

fn denied(engine: &mut Engine, lane: LaneId, now: Instant) -> Option<Duration> {
    match engine.permit(lane, now) {
        Err(Denied::Until(until)) => Some(until - now),
        Err(_) => Some(Duration::MAX),
        Ok(permit) => {
            drop(permit);
            None
        }
    }
}

#[test]
fn a_lane_sends_one_request_at_a_time() {
    let (mut engine, one, two) = engine();
    let now = Instant::now();
    let permit = engine.permit(one, now).expect("a permit");
    assert_eq!(engine.permit(one, now).expect_err("busy"), Denied::Busy);
    let other = engine.permit(two, now).expect("another lane is free");
    assert_eq!(engine.complete(permit, &delivered(), 1, now), Outcome::Delivered);
    assert_eq!(engine.complete(other, &delivered(), 1, now), Outcome::Delivered);
}

#[test]
fn one_webhook_in_two_channels_is_one_lane() {
    let (mut engine, one, _) = engine();
    assert_eq!(engine.open(&webhook(1)), one);
}

#[test]
fn a_429_delays_only_its_own_lane() {
    let (mut engine, one, two) = engine();
    let now = Instant::now();
    let limited = response(429, &[("x-ratelimit-scope", "user")], r#"{"retry_after":1.5}"#);
    assert_eq!(send(&mut engine, one, &limited, now), Outcome::Again { may_repeat: false });
    let wait = denied(&mut engine, one, now).expect("a wait");
    assert!((Duration::from_millis(1_500)..Duration::from_secs(2)).contains(&wait), "{wait:?}");
    assert_eq!(denied(&mut engine, two, now), None);
}

#[test]
fn a_global_429_delays_every_lane() {
    let (mut engine, one, two) = engine();
    let now = Instant::now();
    send(&mut engine, one, &response(429, &[], r#"{"retry_after":3.0,"global":true}"#), now);
    assert!(denied(&mut engine, two, now) >= Some(Duration::from_secs(3)));
}

#[test]
fn a_ban_lets_one_request_through_at_a_time() {
    let (mut engine, one, two) = engine();
    let ban = response(429, &[], "error code: 1015");
    let start = Instant::now();
    send(&mut engine, one, &ban, start);
    let mut requests = 1;
    for second in 1..3_600 {
        let now = start + Duration::from_secs(second);
        if let Ok(permit) = engine.permit(one, now) {
            assert_eq!(engine.permit(two, now).expect_err("one probe at a time"), Denied::Busy);
            engine.complete(permit, &ban, 1, now);
            requests += 1;
        }
    }
    assert!((2..=4).contains(&requests), "{requests} requests in an hour");
    let later = start + Duration::from_secs(3 * 3_600);
    send(&mut engine, two, &delivered(), later);
    assert_eq!(denied(&mut engine, one, later), None, "an answer ends the ban for all");
}

#[test]
fn the_hidden_limit_of_a_channel_is_never_reached() {
    let (mut engine, one, _) = engine();
    let start = Instant::now();
    let mut now = start;
    let mut sent = Vec::new();
    while now < start + Duration::from_secs(600) {
        match engine.permit(one, now) {
            Ok(permit) => {
                sent.push(now);
                now += Duration::from_millis(30);
                engine.complete(permit, &delivered(), 1, now);
            }
            Err(Denied::Until(until)) => now = until,
            Err(other) => panic!("{other:?}"),
        }
        let within = sent.iter().filter(|at| now.duration_since(**at) <= Duration::from_secs(60)).count();
        assert!(within <= 28, "{within} within a minute");
    }
    assert!(sent.len() >= 270, "{} in ten minutes: the budget is used", sent.len());
}

#[test]
fn a_webhook_that_is_gone_is_never_called_again() {
    let (mut engine, one, _) = engine();
    let now = Instant::now();
    let gone = response(404, &[], r#"{"message":"Unknown Webhook","code":10015}"#);
    assert!(matches!(send(&mut engine, one, &gone, now), Outcome::Closed { .. }));
    assert_eq!(engine.permit(one, now + Duration::from_secs(1_000_000)).expect_err("closed"), Denied::Closed);
    assert_eq!(engine.health().first().map(|health| health.state), Some(WebhookState::Closed));
}

#[test]
fn failures_wait_longer_each_time_and_no_number_of_them_ends_the_lane() {
    let (mut engine, one, _) = engine();
    let mut now = Instant::now();
    let mut last = Duration::ZERO;
    for _ in 0..1_000 {
        assert_eq!(send(&mut engine, one, &unreachable(), now), Outcome::Again { may_repeat: false });
        last = denied(&mut engine, one, now).expect("a wait");
        assert!(last <= Duration::from_secs(60), "{last:?}");
        now += last;
    }
    assert!(last >= Duration::from_secs(30), "probed slowly");
    assert_eq!(engine.health().first().map(|health| health.state), Some(WebhookState::Down));
    assert_eq!(send(&mut engine, one, &delivered(), now), Outcome::Delivered);
    let health = engine.health().into_iter().next().expect("a webhook");
    assert_eq!((health.state, health.trouble.as_str()), (WebhookState::Up, ""));
}

#[test]
fn refused_requests_pause_the_process_long_before_a_ban() {
    let mut engine = Engine::new(Settings { rate_limit: 6_000, ..Settings::default() }, 7);
    let lanes: Vec<_> = (0..2_000).map(|number| engine.open(&webhook(number))).collect();
    let start = Instant::now();
    let mut now = start;
    let mut refused = 0;
    for lane in lanes {
        loop {
            match engine.permit(lane, now) {
                Ok(permit) => break drop(engine.complete(permit, &response(401, &[], "{}"), 1, now)),
                Err(Denied::Until(until)) => now = until,
                Err(other) => panic!("{other:?}"),
            }
        }
        refused += 1;
        assert!(refused <= 1_000 || now >= start + Duration::from_secs(600), "{refused} refused within ten minutes");
    }
}
