//! Decides when which webhook may be called and what an answer changes: a plain state machine. It reads no clock, does
//! no I/O and knows no events; the sender asks it for a [`Permit`] before every request and gives each one back with
//! the answer.

use std::time::{Duration, Instant};

use fastrand::Rng;

use super::Settings;
use super::answer::Answer;
use super::backoff::backoff;
use super::lane::{Lane, SUSPENSION};
use super::rate_limit::Window;
use super::verdict::{Verdict, Whom, verdict};
use super::webhook_url::WebhookUrl;
use crate::health::WebhookHealth;

/// Which lane; as long as the engine lives.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct LaneId(usize);

/// The right to send one request; given back through [`Engine::complete`].
#[derive(Debug)]
#[must_use = "a lane sends nothing more before its permit is given back"]
pub(crate) struct Permit {
    lane: LaneId,
    url: String,
}

impl Permit {
    pub(crate) const fn lane(&self) -> LaneId {
        self.lane
    }

    /// Gives the address to call, token and all.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

/// Why there is no permit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Denied {
    /// The lane's request is on its way.
    Busy,
    /// The webhook is gone.
    Closed,
    /// Not before this moment.
    Until(Instant),
}

/// What has to become of the message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// Send it again when there is a permit; with `may_repeat` it may have arrived already.
    Again { may_repeat: bool },
    /// The webhook is gone: nothing more goes there.
    Closed { reason: String },
    /// Discord has it.
    Delivered,
    /// It will never be taken as it is.
    Refused { reason: String },
}

/// All lanes and what they share.
#[derive(Debug)]
pub(crate) struct Engine {
    settings: Settings,
    lanes: Vec<Lane>,
    global: Window,
    invalid: Window,
    paused_until: Option<Instant>,
    bans: u32,
    random: Rng,
}

impl Engine {
    /// Starts without lanes; `seed` feeds the jitter.
    pub(crate) fn new(settings: Settings, seed: u64) -> Self {
        Self {
            settings,
            lanes: Vec::new(),
            global: Window::global(),
            invalid: Window::of_invalid_requests(),
            paused_until: None,
            bans: 0,
            random: Rng::with_seed(seed),
        }
    }

    /// Opens a lane for a webhook, unless it has one.
    pub(crate) fn open(&mut self, webhook: &WebhookUrl) -> LaneId {
        self.lane(webhook).unwrap_or_else(|| {
            self.lanes.push(Lane::new(webhook.clone(), &self.settings));
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
    /// Says until when there is none; a pause of the process lets one request through at its end, not all.
    pub(crate) fn permit(&mut self, id: LaneId, now: Instant) -> Result<Permit, Denied> {
        let is_probing = self.bans > 0 && self.lanes.iter().any(|lane| lane.is_busy);
        let shared = self.paused_until.filter(|until| *until > now);
        let shared = shared.max(self.global.ready_at(now)).max(self.invalid.ready_at(now));
        let lane = self.lanes.get_mut(id.0).ok_or(Denied::Closed)?;
        if lane.is_closed() {
            return Err(Denied::Closed);
        }
        if lane.is_busy || is_probing {
            return Err(Denied::Busy);
        }
        if let Some(ready) = lane.ready_at(now).max(shared) {
            return Err(Denied::Until(ready));
        }
        lane.is_busy = true;
        self.global.record(now);
        Ok(Permit { lane: id, url: lane.webhook.reveal() })
    }

    /// Takes a permit back with what came of it; `events` is how many the message told.
    #[expect(clippy::needless_pass_by_value, reason = "a permit given back is used up")]
    pub(crate) fn complete(&mut self, permit: Permit, answer: &Answer, events: usize, now: Instant) -> Outcome {
        let Permit { lane: LaneId(index), .. } = permit;
        let random = self.random.f64();
        let Some(lane) = self.lanes.get_mut(index) else { return Outcome::Again { may_repeat: false } };
        lane.is_busy = false;
        if let Answer::Response(response) = answer {
            lane.learn(response, now);
        }
        let verdict = verdict(answer);
        if !matches!(verdict, Verdict::Banned { .. } | Verdict::Failed { .. }) {
            self.bans = 0;
        }
        if counts_as_invalid(answer, &verdict) {
            self.invalid.record(now);
        }
        match verdict {
            Verdict::Delivered => {
                lane.succeed(events);
                Outcome::Delivered
            }
            Verdict::Refused { reason } => Outcome::Refused { reason },
            Verdict::Closed { reason } => {
                lane.close(&reason);
                Outcome::Closed { reason }
            }
            Verdict::Suspended { trouble } => {
                lane.fail(trouble);
                lane.pause(now + SUSPENSION);
                Outcome::Again { may_repeat: false }
            }
            Verdict::Failed { trouble, may_have_arrived } => {
                let failures = lane.fail(trouble);
                let Settings { retry_delay, retry_attempts, .. } = self.settings;
                lane.pause(now + backoff(retry_delay, retry_attempts, failures, random));
                Outcome::Again { may_repeat: may_have_arrived }
            }
            Verdict::Limited { whom, pause } => {
                lane.limit();
                let until = now + pause + JITTER.mul_f64(random);
                match whom {
                    Whom::Process => self.pause(until),
                    Whom::Channel | Whom::Webhook => lane.pause(until),
                }
                Outcome::Again { may_repeat: false }
            }
            Verdict::Banned { trouble, pause } => {
                lane.limit();
                lane.fail(trouble);
                self.bans = self.bans.saturating_add(1);
                self.pause(now + pause.unwrap_or_else(|| ban_pause(self.bans)) + JITTER.mul_f64(random));
                Outcome::Again { may_repeat: false }
            }
        }
    }

    /// Takes a permit back that was not used.
    #[expect(clippy::needless_pass_by_value, reason = "a permit given back is used up")]
    pub(crate) fn cancel(&mut self, permit: Permit) {
        if let Some(lane) = self.lanes.get_mut(permit.lane.0) {
            lane.is_busy = false;
        }
    }

    /// Says how every webhook is.
    pub(crate) fn health(&self) -> Vec<WebhookHealth> {
        self.lanes.iter().map(|lane| lane.health(self.settings.retry_attempts)).collect()
    }

    pub(crate) fn is_closed(&self, id: LaneId) -> bool {
        self.lanes.get(id.0).is_none_or(Lane::is_closed)
    }

    /// Closes a lane for a reason that needs no answer, such as a host without certificates.
    pub(crate) fn close(&mut self, id: LaneId, reason: &str) {
        if let Some(lane) = self.lanes.get_mut(id.0) {
            lane.close(reason);
        }
    }

    fn pause(&mut self, until: Instant) {
        self.paused_until = self.paused_until.max(Some(until));
    }
}

/// 401, 403 and 429 count towards a ban of the address; a 429 that is shared with others does not.
fn counts_as_invalid(answer: &Answer, verdict: &Verdict) -> bool {
    let Answer::Response(response) = answer else { return false };
    let is_shared = matches!(verdict, Verdict::Limited { whom: Whom::Channel, .. });
    matches!(response.status, 401 | 403 | 429) && !is_shared
}

/// Fifteen minutes after the first ban, doubling up to two hours.
fn ban_pause(bans: u32) -> Duration {
    let doublings = bans.saturating_sub(1).min(3);
    FIRST_BAN_PAUSE * (1 << doublings)
}

/// Source: Cloudflare's limits last from minutes to a day; probing once in a quarter of an hour does not prolong them.
const FIRST_BAN_PAUSE: Duration = Duration::from_secs(15 * 60);

/// Spreads the ends of pauses that many processes were told together.
const JITTER: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests;
