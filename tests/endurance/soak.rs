//! A long run through every kind of trouble.

use std::env;
use std::thread::sleep;
use std::time::{Duration, Instant};

use discord_log_preview::Fault;

use crate::program::Program;
use crate::world::{Numbers, World};

#[test]
#[ignore = "runs for ten minutes; CI runs one"]
fn a_long_run_through_every_trouble_loses_nothing_and_keeps_its_size() {
    let seconds = env::var("SOAK_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(600);
    let mut numbers = Numbers::new("soak");
    let mut world = World::start();
    world.set("DISCORD_TIMEOUT", "2");
    let mut soak = Soak { lives: 0, deaths: 0, faults: 0, sizes: Vec::new(), grown: 0 };
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut program = soak.start(&mut world);
    let mut dies_at = Instant::now() + lifetime(&mut numbers, seconds);
    while Instant::now() < end {
        let step = Instant::now() + Duration::from_millis(numbers.of(200..1_500));
        if numbers.of(0..3) > 0 {
            let fault = trouble(&mut numbers);
            println!("{:>6} ms: {}", soak.faults, fault.kind().name());
            soak.faults += 1;
            world.discord.fault(fault);
        }
        while Instant::now() < step {
            soak.measure(&program);
            sleep(Duration::from_millis(50));
        }
        world.discord.clear_faults();
        if Instant::now() > dies_at {
            if numbers.of(0..2) == 0 {
                program.kill();
            } else {
                program.signal("TERM");
                program.wait();
            }
            soak.bury();
            let waiting = world.waiting_titles();
            world.notes.read().ledger.oblige(waiting);
            program = soak.start(&mut world);
            dies_at = Instant::now() + lifetime(&mut numbers, seconds);
        }
    }
    program.kill();
    soak.bury();
    world.drain("last");
    let verdict = world.judge();
    println!(
        "{seconds} s, {} deaths, {} faults, {} requests; memory grew by {} KiB at most within a life",
        soak.deaths,
        soak.faults,
        world.discord.requests().len(),
        soak.grown
    );
    verdict.check();
    assert!(world.waiting().is_empty(), "{:?}", world.waiting());
    assert!(soak.grown <= MOST_GROWTH, "memory grew by {} KiB", soak.grown);
}

struct Soak {
    lives: u32,
    deaths: u32,
    faults: u32,
    /// Kilobytes, of the child that lives.
    sizes: Vec<u64>,
    grown: u64,
}

impl Soak {
    fn start(&mut self, world: &mut World) -> Program {
        self.lives += 1;
        let mut program = world.program(&format!("s{}", self.lives));
        program.expect_ready();
        program.tell("steady 10000000 200000000");
        program
    }

    fn measure(&mut self, program: &Program) {
        self.sizes.extend(program.memory());
    }

    /// Compares the last quarter of a life with its first, if it was long enough to say anything.
    fn bury(&mut self) {
        self.deaths += 1;
        let sizes = std::mem::take(&mut self.sizes);
        let quarter = sizes.len() / 4;
        if quarter >= LONG_ENOUGH {
            let first = sizes[..quarter].iter().max().copied().unwrap_or_default();
            let last = sizes[sizes.len() - quarter..].iter().max().copied().unwrap_or_default();
            println!("a life of {} looks: {first} KiB at first, {last} KiB at last", sizes.len());
            self.grown = self.grown.max(last.saturating_sub(first));
        }
    }
}

/// Some lives are short, some last for a third of the run.
fn lifetime(numbers: &mut Numbers, seconds: u64) -> Duration {
    Duration::from_millis(if numbers.of(0..3) == 0 { seconds * 1_000 / 3 } else { numbers.of(500..8_000) })
}

/// Everything that may happen to a service whose webhooks are there and whose messages are right.
fn trouble(numbers: &mut Numbers) -> Fault {
    let pause = Duration::from_millis(numbers.of(100..1_500));
    let fault = match numbers.of(0..20) {
        0 | 1 => return Fault::connection_refused(),
        2 => Fault::user_limit(pause),
        3 => Fault::channel_limit(pause),
        4 => Fault::global_limit(pause),
        5 => Fault::cloudflare_ban(Some(Duration::from_secs(1))),
        6 => Fault::connection_reset(),
        7 => Fault::connection_reset().after_storing(),
        8 => Fault::connection_closed(),
        9 => Fault::latency(pause),
        10 => Fault::unavailable(),
        11 => Fault::bad_gateway(),
        12 => Fault::gateway_timeout(),
        13 => Fault::hang(),
        14 => Fault::trickle(8, Duration::from_millis(100)),
        15 => Fault::truncated(),
        16 => Fault::garbage(),
        17 => Fault::oversized(1 << 26),
        18 => Fault::no_content(),
        _ => Fault::internal_error().times(1),
    };
    let fault = fault.only("POST");
    match numbers.of(0..5) {
        0 => fault,
        one => fault.in_channel(crate::world::CHANNELS[one as usize - 1]),
    }
}

/// Kilobytes.
const MOST_GROWTH: u64 = 8 * 1_024;
/// Looks in a quarter, of which there are twenty a second.
const LONG_ENOUGH: usize = 20;
