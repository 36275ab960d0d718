//! A million calls from two threads, while Discord takes connections and never answers.

use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use discord_log::Config;

use crate::events::log_mixed;
use crate::process::{self, memory};
use crate::table::Row;

const THREADS: u64 = 2;
const CALLS: u64 = 1_000_000;
/// How often a paced thread wakes; a thread that spins would take the core that the logger needs.
const TICK: Duration = Duration::from_millis(1);

/// Logs as fast as possible, or so many a second.
pub(crate) fn measure(pace: Option<u64>) -> Vec<Row> {
    let name = if pace.is_some() { "flood, paced" } else { "flood" };
    let journal = process::folder(&name.replace(", ", "-"));
    let settings = Config::builder().variables(webhooks(hanging())).service("benches");
    let config = settings.journal(journal.to_string_lossy()).build().expect("settings");
    let guard = discord_log::init_with(config).expect("a logger");
    // Until the journal is open and the threads sleep.
    thread::sleep(Duration::from_millis(300));

    // Written to once, so that the figures themselves do not count as memory that was added.
    let mut times = vec![1_u32; usize::try_from(CALLS).unwrap_or_default()];
    let before = memory("VmHWM");
    let start = Instant::now();
    thread::scope(|scope| {
        for part in times.chunks_mut(usize::try_from(CALLS / THREADS).unwrap_or(usize::MAX)) {
            scope.spawn(move || call(part, pace.map(|pace| pace / THREADS)));
        }
    });
    let time = start.elapsed();
    let added = memory("VmHWM") - before;
    let own = cost_of_measuring();
    // Without this time the recorder would be measured in the midst of its work.
    thread::sleep(Duration::from_secs(1));
    drop(guard);
    let health = discord_log::health();
    let added_in_all = memory("VmHWM") - before;
    let kept = process::events_on_disk(&journal);
    process::remove(&journal);

    times.sort_unstable();
    let quantile = |of: f64| f64::from(times.get((CALLS as f64 * of) as usize).copied().unwrap_or_default());
    let lost: u64 = health.lost.values().sum();
    let is_right = health.accepted == CALLS && health.delivered + health.buried + kept + lost == CALLS;
    vec![
        Row::plain(format!("{name}: calls a second"), format!("{:.0}", CALLS as f64 / time.as_secs_f64())),
        Row::at_most(format!("{name}: memory added by the calls"), added, 32.0, "MiB"),
        Row::at_most(format!("{name}: memory added until the end"), added_in_all, 32.0, "MiB"),
        Row::plain(format!("{name}: cost of measuring"), format!("{own} ns, in what follows")),
        Row::plain(format!("{name}: p50"), format!("{} ns", quantile(0.5))),
        Row::at_most(format!("{name}: p99"), quantile(0.99), 5_000.0, "ns"),
        Row::plain(format!("{name}: p99.9"), format!("{} ns", quantile(0.999))),
        Row::plain(format!("{name}: longest"), format!("{} ns", times.last().copied().unwrap_or_default())),
        Row::plain(format!("{name}: events in files at the end"), kept.to_string()),
        Row::holds(format!("{name}: accounted for"), is_right, health.to_string()),
    ]
}

fn call(times: &mut [u32], pace: Option<u64>) {
    let start = Instant::now();
    for (number, time) in (0_u64..).zip(times) {
        if let Some(pace) = pace {
            let due = |now: Instant| (now - start).as_secs_f64() * pace as f64;
            while due(Instant::now()) < number as f64 {
                thread::sleep(TICK);
            }
        }
        let before = Instant::now();
        log_mixed(number);
        *time = nanoseconds(before.elapsed());
    }
}

/// What two readings of the clock cost: the median of many.
fn cost_of_measuring() -> u32 {
    let mut times: Vec<_> = (0..10_001).map(|_| nanoseconds(Instant::now().elapsed())).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn nanoseconds(time: Duration) -> u32 {
    u32::try_from(time.as_nanos()).unwrap_or(u32::MAX)
}

/// Listens, and answers nobody.
fn hanging() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    thread::spawn(move || {
        let open: Vec<_> = listener.incoming().collect();
        drop(open);
    });
    address
}

/// A webhook a channel, all at one address.
pub(crate) fn webhooks(address: SocketAddr) -> [(&'static str, String); 4] {
    let url = |id: u8| format!("http://{address}/api/webhooks/{id}/token-of-a-measurement");
    [
        ("DISCORD_WEBHOOK_FINANCE", url(1)),
        ("DISCORD_WEBHOOK_SYSTEM", url(2)),
        ("DISCORD_WEBHOOK_ERRORS", url(3)),
        ("DISCORD_WEBHOOK_ACTIVITY", url(4)),
    ]
}
