//! A program that tells everything to `tracing` and to `log` from several threads, as long as `SECONDS` says: to a sink
//! beside Discord, at every level, with nothing filtered out. It says what it tells before it does, and how it went.

use std::error::Error;
use std::io::{Write, stdout};
use std::thread;
use std::time::{Duration, Instant};

use tracing::Level;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt, registry};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let discord = discord_log::tracing_layer().messages_from(Level::TRACE);
    registry().with(fmt::layer().with_writer(std::io::sink)).with(discord).init();
    discord_log::log_bridge().messages_from(log::Level::Trace).with(Sink).install()?;
    let guard = discord_log::init()?;
    let seconds = std::env::var("SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(5);
    let until = Instant::now() + Duration::from_secs(seconds);
    let workers: Vec<_> = (0..WORKERS).map(|worker| thread::spawn(move || work(worker, until))).collect();
    let mut told = 0;
    for worker in workers {
        told += worker.join().map_err(|_| "a worker panicked")??;
    }
    say(&format!("told {told}"))?;
    let flushed = discord_log::flush(Duration::from_secs(30));
    say(&format!("{flushed:?}"))?;
    say(&format!("accepted {}", discord_log::health().accepted))?;
    drop(guard);
    Ok(())
}

fn work(worker: u64, until: Instant) -> Result<u64, std::io::Error> {
    let span = tracing::info_span!("work", worker);
    let _inside = span.enter();
    let mut told = 0;
    while Instant::now() < until {
        let numbers = told + 1..=told + BATCH;
        told += BATCH;
        let titles: Vec<_> = numbers.map(|number| format!("ev{worker}n{number}")).collect();
        say(&format!("issued {}", titles.join(" ")))?;
        for (title, way) in titles.iter().zip((0..WAYS).cycle()) {
            tell(title, way);
        }
        thread::sleep(PAUSE);
    }
    Ok(told)
}

fn tell(title: &str, way: u64) {
    match way {
        0 => tracing::trace!(size = title.len(), "{title}"),
        1 => tracing::debug!(discord = "activity", "{title}"),
        2 => tracing::info!(target: "orders", "{title}"),
        3 => log::trace!("{title}"),
        _ => log::info!(discord = "finance"; "{title}"),
    }
}

/// The program's own logger, which writes nowhere.
struct Sink;

impl log::Log for Sink {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let _ = writeln!(std::io::sink(), "{}", record.args());
    }

    fn flush(&self) {}
}

fn say(line: &str) -> Result<(), std::io::Error> {
    let mut out = stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

const WORKERS: u64 = 3;
const BATCH: u64 = 10;
const WAYS: u64 = 5;
const PAUSE: Duration = Duration::from_millis(150);
