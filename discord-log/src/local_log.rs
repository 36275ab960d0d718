//! What cannot go to Discord, written where the host's own log goes. Called on our own threads, never on the caller's
//! while they run.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::event::{Event, Severity, Stage};
use crate::render;

/// The target under which `tracing` gets what cannot go to Discord.
pub(crate) const TARGET: &str = "discord_log::local";

/// Writes an event as one line; what only adds to a failure that was written says no more than whether the program
/// recovered.
pub(crate) fn write(settings: &render::Settings, event: &Event) {
    if let Some(line) = line_of(settings, event) {
        emit(event.severity(), &line);
    }
}

fn line_of(settings: &render::Settings, event: &Event) -> Option<String> {
    let adds = event.failure().is_some_and(|failure| failure.stage != Stage::Raised);
    if adds { render::addition(event) } else { Some(render::line(settings, event)) }
}

/// Tells the host something about the logger itself.
pub(crate) fn tell(severity: Severity, text: &str) {
    emit(severity, text);
}

/// Through `tracing` where a subscriber wants it, else to stderr; a subscriber that panics and a stderr that is closed
/// change nothing here.
fn emit(severity: Severity, line: &str) {
    let is_taken = catch_unwind(AssertUnwindSafe(|| trace(severity, line))).unwrap_or(false);
    if !is_taken {
        let _ = writeln!(std::io::stderr(), "discord-log {severity}: {line}");
    }
}

fn trace(severity: Severity, line: &str) -> bool {
    macro_rules! at {
        ($level:ident) => {{
            let is_wanted = tracing::event_enabled!(target: TARGET, tracing::Level::$level);
            if is_wanted {
                tracing::event!(target: TARGET, tracing::Level::$level, "{line}");
            }
            is_wanted
        }};
    }
    match severity {
        Severity::Info | Severity::Success => at!(INFO),
        Severity::Warning => at!(WARN),
        Severity::Error | Severity::Critical => at!(ERROR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Currency, FailureId};

    #[test]
    fn of_what_is_told_later_only_a_recovery_is_written() {
        let settings = render::Settings {
            service: "billing".to_owned(),
            environment: None,
            release: None,
            commit: None,
            host: None,
            currency: Currency::EUR,
            source_url: None,
            mentions: render::Mentions::default(),
        };
        let told = |stage, event: Event| line_of(&settings, &event.of_failure(FailureId::new(), stage));
        let failed = || Event::error(&std::io::Error::other("refused"), "Pay");
        assert!(told(Stage::Raised, failed()).is_some_and(|line| line.contains("Pay failed: refused")));
        assert_eq!(told(Stage::Passed, failed()), None);
        let recovered = told(Stage::Recovered, failed().recovered_in("retry_payment"));
        assert_eq!(recovered.as_deref(), Some("[errors] ↳ recovered in retry_payment"));
    }
}
