//! What an answer changes: what stands in a message now, what is tried again or elsewhere, and what is given up.

use std::sync::Arc;

use super::{Dispatch, Said, weight_of};
use crate::event::Severity;
use crate::record::{Ending, Entry, Now};
use crate::reduce::{Doubt, Intake, Lost, Place, Shipped, Target};
use crate::send::{Answer, LaneId, Misplaced, Outcome, Permit, Sent, Stored, WebhookUrl};

impl Dispatch {
    /// Takes a permit back with what came of its request.
    pub(crate) fn answered(&mut self, permit: Permit, answer: &Answer, now: Now) {
        let lane = permit.lane();
        if self.is_beating(lane) {
            return self.beat_answered(permit, answer, now);
        }
        let (intake, _) = self.intake(lane);
        if let Some(message) = intake.land() {
            return self.edit_answered(permit, message, answer, now);
        }
        let (events, in_thread) =
            intake.first().map_or((0, false), |batch| (batch.shown.len(), matches!(batch.target, Target::Thread(_))));
        let outcome = self.engine.complete(permit, answer, Sent::Post { events, in_thread }, now.instant);
        match outcome {
            Outcome::Again { may_repeat, is_fault } => {
                if may_repeat {
                    self.intake(lane).0.repeat_first();
                }
                if is_fault {
                    self.doubt(lane, now);
                }
            }
            Outcome::Delivered { message } => self.posted(lane, message, in_thread, now),
            Outcome::Misplaced(how) => self.misplaced(lane, how, now),
            Outcome::Refused { reason } => {
                for entry in self.intake(lane).0.bisect_first() {
                    self.bury(lane, entry, reason.clone(), now);
                }
            }
            Outcome::Suspended { reason } => self.tell_suspended(lane, &reason, now),
            Outcome::Closed { reason } => self.tell_closed(lane, &reason, now),
            // Said of edits alone.
            Outcome::Vanished => {}
        }
        self.publish();
    }

    /// Ends what stands in a message now.
    fn posted(&mut self, lane: LaneId, message: Option<Stored>, in_thread: bool, now: Now) {
        let place = message.map(|message| Place {
            address: self.engine.address_of(lane, &message),
            thread: message.channel.clone().filter(|_| in_thread || self.opens_threads(lane)),
            id: message.id,
        });
        let message = place.as_ref().map(|place| place.id.clone());
        let Shipped { told, counted, unshown } = self.intake(lane).0.post_first(place, now.instant);
        self.counters.deliver(told.len());
        self.counters.merge(weight_of(&told) - told.len() as u64 + weight_of(&counted));
        self.told.remove(&lane);
        self.end_unshown(unshown);
        self.keep_changed(lane, now);
        self.count(lane, counted, message.clone(), now);
        self.settle(lane, told, &Ending::Delivered { at: now.wall, message }, now);
    }

    /// Says whether the message that goes first opens a forum post.
    fn opens_threads(&self, lane: LaneId) -> bool {
        let batch = self.intakes.get(&lane).and_then(Intake::first);
        batch.is_some_and(|batch| batch.target == Target::NewThread)
    }

    /// Ends occurrences of which a message tells the number; the history has one line for all.
    fn count(&mut self, lane: LaneId, mut counted: Vec<Entry>, message: Option<String>, now: Now) {
        let occurrences = weight_of(&counted);
        let Some(newest) = counted.pop() else { return };
        let ending = Ending::Counted { at: now.wall, message, occurrences };
        self.tell_ends(&counted, &ending);
        let _ = self.journal.settle(counted, None);
        self.settle(lane, vec![newest], &ending, now);
    }

    /// Lets the journal know what messages tell by now that may still change.
    fn keep_changed(&mut self, lane: LaneId, now: Now) {
        let Some(webhook) = self.webhook_of(lane).map(WebhookUrl::fingerprint) else { return };
        for (message, state) in self.intake(lane).0.changed(&webhook, now) {
            self.journal.keep_open(&message, state);
        }
    }

    /// Finds another place for a message: a channel may be a forum or not, and threads are deleted.
    pub(super) fn misplaced(&mut self, lane: LaneId, how: Misplaced, now: Now) {
        let is_forum = how == Misplaced::NeedsThread;
        match how {
            // Whatever it is, it is not both.
            Misplaced::NeedsThread | Misplaced::NoForum if self.misplaced.insert((lane, is_forum)) => {
                self.intake(lane).0.set_forum(is_forum);
                self.tell_forum(lane, is_forum);
            }
            Misplaced::NeedsThread | Misplaced::NoForum => {
                let reason = "a forum that takes no posts of webhooks (220001 and 220003)";
                self.engine.rest(lane, reason, now.instant);
                self.tell_suspended(lane, reason, now);
            }
            Misplaced::Gone | Misplaced::Archived => self.intake(lane).0.lose_thread(),
        }
    }

    /// Takes a permit back with what came of an edit; one that did not work out is tried again, with what it says by
    /// then.
    fn edit_answered(&mut self, permit: Permit, message: String, answer: &Answer, now: Now) {
        let lane = permit.lane();
        let in_thread = self.intake(lane).0.is_in_thread(&message);
        let outcome = self.engine.complete(permit, answer, Sent::Edit { in_thread }, now.instant);
        match outcome {
            Outcome::Again { is_fault, .. } => {
                if self.intake(lane).0.fail_edit(&message, is_fault, now.instant) {
                    let unshown = self.tell_anew(lane, &message, Lost::Edits, now);
                    self.end_unshown(unshown);
                }
            }
            Outcome::Delivered { .. } => {
                let shown = self.intake(lane).0.edited(&message, now.instant);
                self.counters.merge(weight_of(&shown));
                self.told.remove(&lane);
                self.keep_changed(lane, now);
                self.count(lane, shown, Some(message), now);
            }
            Outcome::Refused { reason } => {
                for entry in self.tell_anew(lane, &message, Lost::Edits, now) {
                    self.bury(lane, entry, reason.clone(), now);
                }
            }
            Outcome::Misplaced(how) => {
                // A new message wakes a thread that sleeps.
                let lost = if how == Misplaced::Gone { Lost::Thread } else { Lost::Edits };
                let unshown = self.tell_anew(lane, &message, lost, now);
                self.end_unshown(unshown);
            }
            Outcome::Vanished => {
                let unshown = self.tell_anew(lane, &message, Lost::Deleted, now);
                self.end_unshown(unshown);
            }
            Outcome::Suspended { reason } => self.tell_suspended(lane, &reason, now),
            Outcome::Closed { reason } => self.tell_closed(lane, &reason, now),
        }
        self.publish();
    }

    /// Tells in a new message what an old one cannot; gives back what is not worth one.
    fn tell_anew(&mut self, lane: LaneId, message: &str, lost: Lost, now: Now) -> Vec<Entry> {
        let unshown = self.intake(lane).0.tell_anew(message, lost);
        self.keep_changed(lane, now);
        unshown
    }

    /// The server broke over a message: by itself, or because of what is in it.
    fn doubt(&mut self, lane: LaneId, now: Now) {
        let (intake, _) = self.intake(lane);
        if intake.doubt_first() == Doubt::Proven {
            let reason = "the server breaks over it (status 500) while it takes others".to_owned();
            for entry in intake.drop_first() {
                self.bury(lane, entry, reason.clone(), now);
            }
        }
    }

    fn bury(&mut self, lane: LaneId, entry: Entry, reason: String, now: Now) {
        let text = format!("Discord refuses event {} for good: {reason}", entry.id);
        self.said.push(Said::Told(Severity::Error, text));
        self.said.push(Said::Event(Arc::clone(&entry.event)));
        self.counters.bury(entry.weight());
        self.settle(lane, vec![entry], &Ending::Buried { at: now.wall, reason }, now);
    }
}
