//! Measures the way of an event from the call to Discord, and prints each figure beside its goal.
//!
//! ```text
//! cargo bench -p discord-log-benches --bench delivery              all of it, some minutes
//! cargo bench -p discord-log-benches --bench delivery -- flood     what is called so
//! ```
//!
//! Each part runs in a process of its own, so that memory, counters and the logger start afresh. The goals are for a
//! machine that does nothing else.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program that measures, and says so when it cannot")]

mod backlog;
mod burst;
mod disk;
mod events;
mod flood;
mod messages;
mod process;
mod redaction;
mod table;
mod throughput;

use table::Row;

/// Name, and what measures it.
type Part = (&'static str, fn() -> Vec<Row>);

const PARTS: [Part; 8] = [
    ("burst", || process::rows("burst")),
    ("backlog", backlog::measure),
    ("flood", || process::rows("flood")),
    ("paced-flood", || process::rows("paced-flood")),
    ("disk", || process::rows("disk")),
    ("messages", messages::measure),
    ("redaction", || process::rows("redaction")),
    ("throughput", throughput::measure),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == process::CHILD) {
        return part(arguments.get(1).map_or("", String::as_str));
    }
    // Tests of all targets run this as well, and did not ask for figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let wanted = arguments.iter().find(|argument| !argument.starts_with("--"));
    let mut rows = Vec::new();
    for (name, measure) in PARTS {
        if wanted.is_none_or(|wanted| name.contains(wanted.as_str())) {
            rows.extend(measure());
        }
    }
    table::print(&rows);
}

/// Runs in a process of its own.
fn part(name: &str) {
    match name {
        "burst" => table::tell(&burst::measure()),
        "backlog-fill" => backlog::fill(),
        "backlog-open" => backlog::open(),
        "flood" => table::tell(&flood::measure(None)),
        "paced-flood" => table::tell(&flood::measure(Some(100_000))),
        "disk" => table::tell(&disk::measure()),
        "redaction" => table::tell(&redaction::measure()),
        "throughput-embeds" => table::tell(&throughput::log("embeds")),
        "throughput-lines" => table::tell(&throughput::log("lines")),
        "throughput-files" => table::tell(&throughput::log("files")),
        other => println!("no part `{other}`"),
    }
}
