//! How annotated functions did: what every process counted each minute, added up.

use std::collections::BTreeMap;
use std::time::Duration;

use super::figures::{FunctionFigures, Quantiles};
use crate::health::{BUCKETS, quantile};
use crate::record::FunctionCounts;

/// A histogram of latencies.
pub(super) type Buckets = [u64; BUCKETS];

/// Adds up what was counted of functions, by module and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Functions {
    known: BTreeMap<(String, String), Function>,
}

#[derive(Clone, Debug)]
struct Function {
    buckets: Buckets,
    failures: u64,
    panics: u64,
    cancelled: u64,
    slow: u64,
}

impl Functions {
    pub(super) fn take(&mut self, counts: &FunctionCounts) {
        let name = (counts.module.clone(), counts.function.clone());
        if self.known.len() >= MOST && !self.known.contains_key(&name) {
            return;
        }
        let function = self.known.entry(name).or_insert_with(Function::new);
        add(&mut function.buckets, counts);
        function.failures += counts.failures;
        function.panics += counts.panics;
        function.cancelled += counts.cancelled;
        function.slow += counts.slow;
    }

    /// Counts calls and those that failed or panicked.
    pub(super) fn calls(&self) -> (u64, u64) {
        let calls = self.known.values().map(|function| function.calls()).sum();
        (calls, self.known.values().map(|function| function.failures + function.panics).sum())
    }

    /// Lists those whose slow calls were slowest.
    pub(super) fn slowest(&self, most: usize) -> Vec<FunctionFigures> {
        let mut timed: Vec<_> = self.figures().filter(|function| function.latency.is_some()).collect();
        timed.sort_by_key(|function| std::cmp::Reverse(function.latency.map(|latency| latency.p95)));
        timed.truncate(most);
        timed
    }

    /// Lists those that failed most.
    pub(super) fn most_failing(&self, most: usize) -> Vec<FunctionFigures> {
        let mut failing: Vec<_> = self.figures().filter(|function| function.failures + function.panics > 0).collect();
        failing.sort_by_key(|function| std::cmp::Reverse(function.failures + function.panics));
        failing.truncate(most);
        failing
    }

    fn figures(&self) -> impl Iterator<Item = FunctionFigures> {
        self.known.iter().map(|((module, name), function)| FunctionFigures {
            module: module.clone(),
            function: name.clone(),
            calls: function.calls(),
            failures: function.failures,
            panics: function.panics,
            cancelled: function.cancelled,
            slow: function.slow,
            latency: quantiles(&function.buckets),
        })
    }
}

impl Function {
    const fn new() -> Self {
        Self { buckets: [0; BUCKETS], failures: 0, panics: 0, cancelled: 0, slow: 0 }
    }

    fn calls(&self) -> u64 {
        self.buckets.iter().sum()
    }
}

/// Adds the calls of a function to a histogram.
pub(super) fn add(buckets: &mut Buckets, counts: &FunctionCounts) {
    for (bucket, calls) in &counts.buckets {
        if let Some(own) = buckets.get_mut(*bucket) {
            *own = own.saturating_add(*calls);
        }
    }
}

/// Reads a histogram; nothing of one without calls.
pub(super) fn quantiles(buckets: &Buckets) -> Option<Quantiles> {
    let nanos = |hundredths| quantile(buckets, hundredths).map(|time: Duration| time.as_nanos() as u64);
    Some(Quantiles { p50: nanos(50)?, p95: nanos(95)?, p99: nanos(99)? })
}

/// Functions that are told apart.
const MOST: usize = 5_000;
