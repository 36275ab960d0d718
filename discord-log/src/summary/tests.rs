//! The figures of a day against a count that shares nothing with them: a list of what was logged, and days worked out from
//! a table of offsets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::*;
use crate::event::{Amount, Channel, Currency, Event, Severity};
use crate::record::{Counts, DiskJournal, Ending, Entry, FunctionCounts, Journal, Now, PowerCut, Settings};

const SERVICE: &str = "billing@production";

/// A zone, and its offset in hours before and after the second in which clocks change.
struct Zone {
    name: &'static str,
    before: i64,
    after: i64,
    changes: &'static str,
}

const ZONES: [Zone; 3] = [
    Zone { name: "Europe/Amsterdam", before: 1, after: 2, changes: "2026-03-29T01:00:00Z" },
    Zone { name: "America/Santiago", before: -3, after: -4, changes: "2026-04-05T03:00:00Z" },
    Zone { name: "UTC", before: 0, after: 0, changes: "2026-03-29T01:00:00Z" },
];

impl Zone {
    /// Numbers days from the epoch on.
    fn day_of(&self, at: Timestamp) -> i64 {
        let offset = if at < moment(self.changes) { self.before } else { self.after };
        (at.as_second() + offset * 3_600).div_euclid(86_400)
    }
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn day_number(date: Date) -> i64 {
    (date - Date::constant(1970, 1, 1)).get_days().into()
}

/// What was logged, as the count needs it.
struct Logged {
    at: Timestamp,
    channel: &'static str,
    severity: Severity,
    /// Events that the line stands for.
    times: u64,
    actor: Option<u64>,
    problem: Option<u64>,
    money: Option<(bool, &'static str, i64)>,
    is_counted: bool,
}

/// A service that logs at random, is stopped and killed, and delivers late.
struct World {
    storage: PowerCut,
    random: fastrand::Rng,
    started: Instant,
    runs: usize,
    journal: DiskJournal,
    logged: Vec<Logged>,
    /// Calls and failures of a function, by the minute in which they were counted.
    counted: Vec<(Timestamp, u64, u64)>,
}

impl World {
    fn new(seed: u64) -> Self {
        let storage = PowerCut::default();
        let journal = open(&storage, 0);
        let random = fastrand::Rng::with_seed(seed);
        Self { storage, random, started: Instant::now(), runs: 0, journal, logged: Vec::new(), counted: Vec::new() }
    }

    fn now(&self, wall: Timestamp) -> Now {
        let since = wall.duration_since(moment("2026-03-01T00:00:00Z"));
        Now { instant: self.started + Duration::try_from(since).expect("later"), wall }
    }

    fn log(&mut self, at: Timestamp) {
        let cents = self.random.i64(-5_000..900_000);
        let money = |currency| Amount::from(Decimal::new(cents, 2)).in_currency(currency);
        let plain = |channel, severity| Logged {
            at,
            channel,
            severity,
            times: 1,
            actor: None,
            problem: None,
            money: None,
            is_counted: false,
        };
        let (event, logged) = match self.random.u32(0..10) {
            0 | 1 => {
                let currency = ["EUR", "USD", ""][self.random.usize(0..3)];
                let event = Event::invoice_created("INV-1", money(currency), "ACME");
                let currency = if currency.is_empty() { "EUR" } else { currency };
                (event, Logged { money: Some((true, currency, cents)), ..plain("finance", Severity::Success) })
            }
            2 => {
                let event = Event::payment_received("INV-1", money("EUR"), "ACME");
                (event, Logged { money: Some((false, "EUR", cents)), ..plain("finance", Severity::Success) })
            }
            3..=5 => {
                let actor = self.random.u64(0..30);
                let event = Event::user_action("Login").actor(format!("u-{actor}"));
                (event, Logged { actor: Some(actor), ..plain("activity", Severity::Info) })
            }
            6 => (Event::system_event("Import", "done"), plain("system", Severity::Info)),
            _ => {
                let problem = self.random.u64(0..6) + (at.as_second() / 86_400 % 9) as u64 * 6;
                let word = "abcdefghijklmnopqrstuvwxyz".chars().cycle().skip(problem as usize % 26).take(9);
                let text =
                    format!("no {} in {}", word.collect::<String>(), ["north", "south", "east"][problem as usize / 26]);
                let repeats = self.random.u64(0..3);
                let event = Event::error(&std::io::Error::other(text), "Import").repeated(repeats);
                let logged = Logged { times: 1 + repeats, problem: Some(problem), ..plain("errors", Severity::Error) };
                (event, logged)
            }
        };
        let mut event = event;
        event.stamp(at);
        self.journal.append(&mut std::iter::once(event), self.now(at).instant);
        self.logged.push(logged);
    }

    /// Delivers what waits, at a moment; errors are sometimes counted instead, and then stand for more.
    fn deliver(&mut self, at: Timestamp) {
        let now = self.now(at);
        while !self.journal.is_written() {
            self.journal.persist(now, true);
        }
        self.journal.persist(now, true);
        for channel in self.journal.backlog() {
            for entry in self.journal.take(channel, usize::MAX) {
                let ending = self.ending(&entry, at);
                self.journal.settle(vec![entry], Some(&ending));
            }
        }
        self.journal.persist(now, true);
    }

    fn ending(&mut self, entry: &Entry, at: Timestamp) -> Ending {
        if entry.event.channel() == Channel::Errors && self.random.u32(0..4) == 0 {
            let occurrences = self.random.u64(1..50);
            let line = self.logged.iter_mut().find(|logged| {
                logged.at == entry.event.occurred_at() && logged.channel == "errors" && !logged.is_counted
            });
            let line = line.expect("it was logged");
            (line.times, line.is_counted) = (occurrences, true);
            return Ending::Counted { at, message: None, occurrences };
        }
        Ending::Delivered { at, message: None }
    }

    fn count(&mut self, at: Timestamp) {
        let (calls, failures) = (self.random.u64(1..100), self.random.u64(0..3));
        let function = FunctionCounts {
            module: "billing".to_owned(),
            function: "charge".to_owned(),
            failures,
            buckets: BTreeMap::from([(self.random.usize(20..40), calls)]),
            ..FunctionCounts::default()
        };
        let until = at + Duration::from_secs(60);
        let counts = Counts { since: at, until, accepted: calls, functions: vec![function], ..Counts::default() };
        assert!(self.journal.note_counts(&counts));
        self.counted.push((at, calls, failures));
    }

    fn restart(&mut self, is_killed: bool, at: Timestamp) {
        self.journal.persist(self.now(at), true);
        if is_killed {
            self.storage.kill();
        } else {
            self.journal.end();
        }
        self.runs += 1;
        self.journal = open(&self.storage, self.runs);
        self.storage.kill();
        for _ in 0..3 {
            self.journal.persist(self.now(at), false);
        }
    }
}

fn open(storage: &PowerCut, run: usize) -> DiskJournal {
    let settings = Settings {
        queue_size: 10_000,
        dir: None,
        namespace: SERVICE.to_owned(),
        most_bytes: u64::MAX / 4,
        retention: Duration::from_secs(400 * 86_400),
    };
    DiskJournal::new(Arc::new(storage.clone()), Path::new("/journal"), format!("{run:013}-1-0"), &settings)
}

/// A month with the changes of clocks in two zones.
fn month(seed: u64) -> World {
    let mut world = World::new(seed);
    world.restart(false, moment("2026-03-13T00:00:00Z"));
    let mut at = moment("2026-03-14T00:00:00Z");
    let end = moment("2026-04-14T00:00:00Z");
    while at < end {
        at += Duration::from_millis(world.random.u64(1..3_600_000));
        match world.random.u32(0..20) {
            0 => world.restart(world.random.clone().bool(), at),
            1..=4 => world.deliver(at),
            5 => world.count(at),
            _ => world.log(at),
        }
    }
    world.deliver(end + Duration::from_secs(2 * 86_400));
    world
}

fn figures(world: &World, zone: &Zone, day: Date) -> Figures {
    let request = Request { day, zone: TimeZone::get(zone.name).expect("a zone"), currency: Currency::EUR };
    make(&world.journal.history().expect("a history"), &request).expect("figures")
}

#[test]
fn the_figures_of_each_day_equal_an_independent_count() {
    for seed in 0..3 {
        let world = month(seed);
        assert!(world.logged.len() > 500 && world.runs > 20, "{} events, {} runs", world.logged.len(), world.runs);
        for zone in &ZONES {
            let mut day = Date::constant(2026, 3, 15);
            while day < Date::constant(2026, 4, 13) {
                assert_counted(&world, zone, day);
                day = day.tomorrow().expect("a day");
            }
        }
    }
}

#[track_caller]
fn assert_counted(world: &World, zone: &Zone, day: Date) {
    let figures = figures(world, zone, day);
    let number = day_number(day);
    let of = |ago: i64| world.logged.iter().filter(move |logged| zone.day_of(logged.at) == number - ago);
    let mut channels: BTreeMap<String, [[u64; 5]; 2]> = BTreeMap::new();
    for ago in [0, 1] {
        for logged in of(ago) {
            channels.entry(logged.channel.to_owned()).or_default()[ago as usize][logged.severity as usize] +=
                logged.times;
        }
    }
    let what = format!("{day} in {}", zone.name);
    assert_eq!(figures.channels, channels, "{what}");
    let by_hour: u64 = figures.hours.iter().flat_map(|hour| hour.events).sum();
    assert_eq!(by_hour, of(0).map(|logged| logged.times).sum::<u64>(), "{what}");
    let actors: BTreeSet<_> = of(0).filter_map(|logged| logged.actor).collect();
    assert_eq!(figures.actors.number, actors.len() as u64, "{what}");
    let problems: BTreeSet<_> = of(0).filter_map(|logged| logged.problem).collect();
    let earlier: BTreeSet<_> = (1..14).flat_map(of).filter_map(|logged| logged.problem).collect();
    let (old, new): (Vec<u64>, Vec<u64>) = problems.iter().copied().partition(|problem| earlier.contains(problem));
    assert_eq!((figures.new_problems, figures.recurring_problems), (new.len() as u64, old.len() as u64), "{what}");
    for money in &figures.money {
        for (position, flows) in money.days.iter().enumerate() {
            for (is_invoice, flow) in [true, false].into_iter().zip(flows) {
                let moved = of(13 - position as i64).filter_map(|logged| logged.money);
                let moved: Vec<_> =
                    moved.filter(|(way, currency, _)| (*way, *currency) == (is_invoice, &*money.currency)).collect();
                let sum = Decimal::new(moved.iter().map(|(.., cents)| cents).sum(), 2);
                assert_eq!(*flow, Flow { count: moved.len() as u64, sum: Sum::Exact(sum) }, "{what}, {position}");
            }
        }
    }
    let counted = world.counted.iter().filter(|(at, ..)| zone.day_of(*at) == number);
    let sums = counted.fold((0, 0), |(calls, failures), (_, more, failed)| (calls + more, failures + failed));
    assert_eq!(figures.calls[0], sums, "{what}");
    assert_eq!(figures.damaged, 0);
    let changes = zone.before != zone.after && zone.day_of(moment(zone.changes)) == number;
    let expected = if !changes { 24 } else { (24 + zone.before - zone.after) as usize };
    // Where clocks go back at midnight, the hour that comes twice is the last of the day before.
    let is_before = zone.name == "America/Santiago" && day == Date::constant(2026, 4, 4);
    let is_after = zone.name == "America/Santiago" && day == Date::constant(2026, 4, 5);
    let expected = if is_before {
        25
    } else if is_after {
        24
    } else {
        expected
    };
    assert_eq!(figures.hours.len(), expected, "{what}");
}

#[test]
fn a_damaged_line_costs_that_line_and_is_told() {
    let world = month(7);
    let file = Path::new("/journal/v1").join(SERVICE).join("history/2026-03-20.jsonl");
    let (_, mut bytes) = world.storage.files().into_iter().find(|(path, _)| *path == file).expect("a file");
    let before = figures(&world, &ZONES[2], Date::constant(2026, 3, 20));
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    // What is being written has no end yet.
    bytes.extend_from_slice(b"00000000 {\"id\":");
    world.storage.damage(&file, bytes);
    let after = figures(&world, &ZONES[2], Date::constant(2026, 3, 20));
    assert_eq!((before.damaged, after.damaged), (0, 1));
}

#[test]
fn summaries_and_lines_of_other_kinds_are_not_what_a_day_is_made_of() {
    let mut world = World::new(1);
    world.restart(false, moment("2026-03-13T00:00:00Z"));
    let at = moment("2026-03-20T12:00:00Z");
    let mut event = Event::daily_summary().titled("2026-03-19");
    event.stamp(at);
    world.journal.append(&mut std::iter::once(event), world.now(at).instant);
    world.deliver(at);
    let file = Path::new("/journal/v1").join(SERVICE).join("history/2026-03-20.jsonl");
    let (_, mut bytes) = world.storage.files().into_iter().find(|(path, _)| *path == file).expect("a file");
    let other = br#"{"weather":{"rain":true}}"#;
    bytes.extend_from_slice(format!("{:08x} ", crc32fast::hash(other)).as_bytes());
    bytes.extend_from_slice(other);
    bytes.push(b'\n');
    world.storage.damage(&file, bytes);
    let figures = figures(&world, &ZONES[2], Date::constant(2026, 3, 20));
    assert!(figures.is_empty() && figures.damaged == 0, "{figures:?}");
}

#[test]
fn sums_too_large_for_a_number_say_so() {
    let mut money = money::Money::default();
    for _ in 0..2 {
        money.take(&Event::invoice_created("1", Amount::from(Decimal::MAX), "ACME"), Currency::EUR);
    }
    money.take(&Event::payment_received("1", Amount::from(f64::NAN), "ACME"), Currency::EUR);
    assert_eq!(money.flows["EUR"][0], Flow { count: 2, sum: Sum::TooLarge });
    assert_eq!(money.unreadable, 1);
    let json = serde_json::to_string(&Sum::TooLarge).expect("JSON");
    assert_eq!(serde_json::from_str::<Sum>(&json).expect("a sum"), Sum::TooLarge);
}
