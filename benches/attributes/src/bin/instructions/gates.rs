//! The figures beside their gates.

use std::collections::BTreeMap;

use crate::callgrind;
use crate::cases::Case;

/// A figure: a case over another one.
struct Gate {
    name: &'static str,
    case: &'static str,
    over: &'static str,
    /// What it should not be above; nothing where the count is told without a goal.
    goal: Option<u32>,
    /// What it must not be above, where the goal is not reached: so that it gets no worse.
    held_at: Option<u32>,
}

impl Gate {
    const fn at_most(goal: u32, name: &'static str, case: &'static str, over: &'static str) -> Self {
        Self { name, case, over, goal: Some(goal), held_at: None }
    }

    const fn held_at(mut self, count: u32) -> Self {
        self.held_at = Some(count);
        self
    }

    const fn told(name: &'static str, case: &'static str, over: &'static str) -> Self {
        Self { name, case, over, goal: None, held_at: None }
    }

    /// Lets a tenth more pass, rounded up.
    fn limit(&self) -> Option<u32> {
        self.held_at.or(self.goal).map(|goal| (goal * 11).div_ceil(10))
    }
}

const GATES: [Gate; 23] = [
    Gate::at_most(5, "off: `log_errors`, Ok", "off-errors", "bare"),
    Gate::at_most(15, "off: `log_activity`, Ok", "off-activity", "bare"),
    Gate::at_most(15, "off: `log_performance`, Ok", "off-performance", "bare"),
    Gate::told("off: all three, Ok", "off-stacked", "bare"),
    Gate::at_most(15, "off: `log_errors`, Err", "off-errors-err", "bare-err"),
    Gate::at_most(25, "off, async: `log_errors`, Ok", "off-errors-async", "bare-async").held_at(37),
    Gate::at_most(25, "off, async: `log_activity`, Ok", "off-activity-async", "bare-async").held_at(37),
    Gate::at_most(25, "off, async: `log_performance`, Ok", "off-performance-async", "bare-async").held_at(37),
    Gate::told("off, async: all three, Ok", "off-stacked-async", "bare-async"),
    Gate::told("on: `log_errors`, Ok", "on-errors", "bare"),
    Gate::told("on, async: `log_errors`, Ok", "on-errors-async", "bare-async"),
    Gate::at_most(145, "on: `log_performance`, below its threshold", "on-performance", "bare"),
    Gate::told("on, async: `log_performance`, below its threshold", "on-performance-async", "bare-async"),
    Gate::told("on: all three, Ok, with the activity event", "on-stacked", "bare"),
    Gate::told("the error's `Display`, into a `String`", "display-err", "bare-err"),
    Gate::told("on: `log_errors`, Err, the same all the time", "on-errors-same", "bare-err"),
    Gate::at_most(1_200, "on: `log_errors`, Err, into the queue", "on-errors-err", "bare-err").held_at(2_300),
    Gate::at_most(0, "an event of `tracing` that the layer and `fmt` filter out", "told-unwanted", "fmt-unwanted"),
    Gate::at_most(0, "one that `fmt` writes and the layer filters out", "told-filtered", "idle-filtered"),
    Gate::told("the same, and a filter more", "told-filtered", "fmt-written"),
    Gate::told("one that the layer may keep for a report, where none can follow", "told-kept", "fmt-written"),
    Gate::told("one that it takes, into the queue", "told-taken", "fmt-taken").held_at(6_200),
    Gate::told("a request to axum, in a context", "request-in-context", "request-bare").held_at(12_000),
];

/// Counts every case, prints the table, and says whether all gates hold.
pub(crate) fn judge() -> Result<bool, String> {
    let mut counted = BTreeMap::new();
    for name in GATES.iter().flat_map(|gate| [gate.case, gate.over]) {
        if !counted.contains_key(name) {
            let case = Case::named(name).ok_or_else(|| format!("there is no case `{name}`"))?;
            counted.insert(name, callgrind::per_call(case)?);
        }
    }
    println!("| instructions a call | in all | over bare | goal | gate | ok |");
    println!("|---|--:|--:|--:|--:|---|");
    let mut holds = true;
    for gate in GATES {
        let of = |name| counted.get(name).copied().unwrap_or(f64::NAN);
        let over = of(gate.case) - of(gate.over);
        let number = |number: Option<u32>| number.map(|number| format!("≤ {number}")).unwrap_or_default();
        let verdict = match gate.limit() {
            Some(limit) if over <= f64::from(limit) => "ok",
            Some(_) => "no",
            None => "",
        };
        holds &= verdict != "no";
        let Gate { name, case, goal, .. } = gate;
        println!("| {name} | {:.1} | {over:+.1} | {} | {} | {verdict} |", of(case), number(goal), number(gate.limit()));
    }
    Ok(holds)
}
