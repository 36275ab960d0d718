//! What a Discord channel takes: all webhooks of it together share one hidden limit that no header tells. Webhooks begin
//! with a budget of their own, and two budgets become one when their channels turn out to be the same.

use std::time::Instant;

use super::answer::LimitHeaders;
use super::pause::Pause;
use super::permit::Denied;
use super::rate_limit::Window;

/// What a Discord channel takes.
#[derive(Debug)]
pub(super) struct ChannelBudget {
    /// The digits that name the channel, once they are known.
    pub(super) channel: Option<String>,
    pub(super) pause: Pause,
    minute: Window,
    burst: Window,
    /// No answer has told in its headers yet what a webhook of it really takes.
    is_cold: bool,
}

impl ChannelBudget {
    /// Starts with nothing used; `messages` go in a minute.
    pub(super) fn new(messages: u32) -> Self {
        Self {
            channel: None,
            pause: Pause::default(),
            minute: Window::of_channel(messages),
            burst: Window::cold_bucket(),
            is_cold: true,
        }
    }

    /// Gives when the next request may go, if not now. Those on their way count as used; of `processes` that cannot
    /// agree with each other, each takes its part.
    ///
    /// # Errors
    ///
    /// [`Denied::Busy`] while only an answer can make room.
    pub(super) fn ready_at(&self, in_flight: usize, processes: usize, now: Instant) -> Result<Option<Instant>, Denied> {
        let minute = self.minute.part(processes).max(FEWEST_A_MINUTE);
        let paused = self.pause.ready_at(now)?;
        let minute = self.minute.ready_among(minute, in_flight, now)?;
        // What a webhook has left, its headers tell to each process as if it were alone.
        let is_bound = self.is_cold || processes > 1;
        let burst = if is_bound { self.burst.ready_among(self.burst.part(processes), in_flight, now)? } else { None };
        Ok(paused.max(minute).max(burst))
    }

    /// Says whether half of the minute is left.
    pub(super) fn has_to_spare(&self, processes: usize, now: Instant) -> bool {
        let half = self.minute.part(processes).div_ceil(2);
        self.minute.ready_among(half, 0, now) == Ok(None)
    }

    /// Counts a request when its answer came: later than Discord counted it, so that no window of Discord's ever holds
    /// more.
    pub(super) fn record(&mut self, headers: &LimitHeaders, now: Instant) {
        self.minute.record(now);
        self.burst.record(now);
        self.is_cold &= headers.remaining.is_none() || headers.reset_after.is_none();
    }

    /// Takes in the budget of a webhook whose channel turned out to be the same.
    pub(super) fn absorb(&mut self, other: Self) {
        self.pause.absorb(other.pause);
        self.minute.absorb(other.minute);
        self.burst.absorb(other.burst);
        self.is_cold &= other.is_cold;
    }
}

/// Messages a minute that are left to each process of many: one in thirty seconds, since a part of nothing would never
/// speak again. With more than fourteen processes that is more than Discord takes, and its answers hold them back.
const FEWEST_A_MINUTE: usize = 2;
