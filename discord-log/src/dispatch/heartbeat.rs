//! The message that says who is alive, on its way: it gives way to every event, and is none itself.

use std::time::{Duration, Instant};

use super::{Dispatch, Request, Said};
use crate::config::Config;
use crate::event::{Channel, Severity};
use crate::record::Now;
use crate::reduce::{Heartbeat, Intake, Place, Sender};
use crate::render;
use crate::send::{Answer, Denied, Engine, LaneId, Misplaced, Outcome, Permit, Sent, Stored};

/// A heartbeat and its way out.
#[derive(Debug)]
pub(super) struct Beating {
    heart: Heartbeat,
    lane: LaneId,
    /// What names the webhook to the journal.
    webhook: String,
    /// When the next update may go, as far as that was known when it was looked at last.
    goes_at: Option<Instant>,
}

impl Beating {
    /// Starts one in the system channel, if there is to be one and the channel has a webhook.
    pub(super) fn start(config: &Config, engine: &Engine, now: Instant) -> Option<Self> {
        let every = config.heartbeat?;
        let webhook = config.webhook(Channel::System)?;
        let own = Sender { process: std::process::id(), host: config.render.host.clone() };
        let heart = Heartbeat::new(every, own, now);
        Some(Self { heart, lane: engine.lane(webhook)?, webhook: webhook.fingerprint(), goes_at: None })
    }

    /// Its name in the journal.
    fn name(&self) -> String {
        format!("heartbeat-{}", self.webhook)
    }
}

impl Dispatch {
    /// Adds the update that is due to the requests, unless its lane has anything better to do; gives when to ask again.
    pub(super) fn beat(&mut self, now: Now, requests: &mut Vec<Request>) -> Option<Instant> {
        let Beating { heart, lane, .. } = self.beating.as_ref()?;
        let (lane, due, is_ending) = (*lane, heart.due_at()?, heart.is_ending());
        let may_go = if due > now.instant { Err(Some(due)) } else { self.gives_way(lane, is_ending, now.instant) };
        let wake = match may_go.map(|()| self.engine.permit(lane, now.instant)) {
            Ok(Ok(permit)) => {
                self.send_beat(permit, now, requests);
                None
            }
            Ok(Err(Denied::Until(at))) => Some(at),
            Ok(Err(Denied::Busy)) => None,
            Ok(Err(Denied::Closed)) => {
                self.close_heartbeat();
                None
            }
            Err(wake) => wake,
        };
        if let Some(beating) = &mut self.beating {
            beating.goes_at = wake;
        }
        wake
    }

    /// Leaves the lane to events as long as one waits or is about to, and what is left of the channel's minute if that is
    /// less than half.
    ///
    /// # Errors
    ///
    /// Says when to look again, if that is not when the lane's events are dealt with.
    fn gives_way(&self, lane: LaneId, is_ending: bool, now: Instant) -> Result<(), Option<Instant>> {
        if self.engine.is_closed(lane) {
            return Ok(());
        }
        let ready_at = self.intakes.get(&lane).and_then(|intake| intake.ready_at(self.hurries, now));
        let waits = ready_at.is_some_and(|at| at <= now + SOON);
        if waits || self.journal.backlog().into_iter().any(|channel| self.lane_of(channel) == Some(lane)) {
            return Err(None);
        }
        match self.settling.get(&lane) {
            Some((ticket, until)) if now < *until && !self.journal.is_kept(*ticket) => Err(Some(*until)),
            _ if is_ending || self.engine.has_to_spare(lane, now) => Ok(()),
            _ => Err(Some(now + RESTS)),
        }
    }

    fn send_beat(&mut self, permit: Permit, now: Now, requests: &mut Vec<Request>) {
        let lane = permit.lane();
        let is_forum = self.is_forum(lane);
        let health = self.counters.snapshot(now.instant, now.wall);
        let pulse = self.beating.as_mut().and_then(|beating| beating.heart.next(now.instant));
        let Some(pulse) = pulse else { return self.engine.cancel(permit) };
        let settings = &self.config.render;
        let title = format!("{}: heartbeat", settings.service);
        let opened = Some(&*title).filter(|_| is_forum && pulse.place.is_none());
        let body = render::heartbeat(settings, &health, pulse, opened, now.wall);
        let (edited, thread) = pulse.place.as_ref().map(|place| (place.id.clone(), place.thread.clone())).unzip();
        let budgets = self.engine.budgets(lane);
        requests.push(Request::Send { permit, edited, thread: thread.flatten(), body, budgets });
    }

    /// Says whether what is under way on a lane is the heartbeat.
    pub(super) fn is_beating(&self, lane: LaneId) -> bool {
        self.beating.as_ref().is_some_and(|beating| beating.lane == lane && beating.heart.under_way().is_some())
    }

    pub(super) fn cancel_beat(&mut self) {
        if let Some(beating) = &mut self.beating {
            beating.heart.cancel();
        }
    }

    /// Takes a permit back with what came of an update.
    pub(super) fn beat_answered(&mut self, permit: Permit, answer: &Answer, now: Now) {
        let lane = permit.lane();
        let Some(beating) = &mut self.beating else { return };
        let place = beating.heart.under_way().and_then(|pulse| pulse.place.clone());
        let in_thread = place.as_ref().is_some_and(|place| place.thread.is_some());
        let is_edit = place.is_some();
        let sent = if is_edit { Sent::Edit { in_thread } } else { Sent::Post { events: 0, in_thread } };
        let outcome = self.engine.complete(permit, answer, sent, now.instant);
        let heart = &mut beating.heart;
        match outcome {
            Outcome::Delivered { message } => self.beat_told(message, now),
            Outcome::Again { .. } if is_edit && answer.is_too_many_old_edits() => heart.lost(now.instant),
            Outcome::Again { is_fault, .. } => heart.fail(is_fault, now.instant),
            Outcome::Misplaced(how @ (Misplaced::NeedsThread | Misplaced::NoForum)) => {
                heart.fail(false, now.instant);
                self.misplaced(lane, how, now);
            }
            Outcome::Misplaced(_) | Outcome::Vanished => heart.lost(now.instant),
            Outcome::Refused { reason } => {
                heart.lost(now.instant);
                self.said.push(Said::Told(Severity::Warning, format!("Discord refuses the heartbeat: {reason}")));
            }
            Outcome::Suspended { reason } => {
                heart.fail(false, now.instant);
                self.tell_suspended(lane, &reason, now);
            }
            Outcome::Closed { reason } => {
                self.close_heartbeat();
                self.tell_closed(lane, &reason, now);
            }
        }
        self.publish();
    }

    fn beat_told(&mut self, message: Option<Stored>, now: Now) {
        let Some(lane) = self.beating.as_ref().map(|beating| beating.lane) else { return };
        self.told.remove(&lane);
        let is_forum = self.is_forum(lane);
        let place =
            message.map(|Stored { id, channel }| Place { id, thread: channel.filter(|_| is_forum), address: None });
        let Some(beating) = &mut self.beating else { return };
        if let Some(state) = beating.heart.told(place, &beating.webhook, now.instant) {
            self.journal.keep_open(&beating.name(), Some(state));
        }
    }

    /// Goes on with the heartbeat of an earlier process, if it is one of this webhook's.
    pub(super) fn restore_heartbeat(&mut self, state: &[u8], now: Now) -> bool {
        let Some(beating) = &mut self.beating else { return false };
        let is_restored = beating.heart.restore(state, &beating.webhook, now.instant);
        if is_restored {
            // What was found has the name of one's own.
            self.journal.keep_open(&beating.name(), beating.heart.saved(&beating.webhook, false));
        }
        is_restored
    }

    /// Lets the heartbeat say as its last word that the service stopped.
    pub(crate) fn end_heartbeat(&mut self, now: Instant) {
        if let Some(beating) = &mut self.beating {
            beating.heart.end(now);
        }
    }

    /// Says whether the heartbeat's last word may still be told until a moment.
    pub(crate) fn has_last_word(&self, until: Instant) -> bool {
        let goes_in_time = |beating: &Beating| beating.goes_at.is_none_or(|at| at < until);
        self.beating.as_ref().is_some_and(|beating| beating.heart.is_ending() && goes_in_time(beating))
    }

    fn close_heartbeat(&mut self) {
        if let Some(beating) = &mut self.beating {
            beating.heart.close();
        }
    }

    pub(super) fn is_forum(&self, lane: LaneId) -> bool {
        let is_set = || {
            let mut webhooks = self.config.all_webhooks();
            webhooks.any(|webhook| self.engine.lane(webhook) == Some(lane) && self.config.is_forum(webhook))
        };
        self.intakes.get(&lane).map_or_else(is_set, Intake::is_forum)
    }
}

/// An update gives way to what is about to go within this time.
const SOON: Duration = Duration::from_secs(1);
/// How long it rests while the channel's minute is half used up.
const RESTS: Duration = Duration::from_secs(5);
