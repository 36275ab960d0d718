//! Decides when which webhook may be called and what an answer changes: a plain state machine. It reads no clock, does
//! no I/O and knows no events; the sender asks it for a [`Permit`] before every request and gives each one back with
//! the answer.

use std::time::{Duration, Instant};

use fastrand::Rng;

use super::Settings;
use super::answer::{Answer, LimitHeaders};
use super::backoff::backoff;
use super::channel_budget::ChannelBudget;
use super::finished::{FIRST_BAN_PAUSE, counts_as_invalid};
use super::lane::Lane;
use super::ledger::Limits;
use super::pause::Pause;
use super::permit::{Denied, Introduction, LaneId, Outcome, Permit, Sent, Stored};
use super::rate_limit::Window;
use super::verdict::{Failure, Verdict, Whom, verdict, verdict_on};
use super::webhook_url::WebhookUrl;
use crate::health::Webhook;

/// All lanes and what they share.
#[derive(Debug)]
pub(crate) struct Engine {
    settings: Settings,
    lanes: Vec<Lane>,
    /// One a lane at first; those of lanes that turned out to share a channel are left unused.
    budgets: Vec<ChannelBudget>,
    /// How many processes each take their part of a channel, because they cannot agree with each other.
    sharers: usize,
    global: Window,
    invalid: Window,
    pause: Pause,
    bans: u32,
    random: Rng,
}

impl Engine {
    /// Starts without lanes; `seed` feeds the jitter.
    pub(crate) fn new(settings: Settings, seed: u64) -> Self {
        Self {
            settings,
            lanes: Vec::new(),
            budgets: Vec::new(),
            sharers: 1,
            global: Window::global(),
            invalid: Window::of_invalid_requests(),
            pause: Pause::default(),
            bans: 0,
            random: Rng::with_seed(seed),
        }
    }

    /// Opens a lane for a webhook, unless it has one.
    pub(crate) fn open(&mut self, webhook: &WebhookUrl) -> LaneId {
        self.lane(webhook).unwrap_or_else(|| {
            self.lanes.push(Lane::new(webhook.clone(), self.budgets.len()));
            self.budgets.push(ChannelBudget::new(self.settings.rate_limit));
            LaneId(self.lanes.len() - 1)
        })
    }

    /// Gives the lane of a webhook, if it was opened.
    pub(crate) fn lane(&self, webhook: &WebhookUrl) -> Option<LaneId> {
        self.lanes.iter().position(|lane| lane.webhook == *webhook).map(LaneId)
    }

    /// Asks to send one request now.
    ///
    /// # Errors
    ///
    /// Says until when there is none; a pause for a limit lets one request through at its end, not all.
    pub(crate) fn permit(&mut self, id: LaneId, now: Instant) -> Result<Permit, Denied> {
        let lane = self.lanes.get(id.0).filter(|lane| !lane.is_closed()).ok_or(Denied::Closed)?;
        if lane.is_busy {
            return Err(Denied::Busy);
        }
        let in_flight = self.lanes.iter().filter(|other| other.budget == lane.budget && other.is_busy).count();
        let budget = self.budgets.get(lane.budget).ok_or(Denied::Closed)?;
        let shared = self.pause.ready_at(now)?.max(self.global.ready_at(now)).max(self.invalid.ready_at(now));
        if let Some(ready) = budget.ready_at(in_flight, self.sharers, now)?.max(lane.ready_at(now)).max(shared) {
            return Err(Denied::Until(ready));
        }
        self.pause.admit(id);
        self.global.record(now);
        if let Some(budget) = self.budget_mut(id) {
            budget.pause.admit(id);
        }
        let lane = self.lanes.get_mut(id.0).ok_or(Denied::Closed)?;
        lane.is_busy = true;
        Ok(Permit { lane: id, at: now, url: lane.webhook.reveal() })
    }

    /// Says until when a lane may not edit, although it may post.
    pub(crate) fn edits_at(&self, id: LaneId, now: Instant) -> Option<Instant> {
        self.lanes.get(id.0)?.edits_at(now)
    }

    /// Takes a permit back with what came of it.
    #[expect(clippy::needless_pass_by_value, reason = "a permit given back is used up")]
    pub(crate) fn complete(&mut self, permit: Permit, answer: &Answer, sent: Sent, now: Instant) -> Outcome {
        let id = permit.lane;
        let verdict = verdict_on(sent, answer);
        let events = match sent {
            Sent::Edit { .. } => 0,
            Sent::Post { events, .. } => events,
        };
        self.count(id, answer, &verdict, sent, now);
        let Some(lane) = self.lanes.get_mut(id.0) else { return Outcome::AGAIN };
        lane.is_busy = false;
        match verdict {
            Verdict::Delivered { message } => {
                lane.succeed(events, now);
                Outcome::Delivered { message }
            }
            Verdict::Misplaced(how) => Outcome::Misplaced(how),
            Verdict::Refused { reason } => Outcome::Refused { reason },
            Verdict::Vanished => {
                lane.succeed(events, now);
                Outcome::Vanished
            }
            // The question which channel it belongs to may have told it already.
            Verdict::Closed { .. } if lane.is_closed() => Outcome::AGAIN,
            Verdict::Closed { reason } => {
                lane.close(&reason, now);
                Outcome::Closed { reason }
            }
            Verdict::Suspended { reason } => {
                lane.suspend(reason.clone(), now);
                Outcome::Suspended { reason }
            }
            Verdict::Failed(failure) => self.fail(id, answer, failure, now),
            Verdict::Limited { whom, pause } => {
                self.limit(id, whom, pause, now);
                Outcome::AGAIN
            }
            Verdict::Banned { trouble, pause } => {
                lane.fail(trouble, now);
                self.ban(id, pause, now);
                Outcome::AGAIN
            }
        }
    }

    /// Takes a permit back that was not used.
    #[expect(clippy::needless_pass_by_value, reason = "a permit given back is used up")]
    pub(crate) fn cancel(&mut self, permit: Permit) {
        self.give_back(permit.lane);
        self.global.forget(permit.at);
        if let Some(lane) = self.lanes.get_mut(permit.lane.0) {
            lane.is_busy = false;
        }
    }

    /// Takes a permit back that was not used, since the channel has to rest until a moment.
    pub(crate) fn defer(&mut self, permit: Permit, until: Instant) {
        let id = permit.lane;
        self.cancel(permit);
        if let Some(budget) = self.budget_mut(id) {
            budget.pause.rest(until);
        }
    }

    /// Asks to ask Discord now which channel a lane's webhook belongs to; gives nothing once that is known, and not
    /// twice within some minutes.
    pub(crate) fn introduce(&mut self, id: LaneId, now: Instant) -> Option<Introduction> {
        let is_open = self.pause.is_over(now)
            && self.global.ready_at(now).is_none()
            && self.invalid.ready_at(now).is_none()
            && self.budget_mut(id)?.channel.is_none();
        let lane = self.lanes.get_mut(id.0).filter(|lane| is_open && lane.introduces(now))?;
        lane.rest_from_introductions(true, now);
        self.global.record(now);
        Some(Introduction { lane: id, url: lane.webhook.reveal() })
    }

    /// Takes an introduction back with what came of it: lanes of one channel share its budget from now on. Gives
    /// [`Outcome::Closed`] if the webhook turned out to be gone.
    #[expect(clippy::needless_pass_by_value, reason = "an introduction given back is used up")]
    pub(crate) fn introduced(&mut self, introduction: Introduction, answer: &Answer, now: Instant) -> Option<Outcome> {
        let id = introduction.lane;
        let verdict = verdict(answer);
        if counts_as_invalid(answer, &verdict) {
            self.invalid.record(now);
        }
        let lane = self.lanes.get_mut(id.0)?;
        lane.rest_from_introductions(!matches!(verdict, Verdict::Failed(_)), now);
        match (verdict, answer) {
            (Verdict::Delivered { .. }, Answer::Response(response)) => {
                lane.guild = response.id("guild_id");
                self.join(id, &response.id("channel_id")?);
            }
            (Verdict::Closed { reason }, _) if !lane.is_closed() => {
                lane.close(&reason, now);
                return Some(Outcome::Closed { reason });
            }
            (Verdict::Limited { whom, pause }, _) => self.limit(id, whom, pause, now),
            (Verdict::Banned { pause, .. }, _) => self.ban(id, pause, now),
            _ => {}
        }
        None
    }

    /// Takes only a part of every channel while so many processes cannot agree on who sends what.
    pub(crate) fn share_with(&mut self, processes: Option<usize>) {
        self.sharers = processes.unwrap_or(1).max(1);
    }

    /// Names the budgets of a lane where other processes find them too, with their limits: that of the webhook, and that
    /// of its channel once it is known. No name is a secret.
    pub(crate) fn budgets(&self, id: LaneId) -> Vec<(String, Limits)> {
        let Some(lane) = self.lanes.get(id.0) else { return Vec::new() };
        let messages = self.settings.rate_limit;
        let mut budgets = vec![(format!("webhook-{}", lane.webhook.fingerprint()), Limits::of_channel(messages))];
        let channel = self.budgets.get(lane.budget).and_then(|budget| budget.channel.as_ref());
        budgets.extend(channel.map(|id| (format!("channel-{id}"), Limits::of_minute(messages))));
        budgets
    }

    /// Names the budget of questions about a lane's webhook, which Discord counts by themselves.
    pub(crate) fn budget_of_questions(&self, id: LaneId) -> Vec<(String, Limits)> {
        let webhook = self.lanes.get(id.0).map(|lane| lane.webhook.fingerprint());
        webhook
            .map(|webhook| (format!("about-{webhook}"), Limits::of_channel(self.settings.rate_limit)))
            .into_iter()
            .collect()
    }

    /// Gives the address under which a browser finds a message, once it is known whose guild the webhook is in.
    ///
    /// Source: links to messages as the client copies them.
    pub(crate) fn address_of(&self, id: LaneId, message: &Stored) -> Option<String> {
        let guild = self.lanes.get(id.0)?.guild.as_ref()?;
        Some(format!("https://discord.com/channels/{guild}/{}/{}", message.channel.as_ref()?, message.id))
    }

    /// Says how every webhook is, lane by lane.
    pub(crate) fn health(&self) -> impl Iterator<Item = (LaneId, Webhook)> {
        let numbered = self.lanes.iter().enumerate();
        numbered.map(|(number, lane)| (LaneId(number), lane.health(self.settings.retry_attempts)))
    }

    /// Says whether a lane's channel has half of its minute left, so that what is no event may use some of it.
    pub(crate) fn has_to_spare(&self, id: LaneId, now: Instant) -> bool {
        let budget = self.lanes.get(id.0).and_then(|lane| self.budgets.get(lane.budget));
        budget.is_some_and(|budget| budget.has_to_spare(self.sharers, now))
    }

    pub(crate) fn is_closed(&self, id: LaneId) -> bool {
        self.lanes.get(id.0).is_none_or(Lane::is_closed)
    }

    /// Lets a lane rest that takes nothing until people mend it.
    pub(crate) fn rest(&mut self, id: LaneId, reason: &str, now: Instant) {
        if let Some(lane) = self.lanes.get_mut(id.0) {
            lane.suspend(reason.to_owned(), now);
        }
    }

    /// Closes a lane for a reason that needs no answer, such as a host without certificates, and that holds since a
    /// moment.
    pub(crate) fn close(&mut self, id: LaneId, reason: &str, since: Instant) {
        if let Some(lane) = self.lanes.get_mut(id.0) {
            lane.close(reason, since);
        }
    }

    /// Counts a request as used, and learns from its answer whether a limit is over.
    fn count(&mut self, id: LaneId, answer: &Answer, verdict: &Verdict, sent: Sent, now: Instant) {
        let unknown = LimitHeaders::default();
        let headers = match answer {
            Answer::Response(response) => Some(&response.headers),
            Answer::Failed { may_have_arrived, .. } => may_have_arrived.then_some(&unknown),
        };
        if let (Some(lane), Some(headers)) = (self.lanes.get_mut(id.0), headers) {
            lane.learn(sent, headers, now);
            if let Some(budget) = self.budget_mut(id) {
                budget.record(headers, now);
            }
        }
        if counts_as_invalid(answer, verdict) {
            self.invalid.record(now);
        }
        if matches!(verdict, Verdict::Banned { .. } | Verdict::Failed { .. }) {
            return self.give_back(id);
        }
        if self.pause.answer(id) {
            self.bans = 0;
        }
        if let Some(budget) = self.budget_mut(id) {
            budget.pause.answer(id);
        }
    }

    fn fail(&mut self, id: LaneId, answer: &Answer, failure: Failure, now: Instant) -> Outcome {
        let Failure { trouble, may_have_arrived, is_fault, pause } = failure;
        let Settings { retry_delay, retry_attempts, .. } = self.settings;
        let random = self.random.f64();
        if let Some(lane) = self.lanes.get_mut(id.0) {
            let failures = lane.fail(trouble, now);
            let is_missing = matches!(answer, Answer::Response(response) if response.status == 404);
            let least = pause.max(lane.miss(is_missing));
            let wait = backoff(retry_delay, retry_attempts, failures, random);
            lane.pause(now + wait.max(least));
        }
        Outcome::Again { may_repeat: may_have_arrived, is_fault }
    }

    fn limit(&mut self, id: LaneId, whom: Whom, pause: Duration, now: Instant) {
        let until = now + pause + JITTER.mul_f64(self.random.f64());
        let Some(lane) = self.lanes.get_mut(id.0) else { return };
        lane.limit();
        match whom {
            Whom::Process => self.pause.limit(until),
            Whom::Channel => {
                if let Some(budget) = self.budget_mut(id) {
                    budget.pause.limit(until);
                }
            }
            Whom::Webhook => lane.pause(until),
        }
    }

    fn ban(&mut self, id: LaneId, pause: Option<Duration>, now: Instant) {
        if let Some(lane) = self.lanes.get_mut(id.0) {
            lane.limit();
        }
        // Requests that were on their way when the ban came hear of the same one.
        if !self.pause.is_paused(now) {
            self.bans = self.bans.saturating_add(1);
        }
        let pause = pause.unwrap_or_else(|| ban_pause(self.bans));
        self.pause.limit(now + pause + JITTER.mul_f64(self.random.f64()));
    }

    /// Lets another lane find out whether a limit is over.
    fn give_back(&mut self, id: LaneId) {
        self.pause.give_back(id);
        if let Some(budget) = self.budget_mut(id) {
            budget.pause.give_back(id);
        }
    }

    /// Learns the channel of a lane's webhook.
    fn join(&mut self, id: LaneId, channel: &str) {
        let Some(own) = self.lanes.get(id.0).map(|lane| lane.budget) else { return };
        let known = self.budgets.iter().position(|budget| budget.channel.as_deref() == Some(channel));
        let Some(known) = known.filter(|known| *known != own) else {
            if let Some(budget) = self.budget_mut(id) {
                budget.channel = Some(channel.to_owned());
            }
            return;
        };
        let unused = ChannelBudget::new(self.settings.rate_limit);
        let own_budget = self.budgets.get_mut(own).map(|budget| std::mem::replace(budget, unused));
        if let (Some(budget), Some(own_budget)) = (self.budgets.get_mut(known), own_budget) {
            budget.absorb(own_budget);
        }
        self.lanes.iter_mut().filter(|lane| lane.budget == own).for_each(|lane| lane.budget = known);
    }

    fn budget_mut(&mut self, id: LaneId) -> Option<&mut ChannelBudget> {
        self.lanes.get(id.0).and_then(|lane| self.budgets.get_mut(lane.budget))
    }
}

/// Fifteen minutes after the first ban, doubling up to two hours.
fn ban_pause(bans: u32) -> Duration {
    let doublings = bans.saturating_sub(1).min(3);
    FIRST_BAN_PAUSE * (1 << doublings)
}

/// Spreads the ends of pauses that many processes were told together.
const JITTER: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests;
