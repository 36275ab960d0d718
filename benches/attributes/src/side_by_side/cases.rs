//! Samples cases in turn, so that the noise of the machine hits all of them alike.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Refused;
use crate::functions::{bare, bare_driven, repeat};

use super::table::Row;

/// Whose cost is taken off: a case is compared with the bare function of its own form.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Called.
    Sync,
    /// Called, and its future driven to the end.
    Async,
}

/// Nanoseconds of one call.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// In the best round.
    pub min: f64,
    /// In the round in the middle.
    pub median: f64,
    /// Over all rounds.
    pub mean: f64,
}

/// The cases of one process; the bare functions are always the first two.
#[derive(Debug)]
pub struct Cases {
    cases: Vec<Case>,
    rounds: usize,
}

/// A function, and how it is called.
pub struct Case {
    name: String,
    form: Form,
    /// The case whose cost is taken off instead of the bare function's.
    beside: Option<&'static str>,
    goal: Option<f64>,
    /// Runs so many calls, with numbers from the first on.
    run: Box<dyn Fn(u64, u64)>,
    /// Calls a round.
    calls: u64,
    /// What waits after each round, outside of the time.
    pause: Duration,
    /// Counts what would make a round worthless.
    losses: fn() -> u64,
    next: u64,
    times: Vec<f64>,
}

impl Cases {
    /// Begins with the bare functions.
    #[expect(clippy::new_without_default, reason = "what it begins with is not nothing")]
    pub fn new() -> Self {
        let mut cases = Self { cases: Vec::new(), rounds: ROUNDS };
        cases.add("bare", Form::Sync, bare);
        cases.add("bare, async", Form::Async, bare_driven);
        cases
    }

    /// Only the sync form, in so many short rounds.
    pub fn in_rounds(rounds: usize, calls: u64) -> Self {
        let mut cases = Self { cases: Vec::new(), rounds };
        cases.add("bare", Form::Sync, bare).in_bursts(calls, Duration::ZERO);
        cases
    }

    /// Adds a function that is called for about a millisecond a round.
    pub fn add(
        &mut self,
        name: &str,
        form: Form,
        function: impl Fn(u64) -> Result<u64, Refused> + 'static,
    ) -> &mut Case {
        self.add_loop(name, form, move |first, calls| repeat(first, calls, &function))
    }

    /// Adds a loop of the case's own.
    pub fn add_loop(&mut self, name: &str, form: Form, run: impl Fn(u64, u64) + 'static) -> &mut Case {
        let case = Case {
            name: name.to_owned(),
            form,
            beside: None,
            goal: None,
            run: Box::new(run),
            calls: 0,
            pause: Duration::ZERO,
            losses: || 0,
            next: 0,
            times: Vec::new(),
        };
        self.cases.push(case);
        self.cases.last_mut().expect("the case that was added")
    }

    /// Samples all of them, and gives them with their figures.
    pub fn sample(mut self) -> Sampled {
        for case in &mut self.cases {
            case.calibrate();
        }
        for _ in 0..self.rounds {
            self.cases.iter_mut().for_each(Case::sample);
        }
        let figures = self.cases.iter_mut().map(|case| Figure::of(&mut case.times)).collect();
        Sampled { cases: self.cases, figures }
    }
}

impl Case {
    /// Sets what it may cost over the bare function.
    pub const fn within(&mut self, nanoseconds: f64) -> &mut Self {
        self.goal = Some(nanoseconds);
        self
    }

    /// Compares it with another case than the bare function, and the least times of both: what costs half a microsecond
    /// in both hides a difference of two nanoseconds in its median.
    pub const fn beside(&mut self, name: &'static str) -> &mut Self {
        self.beside = Some(name);
        self
    }

    /// Numbers its calls from here on.
    pub const fn from(&mut self, first: u64) -> &mut Self {
        self.next = first;
        self
    }

    /// Runs so many calls a round, and waits until the logger has taken them.
    pub const fn in_bursts(&mut self, calls: u64, pause: Duration) -> &mut Self {
        self.calls = calls;
        self.pause = pause;
        self
    }

    /// Repeats each round in which this number has changed.
    pub const fn without(&mut self, losses: fn() -> u64) -> &mut Self {
        self.losses = losses;
        self
    }

    fn calibrate(&mut self) {
        let mut calls = if self.calls > 0 { self.calls } else { 16 };
        while self.run(calls) < A_ROUND && self.calls == 0 {
            calls *= 2;
        }
        self.calls = calls;
    }

    fn sample(&mut self) {
        let mut attempts = 1;
        let time = loop {
            let before = (self.losses)();
            let time = self.run(self.calls);
            if (self.losses)() == before || attempts == ATTEMPTS {
                break time;
            }
            attempts += 1;
            thread::sleep(self.pause * attempts);
        };
        self.times.push(time.as_nanos() as f64 / self.calls as f64);
    }

    fn run(&mut self, calls: u64) -> Duration {
        let start = Instant::now();
        (self.run)(self.next, calls);
        let time = start.elapsed();
        self.next += calls;
        thread::sleep(self.pause);
        time
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).field("calls", &self.calls).finish_non_exhaustive()
    }
}

impl Figure {
    fn of(times: &mut [f64]) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |index: usize| times.get(index).copied().unwrap_or(f64::NAN);
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        Self { min: at(0), median: at(times.len() / 2), mean }
    }
}

/// Cases with their figures.
#[derive(Debug)]
pub struct Sampled {
    cases: Vec<Case>,
    figures: Vec<Figure>,
}

impl Sampled {
    /// The figure of a case by its name.
    pub fn figure(&self, name: &str) -> Figure {
        let found = self.cases.iter().zip(&self.figures).find(|(case, _)| case.name == name);
        *found.expect("a case of this name").1
    }

    /// What a case costs over the bare function.
    pub fn over_bare(&self, name: &str) -> f64 {
        self.figure(name).median - self.figure("bare").median
    }

    /// Judges a case anew, by a goal that another figure is part of.
    pub fn judge(&mut self, name: &str, goal: f64) {
        for case in self.cases.iter_mut().filter(|case| case.name == name) {
            case.goal = Some(goal);
        }
    }

    /// The lines of the table.
    pub fn rows(&self) -> Vec<Row> {
        let bare = |form| match form {
            Form::Sync => self.figure("bare"),
            Form::Async => self.figure("bare, async"),
        };
        let cases = self.cases.iter().zip(&self.figures);
        let row = |(case, figure): (&Case, &Figure)| match case.beside {
            Some(beside) => Row::least(&case.name, *figure, self.figure(beside), case.goal),
            None => Row::timed(&case.name, *figure, bare(case.form), case.goal),
        };
        cases.map(row).collect()
    }
}

/// Calls of a round whose events go into a queue; discord-log's has 4,096 places, of which errors have 512 for themselves.
pub const BURST: u64 = 1_000;
/// Time in which a queue empties; discord-log's recorder takes 512 events a millisecond.
pub const DRAIN: Duration = Duration::from_millis(15);

const ROUNDS: usize = 400;
/// How often a round is tried.
const ATTEMPTS: u32 = 20;
const A_ROUND: Duration = Duration::from_millis(1);
