//! What every annotated function did, in numbers: one static a function, counted without a lock.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::in_seconds;

/// How an annotated function did since the process started.
///
/// Generic functions are counted once for all their types. A function that was never called while the logger ran is
/// not listed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FunctionHealth {
    /// Path of the module that it is in.
    pub module: &'static str,
    /// Its name.
    pub function: &'static str,
    /// The source file, as the compiler was given it.
    pub file: &'static str,
    /// The line of its attribute, from 1.
    pub line: u32,
    /// Calls that came to an end; not counted under `log_errors` alone.
    pub calls: Option<u64>,
    /// Calls that returned an error which `skip_if` did not excuse.
    pub failures: u64,
    /// Calls that ended in a panic.
    pub panics: u64,
    /// Futures that were polled and dropped before their end.
    pub cancelled: u64,
    /// Calls that took longer than the threshold of `log_performance`.
    pub slow: u64,
    /// How long calls took; nothing under `log_errors` alone.
    pub latency: Option<Latency>,
    /// Where the time of futures went; nothing for functions that are not async.
    pub polled: Option<Polled>,
}

/// How long the calls of a function took: each the upper edge of its bucket, at most half as much again as the truth.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Latency {
    /// Half of the calls took no longer.
    #[serde(serialize_with = "in_seconds")]
    pub p50: Duration,
    /// 95 of 100 calls took no longer.
    #[serde(serialize_with = "in_seconds")]
    pub p95: Duration,
    /// 99 of 100 calls took no longer.
    #[serde(serialize_with = "in_seconds")]
    pub p99: Duration,
    /// No call took longer.
    #[serde(serialize_with = "in_seconds")]
    pub most: Duration,
}

/// Where the time of all ended futures of a function went.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Polled {
    /// From the first poll to the end.
    #[serde(serialize_with = "in_seconds")]
    pub wall: Duration,
    /// Within polls; the rest was waiting.
    #[serde(serialize_with = "in_seconds")]
    pub busy: Duration,
}

/// Counts the calls of one function. Relaxed everywhere: each number is right by itself.
#[derive(Debug)]
pub struct Tally {
    is_known: AtomicBool,
    buckets: [AtomicU64; BUCKETS],
    failures: AtomicU64,
    panics: AtomicU64,
    cancelled: AtomicU64,
    slow: AtomicU64,
    wall_nanos: AtomicU64,
    busy_nanos: AtomicU64,
}

/// Where a function is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) module: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

/// What was counted of one function so far.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Tallied {
    pub(crate) buckets: [u64; BUCKETS],
    pub(crate) failures: u64,
    pub(crate) panics: u64,
    pub(crate) cancelled: u64,
    pub(crate) slow: u64,
}

impl Default for Tallied {
    fn default() -> Self {
        Self { buckets: [0; BUCKETS], failures: 0, panics: 0, cancelled: 0, slow: 0 }
    }
}

static KNOWN: Mutex<Vec<(Function, &'static Tally)>> = Mutex::new(Vec::new());

impl Tally {
    /// Starts at nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            is_known: AtomicBool::new(false),
            buckets: [const { AtomicU64::new(0) }; BUCKETS],
            failures: AtomicU64::new(0),
            panics: AtomicU64::new(0),
            cancelled: AtomicU64::new(0),
            slow: AtomicU64::new(0),
            wall_nanos: AtomicU64::new(0),
            busy_nanos: AtomicU64::new(0),
        }
    }

    /// Says whether the function is listed already.
    #[inline]
    pub(crate) fn is_known(&self) -> bool {
        self.is_known.load(Ordering::Relaxed)
    }

    /// Counts a call by how long it took.
    #[inline]
    pub(crate) fn count(&self, nanos: u64) {
        if let Some(bucket) = self.buckets.get(bucket(nanos)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts where the time of a future went.
    #[inline]
    pub(crate) fn spend(&self, wall_nanos: u64, busy_nanos: u64) {
        self.wall_nanos.fetch_add(wall_nanos, Ordering::Relaxed);
        self.busy_nanos.fetch_add(busy_nanos, Ordering::Relaxed);
    }

    pub(crate) fn fail(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn panic(&self) {
        self.panics.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn slow(&self) {
        self.slow.fetch_add(1, Ordering::Relaxed);
    }

    /// Lists the function in [`Health::functions`](super::Health::functions); once.
    pub(crate) fn introduce(&'static self, function: Function) {
        if !self.is_known.swap(true, Ordering::Relaxed) {
            KNOWN.lock().unwrap_or_else(PoisonError::into_inner).push((function, self));
        }
    }

    fn tallied(&self) -> Tallied {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Tallied {
            buckets: self.buckets.each_ref().map(read),
            failures: read(&self.failures),
            panics: read(&self.panics),
            cancelled: read(&self.cancelled),
            slow: read(&self.slow),
        }
    }

    fn health(&self, function: Function) -> FunctionHealth {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let buckets: Vec<u64> = self.buckets.iter().map(read).collect();
        let calls: u64 = buckets.iter().sum();
        let polled = Polled {
            wall: Duration::from_nanos(read(&self.wall_nanos)),
            busy: Duration::from_nanos(read(&self.busy_nanos)),
        };
        FunctionHealth {
            module: function.module,
            function: function.name,
            file: function.file,
            line: function.line,
            calls: (calls > 0).then_some(calls),
            failures: read(&self.failures),
            panics: read(&self.panics),
            cancelled: read(&self.cancelled),
            slow: read(&self.slow),
            latency: latency(&buckets, calls),
            polled: (polled.wall > Duration::ZERO).then_some(polled),
        }
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

/// Gives how every function did that was called, by module and name.
pub(super) fn functions() -> Vec<FunctionHealth> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let sorted: BTreeMap<_, _> =
        known.iter().map(|(of, tally)| ((of.module, of.name, of.file, of.line), tally.health(*of))).collect();
    sorted.into_values().collect()
}

/// Gives what was counted of every function that was called, in no order.
pub(crate) fn tallied() -> Vec<(Function, Tallied)> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.iter().map(|(function, tally)| (*function, tally.tallied())).collect()
}

/// Two buckets a doubling, from 64 nanoseconds to four minutes; what is shorter or longer goes into the outermost.
pub(crate) const BUCKETS: usize = 64;
/// Buckets that would lie below the first.
const BELOW: u32 = 12;

#[inline]
fn bucket(nanos: u64) -> usize {
    let nanos = nanos | 3;
    let doubling = nanos.ilog2();
    let upper_half = (nanos >> (doubling - 1)) & 1;
    (doubling * 2 + upper_half as u32).saturating_sub(BELOW).min(BUCKETS as u32 - 1) as usize
}

/// The longest time that goes into a bucket.
fn upper_edge(bucket: usize) -> Duration {
    let place = bucket as u32 + BELOW + 1;
    let (doubling, upper_half) = (place / 2, u64::from(place % 2));
    Duration::from_nanos((1 << doubling) + upper_half * (1 << (doubling - 1)))
}

/// Gives how long no more than so many of a hundred calls took, as the upper edge of a bucket; nothing of no calls.
pub(crate) fn quantile(buckets: &[u64], hundredths: u64) -> Option<Duration> {
    let calls: u64 = buckets.iter().sum();
    let rank = (u128::from(calls) * u128::from(hundredths)).div_ceil(100);
    let sums = buckets.iter().scan(0, |sum, count| {
        *sum += u128::from(*count);
        Some(*sum)
    });
    let reached = sums.enumerate().find(|(_, sum)| *sum >= rank && *sum > 0);
    reached.map(|(bucket, _)| upper_edge(bucket))
}

fn latency(buckets: &[u64], calls: u64) -> Option<Latency> {
    if calls == 0 {
        return None;
    }
    let quantile = |hundredths| quantile(buckets, hundredths);
    Some(Latency { p50: quantile(50)?, p95: quantile(95)?, p99: quantile(99)?, most: quantile(100)? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantiles_are_within_half_of_the_truth() {
        let tally = Tally::new();
        for micros in 1..=1_000 {
            tally.count(micros * 1_000);
        }
        let function = Function { name: "f", module: "m", file: "f.rs", line: 1 };
        let health = tally.health(function);
        assert_eq!(health.calls, Some(1_000));
        let latency = health.latency.expect("it was called");
        for (found, truth) in [(latency.p50, 500), (latency.p95, 950), (latency.p99, 990), (latency.most, 1_000)] {
            let truth = Duration::from_micros(truth);
            assert!(found >= truth && found <= truth * 3 / 2, "{found:?} for {truth:?}");
        }
    }

    #[test]
    fn a_function_under_log_errors_alone_has_no_latency() {
        let tally = Tally::new();
        tally.fail();
        let health = tally.health(Function { name: "f", module: "m", file: "f.rs", line: 1 });
        assert_eq!((health.calls, health.failures, health.latency), (None, 1, None));
    }

    proptest! {
        #[test]
        fn every_time_lies_in_its_bucket(nanos: u64) {
            let bucket = bucket(nanos);
            prop_assert!(bucket == BUCKETS - 1 || Duration::from_nanos(nanos) <= upper_edge(bucket));
            prop_assert!(bucket == 0 || Duration::from_nanos(nanos) >= upper_edge(bucket - 1));
        }
    }
}
