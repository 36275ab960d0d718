//! A million events that nobody delivered: one process leaves them, killed, and another finds them.
//!
//! The local Discord is in the process that starts both, so that the memory which is measured is the logger's alone.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use discord_log::{Config, Guard};
use discord_log_preview::{Discord, Limits, Rate};

use crate::events::log_mixed;
use crate::process::{self, memory};
use crate::table::{Row, median};

const EVENTS: u64 = 1_000_000;
/// Events of which the delivery is waited for before memory is looked at again.
const DELIVERED: u64 = 400;
/// How often the events are found; the figures are the medians.
const ROUNDS: usize = 5;
/// What earlier rounds have delivered is not found again.
const OF_OTHER_ROUNDS: u64 = 100_000;
/// Longest that a process waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// Lets one process leave the events and another one find them.
pub(crate) fn measure() -> Vec<Row> {
    let journal = process::folder("backlog");
    let limits = Limits::unlimited().bucket(Rate::new(10_000, Duration::from_secs(1)));
    let discord = Discord::builder().limits(limits).start().expect("a local Discord");
    let folder = ("DISCORD_JOURNAL".to_owned(), journal.to_string_lossy().into_owned());

    let start = Instant::now();
    let nowhere = nobody().map(|(name, url)| (name.to_owned(), url));
    let variables: Vec<_> = nowhere.into_iter().chain([folder.clone()]).collect();
    let mut filling = process::start("backlog-fill", &variables);
    let lost = BufReader::new(filling.stdout.take().expect("its output")).lines().next();
    // A kill, so that the next process finds what a crash leaves.
    filling.kill().expect("killed");
    filling.wait().expect("its end");
    let lost = lost.and_then(Result::ok).unwrap_or_else(|| "it failed".to_owned());
    let files = process::chunks(&journal).len();
    let kept = process::events_on_disk(&journal);
    let mut rows = vec![
        Row::holds("backlog: events left in files", kept >= EVENTS, kept.to_string()),
        Row::plain("backlog: files", files.to_string()),
        Row::plain("backlog: filled in", format!("{:.1} s; {lost}", start.elapsed().as_secs_f64())),
    ];

    let variables: Vec<_> = discord.settings().into_iter().chain([folder]).collect();
    let rounds: Vec<_> = (0..ROUNDS).map(|_| round(&discord, &variables)).collect();
    process::remove(&journal);
    let median = |figure: &str| {
        let values = rounds.iter().map(|found| found.get(figure).copied().unwrap_or(f64::NAN));
        median(&mut values.collect::<Vec<_>>())
    };
    let at_most = |figure: &str, goal, unit| Row::at_most(format!("backlog: {figure}"), median(figure), goal, unit);
    rows.extend([
        at_most(OPEN, 50.0, "ms"),
        at_most(FIRST_REQUEST, 200.0, "ms"),
        Row::plain(format!("backlog: {BEFORE}"), format!("{:.2} MiB", median(BEFORE))),
        at_most(WHEN_OPEN, 24.0, "MiB"),
        at_most(MOST_UNTIL_OPEN, 24.0, "MiB"),
        Row::plain(format!("backlog: {DELIVERED_IN}"), format!("{:.2} s", median(DELIVERED_IN))),
        at_most(AFTER_THESE, 24.0, "MiB"),
        at_most(MOST_UNTIL_THEN, 24.0, "MiB"),
    ]);
    rows
}

/// Lets one process find the events, and gives its figures.
fn round(discord: &Discord, variables: &[(String, String)]) -> BTreeMap<String, f64> {
    let before = discord.requests().len();
    let opening = process::start("backlog-open", variables);
    let is_asked = discord.wait_for(|discord| discord.requests().len() > before, Duration::from_secs(30));
    let asked_at = since_epoch();
    let output = opening.wait_with_output().expect("its output");
    let text = String::from_utf8_lossy(&output.stdout);
    let figures = text.lines().filter_map(|line| line.split_once('\t'));
    let mut figures: BTreeMap<_, _> =
        figures.filter_map(|(name, figure)| Some((name.to_owned(), figure.parse().ok()?))).collect();
    if let Some(began) = figures.get(BEGAN).filter(|_| is_asked) {
        figures.insert(FIRST_REQUEST.to_owned(), (asked_at - began) * 1_000.0);
    }
    figures
}

/// Leaves the events: logs until so many wait, and slower whenever one found no room.
pub(crate) fn fill() {
    let _guard = start();
    let mut pause = Duration::from_millis(2);
    let (mut number, mut lost, mut waiting) = (0, 0, 0);
    while waiting < EVENTS {
        for _ in 0..EVENTS.saturating_sub(waiting).min(256) {
            log_mixed(number);
            number += 1;
        }
        let health = discord_log::health();
        let lost_now = health.lost.values().sum();
        pause = if lost_now > lost { (pause * 2).min(Duration::from_millis(50)) } else { pause.mul_f64(0.99) };
        (lost, waiting) = (lost_now, health.waiting);
        thread::sleep(pause);
    }
    let journal = std::env::var("DISCORD_JOURNAL").expect("a journal");
    while process::events_on_disk(Path::new(&journal)) < EVENTS {
        thread::sleep(Duration::from_millis(200));
    }
    println!("{}", discord_log::health());
    thread::sleep(Duration::from_secs(3_600));
}

/// Finds the events.
pub(crate) fn open() {
    let before = memory("VmHWM");
    let (began, start_of_all) = (since_epoch(), Instant::now());
    let guard = start();
    while discord_log::health().accepted < EVENTS - OF_OTHER_ROUNDS && start_of_all.elapsed() < PATIENCE {
        thread::sleep(Duration::from_micros(500));
    }
    let open = start_of_all.elapsed();
    let (resident, highest) = (memory("VmRSS"), memory("VmHWM"));
    while discord_log::health().delivered < DELIVERED && start_of_all.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(10));
    }
    let figures = [
        (BEGAN, began),
        (BEFORE, before),
        (OPEN, open.as_secs_f64() * 1_000.0),
        (WHEN_OPEN, resident),
        (MOST_UNTIL_OPEN, highest),
        (DELIVERED_IN, start_of_all.elapsed().as_secs_f64()),
        (AFTER_THESE, memory("VmRSS")),
        (MOST_UNTIL_THEN, memory("VmHWM")),
    ];
    figures.iter().for_each(|(name, figure)| println!("{name}\t{figure}"));
    drop(guard);
}

/// Starts the logger by the variables of this process, with room for all events.
fn start() -> Guard {
    let settings = Config::from_env().service("benches").journal_max_mb(2_000).rate_limit(6_000);
    discord_log::init_with(settings.build().expect("settings")).expect("a logger")
}

/// Webhooks at an address where nobody listens.
fn nobody() -> [(&'static str, String); 4] {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    crate::flood::webhooks(free.expect("a free port"))
}

fn since_epoch() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(f64::NAN, |time| time.as_secs_f64())
}

const BEGAN: &str = "began";
const BEFORE: &str = "memory before init";
const OPEN: &str = "init to open";
const FIRST_REQUEST: &str = "init to first request";
const WHEN_OPEN: &str = "memory when open";
const MOST_UNTIL_OPEN: &str = "most memory until open";
const DELIVERED_IN: &str = "init to 400 delivered";
const AFTER_THESE: &str = "memory after these";
const MOST_UNTIL_THEN: &str = "most memory until then";
