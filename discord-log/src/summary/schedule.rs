//! Which day is to be summarised, and when. Pure: the time is an argument, and so is what was claimed last.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Settings;
use crate::record::Claim;

/// The last summary that had its time, whether it was sent or not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Due {
    /// The day that it is of.
    pub(crate) day: Date,
    /// When it was to be sent.
    pub(crate) at: Timestamp,
    /// When the next one is to be sent.
    pub(crate) next: Timestamp,
}

/// What is to be done about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Plan {
    /// Nothing is known here of earlier summaries: from now on they are sent.
    Begin,
    /// It was sent.
    Done,
    /// It is to be made; `is_late` where that is worth saying.
    Make { is_late: bool },
    /// Somebody was about to send it: it is to be made unless the journal knows the event of the claim.
    Unsure,
}

/// Finds the last summary that had its time. Where clocks skip that time it is sent when they go on, and where they show
/// it twice, the first time. Nothing at the ends of time.
pub(crate) fn due(settings: &Settings, now: Timestamp) -> Option<Due> {
    let moment = |date: Date| {
        let moment = settings.zone.to_ambiguous_timestamp(date.to_datetime(settings.time));
        moment.compatible().ok()
    };
    let today = settings.zone.to_datetime(now).date();
    // A time that clocks skip at the end of a day comes on the next.
    let sent_on = [today, today.yesterday().ok()?, today.yesterday().ok()?.yesterday().ok()?];
    let date = sent_on.into_iter().find(|date| moment(*date).is_some_and(|at| at <= now))?;
    Some(Due { day: date.yesterday().ok()?, at: moment(date)?, next: moment(date.tomorrow().ok()?)? })
}

/// Decides what is to be done about the summary that is due, by what was claimed last.
pub(crate) fn plan(due: &Due, last: Option<&Claim>, now: Timestamp) -> Plan {
    match last {
        None => Plan::Begin,
        // The clock was far ahead once: what was claimed by it says nothing of the days in between.
        Some(claim) if claim.day > due.day && claim.at.duration_since(now) > AHEAD => Plan::Begin,
        Some(claim) if claim.day > due.day => Plan::Done,
        Some(claim) if claim.day == due.day && claim.is_journalled => Plan::Done,
        Some(claim) if claim.day == due.day => Plan::Unsure,
        Some(_) => Plan::Make { is_late: is_late(due, now) },
    }
}

/// Says whether a summary that is sent now is late.
pub(crate) fn is_late(due: &Due, now: Timestamp) -> bool {
    now.duration_since(due.at) > LATE
}

/// From when on a summary says that it is late.
const LATE: SignedDuration = SignedDuration::from_mins(10);
/// How much a clock may be set back without having been wrong for days.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::tz::TimeZone;

    use super::*;

    fn settings(zone: &str, time: &str) -> Settings {
        Settings { time: time.parse().expect("a time"), zone: TimeZone::get(zone).expect("a zone") }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[track_caller]
    fn is_due(settings: &Settings, now: &str, day: &str, sent: &str, next: &str) {
        let due = due(settings, at(now)).expect("within time");
        assert_eq!((due.day.to_string().as_str(), due.at, due.next), (day, at(sent), at(next)), "at {now}");
    }

    #[test]
    fn a_day_is_due_the_next_morning_and_until_the_one_after() {
        let utc = settings("UTC", "09:00");
        is_due(&utc, "2026-05-02T08:59:59Z", "2026-04-30", "2026-05-01T09:00:00Z", "2026-05-02T09:00:00Z");
        is_due(&utc, "2026-05-02T09:00:00Z", "2026-05-01", "2026-05-02T09:00:00Z", "2026-05-03T09:00:00Z");
        is_due(&utc, "2026-05-03T08:59:59Z", "2026-05-01", "2026-05-02T09:00:00Z", "2026-05-03T09:00:00Z");
        let auckland = settings("Pacific/Auckland", "09:00");
        is_due(&auckland, "2026-05-01T21:00:00Z", "2026-05-01", "2026-05-01T21:00:00Z", "2026-05-02T21:00:00Z");
    }

    #[test]
    fn a_time_that_clocks_skip_or_show_twice_comes_once() {
        // Clocks go from 02:00 to 03:00 on 29 March, and from 03:00 to 02:00 on 25 October.
        let amsterdam = settings("Europe/Amsterdam", "02:30");
        is_due(&amsterdam, "2026-03-29T01:29:59Z", "2026-03-27", "2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z");
        is_due(&amsterdam, "2026-03-29T01:30:00Z", "2026-03-28", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z");
        for now in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:29:59Z"] {
            is_due(&amsterdam, now, "2026-10-24", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        }
        // Where midnight itself is skipped.
        let santiago = settings("America/Santiago", "00:00");
        is_due(&santiago, "2026-09-06T04:00:00Z", "2026-09-05", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z");
    }

    #[test]
    fn each_moment_of_two_years_has_one_day_and_days_never_go_back() {
        for (zone, time) in [
            ("Europe/Amsterdam", "02:30"),
            ("America/Santiago", "00:00"),
            ("Australia/Lord_Howe", "23:59"),
            ("UTC", "00:00"),
        ] {
            let settings = settings(zone, time);
            let (mut now, mut last) = (at("2026-01-01T00:00:00Z"), None);
            while now < at("2028-01-01T00:00:00Z") {
                let due = due(&settings, now).expect("within time");
                assert!(due.at <= now && now < due.next, "{zone} at {now}: {due:?}");
                let follows = last.is_none_or(|last: Due| {
                    due == last || (due.day == last.day.tomorrow().expect("a day") && due.at == last.next)
                });
                assert!(follows, "{zone} at {now}: {due:?} after {last:?}");
                last = Some(due);
                now += Duration::from_secs(7 * 60);
            }
        }
    }

    #[test]
    fn what_was_claimed_decides() {
        let due = due(&settings("UTC", "09:00"), at("2026-05-02T09:00:05Z")).expect("within time");
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let claim = |of: &str, when: &str| Claim::without_event(day(of), at(when));
        let soon = at("2026-05-02T09:00:05Z");
        assert_eq!(plan(&due, None, soon), Plan::Begin);
        let older = claim("2026-04-30", "2026-05-01T09:00:00Z");
        assert_eq!(plan(&due, Some(&older), soon), Plan::Make { is_late: false });
        assert_eq!(plan(&due, Some(&older), at("2026-05-02T09:11:00Z")), Plan::Make { is_late: true });
        assert_eq!(plan(&due, Some(&claim("2026-04-02", "2026-04-03T09:00:00Z")), soon), Plan::Make { is_late: false });
        let same = claim("2026-05-01", "2026-05-02T09:00:01Z");
        assert_eq!(plan(&due, Some(&same), soon), Plan::Done);
        assert_eq!(plan(&due, Some(&Claim { is_journalled: false, ..same }), soon), Plan::Unsure);
    }

    #[test]
    fn a_clock_that_jumps_sends_no_day_twice_and_does_not_end_summaries() {
        let settings = settings("UTC", "09:00");
        let day = |text: &str| text.parse::<Date>().expect("a day");
        // Sent, and then set back by two seconds.
        let due_before = due(&settings, at("2026-05-02T08:59:59Z")).expect("within time");
        let claim = Claim::without_event(day("2026-05-01"), at("2026-05-02T09:00:01Z"));
        assert_eq!(plan(&due_before, Some(&claim), at("2026-05-02T08:59:59Z")), Plan::Done);
        // A year ahead, and back.
        let ahead = Claim::without_event(day("2027-05-01"), at("2027-05-02T09:00:01Z"));
        assert_eq!(plan(&due_before, Some(&ahead), at("2026-05-02T08:59:59Z")), Plan::Begin);
    }
}
