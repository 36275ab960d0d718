//! How the service starts and stops, as the system channel is told: which build, in which process, and how the run before
//! ended. Pure: time is an argument.

use jiff::Unit;

use crate::event::{Event, Severity};
use crate::record::Run;
use crate::render::{self, grouped};

/// What was found of earlier runs when this one started.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Runs that ended without saying so.
    pub(super) unclean: usize,
    /// Events that earlier runs left.
    pub(super) adopted: u64,
    /// The last one that said so.
    pub(super) last: Option<Run>,
    /// It is known that nothing was there.
    pub(super) is_known: bool,
}

/// Tells that the service started.
pub(super) fn startup(settings: &render::Settings, process: u32, found: &Found) -> Event {
    let mut event = Event::startup();
    for (name, value) in [("release", &settings.release), ("commit", &settings.commit)] {
        if let Some(value) = value {
            event.add_field(name, &value.as_str().into());
        }
    }
    event.add_field("process", &u64::from(process).into());
    if let Some(text) = last_run(found) {
        event.add_field("last_run", &text.into());
    }
    if found.unclean > 0 { event.with_severity(Severity::Warning) } else { event }
}

/// Tells that the service stops, why, and after how long.
pub(super) fn shutdown(run: &Run) -> Event {
    let uptime = run.ended_at.duration_since(run.started_at);
    // Nobody reads the milliseconds of hours.
    let uptime = std::time::Duration::from_secs(u64::try_from(uptime.as_secs()).unwrap_or_default());
    Event::shutdown(&run.reason).field("uptime", uptime)
}

/// Says that earlier runs did not end as they should.
pub(super) fn unclean(runs: usize, adopted: u64) -> String {
    let runs = if runs == 1 { "The previous run".to_owned() } else { format!("{runs} earlier runs") };
    format!(
        "{runs} ended without shutting the logger down: killed, crashed, or `exit` was called. {adopted} events that \
         it left are sent now."
    )
}

fn last_run(found: &Found) -> Option<String> {
    if found.unclean > 0 {
        return Some(unclean(found.unclean, found.adopted));
    }
    let left = match found.adopted {
        0 => String::new(),
        1 => "; 1 event that it left is sent now".to_owned(),
        events => format!("; {} events that it left are sent now", grouped(events)),
    };
    match &found.last {
        Some(Run { started_at, ended_at, reason }) => {
            let ended = ended_at.round(Unit::Second).unwrap_or(*ended_at);
            let lasted = render::lasted(*started_at, *ended_at);
            Some(format!("ended cleanly at {ended}, after {lasted}: {reason}{left}"))
        }
        None if found.is_known && left.is_empty() => Some("none is known here".to_owned()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn run() -> Run {
        let started_at = Timestamp::new(1_777_629_600, 250_000_000).expect("a moment");
        let ended_at = Timestamp::new(1_777_640_400, 500_000_000).expect("a moment");
        Run { started_at, ended_at, reason: "SIGTERM".to_owned() }
    }

    #[test]
    fn a_start_says_how_the_last_run_ended() {
        let known = |found| Found { is_known: true, ..found };
        for (found, text) in [
            (known(Found::default()), Some("none is known here")),
            (Found::default(), None),
            (
                known(Found { last: Some(run()), ..Found::default() }),
                Some("ended cleanly at 2026-05-01T13:00:01Z, after 3 h: SIGTERM"),
            ),
            (
                known(Found { last: Some(run()), adopted: 1_200, ..Found::default() }),
                Some(
                    "ended cleanly at 2026-05-01T13:00:01Z, after 3 h: SIGTERM; 1,200 events that it left are sent now",
                ),
            ),
            (
                known(Found { last: Some(run()), adopted: 3, unclean: 1, ..Found::default() }),
                Some(
                    "The previous run ended without shutting the logger down: killed, crashed, or `exit` was called. \
                     3 events that it left are sent now.",
                ),
            ),
        ] {
            assert_eq!(last_run(&found).as_deref(), text, "{found:?}");
        }
    }

    #[test]
    fn an_end_says_why_and_after_how_long() {
        let event = shutdown(&run());
        let fields: Vec<_> = event.fields().map(|field| (field.name().to_owned(), field.value().to_string())).collect();
        assert_eq!((event.text(), fields.len()), (Some("SIGTERM"), 1), "{fields:?}");
    }
}
