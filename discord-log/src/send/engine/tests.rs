use super::super::answer::{LimitHeaders, Response};
use super::super::lane::SUSPENSION;
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

/// The names of the budgets of a lane.
fn budgets(engine: &Engine, lane: LaneId) -> Vec<String> {
    engine.budgets(lane).into_iter().map(|(key, _)| key).collect()
}

fn without_headers() -> Answer {
    response(200, &[], "{}")
}

fn unreachable() -> Answer {
    Answer::Failed { trouble: "connection refused".to_owned(), may_have_arrived: false }
}

/// Sends one request and gives what came of it.
fn send(engine: &mut Engine, lane: LaneId, answer: &Answer, now: Instant) -> Outcome {
    let permit = engine.permit(lane, now).expect("a permit");
    engine.complete(permit, answer, Sent::Post { events: 1, in_thread: false }, now)
}

fn denied(engine: &mut Engine, lane: LaneId, now: Instant) -> Option<Duration> {
    match engine.permit(lane, now) {
        Err(Denied::Until(until)) => Some(until - now),
        Err(_) => Some(Duration::MAX),
        Ok(permit) => {
            engine.cancel(permit);
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
    assert_eq!(
        engine.complete(permit, &delivered(), Sent::Post { events: 1, in_thread: false }, now),
        Outcome::Delivered { message: None }
    );
    assert_eq!(
        engine.complete(other, &delivered(), Sent::Post { events: 1, in_thread: false }, now),
        Outcome::Delivered { message: None }
    );
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
    assert_eq!(send(&mut engine, one, &limited, now), Outcome::AGAIN);
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
            engine.complete(permit, &ban, Sent::Post { events: 1, in_thread: false }, now);
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
                engine.complete(permit, &delivered(), Sent::Post { events: 1, in_thread: false }, now);
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
    assert_eq!(engine.health().next().map(|(_, health)| health.state), Some(WebhookState::Closed));
}

#[test]
fn a_message_that_people_deleted_is_no_trouble_of_the_webhook() {
    let (mut engine, one, _) = engine();
    let start = Instant::now();
    let gone = response(404, &[], r#"{"message":"Unknown Message","code":10008}"#);
    for second in 0..10 {
        let now = start + Duration::from_secs(second);
        let permit = engine.permit(one, now).expect("no pause");
        assert_eq!(engine.complete(permit, &gone, Sent::Edit { in_thread: false }, now), Outcome::Vanished);
    }
    let health = engine.health().next().expect("a webhook").1;
    assert_eq!((health.state, health.delivered, &*health.trouble), (WebhookState::Up, 0, ""));
    // The same answer to a message that is posted is not understood, and waits.
    assert_eq!(send(&mut engine, one, &gone, start + Duration::from_secs(10)), Outcome::AGAIN);
}

#[test]
fn edits_have_a_bucket_of_their_own_and_share_the_rest() {
    let (mut engine, one, _) = engine();
    let now = Instant::now();
    let last = response(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "2")], "{}");
    let permit = engine.permit(one, now).expect("a permit");
    assert!(matches!(engine.complete(permit, &last, Sent::Edit { in_thread: false }, now), Outcome::Delivered { .. }));
    assert_eq!(denied(&mut engine, one, now), None, "a message may go");
    assert!(engine.edits_at(one, now) > Some(now + Duration::from_secs(2)));
    let permit = engine.permit(one, now).expect("a permit");
    let gone = response(404, &[], r#"{"message":"Unknown Webhook","code":10015}"#);
    assert!(matches!(engine.complete(permit, &gone, Sent::Edit { in_thread: false }, now), Outcome::Closed { .. }));
    assert_eq!(engine.permit(one, now).expect_err("closed"), Denied::Closed);
}

#[test]
fn failures_wait_longer_each_time_and_no_number_of_them_ends_the_lane() {
    let (mut engine, one, _) = engine();
    let mut now = Instant::now();
    let mut last = Duration::ZERO;
    for _ in 0..1_000 {
        assert_eq!(send(&mut engine, one, &unreachable(), now), Outcome::AGAIN);
        last = denied(&mut engine, one, now).expect("a wait");
        assert!(last <= Duration::from_secs(60), "{last:?}");
        now += last;
    }
    assert!(last >= Duration::from_secs(30), "probed slowly");
    assert_eq!(engine.health().next().map(|(_, health)| health.state), Some(WebhookState::Down));
    assert_eq!(send(&mut engine, one, &delivered(), now), Outcome::Delivered { message: None });
    let health = engine.health().next().expect("a webhook").1;
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
                Ok(permit) => {
                    break drop(engine.complete(
                        permit,
                        &response(401, &[], "{}"),
                        Sent::Post { events: 1, in_thread: false },
                        now,
                    ));
                }
                Err(Denied::Until(until)) => now = until,
                Err(other) => panic!("{other:?}"),
            }
        }
        refused += 1;
        assert!(refused <= 1_000 || now >= start + Duration::from_secs(600), "{refused} refused within ten minutes");
    }
}

/// What Discord tells of a webhook.
fn introduction(channel: &str) -> Answer {
    response(200, &[], &format!(r#"{{"type":1,"id":"1","channel_id":"{channel}","name":"log"}}"#))
}

fn join(engine: &mut Engine, lane: LaneId, channel: &str, now: Instant) {
    let asked = engine.introduce(lane, now).expect("an introduction");
    assert_eq!(engine.introduced(asked, &introduction(channel), now), None);
}

/// An engine with so many lanes, all of one channel.
fn channel_of(lanes: u32, now: Instant) -> (Engine, Vec<LaneId>) {
    let mut engine = Engine::new(Settings::default(), 7);
    let lanes: Vec<_> = (0..lanes).map(|number| engine.open(&webhook(number))).collect();
    lanes.iter().for_each(|lane| join(&mut engine, *lane, "77", now));
    (engine, lanes)
}

fn limited(scope: &str) -> Answer {
    response(429, &[("x-ratelimit-scope", scope)], r#"{"retry_after":5.0}"#)
}

fn globally_limited() -> Answer {
    response(429, &[], r#"{"retry_after":3.0,"global":true}"#)
}

/// Which lanes may send now; all of them at once.
fn starters(engine: &mut Engine, lanes: &[LaneId], now: Instant) -> Vec<Permit> {
    lanes.iter().filter_map(|lane| engine.permit(*lane, now).ok()).collect()
}

/// Sends through all lanes as often as they may for ten minutes, and gives when.
fn flood(engine: &mut Engine, lanes: &[LaneId], start: Instant, answer: &Answer) -> Vec<Instant> {
    let mut sent = Vec::new();
    let mut now = start;
    while now < start + Duration::from_secs(600) {
        for permit in starters(engine, lanes, now) {
            sent.push(now);
            engine.complete(permit, answer, Sent::Post { events: 1, in_thread: false }, now + Duration::from_millis(5));
        }
        now += Duration::from_millis(10);
    }
    sent
}

fn most_within(sent: &[Instant], period: Duration) -> usize {
    let within = |end: &Instant| sent.iter().filter(|at| *at <= end && end.duration_since(**at) < period).count();
    sent.iter().map(within).max().unwrap_or_default()
}

#[test]
fn webhooks_of_one_channel_share_its_budget() {
    let start = Instant::now();
    let (mut engine, lanes) = channel_of(3, start);
    let sent = flood(&mut engine, &lanes, start, &without_headers());
    assert_eq!(most_within(&sent, Duration::from_secs(60)), 28, "the budget is used and kept");
    assert_eq!(most_within(&sent, Duration::from_secs(2)), 5);
}

#[test]
fn webhooks_of_two_channels_have_a_budget_each() {
    let start = Instant::now();
    let (mut engine, one, two) = engine();
    join(&mut engine, one, "1", start);
    join(&mut engine, two, "2", start);
    let sent = flood(&mut engine, &[one, two], start, &delivered());
    assert_eq!(most_within(&sent, Duration::from_secs(60)), 56);
}

#[test]
fn headers_of_a_webhook_end_the_cold_start_of_its_channel_and_no_more() {
    let start = Instant::now();
    let (mut engine, one, _) = engine();
    let generous = response(200, &[("x-ratelimit-remaining", "99"), ("x-ratelimit-reset-after", "1")], "{}");
    let sent = flood(&mut engine, &[one], start, &generous);
    assert_eq!(most_within(&sent, Duration::from_secs(2)), 28);
    assert_eq!(most_within(&sent, Duration::from_secs(60)), 28);
}

#[test]
fn requests_on_their_way_count_as_used() {
    let now = Instant::now();
    let (mut engine, lanes) = channel_of(6, now);
    let mut permits = starters(&mut engine, &lanes, now);
    assert_eq!(permits.len(), 5);
    assert_eq!(engine.permit(lanes[5], now + Duration::from_secs(50)).expect_err("no room"), Denied::Busy);
    let answered = now + Duration::from_secs(51);
    permits.drain(..).for_each(|permit| {
        drop(engine.complete(permit, &without_headers(), Sent::Post { events: 1, in_thread: false }, answered))
    });
    assert_eq!(denied(&mut engine, lanes[5], answered), Some(Duration::from_secs(2)), "used when the answer came");
}

#[test]
fn a_request_without_an_answer_counts_as_used_if_it_may_have_arrived() {
    for (may_have_arrived, most) in [(false, 100), (true, 28)] {
        let settings = Settings { retry_attempts: 1_000, retry_delay: Duration::ZERO, ..Settings::default() };
        let mut engine = Engine::new(settings, 7);
        let one = engine.open(&webhook(1));
        let start = Instant::now();
        let timeout = Answer::Failed { trouble: "timeout".to_owned(), may_have_arrived };
        let sent = flood(&mut engine, &[one], start, &timeout);
        assert!(most_within(&sent, Duration::from_secs(60)).min(100) == most, "{may_have_arrived}");
    }
}

#[test]
fn budgets_that_become_one_keep_what_both_have_used_and_the_later_pause() {
    let (mut engine, one, two) = engine();
    let start = Instant::now();
    let mut now = start;
    for lane in [one, two].into_iter().cycle().take(28) {
        send(&mut engine, lane, &delivered(), now);
        now += Duration::from_secs(1);
    }
    assert_eq!(denied(&mut engine, one, now), None, "14 of 28 used");
    send(&mut engine, two, &limited("shared"), now);
    join(&mut engine, one, "77", now);
    join(&mut engine, two, "77", now);
    assert_eq!(budgets(&engine, one).get(1), budgets(&engine, two).get(1));
    assert_eq!(denied(&mut engine, one, now), Some(start + Duration::from_secs(61) - now), "29 within the last minute");
    let later = start + Duration::from_secs(62);
    assert_eq!(starters(&mut engine, &[one, two], later).len(), 1, "one goes first after a limit");
}

#[test]
fn a_limit_of_the_channel_holds_all_its_webhooks_and_one_goes_first_at_its_end() {
    let now = Instant::now();
    let (mut engine, lanes) = channel_of(3, now);
    let foreign = engine.open(&webhook(99));
    send(&mut engine, lanes[0], &limited("shared"), now);
    assert_eq!(starters(&mut engine, &lanes, now + Duration::from_secs(4)).len(), 0);
    assert_eq!(denied(&mut engine, foreign, now), None);
    let later = now + Duration::from_secs(6);
    let permit = starters(&mut engine, &lanes, later).pop().expect("one goes first");
    assert_eq!(starters(&mut engine, &lanes, later).len(), 0, "the others wait for its answer");
    engine.complete(permit, &delivered(), Sent::Post { events: 1, in_thread: false }, later);
    assert_eq!(starters(&mut engine, &lanes, later).len(), 3);
}

#[test]
fn after_a_global_limit_one_request_goes_first() {
    let (mut engine, one, two) = engine();
    let lanes = [one, two, engine.open(&webhook(3))];
    let now = Instant::now();
    let straggler = engine.permit(two, now).expect("a permit");
    send(&mut engine, one, &globally_limited(), now);
    engine.complete(straggler, &delivered(), Sent::Post { events: 1, in_thread: false }, now);
    let mut later = now + Duration::from_secs(4);
    for _ in 0..3 {
        let mut started = starters(&mut engine, &lanes, later);
        assert_eq!(started.len(), 1, "an answer from before the limit proves nothing, and neither does a limit");
        engine.complete(started.remove(0), &globally_limited(), Sent::Post { events: 1, in_thread: false }, later);
        later += Duration::from_secs(4);
    }
    let permit = starters(&mut engine, &lanes, later).pop().expect("one goes first");
    engine.complete(permit, &delivered(), Sent::Post { events: 1, in_thread: false }, later);
    assert_eq!(starters(&mut engine, &lanes, later).len(), 3);
}

#[test]
fn after_a_ban_no_other_lane_starts_before_the_first_is_answered() {
    let (mut engine, one, two) = engine();
    let lanes = [one, two, engine.open(&webhook(3))];
    let now = Instant::now();
    send(&mut engine, one, &response(429, &[], "error code: 1015"), now);
    let mut later = now + Duration::from_secs(16 * 60);
    for unanswered in [unreachable(), response(503, &[], "<html>")] {
        let mut started = starters(&mut engine, &lanes, later);
        assert_eq!(started.len(), 1);
        assert_eq!(starters(&mut engine, &lanes, later + Duration::from_secs(3_600)).len(), 0);
        engine.complete(started.remove(0), &unanswered, Sent::Post { events: 1, in_thread: false }, later);
        later += Duration::from_secs(60);
    }
    let first = starters(&mut engine, &lanes, later).pop().expect("a probe");
    engine.cancel(first);
    let first = starters(&mut engine, &lanes, later).pop().expect("a probe given back unused makes room for another");
    engine.complete(first, &delivered(), Sent::Post { events: 1, in_thread: false }, later);
    assert_eq!(starters(&mut engine, &lanes, later).len(), 3);
}

#[test]
fn requests_on_their_way_when_a_ban_comes_make_it_no_longer() {
    let (mut engine, one, two) = engine();
    let now = Instant::now();
    let permits = starters(&mut engine, &[one, two], now);
    permits.into_iter().for_each(|permit| {
        drop(engine.complete(permit, &response(429, &[], "1015"), Sent::Post { events: 1, in_thread: false }, now))
    });
    assert!(denied(&mut engine, one, now) < Some(Duration::from_secs(16 * 60)));
}

#[test]
fn a_webhook_is_asked_for_its_channel_once() {
    let (mut engine, one, two) = engine();
    let now = Instant::now();
    let asked = engine.introduce(one, now).expect("an introduction");
    assert_eq!(asked.lane(), one);
    assert!(engine.introduce(one, now).is_none(), "one is on its way");
    let permit = engine.permit(one, now).expect("the lane is not busy with it");
    engine.complete(permit, &delivered(), Sent::Post { events: 1, in_thread: false }, now);
    assert_eq!(engine.introduced(asked, &introduction("77"), now), None);
    assert_eq!(budgets(&engine, one).get(1).map(String::as_str), Some("channel-77"));
    assert!(engine.introduce(one, now + Duration::from_secs(1_000_000)).is_none());
    assert!(engine.introduce(two, now).is_some());
}

#[test]
fn a_webhook_that_did_not_tell_its_channel_is_asked_again_later() {
    let without = response(200, &[], r#"{"channel_id":"../../host"}"#);
    let denied_by_discord = response(403, &[], r#"{"code":50013}"#);
    for (answer, seconds) in
        [(unreachable(), 15), (response(500, &[], ""), 15), (denied_by_discord, 600), (without, 600)]
    {
        let (mut engine, one, _) = engine();
        let now = Instant::now();
        let asked = engine.introduce(one, now).expect("an introduction");
        let answered = now + Duration::from_secs(5);
        assert_eq!(engine.introduced(asked, &answer, answered), None);
        assert!(engine.introduce(one, answered + Duration::from_secs(seconds - 1)).is_none());
        assert_eq!(denied(&mut engine, one, answered), None, "messages go nevertheless");
        assert!(engine.introduce(one, answered + Duration::from_secs(seconds)).is_some());
        assert_eq!(budgets(&engine, one).len(), 1, "the webhook's alone");
    }
}

#[test]
fn an_introduction_counts_towards_the_limits_of_the_process() {
    let mut engine = Engine::new(Settings::default(), 7);
    let lanes: Vec<_> = (0..50).map(|number| engine.open(&webhook(number))).collect();
    let now = Instant::now();
    let asked = lanes.iter().filter(|lane| engine.introduce(**lane, now).is_some()).count();
    assert_eq!(asked, 40);
    assert_eq!(denied(&mut engine, lanes[45], now), Some(Duration::from_secs(1)));
    let later = now + Duration::from_secs(2);
    let asked = engine.introduce(lanes[45], later).expect("an introduction");
    engine.introduced(asked, &globally_limited(), later);
    assert!(denied(&mut engine, lanes[0], later) >= Some(Duration::from_secs(3)));
    assert!(engine.introduce(lanes[46], later).is_none(), "the process is paused");
    let at_its_end = later + Duration::from_secs(4);
    assert!(engine.introduce(lanes[46], at_its_end).is_none(), "one message goes first");
    send(&mut engine, lanes[0], &delivered(), at_its_end);
    let asked = engine.introduce(lanes[46], at_its_end).expect("an introduction");
    engine.introduced(asked, &response(429, &[], "error code: 1015"), at_its_end);
    assert!(denied(&mut engine, lanes[0], at_its_end) >= Some(Duration::from_secs(15 * 60)));
}

#[test]
fn a_webhook_that_is_gone_is_found_out_by_its_introduction() {
    for (status, code) in [(401, 50027), (404, 10015)] {
        let (mut engine, one, _) = engine();
        let now = Instant::now();
        let asked = engine.introduce(one, now).expect("an introduction");
        let gone = response(status, &[], &format!(r#"{{"message":"gone","code":{code}}}"#));
        assert!(matches!(engine.introduced(asked, &gone, now), Some(Outcome::Closed { .. })));
        assert!(engine.is_closed(one) && engine.introduce(one, now + Duration::from_secs(3_600)).is_none());
    }
}

#[test]
fn refused_introductions_count_towards_a_ban() {
    let mut engine = Engine::new(Settings::default(), 7);
    let start = Instant::now();
    let mut now = start;
    for number in 0..1_000 {
        let lane = engine.open(&webhook(number));
        let asked = engine.introduce(lane, now).expect("an introduction");
        engine.introduced(asked, &response(401, &[], "{}"), now);
        now += Duration::from_millis(50);
    }
    let lane = engine.open(&webhook(2_000));
    assert!(engine.introduce(lane, now).is_none());
    assert!(denied(&mut engine, lane, now) > Some(Duration::from_secs(500)));
}

#[test]
fn a_deferred_permit_lets_its_channel_rest() {
    let now = Instant::now();
    let (mut engine, lanes) = channel_of(2, now);
    let foreign = engine.open(&webhook(99));
    let permit = engine.permit(lanes[0], now).expect("a permit");
    engine.defer(permit, now + Duration::from_secs(7));
    assert_eq!(denied(&mut engine, lanes[1], now), Some(Duration::from_secs(7)));
    assert_eq!(denied(&mut engine, foreign, now), None);
    assert_eq!(starters(&mut engine, &lanes, now + Duration::from_secs(7)).len(), 2, "neither is busy");
}

#[test]
fn permits_that_come_back_unused_use_nothing_up() {
    let (mut engine, one, two) = engine();
    let now = Instant::now();
    for _ in 0..100 {
        let permit = engine.permit(one, now).expect("a permit");
        engine.defer(permit, now);
    }
    assert_eq!(denied(&mut engine, two, now), None);
}

#[test]
fn a_process_that_cannot_agree_with_others_takes_its_part() {
    let start = Instant::now();
    for (processes, a_minute, in_two_seconds) in
        [(Some(2), 14, 2), (Some(4), 7, 1), (Some(100), 2, 1), (Some(0), 28, 5), (Some(1), 28, 5), (None, 28, 5)]
    {
        let (mut engine, one, _) = engine();
        engine.share_with(processes);
        let sent = flood(&mut engine, &[one], start, &without_headers());
        assert_eq!(most_within(&sent, Duration::from_secs(60)), a_minute, "{processes:?}");
        assert_eq!(most_within(&sent, Duration::from_secs(2)), in_two_seconds, "{processes:?}");
    }
    let mut engine = Engine::new(Settings { rate_limit: 1, ..Settings::default() }, 7);
    let one = engine.open(&webhook(1));
    engine.share_with(Some(3));
    let sent = flood(&mut engine, &[one], start, &delivered());
    assert_eq!(most_within(&sent, Duration::from_secs(60)), 1, "never more than alone");
}

#[test]
fn a_part_ends_when_the_processes_agree_again() {
    let (mut engine, one, _) = engine();
    let now = Instant::now();
    engine.share_with(Some(5));
    send(&mut engine, one, &delivered(), now);
    assert_eq!(denied(&mut engine, one, now), Some(Duration::from_secs(2)));
    engine.share_with(None);
    assert_eq!(denied(&mut engine, one, now), None);
}

#[test]
fn only_a_fault_of_the_server_puts_the_message_in_doubt() {
    for (status, may_repeat, is_fault) in [(500, true, true), (502, false, false), (504, true, false)] {
        let (mut engine, one, _) = engine();
        let outcome = send(&mut engine, one, &response(status, &[], ""), Instant::now());
        assert_eq!(outcome, Outcome::Again { may_repeat, is_fault }, "{status}");
    }
}

#[test]
fn a_delivered_message_has_its_id() {
    let (mut engine, one, _) = engine();
    let answer = response(200, &[], r#"{"id":"1290000000000000001","channel_id":"77"}"#);
    let message = Some(Stored { id: "1290000000000000001".to_owned(), channel: Some("77".to_owned()) });
    assert_eq!(send(&mut engine, one, &answer, Instant::now()), Outcome::Delivered { message });
}

#[test]
fn what_is_not_ready_waits_as_long_as_it_asks_for() {
    let (mut engine, one, _) = engine();
    let now = Instant::now();
    let answer = response(202, &[], r#"{"code":110000,"message":"not ready","retry_after":40.0}"#);
    assert_eq!(send(&mut engine, one, &answer, now), Outcome::AGAIN);
    assert!(denied(&mut engine, one, now) >= Some(Duration::from_secs(40)));
}

#[test]
fn a_suspension_is_told_and_ends() {
    let (mut engine, one, _) = engine();
    let now = Instant::now();
    let forum = response(400, &[], r#"{"message":"a tag is required","code":40067}"#);
    let Outcome::Suspended { reason } = send(&mut engine, one, &forum, now) else { panic!("not suspended") };
    assert!(reason.contains("40067"), "{reason}");
    assert_eq!(denied(&mut engine, one, now), Some(SUSPENSION));
    assert_eq!(denied(&mut engine, one, now + SUSPENSION), None);
}

#[test]
fn an_address_that_nobody_knows_is_not_hammered() {
    let (mut engine, one, _) = engine();
    let mut now = Instant::now();
    let nowhere = response(404, &[], "<html>not found</html>");
    let mut wait = |engine: &mut Engine, answer: &Answer| {
        let outcome = send(engine, one, answer, now);
        let wait = denied(engine, one, now);
        now += wait.unwrap_or_default();
        (outcome, wait.unwrap_or_default())
    };
    for _ in 0..2 {
        let (outcome, wait) = wait(&mut engine, &nowhere);
        assert_eq!(outcome, Outcome::AGAIN);
        assert!(wait <= Duration::from_secs(60), "{wait:?}");
    }
    wait(&mut engine, &response(200, &[], "{}"));
    for number in 1..6 {
        let (_, wait) = wait(&mut engine, &nowhere);
        assert_eq!(wait >= Duration::from_secs(600), number >= 3, "{wait:?} after {number} in a row");
    }
    assert!(!engine.is_closed(one));
}

#[test]
fn a_budget_is_named_without_its_secret() {
    let (engine, one, two) = engine();
    assert_eq!(budgets(&engine, one), [format!("webhook-{}", webhook(1).fingerprint())]);
    assert_ne!(budgets(&engine, one), budgets(&engine, two));
}
