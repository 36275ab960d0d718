//! A day as a span of time: from the first moment that the clocks of a time zone call by its date to the first of the next.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Length, Timestamp};

/// A day of a time zone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Span {
    pub(super) date: Date,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Span {
    /// Nothing at the ends of time.
    pub(super) fn of(zone: &TimeZone, date: Date) -> Option<Self> {
        // Where clocks skip midnight the day begins when they go on.
        let start = |date: Date| zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible().ok();
        Some(Self { date, from: start(date)?, to: start(date.tomorrow().ok()?)? })
    }

    pub(super) fn contains(&self, at: Timestamp) -> bool {
        (self.from..self.to).contains(&at)
    }

    /// Numbers the hours of the day from 0, as they pass.
    pub(super) fn hour_of(&self, at: Timestamp) -> usize {
        usize::try_from(at.duration_since(self.from).as_secs() / 3_600).unwrap_or_default()
    }

    /// Gives what the clocks show when each hour of the day begins.
    pub(super) fn hours(&self, zone: &TimeZone) -> Vec<i8> {
        let count = (self.to.duration_since(self.from).as_secs() + 3_599) / 3_600;
        let starts = (0..count).filter_map(|hour| self.from.checked_add(Length::new().hours(hour)).ok());
        starts.map(|at| zone.to_datetime(at).hour()).collect()
    }
}
