//! The message that says who is alive: when it is posted, edited, told anew and ended, and which messages of dead
//! processes still have to be told as such. It carries no event; time is an argument.
//!
//! ```text
//! due ──▶ under way ──▶ told ──(every so often)──▶ due
//!              │ it is gone: posted anew, at once
//!              │ it did not work out: again, after a moment
//! end ──▶ under way ──▶ over, whatever came of it
//! ```

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::board::Place;

/// Decides what becomes of the message that says who is alive.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    every: Duration,
    own: Sender,
    place: Option<Place>,
    /// Messages of processes that ended without saying so.
    left: VecDeque<Left>,
    due_at: Instant,
    under_way: Option<Pulse>,
    /// Times in a row that the server broke over an edit.
    faults: u32,
    phase: Phase,
}

/// What is to be told, and in which message if there is one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pulse {
    pub(crate) place: Option<Place>,
    pub(crate) beat: Beat,
}

/// What a heartbeat tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Beat {
    /// The service runs, and says so again after so long.
    Alive { again: Duration },
    /// The service stopped.
    Ended,
    /// Another process ended without saying so.
    Missing(Sender),
}

/// Who says that it is alive.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sender {
    pub(crate) process: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) host: Option<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Ending,
    /// Nothing is told any more.
    Over,
    Running,
}

#[derive(Clone, Debug)]
struct Left {
    place: Place,
    sender: Sender,
}

/// The message as the journal keeps it for the next process.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    /// Whose message it is: a hash of the webhook's address.
    webhook: String,
    heartbeat: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thread: Option<String>,
    /// It says that its process has stopped.
    ended: bool,
    sender: Sender,
}

impl Heartbeat {
    /// Begins with an update that is due now.
    pub(crate) fn new(every: Duration, own: Sender, now: Instant) -> Self {
        Self {
            every,
            own,
            place: None,
            left: VecDeque::new(),
            due_at: now,
            under_way: None,
            faults: 0,
            phase: Phase::Running,
        }
    }

    /// Says from when on there is something to tell, unless that is under way or over.
    pub(crate) fn due_at(&self) -> Option<Instant> {
        let has_something = match self.phase {
            Phase::Ending => self.place.is_some(),
            Phase::Over => false,
            Phase::Running => true,
        };
        (has_something && self.under_way.is_none()).then_some(self.due_at)
    }

    /// Takes what is to be told now; given back through [`told`](Self::told), [`lost`](Self::lost),
    /// [`fail`](Self::fail) or [`cancel`](Self::cancel).
    pub(crate) fn next(&mut self, now: Instant) -> Option<&Pulse> {
        self.due_at().filter(|due| *due <= now)?;
        let own = |beat| Pulse { place: self.place.clone(), beat };
        let pulse = match (self.phase, self.left.front()) {
            (Phase::Ending, _) => own(Beat::Ended),
            (_, Some(Left { place, sender })) => {
                Pulse { place: Some(place.clone()), beat: Beat::Missing(sender.clone()) }
            }
            (_, None) => own(Beat::Alive { again: self.every }),
        };
        Some(self.under_way.insert(pulse))
    }

    pub(crate) fn under_way(&self) -> Option<&Pulse> {
        self.under_way.as_ref()
    }

    /// Takes back what was not sent.
    pub(crate) fn cancel(&mut self) {
        self.under_way = None;
    }

    /// Notes that Discord has it, in a message of that place if it is a new one; says what the journal should know.
    pub(crate) fn told(&mut self, posted: Option<Place>, webhook: &str, now: Instant) -> Option<Vec<u8>> {
        let pulse = self.under_way.take()?;
        self.faults = 0;
        match pulse.beat {
            Beat::Missing(_) => {
                self.left.pop_front();
                None
            }
            Beat::Ended => {
                self.phase = Phase::Over;
                self.saved(webhook, true)
            }
            Beat::Alive { .. } => {
                self.wait(self.every, now);
                if pulse.place.is_some() {
                    return None;
                }
                self.place = posted;
                if self.place.is_none() {
                    // Without a name it can never be changed, and each update would be one more message.
                    self.phase = Phase::Over;
                }
                self.saved(webhook, false)
            }
        }
    }

    /// Notes that its message is gone or takes no edits: another is posted at once.
    pub(crate) fn lost(&mut self, now: Instant) {
        let Some(pulse) = self.under_way.take() else { return };
        self.faults = 0;
        match pulse.beat {
            Beat::Missing(_) => drop(self.left.pop_front()),
            Beat::Ended => self.phase = Phase::Over,
            Beat::Alive { .. } => {
                let had_one = self.place.take().is_some();
                self.wait(if had_one { Duration::ZERO } else { self.every }, now);
            }
        }
    }

    /// Notes that it did not work out, perhaps because the server broke over it; it is tried again after a moment, but
    /// not at the end.
    pub(crate) fn fail(&mut self, is_fault: bool, now: Instant) {
        let Some(pulse) = self.under_way.take() else { return };
        self.faults += u32::from(is_fault);
        match pulse.beat {
            Beat::Ended => self.phase = Phase::Over,
            _ if self.faults >= FAULTS => {
                self.under_way = Some(pulse);
                self.lost(now);
                self.wait(self.every, now);
            }
            _ => self.wait(AGAIN.min(self.every), now),
        }
    }

    /// Tells as its last word that the service stopped, if there is a message that says otherwise.
    pub(crate) fn end(&mut self, now: Instant) {
        if self.phase == Phase::Running {
            let may_have_one = self.place.is_some() || self.under_way.is_some();
            self.phase = if may_have_one { Phase::Ending } else { Phase::Over };
            self.due_at = now;
        }
    }

    /// Tells nothing any more: there is nowhere to tell it.
    pub(crate) fn close(&mut self) {
        self.phase = Phase::Over;
        self.under_way = None;
    }

    /// Says whether the last word is still to be told.
    pub(crate) fn is_ending(&self) -> bool {
        self.phase == Phase::Ending && (self.place.is_some() || self.under_way.is_some())
    }

    /// Takes over a message of an earlier process, if it is one of this webhook: goes on with it, or tells in it that
    /// its process is gone.
    pub(crate) fn restore(&mut self, bytes: &[u8], webhook: &str, now: Instant) -> bool {
        let saved = serde_json::from_slice(bytes).ok().filter(|saved: &Saved| saved.webhook == webhook);
        let Some(Saved { heartbeat: id, thread, ended, sender, .. }) = saved else { return false };
        let place = Place { id, thread, address: None };
        if self.phase != Phase::Running || self.place.as_ref() == Some(&place) {
            return true;
        }
        if self.place.is_none() && self.under_way.is_none() {
            self.place = Some(place);
            self.wait(Duration::ZERO, now);
        } else if !ended && self.left.len() < MOST_LEFT {
            self.left.push_back(Left { place, sender });
            self.wait(Duration::ZERO, now);
        }
        true
    }

    /// Writes where the message is, for the next process; nothing if there is none.
    pub(crate) fn saved(&self, webhook: &str, ended: bool) -> Option<Vec<u8>> {
        let Place { id, thread, .. } = self.place.clone()?;
        let saved = Saved { webhook: webhook.to_owned(), heartbeat: id, thread, ended, sender: self.own.clone() };
        serde_json::to_vec(&saved).ok()
    }

    fn wait(&mut self, wait: Duration, now: Instant) {
        self.due_at = if self.phase == Phase::Running { now + wait } else { now };
    }
}

/// How soon an update that did not work out is tried again.
const AGAIN: Duration = Duration::from_secs(10);
/// Times that the server may break over a message before it is given up.
const FAULTS: u32 = 5;
/// Messages of dead processes that wait to be told as such.
const MOST_LEFT: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(300);

    fn heart(now: Instant) -> Heartbeat {
        Heartbeat::new(EVERY, Sender { process: 7, host: None }, now)
    }

    fn place(id: &str) -> Place {
        Place { id: id.to_owned(), thread: None, address: None }
    }

    /// What is told now: which message is edited, and what it tells.
    fn next(heart: &mut Heartbeat, now: Instant) -> Option<(Option<String>, Beat)> {
        heart.next(now).map(|pulse| (pulse.place.as_ref().map(|place| place.id.clone()), pulse.beat.clone()))
    }

    fn alive(message: Option<&str>) -> Option<(Option<String>, Beat)> {
        Some((message.map(str::to_owned), Beat::Alive { again: EVERY }))
    }

    /// A heart whose message is posted as 77.
    fn posted(now: Instant) -> Heartbeat {
        let mut heart = heart(now);
        assert_eq!(next(&mut heart, now), alive(None));
        assert!(heart.told(Some(place("77")), "w", now).is_some());
        heart
    }

    #[test]
    fn it_is_posted_once_and_edited_from_then_on() {
        let mut now = Instant::now();
        let mut heart = posted(now);
        for _ in 0..1_000 {
            assert_eq!((next(&mut heart, now), heart.due_at()), (None, Some(now + EVERY)));
            now += EVERY;
            assert_eq!(next(&mut heart, now), alive(Some("77")));
            assert_eq!((next(&mut heart, now), heart.due_at()), (None, None), "one at a time");
            assert_eq!(heart.told(None, "w", now), None, "the journal knows its place");
        }
    }

    #[test]
    fn one_that_a_person_deleted_is_posted_anew_at_once() {
        let now = Instant::now();
        let mut heart = posted(now);
        assert_eq!(next(&mut heart, now + EVERY), alive(Some("77")));
        heart.lost(now + EVERY);
        assert_eq!(next(&mut heart, now + EVERY), alive(None));
        heart.lost(now + EVERY);
        assert_eq!(heart.due_at(), Some(now + EVERY * 2), "a message that is refused is not tried in a loop");
    }

    #[test]
    fn what_does_not_work_out_is_tried_again_and_what_breaks_the_server_elsewhere() {
        let mut now = Instant::now() + EVERY;
        let mut heart = posted(now - EVERY);
        for attempt in 1..=FAULTS {
            assert_eq!(next(&mut heart, now), alive(Some("77")), "{attempt}");
            heart.fail(false, now);
            now += AGAIN;
            assert_eq!(next(&mut heart, now), alive(Some("77")), "{attempt}");
            heart.fail(true, now);
            now = heart.due_at().expect("it goes on");
        }
        assert_eq!(next(&mut heart, now), alive(None));
    }

    #[test]
    fn an_update_that_was_not_sent_is_still_due() {
        let now = Instant::now();
        let mut heart = heart(now);
        assert_eq!(next(&mut heart, now), alive(None));
        heart.cancel();
        assert_eq!(next(&mut heart, now), alive(None));
    }

    #[test]
    fn a_message_without_a_name_is_the_only_one() {
        let now = Instant::now();
        let mut heart = heart(now);
        assert_eq!(next(&mut heart, now), alive(None));
        assert_eq!(heart.told(None, "w", now), None);
        assert_eq!(heart.due_at(), None);
    }

    #[test]
    fn the_last_word_is_tried_once_and_needs_a_message_that_says_otherwise() {
        let now = Instant::now();
        for outcome in [
            |heart: &mut Heartbeat, now| heart.fail(true, now),
            Heartbeat::lost,
            |heart: &mut Heartbeat, now| {
                heart.told(None, "w", now).expect("it is noted that it ended");
            },
        ] {
            let mut heart = posted(now);
            heart.end(now);
            assert!(heart.is_ending());
            assert_eq!(next(&mut heart, now), Some((Some("77".to_owned()), Beat::Ended)));
            outcome(&mut heart, now);
            assert_eq!((heart.is_ending(), heart.due_at()), (false, None));
        }
        let mut silent = heart(now);
        silent.end(now);
        assert_eq!((silent.is_ending(), silent.due_at()), (false, None));
    }

    #[test]
    fn an_update_that_is_under_way_at_the_end_is_followed_by_the_last_word() {
        let now = Instant::now();
        let mut heart = posted(now);
        assert_eq!(next(&mut heart, now + EVERY), alive(Some("77")));
        heart.end(now + EVERY);
        assert_eq!(next(&mut heart, now + EVERY), None);
        heart.fail(false, now + EVERY);
        assert_eq!(next(&mut heart, now + EVERY), Some((Some("77".to_owned()), Beat::Ended)));
    }

    #[test]
    fn a_first_message_that_is_under_way_at_the_end_says_so_as_soon_as_it_can_be_named() {
        let now = Instant::now();
        for arrives in [true, false] {
            let mut heart = heart(now);
            assert_eq!(next(&mut heart, now), alive(None));
            heart.end(now);
            assert!(heart.is_ending());
            if arrives {
                heart.told(Some(place("77")), "w", now);
                assert_eq!(next(&mut heart, now), Some((Some("77".to_owned()), Beat::Ended)));
            } else {
                heart.fail(false, now);
                assert_eq!((heart.is_ending(), heart.due_at()), (false, None));
            }
        }
    }

    #[test]
    fn the_next_process_goes_on_with_the_message_whether_it_ended_or_not() {
        let now = Instant::now();
        for ended in [true, false] {
            let saved = posted(now).saved("w", ended).expect("a place");
            let mut next_one = heart(now);
            assert!(!next_one.restore(&saved, "other", now), "of another webhook");
            assert!(!next_one.restore(b"{}", "w", now), "damaged");
            assert!(next_one.restore(&saved, "w", now));
            assert_eq!(next(&mut next_one, now), alive(Some("77")));
        }
    }

    #[test]
    fn a_sibling_that_died_is_told_in_its_own_message_unless_it_said_so_itself() {
        let now = Instant::now();
        let mut heart = posted(now);
        let mut sibling = Heartbeat::new(EVERY, Sender { process: 8, host: Some("web-1".to_owned()) }, now);
        sibling.next(now).expect("due");
        let saved = sibling.told(Some(place("78")), "w", now).expect("a place");
        assert!(heart.restore(&sibling.saved("w", true).expect("a place"), "w", now));
        assert_eq!(next(&mut heart, now), None, "it said so itself");
        assert!(heart.restore(&saved, "w", now));
        let missing = Beat::Missing(Sender { process: 8, host: Some("web-1".to_owned()) });
        assert_eq!(next(&mut heart, now), Some((Some("78".to_owned()), missing)));
        assert_eq!(heart.told(None, "w", now), None);
        assert_eq!(next(&mut heart, now), alive(Some("77")));
    }
}
