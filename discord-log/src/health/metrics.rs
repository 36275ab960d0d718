//! The snapshot in the terms of the `metrics` crate, by the feature `metrics`. Names follow Prometheus' conventions: a
//! prefix of the application, base units, and `_total` behind what only grows.
//!
//! Source: <https://prometheus.io/docs/practices/naming/>.

use std::collections::BTreeMap;
use std::time::Duration;

use ::metrics::{Label, Unit, counter, describe_counter, describe_gauge, gauge};
use jiff::Timestamp;

use super::{FunctionHealth, Health, Loss, Status, WebhookHealth, WebhookState, health};

/// Writes the snapshot of [`health`](crate::health) to the recorder that the program installed for the `metrics` crate.
///
/// Call it right before a scrape is rendered, or every few seconds where the recorder pushes: nothing is written in
/// between. Costs what `health` does and some hundred nanoseconds a number; without a recorder it does nothing. By the
/// feature `metrics`.
///
/// | metric | labels | |
/// |---|---|---|
/// | `discord_log_events_accepted_total` | | events that a log call took |
/// | `discord_log_events_delivered_total` | | events in a confirmed message, or in the local log |
/// | `discord_log_events_delivered_locally_total` | | those of them in the local log |
/// | `discord_log_events_merged_total` | | events that another event's message tells |
/// | `discord_log_events_buried_total` | | events that Discord refused for good |
/// | `discord_log_events_lost_total` | `reason` | events that could not be kept |
/// | `discord_log_events_waiting` | | events on their way |
/// | `discord_log_oldest_waiting_timestamp_seconds` | | when the oldest occurred that waits; 0 if none does |
/// | `discord_log_degraded` | | 1 while a webhook takes nothing or the journal cannot be written |
/// | `discord_log_journal_writable` | | 1 while files can be written; not there with the journal in memory |
/// | `discord_log_start_timestamp_seconds` | | when the logger was started |
/// | `discord_log_build_info` | `service`, `environment`, `release`, `commit` | always 1 |
/// | `discord_log_webhook_up` | `webhook` | 1 while it takes messages |
/// | `discord_log_webhook_events_delivered_total` | `webhook` | events delivered through it |
/// | `discord_log_webhook_events_waiting` | `webhook` | events that wait for it |
/// | `discord_log_webhook_last_delivery_timestamp_seconds` | `webhook` | when it last confirmed a message; 0 before |
/// | `discord_log_requests_limited_total` | `webhook` | requests that were answered with 429 |
/// | `discord_log_function_calls_total` | `module`, `function` | calls of an annotated function |
/// | `discord_log_function_failures_total`, `…_panics_total`, `…_cancelled_total`, `…_slow_total` | the same | calls that ended so |
/// | `discord_log_function_duration_seconds` | the same, `quantile` | how long calls took, of all since the start |
///
/// Labels are names and digits; none holds an address of a webhook or a text of an event. Functions of one name in one
/// module are counted together.
///
/// # Examples
///
/// ```
/// // In the handler of `/metrics`, before the recorder's `render`.
/// discord_log::publish_metrics();
/// ```
pub fn publish_metrics() {
    describe();
    let health = health();
    publish_events(&health);
    publish_service(&health);
    health.webhooks.iter().for_each(publish_webhook);
    publish_functions(&health.functions);
}

fn publish_events(health: &Health) {
    counter!("discord_log_events_accepted_total").absolute(health.accepted);
    counter!("discord_log_events_delivered_total").absolute(health.delivered);
    counter!("discord_log_events_delivered_locally_total").absolute(health.delivered_locally);
    counter!("discord_log_events_merged_total").absolute(health.merged);
    counter!("discord_log_events_buried_total").absolute(health.buried);
    for loss in Loss::ALL {
        let lost = health.lost.get(&loss).copied().unwrap_or_default();
        counter!("discord_log_events_lost_total", "reason" => loss.name()).absolute(lost);
    }
    gauge!("discord_log_events_waiting").set(number(health.waiting));
    gauge!("discord_log_oldest_waiting_timestamp_seconds").set(seconds_at(health.oldest_waiting));
}

fn publish_service(health: &Health) {
    gauge!("discord_log_degraded").set(flag(health.status == Status::Degraded));
    if let Some(journal) = health.journal.as_ref().filter(|journal| journal.directory.is_some()) {
        gauge!("discord_log_journal_writable").set(flag(journal.writable));
    }
    let Some(service) = &health.service else { return };
    gauge!("discord_log_start_timestamp_seconds").set(seconds_at(Some(service.started_at)));
    let label = |name: &'static str, value: Option<&String>| Label::new(name, value.cloned().unwrap_or_default());
    let labels = vec![
        label("service", Some(&service.name)),
        label("environment", service.environment.as_ref()),
        label("release", service.release.as_ref()),
        label("commit", service.commit.as_ref()),
    ];
    gauge!("discord_log_build_info", labels).set(1.0);
}

fn publish_webhook(webhook: &WebhookHealth) {
    let labels = || vec![Label::new("webhook", webhook.id.clone())];
    gauge!("discord_log_webhook_up", labels()).set(flag(webhook.state == WebhookState::Up));
    gauge!("discord_log_webhook_events_waiting", labels()).set(number(webhook.waiting));
    gauge!("discord_log_webhook_last_delivery_timestamp_seconds", labels()).set(seconds_at(webhook.last_delivered));
    counter!("discord_log_webhook_events_delivered_total", labels()).absolute(webhook.delivered);
    counter!("discord_log_requests_limited_total", labels()).absolute(webhook.limited);
}

/// What functions of one name did together.
#[derive(Default)]
struct Sum {
    calls: u64,
    failures: u64,
    panics: u64,
    cancelled: u64,
    slow: u64,
    latency: Option<[Duration; 4]>,
}

impl Sum {
    fn add(&mut self, function: &FunctionHealth) {
        self.calls += function.calls.unwrap_or_default();
        self.failures += function.failures;
        self.panics += function.panics;
        self.cancelled += function.cancelled;
        self.slow += function.slow;
        if let Some(latency) = function.latency {
            // Quantiles of several cannot be added; none of them took longer than the slowest of each.
            let [p50, p95, p99, most] = self.latency.unwrap_or_default();
            self.latency =
                Some([p50.max(latency.p50), p95.max(latency.p95), p99.max(latency.p99), most.max(latency.most)]);
        }
    }
}

fn publish_functions(functions: &[FunctionHealth]) {
    let mut sums: BTreeMap<(&'static str, &'static str), Sum> = BTreeMap::new();
    for function in functions {
        sums.entry((function.module, function.function)).or_default().add(function);
    }
    for ((module, function), sum) in sums {
        let labels = || vec![Label::new("module", module), Label::new("function", function)];
        counter!("discord_log_function_calls_total", labels()).absolute(sum.calls);
        counter!("discord_log_function_failures_total", labels()).absolute(sum.failures);
        counter!("discord_log_function_panics_total", labels()).absolute(sum.panics);
        counter!("discord_log_function_cancelled_total", labels()).absolute(sum.cancelled);
        counter!("discord_log_function_slow_total", labels()).absolute(sum.slow);
        for (quantile, duration) in QUANTILES.into_iter().zip(sum.latency.into_iter().flatten()) {
            let mut labels = labels();
            labels.push(Label::new("quantile", quantile));
            gauge!("discord_log_function_duration_seconds", labels).set(duration.as_secs_f64());
        }
    }
}

/// Each time anew: a recorder that is installed later has to hear of it as well.
fn describe() {
    for (name, text) in COUNTED {
        describe_counter!(name, Unit::Count, text);
    }
    for (name, unit, text) in MEASURED {
        describe_gauge!(name, unit, text);
    }
}

/// Exact up to nine thousand million million, which no process logs.
fn number(count: u64) -> f64 {
    count as f64
}

fn flag(is_set: bool) -> f64 {
    if is_set { 1.0 } else { 0.0 }
}

fn seconds_at(at: Option<Timestamp>) -> f64 {
    at.map_or(0.0, |at| at.as_duration().as_secs_f64())
}

const QUANTILES: [&str; 4] = ["0.5", "0.95", "0.99", "1"];

const COUNTED: [(&str, &str); 13] = [
    ("discord_log_events_accepted_total", "Events that a log call took."),
    ("discord_log_events_delivered_total", "Events in a message that Discord confirmed, or in the local log."),
    ("discord_log_events_delivered_locally_total", "Events in the local log."),
    ("discord_log_events_merged_total", "Events that the message of another event tells."),
    ("discord_log_events_buried_total", "Events that Discord refused for good."),
    ("discord_log_events_lost_total", "Events that could not be kept, by reason."),
    ("discord_log_webhook_events_delivered_total", "Events delivered through a webhook."),
    ("discord_log_requests_limited_total", "Requests that Discord answered with 429, by webhook."),
    ("discord_log_function_calls_total", "Calls of an annotated function that came to an end."),
    ("discord_log_function_failures_total", "Calls of an annotated function that returned an error."),
    ("discord_log_function_panics_total", "Calls of an annotated function that ended in a panic."),
    ("discord_log_function_cancelled_total", "Futures of an annotated function that were dropped before their end."),
    ("discord_log_function_slow_total", "Calls of an annotated function that took longer than their threshold."),
];

const MEASURED: [(&str, Unit, &str); 10] = [
    ("discord_log_events_waiting", Unit::Count, "Events on their way."),
    ("discord_log_oldest_waiting_timestamp_seconds", Unit::Seconds, "When the oldest event occurred that waits."),
    ("discord_log_degraded", Unit::Count, "Whether a webhook takes nothing or the journal cannot be written."),
    ("discord_log_journal_writable", Unit::Count, "Whether the journal's files can be written."),
    ("discord_log_start_timestamp_seconds", Unit::Seconds, "When the logger was started."),
    ("discord_log_build_info", Unit::Count, "Which build of the service runs."),
    ("discord_log_webhook_up", Unit::Count, "Whether a webhook takes messages."),
    ("discord_log_webhook_events_waiting", Unit::Count, "Events that wait for a webhook."),
    (
        "discord_log_webhook_last_delivery_timestamp_seconds",
        Unit::Seconds,
        "When Discord last confirmed a message of a webhook.",
    ),
    ("discord_log_function_duration_seconds", Unit::Seconds, "How long calls of an annotated function took."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_called_as_in_the_snapshot() {
        for loss in Loss::ALL {
            assert_eq!(serde_json::to_value(loss).expect("a name"), loss.name());
        }
    }
}
