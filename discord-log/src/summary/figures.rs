//! The figures of a day, as its event carries them: compact JSON in one field, so that journal, retries and restarts keep
//! them, and the message and its picture are made from them when they are sent.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::day::BySeverity;
use super::money::Flow;
use crate::event::Event;

/// What a day was like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) day: Date,
    /// The time zone whose day it is.
    pub(crate) zone: String,
    /// When the summary was due, if it is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) was_due: Option<Timestamp>,
    /// An earlier attempt may have been sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) may_repeat: bool,
    /// Events by channel and severity; the day before beside it.
    pub(crate) channels: BTreeMap<String, [BySeverity; 2]>,
    pub(crate) hours: Vec<Hour>,
    /// Problems that the fortnight before did not have, and those that it did.
    pub(crate) new_problems: u64,
    pub(crate) recurring_problems: u64,
    pub(crate) problems: Vec<ProblemFigures>,
    /// Calls of annotated functions, and those that failed; the day before beside it.
    pub(crate) calls: [(u64, u64); 2],
    pub(crate) slowest: Vec<FunctionFigures>,
    pub(crate) most_failing: Vec<FunctionFigures>,
    /// What was invoiced and received, the busiest currency first.
    pub(crate) money: Vec<MoneyFigures>,
    /// Currencies that are not listed.
    pub(crate) more_currencies: u64,
    /// Amounts that are none.
    pub(crate) unreadable_amounts: u64,
    pub(crate) actors: ActorFigures,
    pub(crate) delivery: DeliveryFigures,
    /// Lines of the history that are damaged.
    #[serde(default)]
    pub(crate) damaged: u64,
}

/// An hour of the day, as the clocks show it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hour {
    pub(crate) hour: i8,
    pub(crate) events: BySeverity,
    /// How long calls of annotated functions took that ended in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) latency: Option<Quantiles>,
}

/// How long calls took, in nanoseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quantiles {
    pub(crate) p50: u64,
    pub(crate) p95: u64,
    pub(crate) p99: u64,
}

/// A problem that the day had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ProblemFigures {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) count: u64,
    pub(crate) is_new: bool,
}

/// How an annotated function did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FunctionFigures {
    pub(crate) module: String,
    pub(crate) function: String,
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) panics: u64,
    pub(crate) cancelled: u64,
    pub(crate) slow: u64,
    pub(crate) latency: Option<Quantiles>,
}

/// The money of one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MoneyFigures {
    pub(crate) currency: String,
    /// Invoiced and received on each day of the fortnight that ends with the day, the oldest first.
    pub(crate) days: Vec<[Flow; 2]>,
}

/// Who did something.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ActorFigures {
    pub(crate) number: u64,
    /// There were more, for whom there was no room.
    pub(crate) is_exact: bool,
    pub(crate) before: u64,
    pub(crate) busiest: Vec<(String, u64)>,
}

/// How deliveries went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct DeliveryFigures {
    pub(crate) accepted: u64,
    pub(crate) delivered: u64,
    pub(crate) merged: u64,
    pub(crate) buried: u64,
    pub(crate) lost: BTreeMap<String, u64>,
    /// Processes that were found to have ended without a word: up to a minute of what each counted is missing.
    pub(crate) unclean: u64,
    /// From the event to Discord's confirmation.
    pub(crate) longest_wait_ms: u64,
}

impl Figures {
    /// Makes the event that carries them.
    pub(crate) fn event(&self) -> Event {
        let json = serde_json::to_string(self).unwrap_or_default();
        Event::daily_summary().titled(&self.day.to_string()).saying(&self.in_words()).field(FIELD, json)
    }

    /// Reads them from an event, if it carries some.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        let field = event.fields().find(|field| field.name() == FIELD)?;
        serde_json::from_str(field.as_text()).ok()
    }

    /// Counts the events of the day, and of the day before.
    pub(crate) fn events(&self) -> [u64; 2] {
        [0, 1].map(|day| self.severities(day).iter().sum())
    }

    /// Counts the events of the day (0) or of the day before (1) by severity.
    pub(crate) fn severities(&self, day: usize) -> BySeverity {
        let mut all = BySeverity::default();
        for severities in self.channels.values().filter_map(|days| days.get(day)) {
            all.iter_mut().zip(severities).for_each(|(all, events)| *all += events);
        }
        all
    }

    /// Says whether there is nothing to tell: no event, no call, and nothing lost.
    pub(crate) fn is_empty(&self) -> bool {
        let delivery = &self.delivery;
        let nothing_lost = delivery.lost.is_empty() && delivery.buried == 0 && delivery.unclean == 0;
        self.events()[0] == 0 && self.calls[0] == (0, 0) && nothing_lost
    }

    /// Says the most of it in one line, for places that have no more.
    fn in_words(&self) -> String {
        let [events, before] = self.events();
        if self.is_empty() {
            return "nothing happened".to_owned();
        }
        let problems = self.new_problems + self.recurring_problems;
        format!("{events} events, {before} the day before; {problems} problems, {} of them new", self.new_problems)
    }
}

/// The field of the event that carries them.
pub(crate) const FIELD: &str = "figures";
