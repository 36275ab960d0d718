//! The recorder's part in the daily summary: sees that one is due, has it made on a thread of its own, and hands it to the
//! journal so that it is told once, whenever a process dies.
//!
//! The lock is held from the decision to the confirmation, so that no other process is at it; a process that dies gives
//! it back, and what it left says how far it came (see `record/summaries`).

use std::io;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::event::{Currency, Event};
use crate::filter::Redaction;
use crate::logger;
use crate::record::{Claim, EventId, History, Journal, Lock, Now, Summaries};
use crate::summary::{self, Due, Figures, Plan, Request};

/// Which summary is being made, and when the next is looked for.
#[derive(Debug)]
pub(super) struct Daily {
    settings: Option<summary::Settings>,
    /// Of amounts that name none.
    currency: Currency,
    /// Between these moments there is nothing to do.
    idle: Option<(Timestamp, Timestamp)>,
    /// After a failure, or while another process is at it.
    rests_until: Option<Instant>,
    failures: u32,
    making: Option<Receiver<io::Result<Made>>>,
    /// Handed to the journal, and not confirmed yet.
    handed: Option<Handed>,
}

/// What came of making a summary.
#[derive(Debug)]
struct Made {
    lock: Lock,
    day: Date,
    /// Nothing where the journal has it already.
    figures: Option<Figures>,
}

#[derive(Debug)]
struct Handed {
    claim: Claim,
    _lock: Lock,
}

/// A summary that goes to the journal, once its claim is noted.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) id: EventId,
    pub(super) event: Event,
}

/// What a look came to.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) ready: Option<Ready>,
    /// What people should know.
    pub(super) trouble: Option<String>,
}

impl Daily {
    /// Without settings there are no summaries.
    pub(super) const fn new(settings: Option<summary::Settings>, currency: Currency) -> Self {
        Self { settings, currency, idle: None, rests_until: None, failures: 0, making: None, handed: None }
    }

    /// Does what is due; never for long.
    pub(super) fn look(&mut self, journal: &dyn Journal, redaction: &Redaction, now: Now) -> Looked {
        let (Some(settings), Some(summaries)) = (self.settings.clone(), journal.summaries()) else {
            return Looked::default();
        };
        // Earlier processes are known by then, and what is noted is on the disk.
        if !journal.is_ready() || !journal.outlives_the_process() {
            return Looked::default();
        }
        let looked = if self.handed.is_some() {
            self.confirm(journal, &summaries).map(|()| None)
        } else if self.making.is_some() {
            self.take_made(&summaries, redaction, now)
        } else {
            self.start(&settings, &summaries, journal.history(), now).map(|()| None)
        };
        match looked {
            Ok(ready) => Looked { ready, trouble: None },
            Err(error) => {
                self.failures += 1;
                self.rests_until = Some(now.instant + RESTS);
                let is_told = self.failures == 1;
                let trouble = is_told.then(|| {
                    let minutes = RESTS.as_secs() / 60;
                    format!("the daily summary could not be made, and is tried every {minutes} minutes: {error}")
                });
                Looked { ready: None, trouble }
            }
        }
    }

    /// Notes on the disk that the journal has the summary; before that nobody else makes one.
    pub(super) fn confirm(&mut self, journal: &dyn Journal, summaries: &Summaries) -> io::Result<()> {
        let Some(handed) = &self.handed else { return Ok(()) };
        if journal.is_written() {
            summaries.note(&handed.claim.clone().confirmed())?;
            self.handed = None;
        }
        Ok(())
    }

    /// Looks whether a summary is due, and has it made.
    fn start(
        &mut self,
        settings: &summary::Settings,
        summaries: &Summaries,
        history: Option<History>,
        now: Now,
    ) -> io::Result<()> {
        let is_idle = self.idle.is_some_and(|(from, to)| (from..to).contains(&now.wall));
        if is_idle || self.rests_until.is_some_and(|until| now.instant < until) {
            return Ok(());
        }
        self.rests_until = None;
        let (Some(due), Some(history)) = (summary::due(settings, now.wall), history) else { return Ok(()) };
        if summary::plan(&due, summaries.last().as_ref(), now.wall) == Plan::Done {
            return self.wait_for_next(&due);
        }
        let Some(lock) = summaries.lock()? else {
            self.rests_until = Some(now.instant + BETWEEN_TRIES);
            return Ok(());
        };
        // Once more: another process may have been at it when it was asked first.
        let last = summaries.last();
        let plan = summary::plan(&due, last.as_ref(), now.wall);
        let is_late = match plan {
            Plan::Done => return self.wait_for_next(&due),
            Plan::Begin => {
                summaries.note(&Claim::without_event(due.day, now.wall))?;
                return self.wait_for_next(&due);
            }
            Plan::Make { is_late } => is_late,
            Plan::Unsure => summary::is_late(&due, now.wall),
        };
        let request = Request { day: due.day, zone: settings.zone.clone(), currency: self.currency };
        let unsure = last.filter(|_| plan == Plan::Unsure);
        let was_due = is_late.then_some(due.at);
        let summaries = summaries.clone();
        let (result, made) = sync_channel(1);
        let make = move || {
            logger::own_this_thread();
            // The recorder may have ended.
            let _ = result.send(make(&summaries, &history, &request, unsure, was_due, lock));
        };
        thread::Builder::new().name("discord-log-summary".to_owned()).spawn(make)?;
        self.making = Some(made);
        Ok(())
    }

    fn wait_for_next(&mut self, due: &Due) -> io::Result<()> {
        self.idle = Some((due.at, due.next));
        self.failures = 0;
        Ok(())
    }

    /// Takes what the thread has made, and claims the day for it.
    fn take_made(&mut self, summaries: &Summaries, redaction: &Redaction, now: Now) -> io::Result<Option<Ready>> {
        let Some(making) = &self.making else { return Ok(None) };
        let made = match making.try_recv() {
            Err(TryRecvError::Empty) => return Ok(None),
            Err(TryRecvError::Disconnected) => Err(io::Error::other("the thread that makes it panicked")),
            Ok(made) => made,
        };
        self.making = None;
        let Made { lock, day, figures } = made?;
        let Some(figures) = figures else {
            if let Some(claim) = summaries.last() {
                summaries.note(&claim.confirmed())?;
            }
            return Ok(None);
        };
        let id = EventId::new(now.wall, fastrand::u128(..));
        let claim = Claim::of_event(day, now.wall, id);
        summaries.note(&claim)?;
        let mut event = redacted(figures, redaction).event();
        event.stamp(now.wall);
        self.handed = Some(Handed { claim, _lock: lock });
        Ok(Some(Ready { id, event }))
    }
}

/// Makes a summary, unless the journal has it; on a thread of its own.
fn make(
    summaries: &Summaries,
    history: &History,
    request: &Request,
    unsure: Option<Claim>,
    was_due: Option<Timestamp>,
    lock: Lock,
) -> io::Result<Made> {
    let may_repeat = unsure.is_some();
    let is_told = unsure.map(|claim| summaries.is_told(&claim)).transpose()?.unwrap_or(false);
    let figures = if is_told { None } else { Some(summary::make(history, request)?) };
    let figures = figures.map(|figures| Figures { was_due, may_repeat, ..figures });
    Ok(Made { lock, day: request.day, figures })
}

/// Masks in the texts of figures what is secret by the settings of today; the history was masked by those of its time.
fn redacted(mut figures: Figures, redaction: &Redaction) -> Figures {
    let mask = |text: &mut String| {
        let mut event = Event::system_event("", &*text);
        redaction.apply(&mut event);
        *text = event.text().unwrap_or_default().to_owned();
    };
    figures.problems.iter_mut().for_each(|problem| {
        mask(&mut problem.title);
        mask(&mut problem.text);
    });
    figures.actors.busiest.iter_mut().for_each(|(name, _)| mask(name));
    figures
}

/// How long nothing is tried after a failure.
const RESTS: Duration = Duration::from_secs(600);
/// How often it is looked whether another process has sent it.
const BETWEEN_TRIES: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::event::Kind;
    use crate::record::{DiskJournal, Ending, PowerCut, Settings};

    /// What a process has done when it dies.
    #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
    enum Step {
        Making,
        Claimed,
        Appended,
        Persisted,
        Confirmed,
        Delivered,
    }

    const STEPS: [Step; 6] =
        [Step::Making, Step::Claimed, Step::Appended, Step::Persisted, Step::Confirmed, Step::Delivered];

    struct Process {
        journal: DiskJournal,
        daily: Daily,
        started: Instant,
    }

    impl Process {
        fn start(storage: &PowerCut, number: usize, wall: Timestamp) -> Self {
            let settings = Settings {
                queue_size: 100,
                dir: None,
                namespace: "billing@".to_owned(),
                most_bytes: 1 << 30,
                retention: Duration::from_secs(1 << 30),
            };
            let name = format!("{number:013}-1-0");
            let journal = DiskJournal::new(Arc::new(storage.clone()), Path::new("/journal"), name, &settings);
            let at = summary::Settings { time: jiff::civil::time(9, 0, 0, 0), zone: jiff::tz::TimeZone::UTC };
            let process = Self { journal, daily: Daily::new(Some(at), Currency::EUR), started: Instant::now() };
            for _ in 0..3 {
                process.journal.persist(process.now(wall), false);
            }
            process
        }

        fn now(&self, wall: Timestamp) -> Now {
            let since = wall.duration_since(moment("2026-01-01T00:00:00Z"));
            Now { instant: self.started + Duration::try_from(since).expect("later"), wall }
        }

        fn look(&mut self, wall: Timestamp) -> Option<Ready> {
            let now = self.now(wall);
            let looked = self.daily.look(&self.journal, &Redaction::default(), now);
            assert_eq!(looked.trouble, None);
            looked.ready
        }

        /// Does what is due as the recorder does, up to a step; says whether it came so far.
        fn run_until(&mut self, step: Step, wall: Timestamp) -> bool {
            assert!(self.look(wall).is_none());
            if self.daily.making.is_none() || step == Step::Making {
                return self.daily.making.is_some();
            }
            let ready = loop {
                match self.look(wall) {
                    Some(ready) => break ready,
                    None if self.daily.making.is_none() => return false,
                    None => thread::yield_now(),
                }
            };
            let now = self.now(wall);
            if step >= Step::Appended {
                self.journal.append_named(ready.id, ready.event, now.instant);
            }
            if step >= Step::Persisted {
                self.journal.persist(now, true);
            }
            if step >= Step::Confirmed {
                assert!(self.look(wall).is_none() && self.daily.handed.is_none());
            }
            if step >= Step::Delivered {
                self.deliver(wall);
            }
            true
        }

        fn deliver(&self, wall: Timestamp) -> Vec<Event> {
            let (now, mut told) = (self.now(wall), Vec::new());
            for channel in self.journal.backlog() {
                let entries = self.journal.take(channel, usize::MAX);
                told.extend(entries.iter().map(|entry| (*entry.event).clone()));
                self.journal.settle(entries, Some(&Ending::Delivered { at: wall, message: None }));
            }
            self.journal.persist(now, true);
            told
        }
    }

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    /// A disk on which summaries have begun.
    fn begun() -> PowerCut {
        let storage = PowerCut::default();
        storage.set_clock(moment("2026-05-01T12:00:00Z"));
        let mut process = Process::start(&storage, 0, moment("2026-05-01T12:00:00Z"));
        assert!(!process.run_until(Step::Confirmed, moment("2026-05-01T12:00:00Z")), "the first day is nobody's");
        process.journal.end();
        storage
    }

    /// Counts the summaries of which the disk knows.
    fn told(storage: &PowerCut, process: &Process, wall: Timestamp) -> Vec<Figures> {
        let mut events = process.deliver(wall);
        let delivered = events.len();
        let history = process.journal.history().expect("a history");
        for day in history.days().expect("days") {
            history
                .read(day, &mut |past| {
                    if let crate::record::Past::Event(past) = past {
                        events.extend(past.event());
                    }
                })
                .expect("lines");
        }
        assert!(storage.files().iter().all(|(path, _)| !path.to_string_lossy().contains("/dead/")));
        // Those that were delivered just now are in the history as well.
        events
            .split_off(delivered)
            .iter()
            .filter(|event| event.kind() == Kind::DailySummary)
            .filter_map(Figures::of)
            .collect()
    }

    #[test]
    fn a_process_that_dies_at_any_step_neither_loses_nor_doubles_the_summary() {
        for step in STEPS {
            for is_power_cut in [false, true] {
                let storage = begun();
                let due = moment("2026-05-02T09:00:00Z");
                let mut first = Process::start(&storage, 1, due);
                assert!(first.run_until(step, due), "{step:?}");
                if is_power_cut {
                    storage.cut()
                } else {
                    storage.kill()
                }
                drop(first);
                storage.kill();
                let later = moment("2026-05-02T09:30:00Z");
                storage.set_clock(later);
                let mut second = Process::start(&storage, 2, later);
                let made = second.run_until(Step::Confirmed, later);
                // What was on the disk is known; delivered events may come back after a power cut, and say so.
                let figures = told(&storage, &second, later);
                assert_eq!(figures.len(), 1, "{step:?}, power cut: {is_power_cut}, made again: {made}");
                assert_eq!(figures[0].day, jiff::civil::date(2026, 5, 1));
                assert_eq!(made, step < Step::Persisted, "{step:?}, power cut: {is_power_cut}");
                assert_eq!(figures[0].was_due.is_some(), made, "what is made anew is late");
                let again = moment("2026-05-02T23:00:00Z");
                assert!(!second.run_until(Step::Confirmed, again), "never twice");
            }
        }
    }

    #[test]
    fn of_many_processes_one_sends_it() {
        let storage = begun();
        let due = moment("2026-05-02T09:00:00Z");
        let mut processes: Vec<_> = (1..6).map(|number| Process::start(&storage, number, due)).collect();
        let made =
            processes.iter_mut().filter_map(|process| process.run_until(Step::Confirmed, due).then_some(())).count();
        assert_eq!(made, 1);
        // Those that found the lock taken look again, and find the day told.
        let later = moment("2026-05-02T09:01:00Z");
        assert!(processes.iter_mut().all(|process| !process.run_until(Step::Confirmed, later)));
        let next = moment("2026-05-03T09:00:00Z");
        let made =
            processes.iter_mut().filter_map(|process| process.run_until(Step::Confirmed, next).then_some(())).count();
        assert_eq!(made, 1, "and the next day again");
    }

    #[test]
    fn a_live_process_that_holds_the_lock_is_waited_for() {
        let storage = begun();
        let due = moment("2026-05-02T09:00:00Z");
        let mut first = Process::start(&storage, 1, due);
        assert!(first.run_until(Step::Claimed, due));
        let mut second = Process::start(&storage, 2, due);
        assert!(!second.run_until(Step::Confirmed, due), "the first one lives");
        storage.kill();
        assert!(second.run_until(Step::Confirmed, moment("2026-05-02T09:01:00Z")), "it died");
    }

    #[test]
    fn days_without_the_service_cost_one_summary_which_is_late() {
        let storage = begun();
        let back = moment("2026-05-09T15:00:00Z");
        let mut process = Process::start(&storage, 1, back);
        assert!(process.run_until(Step::Confirmed, back));
        let figures = told(&storage, &process, back);
        assert_eq!(figures.len(), 1);
        assert_eq!(
            (figures[0].day, figures[0].was_due),
            (jiff::civil::date(2026, 5, 8), Some(moment("2026-05-09T09:00:00Z")))
        );
        assert!(figures[0].is_empty());
    }
}
