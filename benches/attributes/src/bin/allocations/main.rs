//! Counts the bytes that the doors allocate on their caller's thread, and holds them to the goals.
//!
//! By itself, since counting changes what an allocation costs.
#![expect(clippy::print_stdout, reason = "a program that counts")]

use std::process::ExitCode;

use attributes_bench::doors::{self, LevelFilter, Served, writing, writing_and_telling};
use attributes_bench::side_by_side::{hanging, start};

fn main() -> ExitCode {
    let guard = start(hanging());
    println!("| bytes allocated | in all | over without it | allocations | goal | ok |");
    println!("|---|--:|--:|--:|--:|---|");
    let request = Figure {
        name: "a request to axum, in a context",
        goal: 2_048,
        of: allocated(asking(Served::in_context())),
        beside: allocated(asking(Served::bare())),
    };
    let event = Figure {
        name: "an event of `tracing` that the layer takes",
        goal: 0,
        of: allocated(|calls| doors::under(&writing_and_telling(LevelFilter::INFO), 0, calls, doors::taken)),
        beside: allocated(|calls| doors::under(&writing(), 0, calls, doors::taken)),
    };
    let holds = request.print() & event.print();
    // It would write what Discord has not taken.
    std::mem::forget(guard);
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What one call allocates.
struct Allocated {
    bytes: f64,
    times: f64,
}

struct Figure {
    name: &'static str,
    goal: u32,
    of: Allocated,
    beside: Allocated,
}

impl Figure {
    /// Prints a line of the table, and says whether the goal is reached.
    fn print(&self) -> bool {
        let Self { name, goal, of, beside } = self;
        let (over, times) = (of.bytes - beside.bytes, of.times - beside.times);
        let holds = over <= f64::from(*goal);
        let verdict = if holds { "ok" } else { "no" };
        println!("| {name} | {:.0} | {over:+.0} | {times:+.1} | ≤ {goal} | {verdict} |", of.bytes);
        holds
    }
}

/// Counts a loop and one twice as long, so that what happens once cancels out.
fn allocated(mut run: impl FnMut(u64)) -> Allocated {
    let mut count = |calls| allocation_counter::measure(|| run(calls));
    let (short, long) = (count(CALLS), count(2 * CALLS));
    let a_call = |short: u64, long: u64| (long as f64 - short as f64) / CALLS as f64;
    Allocated { bytes: a_call(short.bytes_total, long.bytes_total), times: a_call(short.count_total, long.count_total) }
}

fn asking(mut served: Served) -> impl FnMut(u64) {
    move |calls| {
        for _ in 0..calls {
            served.ask();
        }
    }
}

/// Twice as many still fit into the ring.
const CALLS: u64 = 1_000;
