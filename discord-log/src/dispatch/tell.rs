//! What people are told about webhooks that are gone or take nothing: locally, and in a channel that still has one.

use std::sync::Arc;
use std::time::Duration;

use super::{Dispatch, Said};
use crate::event::{Channel, Event, Severity};
use crate::health::Loss;
use crate::record::{Closure, Closures, Now};
use crate::send::LaneId;

impl Dispatch {
    /// Closes what earlier processes found closed, as long as it has the same address.
    pub(super) fn close_those_of(&mut self, closures: &Closures, now: Now) {
        let config = Arc::clone(&self.config);
        for webhook in config.all_webhooks() {
            if let Some(Closure { reason, at }) = closures.get(&webhook.fingerprint()) {
                let lane = self.engine.open(webhook);
                let text = format!(
                    "The webhook of {} is gone since {at:.0} ({reason}). Make a new one, set it, and start the service \
                     again; what is meant for it waits in the journal.",
                    self.channels_of(lane)
                );
                self.said.push(Said::Told(Severity::Error, text));
                let age = Duration::try_from(now.wall.duration_since(*at)).unwrap_or_default();
                self.engine.close(lane, reason, now.instant.checked_sub(age).unwrap_or(now.instant));
            }
        }
        self.publish();
    }

    /// Tells that a webhook is gone: locally, and in the first channel that still has one.
    pub(super) fn tell_closed(&mut self, lane: LaneId, reason: &str, now: Now) {
        if let Some(webhook) = self.webhook_of(lane) {
            let closure = Closure { reason: reason.to_owned(), at: now.wall };
            self.journal.close(Closures::from([(webhook.fingerprint(), closure)]));
        }
        let waits = if self.journal.outlives_the_process() {
            "What is meant for it waits in the journal"
        } else {
            "Its events are written to the local log"
        };
        let text = format!(
            "The webhook of {} answers: {reason}. {waits}. Make a new webhook, set it, and start the service again.",
            self.channels_of(lane)
        );
        self.tell("A webhook is gone", text, now);
    }

    /// Tells once that a webhook takes nothing at the moment.
    pub(super) fn tell_suspended(&mut self, lane: LaneId, reason: &str, now: Now) {
        if self.told.insert(lane) {
            let text = format!(
                "The webhook of {} answers: {reason}. What is meant for it waits, and is tried again every quarter of an hour.",
                self.channels_of(lane)
            );
            self.tell("A webhook takes nothing", text, now);
        }
    }

    /// Tells once that a channel is not what its setting says.
    pub(super) fn tell_forum(&mut self, lane: LaneId, is_forum: bool) {
        let (is, value) = if is_forum { ("is a forum", "True") } else { ("is no forum", "False") };
        let channels = self.channels_of(lane);
        let text = format!("The webhook of {channels} {is}; set DISCORD_THREADS_<CHANNEL>={value} to say so.");
        self.said.push(Said::Told(Severity::Warning, text));
    }

    fn tell(&mut self, title: &str, text: String, now: Now) {
        let takes = |channel: &Channel| {
            self.lane_of(*channel).is_some_and(|lane| !self.engine.is_closed(lane) && !self.told.contains(&lane))
        };
        let elsewhere = [Channel::System, Channel::Errors, Channel::Activity, Channel::Finance].into_iter().find(takes);
        if let Some(channel) = elsewhere {
            let mut event = Event::system_event(title, &text).in_channel(channel).with_severity(Severity::Error);
            event.stamp(now.wall);
            self.counters.accept_own();
            let shed = self.journal.append(&mut std::iter::once(event), now.instant);
            self.counters.lose(Loss::JournalFull, shed);
        }
        self.said.push(Said::Told(Severity::Error, text));
    }

    fn channels_of(&self, lane: LaneId) -> String {
        let names = self.channels.get(&lane).map(Vec::as_slice).unwrap_or_default();
        let mut names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        names.sort_unstable();
        names.join(", ")
    }
}
