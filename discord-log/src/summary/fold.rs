//! Takes the lines of a history one by one, in any order, and adds up what they say of a day and of those before it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::day::{self, Day};
use super::figures::{ActorFigures, Figures, Hour, MoneyFigures};
use super::functions::{self, Buckets};
use super::money::{Flow, Money};
use super::problems::Problems;
use super::span::Span;
use crate::event::{Currency, Kind, Severity, Stage};
use crate::health::BUCKETS;
use crate::record::{Counts, Ending, Past, PastEvent};

/// Adds up a day and the fortnight that ends with it.
#[derive(Debug)]
pub(super) struct Fold {
    zone: TimeZone,
    currency: Currency,
    /// The oldest first; the last one is summarised.
    spans: Vec<Span>,
    /// The day, and the one before.
    days: [Day; 2],
    hours: Vec<(Hour, Buckets)>,
    problems: Problems,
    /// Of each day.
    money: Vec<Money>,
    damaged: u64,
}

impl Fold {
    /// Starts at nothing; no fold at the ends of time.
    pub(super) fn new(zone: TimeZone, currency: Currency, date: Date) -> Option<Self> {
        let mut dates: Vec<_> = std::iter::successors(Some(date), |date| date.yesterday().ok()).take(DAYS).collect();
        dates.reverse();
        let spans: Vec<_> = dates.into_iter().filter_map(|date| Span::of(&zone, date)).collect();
        let hours = spans.last()?.hours(&zone);
        let hours = hours.into_iter().map(|hour| (Hour { hour, ..Hour::default() }, [0; BUCKETS])).collect();
        let money = vec![Money::default(); spans.len()];
        let days = [Day::default(), Day::default()];
        Some(Self { zone, currency, spans, days, hours, problems: Problems::default(), money, damaged: 0 })
    }

    /// The file of the history with which reading begins: nothing is delivered before it occurred.
    pub(super) fn first_file(&self) -> Date {
        let from = self.spans.first().map_or(Timestamp::MIN, |span| span.from);
        TimeZone::UTC.to_datetime(from).date()
    }

    pub(super) fn take(&mut self, past: &Past<'_>) {
        match past {
            Past::Counts(counts) => self.count(counts),
            Past::Event(past) => self.take_event(past),
        }
    }

    pub(super) fn damaged(&mut self, lines: u64) {
        self.damaged += lines;
    }

    fn take_event(&mut self, past: &PastEvent<'_>) {
        // What only adds to a report is no event of its own, and summaries are not what they tell of.
        let is_addition = past.failure.is_some_and(|failure| failure.stage != Stage::Raised);
        let at = past.id.at();
        let Some(ago) = self.days_ago(at).filter(|_| !is_addition && past.kind != Kind::DailySummary) else { return };
        let is_error = past.severity >= Severity::Error;
        if ago >= self.days.len() && !is_error && !Money::is_moved_by(past.kind) {
            return;
        }
        let Some(event) = past.event() else { return };
        let (occurrences, delivered_at) = match past.ending {
            Ending::Counted { occurrences, .. } => (occurrences, None),
            Ending::Delivered { at, .. } => (1 + event.all_repeats(), Some(at)),
            Ending::Buried { .. } => return,
        };
        if let Some(day) = self.days.get_mut(ago) {
            let waited = delivered_at.and_then(|delivered| Duration::try_from(delivered.duration_since(at)).ok());
            day.take(&event, &past.channel, occurrences, waited);
        }
        let hour = self.spans.last().filter(|_| ago == 0).map(|span| span.hour_of(at));
        if let Some((hour, _)) = hour.and_then(|hour| self.hours.get_mut(hour)) {
            day::add(&mut hour.events, event.severity(), occurrences);
        }
        if is_error {
            self.problems.take(&event, occurrences, ago == 0);
        }
        let of_the_day = self.money.len().checked_sub(ago + 1).and_then(|day| self.money.get_mut(day));
        of_the_day.into_iter().for_each(|money| money.take(&event, self.currency));
    }

    fn count(&mut self, counts: &Counts) {
        let Some(ago) = self.days_ago(counts.since) else { return };
        self.days.get_mut(ago).into_iter().for_each(|day| day.count(counts));
        let hour = self.spans.last().filter(|_| ago == 0).map(|span| span.hour_of(counts.since));
        if let Some((_, buckets)) = hour.and_then(|hour| self.hours.get_mut(hour)) {
            counts.functions.iter().for_each(|function| functions::add(buckets, function));
        }
    }

    /// How many days before the last one it was.
    fn days_ago(&self, at: Timestamp) -> Option<usize> {
        self.spans.iter().rev().position(|span| span.contains(at))
    }

    /// Gives the figures.
    pub(super) fn finish(self) -> Figures {
        let [day, before] = &self.days;
        let (new_problems, recurring_problems) = self.problems.numbers();
        let (number, is_exact) = day.actors.number();
        let (money, more_currencies) = money(&self.money);
        let hours = self.hours.into_iter();
        Figures {
            day: self.spans.last().map(|span| span.date).unwrap_or_default(),
            zone: self.zone.iana_name().unwrap_or("UTC").to_owned(),
            was_due: None,
            may_repeat: false,
            channels: channels(day, before),
            hours: hours.map(|(hour, buckets)| Hour { latency: functions::quantiles(&buckets), ..hour }).collect(),
            new_problems,
            recurring_problems,
            problems: self.problems.top(MOST_LISTED),
            calls: [day.functions.calls(), before.functions.calls()],
            slowest: day.functions.slowest(MOST_LISTED),
            most_failing: day.functions.most_failing(MOST_LISTED),
            money,
            more_currencies,
            unreadable_amounts: self.money.last().map_or(0, |money| money.unreadable),
            actors: ActorFigures {
                number,
                is_exact,
                before: before.actors.number().0,
                busiest: day.actors.busiest(MOST_LISTED),
            },
            delivery: day.delivery.clone(),
            damaged: self.damaged,
        }
    }
}

/// Puts the two days side by side; channels beyond the first ones go together.
fn channels(day: &Day, before: &Day) -> BTreeMap<String, [day::BySeverity; 2]> {
    let mut channels: BTreeMap<String, [day::BySeverity; 2]> = BTreeMap::new();
    for (number, day) in [day, before].into_iter().enumerate() {
        for (channel, events) in &day.channels {
            let has_room = channels.len() < MOST_CHANNELS || channels.contains_key(channel);
            let name = if has_room { channel.as_str() } else { OTHER_CHANNELS };
            let row = channels.entry(name.to_owned()).or_default().get_mut(number);
            row.into_iter().flatten().zip(events).for_each(|(sum, events)| *sum += events);
        }
    }
    channels
}

/// Lists the currencies with the most movements, and says how many more there are.
fn money(days: &[Money]) -> (Vec<MoneyFigures>, u64) {
    let mut busiest: BTreeMap<&str, u64> = BTreeMap::new();
    for (currency, flows) in days.iter().flat_map(|day| &day.flows) {
        *busiest.entry(currency).or_default() += flows.iter().map(|flow| flow.count).sum::<u64>();
    }
    let mut currencies: Vec<_> = busiest.into_iter().collect();
    currencies.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = currencies.len().saturating_sub(MOST_CURRENCIES) as u64;
    let of = |currency: &str| {
        let flows = |day: &Money| day.flows.get(currency).copied().unwrap_or([Flow::default(); 2]);
        MoneyFigures { currency: currency.to_owned(), days: days.iter().map(flows).collect() }
    };
    (currencies.into_iter().take(MOST_CURRENCIES).map(|(currency, _)| of(currency)).collect(), more)
}

/// Days of which money and known problems are told: a fortnight.
pub(super) const DAYS: usize = 14;
/// Problems, functions and people that are listed of each kind.
const MOST_LISTED: usize = 5;
const MOST_CURRENCIES: usize = 8;
const MOST_CHANNELS: usize = 12;
const OTHER_CHANNELS: &str = "(others)";
