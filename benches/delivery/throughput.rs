//! The whole path at its full pace: events that are logged as fast as they are told, to a server that takes everything
//! at once. What they cost is the time that all threads of the process spent on a processor.
//!
//! The server is in the process that starts the others, so that its time is not counted; both share the processors, and
//! the server takes its part of them. The 40 requests a second that a process makes at most are lifted.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use discord_log::__bench::go_at_any_pace;
use discord_log::{Channel, Config, Event};

use crate::process;
use crate::table::Row;

/// Channels, each with a webhook.
const CHANNELS: u64 = 16;
/// How long it is looked at, after as long a start.
const TIME: Duration = Duration::from_secs(5);

/// How events are told, and what is to be reached.
struct Form {
    name: &'static str,
    /// The form follows from what waits and from how many messages a minute may go.
    rate_limit: u32,
    /// How many events wait in a channel.
    waiting: u64,
    most_micros: f64,
    least_a_second: f64,
}

const FORMS: [Form; 3] = [
    Form { name: "embeds", rate_limit: 6_000, waiting: 2_000, most_micros: 10.0, least_a_second: 50_000.0 },
    Form { name: "lines", rate_limit: 600, waiting: 6_000, most_micros: 10.0, least_a_second: 50_000.0 },
    Form { name: "files", rate_limit: 150, waiting: 12_000, most_micros: 1.0, least_a_second: 300_000.0 },
];

/// Lets a process log in every form.
pub(crate) fn measure() -> Vec<Row> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            thread::spawn(move || answer(&connection));
        }
    });
    let webhook = |id: u64| {
        let url = format!("http://{address}/api/webhooks/{}/token-of-a-measurement", id + 1);
        (format!("DISCORD_WEBHOOK_C{id}"), url)
    };
    FORMS
        .iter()
        .flat_map(|form| {
            let mut variables: Vec<_> = (0..CHANNELS).map(webhook).collect();
            variables.push(("DISCORD_RATE_LIMIT".to_owned(), form.rate_limit.to_string()));
            process::rows_of(&format!("throughput-{}", form.name), &variables)
        })
        .collect()
}

/// Logs, and says what it cost.
pub(crate) fn log(name: &str) -> Vec<Row> {
    let form = FORMS.iter().find(|form| form.name == name).expect("a form");
    go_at_any_pace();
    let settings =
        Config::from_env().service("benches").journal("memory").queue_size(100_000).shutdown_timeout(Duration::ZERO);
    let guard = discord_log::init_with(settings.build().expect("settings")).expect("a logger");
    let mut number = 0;
    let mut log_for = |time: Duration| {
        let start = Instant::now();
        while start.elapsed() < time {
            if discord_log::health().waiting > form.waiting * CHANNELS {
                thread::sleep(Duration::from_millis(10));
                continue;
            }
            // Fewer than the ring has room for.
            for _ in 0..256 {
                log_info(number);
                number += 1;
            }
            thread::sleep(Duration::from_millis(1));
        }
    };
    log_for(TIME);
    let (before, start, told) = (processor_time(), Instant::now(), ended());
    log_for(TIME);
    let (after, time, told) = (processor_time(), start.elapsed(), ended() - told);
    let health = discord_log::health();
    drop(guard);

    let micros = |nanos: u64| nanos as f64 / 1_000.0 / told.max(1) as f64;
    let spent = |thread: &str, now: &u64| now - before.get(thread).copied().unwrap_or_default();
    let all: u64 = after.iter().map(|(thread, now)| spent(thread, now)).sum();
    let name = format!("throughput: {name}");
    let mut rows = vec![
        Row::at_least(format!("{name}, told"), told as f64 / time.as_secs_f64(), form.least_a_second, "events/s"),
        Row::at_most(format!("{name}, processor time"), micros(all), form.most_micros, "µs an event"),
    ];
    let of_thread = |(thread, now): (&String, &u64)| {
        Row::plain(format!("{name}, of it in {thread}"), format!("{:.2} µs", micros(spent(thread, now))))
    };
    rows.extend(after.iter().map(of_thread));
    rows.push(Row::plain(format!("{name}, account"), health.to_string()));
    rows
}

fn log_info(number: u64) {
    let channel = Channel::named(&format!("c{}", number % CHANNELS));
    let event = Event::invoice_created("INV-2026-00417", 12.5, "Northwind BV").field("number", number);
    discord_log::log(event.in_channel(channel));
}

fn ended() -> u64 {
    let health = discord_log::health();
    health.delivered + health.merged
}

/// Nanoseconds on a processor, by the name of the thread.
///
/// Source: <https://docs.kernel.org/scheduler/sched-stats.html>.
fn processor_time() -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let read = |file: &str| fs::read_to_string(task.path().join(file)).unwrap_or_default();
        let time = read("schedstat").split_whitespace().next().and_then(|nanos| nanos.parse::<u64>().ok());
        *all.entry(read("comm").trim().to_owned()).or_default() += time.unwrap_or_default();
    }
    all
}

/// Takes whatever is posted.
fn answer(connection: &TcpStream) {
    let _ = connection.set_nodelay(true);
    let mut reader = BufReader::with_capacity(256 * 1024, connection);
    while serve(&mut reader, connection).is_ok() {}
}

fn serve(reader: &mut BufReader<&TcpStream>, mut connection: &TcpStream) -> io::Result<()> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
    let id = 1_290_000_000_000_000_000 + LAST.fetch_add(1, Ordering::Relaxed);
    let body = format!(r#"{{"id":"{id}"}}"#);
    write!(connection, "{HEAD}content-length: {}\r\n\r\n{body}", body.len())
}

static LAST: AtomicU64 = AtomicU64::new(0);

/// As of a webhook without limits.
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-ratelimit-limit: 1000\r\n\
                    x-ratelimit-remaining: 999\r\nx-ratelimit-reset-after: 1\r\n";
