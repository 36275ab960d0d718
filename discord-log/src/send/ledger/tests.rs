use proptest::prelude::*;

use super::*;

const START: u64 = 1_900_000_000_000;
const DAY: u64 = 24 * 60 * 60 * 1_000;
const TWO_HOURS: u64 = 2 * 60 * 60 * 1_000;

fn channel() -> Limits {
    Limits::of_channel(28)
}

/// Reserves and finishes at once, so often as it goes; gives how often, and until when it does not.
fn fill(ledger: &mut Ledger, now: u64, limits: &Limits) -> (usize, u64) {
    for count in 0..10_000 {
        match ledger.reserve(now, "a", limits) {
            Ok(()) => ledger.finish(now, "a", now),
            Err(until) => return (count, until),
        }
    }
    panic!("no limit");
}

#[test]
fn a_channel_takes_five_in_two_seconds_and_its_limit_in_a_minute() {
    let mut ledger = Ledger::default();
    let mut sent = 0;
    let mut now = START;
    while now < START + 60_000 {
        let (count, until) = fill(&mut ledger, now, &channel());
        sent += count;
        assert!(count <= 5);
        now = until;
    }
    assert_eq!((sent, now), (28, START + 60_000));
}

#[test]
fn a_request_on_its_way_counts_until_it_is_done_or_its_process_is_given_up() {
    let mut ledger = Ledger::default();
    for _ in 0..5 {
        ledger.reserve(START, "stopped", &channel()).expect("room");
    }
    assert_eq!(ledger.reserve(START + 29_999, "a", &channel()), Err(START + 29_999 + BETWEEN_LOOKS));
    ledger.finish(START + 29_999, "stopped", START);
    let done = START + 29_999;
    assert_eq!(ledger.reserve(done, "a", &channel()), Err(done + 2_000), "used when the answer came");
    assert_eq!(
        ledger.reserve(done + 1, "a", &channel()),
        Err(done + 2_000),
        "those given up may have been sent till now"
    );
    assert_eq!(ledger.reserve(done + 2_000, "a", &channel()), Ok(()));
    assert_eq!(ledger.reserve(done + 2_000, "a", &channel()), Err(done + 2_001));
}

#[test]
fn an_answer_that_comes_after_all_counts_too() {
    let mut ledger = Ledger::default();
    (0..5).for_each(|_| ledger.reserve(START, "slow", &channel()).expect("room"));
    let late = START + 40_000;
    assert_eq!(ledger.clone().reserve(late, "a", &channel()), Ok(()), "given up");
    (0..5).for_each(|_| ledger.finish(late, "slow", START));
    assert_eq!(ledger.reserve(late, "a", &channel()), Err(late + 2_000));
}

#[test]
fn a_request_that_was_held_back_elsewhere_is_forgotten() {
    let mut ledger = Ledger::default();
    ledger.reserve(START, "b", &channel()).expect("room");
    for _ in 0..100 {
        ledger.reserve(START, "a", &channel()).expect("room");
        ledger.forget("a", START);
    }
    assert_eq!(ledger.requests.len(), 1);
}

#[test]
fn after_a_pause_one_process_goes_first() {
    let mut ledger = Ledger::default();
    ledger.reserve(START, "a", &channel()).expect("room");
    ledger.pause(START + 5_000);
    ledger.pause(START + 1_000);
    assert_eq!(ledger.reserve(START + 4_999, "b", &channel()), Err(START + 5_000), "the later end counts");
    ledger.finish(START + 4_999, "a", START);
    let end = START + 5_000;
    ledger.reserve(end, "b", &channel()).expect("one goes first, whatever came back from before");
    assert_eq!(ledger.reserve(end, "a", &channel()), Err(end + BETWEEN_LOOKS));
    ledger.finish(end + 100, "b", end);
    assert_eq!(ledger.reserve(end + 100, "a", &channel()), Ok(()));
    assert_eq!(ledger.reserve(end + 100, "b", &channel()), Ok(()));
}

#[test]
fn a_process_that_stops_while_it_goes_first_holds_nobody_for_long() {
    let mut ledger = Ledger::default();
    ledger.pause(START);
    ledger.reserve(START, "stopped", &channel()).expect("one goes first");
    ledger.reserve(START + 29_999, "a", &channel()).expect_err("still on its way");
    ledger.reserve(START + 30_000, "a", &channel()).expect("another one goes first");
}

#[test]
fn refused_requests_pause_the_host() {
    let mut ledger = Ledger::default();
    for _ in 0..1_000 {
        ledger.record_invalid(START);
    }
    assert_eq!(ledger.reserve(START + 1, "a", &Limits::of_host()), Err(START + 600_000));
    assert_eq!(ledger.reserve(START + 600_000, "a", &Limits::of_host()), Ok(()));
    assert!(ledger.invalid.is_empty());
}

#[test]
fn processes_count_for_a_minute_after_their_last_question() {
    let mut ledger = Ledger::default();
    assert_eq!(ledger.processes(START, "a"), 1, "the one that asks");
    for who in ["a", "b", "c"] {
        fill(&mut ledger, START, &channel());
        let _ = ledger.reserve(START, who, &channel());
    }
    assert_eq!(ledger.processes(START, "a"), 3, "who is told to wait counts too");
    assert_eq!(ledger.processes(START + 59_999, "d"), 4);
    assert_eq!(ledger.processes(START + 60_000, "d"), 1);
}

#[test]
fn a_clock_that_jumps_a_day_costs_no_wait() {
    for (before, after) in [(START, START + DAY), (START, START - DAY)] {
        let mut ledger = Ledger::default();
        fill(&mut ledger, before, &channel());
        (0..1_000).for_each(|_| ledger.record_invalid(before));
        for _ in 0..3 {
            ledger.reserve(before + 10_000, "stopped", &Limits::of_host()).expect_err("too many refused");
            ledger.requests.push(Request { at: before, by: "stopped".to_owned(), done: false });
        }
        assert_eq!(ledger.reserve(after, "a", &Limits::of_host()), Ok(()), "{before} {after}");
        assert_eq!(ledger.requests.len(), 1);
    }
}

#[test]
fn a_pause_is_no_longer_than_two_hours_when_the_clock_is_set_back() {
    let mut ledger = Ledger::default();
    ledger.pause(START + TWO_HOURS);
    let back = START - DAY;
    assert_eq!(ledger.reserve(back, "a", &channel()), Err(back + TWO_HOURS + 1_000));
    assert_eq!(ledger.reserve(back + TWO_HOURS + 1_000, "a", &channel()), Ok(()), "and it is not renewed");
}

/// What one of the processes does next: which one, after how long, and whether it begins or ends a request.
type Step = (usize, u64, bool);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0_usize..4, 0_u64..2_500, prop::bool::weighted(0.6)), 1..300)
}

fn most_within(times: &[u64], length: u64) -> usize {
    let within = |end: u64| times.iter().filter(|at| **at <= end && end - **at < length).count();
    times.iter().map(|end| within(*end)).max().unwrap_or_default()
}

proptest! {
    #[test]
    fn no_period_ever_holds_more_than_the_limit(messages in 1_u32..12, steps in steps(), arrival in 0.0..1.0_f64) {
        let limits = Limits::of_channel(messages);
        let mut ledger = Ledger::default();
        let (mut now, mut arrivals, mut open) = (START, Vec::new(), Vec::new());
        for (process, pause, begins) in steps {
            now += pause;
            let who = format!("p{process}");
            if begins {
                match ledger.reserve(now, &who, &limits) {
                    Ok(()) => open.push((who, now)),
                    Err(until) => prop_assert!(until > now && until <= now + 60_000),
                }
            } else if let Some(index) = open.iter().position(|(owner, _)| *owner == who) {
                let (_, reserved_at) = open.remove(index);
                ledger.finish(now, &who, reserved_at);
                // Discord counted it at some moment in between, and a process waits no longer than it is given.
                let latest = now.min(reserved_at + LONGEST_FLIGHT);
                arrivals.push(reserved_at + ((latest - reserved_at) as f64 * arrival) as u64);
            }
            // What a process writes, the next one reads.
            let text = serde_json::to_string(&ledger).expect("text");
            ledger = serde_json::from_str(&text).expect("a ledger");
        }
        prop_assert!(most_within(&arrivals, 60_000) <= messages as usize);
        prop_assert!(most_within(&arrivals, 2_000) <= 5);
    }

    #[test]
    fn whatever_a_ledger_says_no_wait_is_longer_than_two_hours(
        times in prop::collection::vec((any::<u64>(), any::<bool>()), 0..50),
        near in prop::collection::vec((0..2 * DAY, any::<bool>()), 0..50),
        paused_until in any::<Option<u64>>(),
        now in prop_oneof![Just(0), Just(START), any::<u64>()],
    ) {
        let requests: Vec<_> = times.iter().copied()
            .chain(near.iter().map(|(offset, done)| (now.saturating_sub(DAY).saturating_add(*offset), *done)))
            .map(|(at, done)| Request { at, by: "x".to_owned(), done })
            .collect();
        let invalid = requests.iter().map(|request| request.at).cycle().take(requests.len() * 30).collect();
        let users = requests.iter().map(|request| (request.at.to_string(), request.at)).collect();
        let ledger = Ledger { requests, invalid, paused_until, users };
        for limits in [channel(), Limits::of_channel(0), Limits::of_host()] {
            if let Err(until) = ledger.clone().reserve(now, "a", &limits) {
                prop_assert!(until - now <= TWO_HOURS + 1_000);
            }
        }
    }
}
