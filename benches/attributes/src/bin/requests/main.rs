//! Measures what the request middlewares cost a real server: the same routes without one and with it, asked in turn over
//! real sockets by a real client.
//!
//! Each server has a thread of its own, whose processor time is read from the system, so that what else the machine does
//! is not counted. Requests a second are compared pair by pair, and the pair in the middle counts.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program that measures, and ends when it cannot")]

mod client;
mod servers;

use std::time::Duration;

use attributes_bench::side_by_side::{hanging, start};

use crate::client::{Client, Round};
use crate::servers::Server;

fn main() {
    let guard = start(hanging());
    println!(
        "| server | requests/s | in a context | of it, the pair in the middle | goal | processor time a request | added | goal | ok |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|---|");
    compare("axum", &Server::axum(false), &Server::axum(true));
    compare("actix-web", &Server::actix(false), &Server::actix(true));
    let _ = guard.shutdown(Duration::ZERO);
}

/// Asks two servers in turn, and prints how they differ.
fn compare(framework: &str, bare: &Server, in_context: &Server) {
    let (mut of_bare, mut of_context) = (Vec::new(), Vec::new());
    let (mut bare, mut in_context) = (Client::of(bare), Client::of(in_context));
    for pair in 0..WARMING + PAIRS {
        // Each of them goes first as often as the other.
        let (one, other) = if pair % 2 == 0 {
            let one = bare.round();
            (one, in_context.round())
        } else {
            let other = in_context.round();
            (bare.round(), other)
        };
        if pair >= WARMING {
            of_bare.push(one);
            of_context.push(other);
        }
    }
    let ratios = of_bare.iter().zip(&of_context).map(|(bare, in_context)| in_context.rate / bare.rate);
    let part = median(ratios.collect());
    let least = |rounds: &[Round]| rounds.iter().map(|round| round.busy_micros).fold(f64::INFINITY, f64::min);
    let rate = |rounds: &[Round]| median(rounds.iter().map(|round| round.rate).collect());
    let (busy, added) = (least(&of_bare), least(&of_context) - least(&of_bare));
    let verdict = if part >= LEAST_PART && added <= MOST_ADDED_MICROS { "ok" } else { "no" };
    println!(
        "| {framework} | {:.0} | {:.0} | {:.1} % | ≥ {:.0} % | {busy:.1} µs | {added:+.1} µs | ≤ {MOST_ADDED_MICROS:.0} µs | {verdict} |",
        rate(&of_bare),
        rate(&of_context),
        100.0 * part,
        100.0 * LEAST_PART,
    );
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

const PAIRS: usize = 200;
/// Pairs in which connections and caches come to be what they will be.
const WARMING: usize = 5;
const LEAST_PART: f64 = 0.97;
const MOST_ADDED_MICROS: f64 = 3.0;
