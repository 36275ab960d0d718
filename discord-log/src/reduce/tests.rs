//! What becomes of the report of a failure, and of what is told later about it, in any order of things.

mod groups;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Intake, Known as Problems, Next, Place, Settings};
use crate::event::{Channel, Event, FailureId, Stage};
use crate::record::{Entry, EventId, Now, Seq};

/// A lane, its clock, and what it was given.
struct Lane {
    intake: Intake,
    now: Now,
    last: u64,
}

pub(super) fn settings() -> Settings {
    Settings { window: Duration::from_secs(3_000), rate_limit: 28, release: Some("1.4.2".to_owned()) }
}

impl Lane {
    fn new() -> Self {
        let wall = Timestamp::new(1_777_629_600, 0).expect("a moment");
        Self { intake: Intake::new(settings(), false), now: Now { instant: Instant::now(), wall }, last: 0 }
    }

    fn wait(&mut self, millis: u64) {
        self.now.instant += Duration::from_millis(millis);
        self.now.wall += Duration::from_millis(millis);
    }

    fn entry(&mut self, mut event: Event) -> Entry {
        self.last += 1;
        event.stamp(self.now.wall);
        Entry::new(Seq(self.last), EventId::new(self.now.wall, self.last.into()), event)
    }

    fn raised(&mut self) -> (FailureId, Entry) {
        let id = FailureId::new();
        (id, self.entry(Event::startup().of_failure(id, Stage::Raised)))
    }

    fn recovered(&mut self, id: FailureId) -> Entry {
        self.entry(Event::startup().of_failure(id, Stage::Recovered).recovered_in("retry"))
    }

    fn silent(&mut self, id: FailureId) -> Entry {
        self.entry(Event::startup().of_failure(id, Stage::Passed))
    }

    fn take_in(&mut self, entries: Vec<Entry>) -> Vec<u64> {
        seqs(&self.intake.take_in(entries, false, &Problems::default(), self.now))
    }

    /// When the lane has something to send, as a wait.
    fn waits(&self) -> Option<u128> {
        let at = self.intake.ready_at(false, self.now.instant)?;
        Some(at.duration_since(self.now.instant).as_millis())
    }

    /// Lets what is due be posted as one message; gives its entries.
    fn post(&mut self, message: &str) -> Vec<Entry> {
        self.take_in(Vec::new());
        if !matches!(self.intake.next(false, false, self.now.instant), Some(Next::Post(_))) {
            return Vec::new();
        }
        let shipped = self.intake.post_first(Some(place(message)), self.now.instant);
        assert!(shipped.unshown.is_empty() && shipped.counted.is_empty());
        shipped.told
    }

    fn next_edit(&mut self) -> Option<String> {
        let message = match self.intake.next(true, false, self.now.instant) {
            Some(Next::Edit { place, .. }) => Some(place.id),
            _ => None,
        };
        assert_eq!(self.intake.land(), message);
        message
    }
}

fn place(message: &str) -> Place {
    Place { id: message.to_owned(), thread: None, address: None }
}

fn seqs(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq.0).collect()
}

fn is_recovered(entry: &Entry) -> bool {
    format!("{:?}", entry.event).contains("Recovered")
}

#[test]
fn what_is_told_at_once_stands_in_the_report() {
    let mut lane = Lane::new();
    let (id, report) = lane.raised();
    assert_eq!(lane.take_in(vec![report]), [0; 0]);
    assert_eq!(lane.waits(), Some(200));
    lane.wait(30);
    let later = lane.recovered(id);
    assert_eq!(lane.take_in(vec![later]), [0; 0]);
    assert_eq!(lane.waits(), Some(0), "nothing more will come");
    let posted = lane.post("1");
    assert_eq!(seqs(&posted), [1]);
    assert!(is_recovered(&posted[0]) && posted[0].weight() == 2);
    assert_eq!(lane.waits(), None);
}

#[test]
fn a_report_is_held_no_longer_and_others_pass_it() {
    let mut lane = Lane::new();
    let (_, report) = lane.raised();
    lane.take_in(vec![report]);
    let other = lane.entry(Event::startup());
    lane.take_in(vec![other]);
    assert_eq!(seqs(&lane.post("1")), [2]);
    lane.wait(199);
    assert_eq!((lane.waits(), lane.post("2").len()), (Some(1), 0));
    lane.wait(1);
    assert_eq!((lane.waits(), seqs(&lane.post("3"))), (Some(0), vec![1]));
}

#[test]
fn nothing_is_held_that_is_old_or_of_finance_or_while_somebody_waits_for_the_end() {
    let mut lane = Lane::new();
    let (_, report) = lane.raised();
    lane.wait(201);
    lane.take_in(vec![report]);
    assert_eq!(seqs(&lane.post("1")), [1]);
    let event = Event::startup().in_channel(Channel::Finance).of_failure(FailureId::new(), Stage::Raised);
    let report = lane.entry(event);
    lane.take_in(vec![report]);
    assert_eq!(seqs(&lane.post("2")), [2]);
    let (_, held) = lane.raised();
    lane.take_in(vec![held]);
    let (_, report) = lane.raised();
    assert_eq!(lane.intake.ready_at(true, lane.now.instant), Some(lane.now.instant));
    lane.intake.take_in(vec![report], true, &Problems::default(), lane.now);
    assert_eq!(seqs(&lane.post("3")), [3, 4]);
}

#[test]
fn of_too_many_reports_the_oldest_goes_first() {
    let mut lane = Lane::new();
    let reports: Vec<_> = (0..103).map(|_| lane.raised().1).collect();
    lane.take_in(reports);
    assert_eq!(seqs(&lane.post("1")), [1, 2, 3]);
}

#[test]
fn what_is_told_later_changes_the_message_within_a_minute() {
    let mut lane = Lane::new();
    let reports = [lane.raised(), lane.raised(), lane.raised()];
    let ids = reports.each_ref().map(|(id, _)| *id);
    lane.take_in(reports.into_iter().map(|(_, report)| report).collect());
    lane.wait(200);
    assert_eq!(seqs(&lane.post("1")), [1, 2, 3]);
    lane.wait(30_000);
    let (one, silent) = (lane.recovered(ids[0]), lane.silent(ids[1]));
    assert_eq!(lane.take_in(vec![one, silent]), [5], "what says nothing changes nothing");
    assert_eq!((lane.waits(), lane.next_edit()), (Some(0), Some("1".to_owned())));
    let Some(Next::Edit { shown, .. }) = lane.intake.next(true, false, lane.now.instant) else { panic!("no edit") };
    assert_eq!(shown.iter().map(|shown| is_recovered(&shown.entry)).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(lane.intake.land().as_deref(), Some("1"));
    assert_eq!(seqs(&lane.intake.edited("1", lane.now.instant)), [4]);
    assert_eq!((lane.waits(), lane.next_edit()), (None, None));
    lane.wait(29_999);
    let last = lane.recovered(ids[2]);
    assert_eq!(lane.take_in(vec![last]), [0; 0]);
    assert_eq!(lane.next_edit().as_deref(), Some("1"));
    lane.wait(1);
    let expired = lane.intake.expire(&mut Problems::default(), lane.now.instant);
    assert_eq!(seqs(&expired), [6], "a minute is over");
}

#[test]
fn several_additions_are_one_edit_and_a_repeated_one_is_not_shown_twice() {
    let mut lane = Lane::new();
    let reports = [lane.raised(), lane.raised()];
    let ids = reports.each_ref().map(|(id, _)| *id);
    lane.take_in(reports.into_iter().map(|(_, report)| report).collect());
    lane.wait(200);
    lane.post("1");
    let later = vec![lane.recovered(ids[0]), lane.recovered(ids[1]), lane.recovered(ids[0])];
    assert_eq!(lane.take_in(later), [5]);
    assert_eq!(lane.next_edit().as_deref(), Some("1"));
    assert_eq!(seqs(&lane.intake.edited("1", lane.now.instant)), [3, 4]);
    assert_eq!(lane.next_edit(), None);
}

#[test]
fn few_messages_are_remembered() {
    let mut lane = Lane::new();
    let mut ids = Vec::new();
    for message in 0..201 {
        let (id, report) = lane.raised();
        ids.push(id);
        lane.take_in(vec![report]);
        lane.intake.take_in(Vec::new(), true, &Problems::default(), lane.now);
        lane.post(&message.to_string());
    }
    let later = vec![lane.recovered(ids[0]), lane.recovered(ids[1])];
    assert_eq!(lane.take_in(later), [202], "the oldest is forgotten");
    assert_eq!(lane.next_edit().as_deref(), Some("1"));
}

#[test]
fn a_message_without_a_name_or_of_another_process_is_not_edited() {
    let mut lane = Lane::new();
    let (id, report) = lane.raised();
    lane.take_in(vec![report]);
    lane.wait(200);
    lane.take_in(Vec::new());
    assert!(lane.intake.next(false, false, lane.now.instant).is_some());
    lane.intake.post_first(None, lane.now.instant);
    let later = vec![lane.recovered(id), lane.recovered(FailureId::new())];
    assert_eq!(lane.take_in(later), [2, 3]);
}

#[derive(Clone, Debug)]
enum Step {
    Raise,
    /// Tells more of one of the failures, or only that it is over.
    Tell {
        which: usize,
        is_silent: bool,
    },
    Other,
    Wait(u64),
    Post,
    Edit,
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Raise),
        3 => (0_usize..20, any::<bool>()).prop_map(|(which, is_silent)| Step::Tell { which, is_silent }),
        1 => Just(Step::Other),
        4 => prop_oneof![0_u64..60, Just(200), 0_u64..400, Just(30_000)].prop_map(Step::Wait),
        3 => Just(Step::Post),
        1 => Just(Step::Edit),
    ];
    prop::collection::vec(step, 1..80)
}

/// What is known of a failure: its report, when that was taken, and in which message it stands since when.
struct Known {
    id: FailureId,
    seq: u64,
    taken: Instant,
    posted: Option<Instant>,
    told: Option<u64>,
}

proptest! {
    #[test]
    fn every_report_comes_once_with_what_was_told_in_time(steps in any_steps(), ends_well in any::<bool>()) {
        let mut lane = Lane::new();
        let mut known: Vec<Known> = Vec::new();
        let (mut seen, mut joined, mut edited, mut unshown) =
            (Vec::new(), BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        let mut expected = BTreeMap::new();
        for step in steps {
            let now = lane.now.instant;
            match step {
                Step::Raise => {
                    let (id, report) = lane.raised();
                    known.push(Known { id, seq: report.seq.0, taken: now, posted: None, told: None });
                    unshown.extend(lane.take_in(vec![report]));
                }
                Step::Tell { which, is_silent } => {
                    let Some(failure) = known.iter_mut().rev().nth(which).filter(|known| known.told.is_none()) else {
                        continue;
                    };
                    let later = if is_silent { lane.silent(failure.id) } else { lane.recovered(failure.id) };
                    failure.told = Some(later.seq.0);
                    expected.insert(later.seq.0, match failure.posted {
                        None => "joined",
                        Some(at) if !is_silent && now < at + Duration::from_secs(60) => "edited",
                        Some(_) => "unshown",
                    });
                    unshown.extend(seqs(&lane.intake.expire(&mut Problems::default(), now)));
                    unshown.extend(lane.take_in(vec![later]));
                }
                Step::Other => {
                    let other = lane.entry(Event::startup());
                    lane.take_in(vec![other]);
                }
                Step::Wait(millis) => lane.wait(millis),
                Step::Post => {
                    let message = lane.last.to_string() + "-" + &seen.len().to_string();
                    for entry in lane.post(&message) {
                        if let Some(failure) = known.iter_mut().find(|known| known.seq == entry.seq.0) {
                            failure.posted = Some(now);
                            if let Some(later) = failure.told {
                                joined.insert(later, entry.joined());
                            }
                        }
                        seen.push(entry.seq.0);
                    }
                }
                Step::Edit => if let Some(message) = lane.next_edit() {
                    edited.extend(seqs(&lane.intake.edited(&message, lane.now.instant)));
                },
            }
            // Nothing is held for more than 200 ms.
            let oldest = known.iter().filter(|known| known.posted.is_none()).map(|known| known.taken).min();
            if let (Some(taken), Some(at)) = (oldest, lane.intake.ready_at(false, now)) {
                prop_assert!(at <= (taken + Duration::from_millis(200)).max(lane.now.instant));
            }
            prop_assert!(oldest.is_none() || lane.waits().is_some(), "a report is forgotten");
        }
        // At the end nothing is held: it is posted, or drained.
        lane.intake.take_in(Vec::new(), true, &Problems::default(), lane.now);
        while ends_well && matches!(lane.intake.next(false, true, lane.now.instant), Some(Next::Post(_))) {
            for entry in lane.intake.post_first(None, lane.now.instant).told {
                known.iter().filter(|known| known.seq == entry.seq.0).filter_map(|known| known.told).for_each(|later| {
                    joined.insert(later, entry.joined());
                });
                seen.push(entry.seq.0);
            }
        }
        for entry in lane.intake.drain() {
            if let Some(failure) = known.iter().find(|known| known.seq == entry.seq.0) {
                failure.told.map(|later| joined.insert(later, entry.joined()));
            } else if entry.is_follow_up() {
                edited.insert(entry.seq.0);
                continue;
            }
            seen.push(entry.seq.0);
        }
        let (count, distinct) = (seen.len(), seen.into_iter().collect::<BTreeSet<_>>());
        prop_assert_eq!(count, distinct.len(), "one comes twice");
        for (later, where_to) in &expected {
            let is_joined = joined.get(later) == Some(&1);
            let found = match (is_joined, edited.contains(later), unshown.contains(later)) {
                (true, false, false) => "joined",
                (false, true, false) => "edited",
                // What waited for an edit until the minute was over.
                (false, false, true) if *where_to == "edited" => "edited",
                (false, false, true) => "unshown",
                all => return Err(TestCaseError::fail(format!("{later} is {all:?}"))),
            };
            prop_assert_eq!(found, *where_to, "{}", later);
        }
        prop_assert_eq!(distinct.len() + expected.len(), lane.last as usize, "all that went in came out");
    }
}
