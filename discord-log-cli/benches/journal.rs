//! Measures the commands that read a journal, on the history of a million events that the library itself wrote.
//!
//! ```text
//! cargo bench -p discord-log-cli --bench journal              a million events
//! cargo bench -p discord-log-cli --bench journal -- 100000    another number
//! ```
//!
//! The commands run as processes, as a person starts them; the goals are for a machine that does nothing else.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program that measures, and says so when it cannot")]

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use discord_log::__bench::History;
use discord_log::{Amount, Event, Severity};
use jiff::Timestamp;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Tests of all targets run this as well, and did not ask for figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let number = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let start = Instant::now();
    let bytes = write(folder.path(), number);
    row("written by the library", &rate(number, start.elapsed()), &format!("{} MB", bytes / 1_000_000));

    let machine = Machine { folder: folder.path() };
    let start = Instant::now();
    let found = machine.run(&["search", "nothingthatoccurs"]);
    row("index, from nothing", &rate(number, start.elapsed()), "at least 20,000/s");
    assert!(found.contains("nothing was found"), "{found}");
    row("index, on the disk", &format!("{} MB", machine.index_bytes() / 1_000_000), "");
    for (what, arguments) in SEARCHES {
        row(what, &millis(machine.median(arguments)), "at most 50 ms");
    }
    row("tail -n 10", &millis(machine.median(&["tail", "--no-follow"])), "at most 100 ms");
    for (what, arguments) in
        [("stats", &["stats"] as &[&str]), ("groups", &["groups"]), ("verify", &["journal", "verify"])]
    {
        row(what, &millis(machine.median(arguments)), "");
    }
}

/// The newest twenty of much, of little, and of what is found by other things than words.
const SEARCHES: [(&str, &[&str]); 9] = [
    ("search, a word in every event", &["search", "billing"]),
    ("search, a word in one of four", &["search", "invoice"]),
    ("search, two words", &["search", "payment", "refused"]),
    ("search, a phrase", &["search", "connection refused by the bank"]),
    ("search, a beginning", &["search", "pay*"]),
    ("search, a rare word", &["search", "customer4711"]),
    ("search, errors", &["search", "--severity", "error"]),
    ("search, a word, channel and an hour", &["search", "refused", "--channel", "errors", "--since", "1h"]),
    ("search, nothing", &["search"]),
];

/// Writes a history of ten days that ends now.
fn write(folder: &Path, number: u64) -> u64 {
    let history = History::open(&folder.join("journal"));
    let apart = Duration::from_secs(10 * 24 * 60 * 60) / u32::try_from(number).expect("a number of events");
    let begin = Timestamp::now() - apart * u32::try_from(number).expect("a number of events");
    for first in (0..number).step_by(BATCH) {
        let events = (first..number.min(first + BATCH as u64)).map(event);
        history.deliver(events, begin + apart * u32::try_from(first).expect("a number"), apart);
    }
    drop(history);
    bytes_in(&folder.join("journal/v1/benches@/history"))
}

/// The events of a shop, with names and numbers that differ.
fn event(number: u64) -> Event {
    let customer = format!("customer{}", number * 7_919 % 50_000);
    let event = match number % 8 {
        0 | 4 => Event::invoice_created(format!("INV-2026-{number:07}"), Amount::from(12.5), &customer),
        1 | 5 => Event::system_event("Cache warmed", format!("{} entries in {} ms", number % 1_000, number % 97)),
        2 => {
            let error = io::Error::other(format!("connection refused by the bank of {customer}"));
            Event::error(&error, "Payment")
        }
        6 => Event::system_event("Backup", "is late").with_severity(Severity::Warning),
        _ => Event::user_action("Login").actor(&customer),
    };
    event.field("team", "billing").field("attempt", number % 5)
}

struct Machine<'a> {
    folder: &'a Path,
}

impl Machine<'_> {
    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_discord-log"));
        command.args(arguments).env_clear().env("DISCORD_JOURNAL", self.folder.join("journal"));
        command.env("XDG_CACHE_HOME", self.folder.join("cache")).current_dir(self.folder).stdin(Stdio::null());
        let output = command.output().expect("the command runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn median(&self, arguments: &[&str]) -> Duration {
        let mut times: Vec<_> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                self.run(arguments);
                start.elapsed()
            })
            .collect();
        times.sort();
        times.get(ROUNDS / 2).copied().unwrap_or_default()
    }

    fn index_bytes(&self) -> u64 {
        bytes_in(&self.folder.join("cache/discord-log"))
    }
}

fn bytes_in(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("a folder");
    files.map(|file| file.expect("a file").metadata().expect("its size").len()).sum()
}

fn rate(number: u64, time: Duration) -> String {
    format!("{:.0} events/s", number as f64 / time.as_secs_f64())
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

fn row(what: &str, figure: &str, note: &str) {
    println!("{what:<38} {figure:>18}  {note}");
}

const BATCH: usize = 1_000;
const ROUNDS: usize = 5;
