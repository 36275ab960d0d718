//! Which errors a day had, and which of them the days before had as well.

use std::collections::BTreeMap;

use super::figures::ProblemFigures;
use crate::event::Event;
use crate::reduce::Fingerprint;

/// Tells problems apart by their fingerprints, in bounded memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Problems {
    known: BTreeMap<Fingerprint, Problem>,
    /// Occurrences on the day of problems for which there was no room.
    others: u64,
}

#[derive(Clone, Debug, Default)]
struct Problem {
    /// Occurrences on the day.
    count: u64,
    /// An earlier day had it, too.
    is_old: bool,
    title: String,
    text: String,
}

impl Problems {
    /// Takes in an error of the day, or of one before it.
    pub(super) fn take(&mut self, event: &Event, occurrences: u64, is_of_the_day: bool) {
        let Some(fingerprint) = Fingerprint::of(event) else { return };
        if self.known.len() >= MOST && !self.known.contains_key(&fingerprint) {
            self.others += if is_of_the_day { occurrences } else { 0 };
            return;
        }
        let problem = self.known.entry(fingerprint).or_default();
        if !is_of_the_day {
            problem.is_old = true;
            return;
        }
        if problem.count == 0 {
            problem.title = cut(title(event));
            problem.text = cut(text(event));
        }
        problem.count += occurrences;
    }

    /// Counts problems of the day that are new, and those that are not.
    pub(super) fn numbers(&self) -> (u64, u64) {
        let (old, new): (Vec<_>, Vec<_>) =
            self.known.values().filter(|problem| problem.count > 0).partition(|problem| problem.is_old);
        (new.len() as u64, old.len() as u64)
    }

    /// Lists those of the day, the most frequent of the new ones first.
    pub(super) fn top(&self, most: usize) -> Vec<ProblemFigures> {
        let mut top: Vec<_> = self.known.values().filter(|problem| problem.count > 0).collect();
        top.sort_by_key(|problem| (problem.is_old, std::cmp::Reverse(problem.count)));
        let figures = |problem: &Problem| ProblemFigures {
            title: problem.title.clone(),
            text: problem.text.clone(),
            count: problem.count,
            is_new: !problem.is_old,
        };
        top.into_iter().take(most).map(figures).collect()
    }
}

/// What was being done, or what else names it.
fn title(event: &Event) -> &str {
    let context = event.error_report().and_then(|report| report.contexts().next());
    let function = event.place().and_then(|place| place.function);
    let said = |text: Option<&'_ str>| text.is_some_and(|text| !text.trim().is_empty());
    [context, event.title(), function].into_iter().find(|text| said(*text)).flatten().unwrap_or_default()
}

fn text(event: &Event) -> &str {
    let error = event.error_report().map(|report| report.message());
    error.or_else(|| event.text()).unwrap_or_default()
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

/// Problems that are told apart.
const MOST: usize = 20_000;
/// Characters that are kept of a text.
const MOST_CHARACTERS: usize = 200;
