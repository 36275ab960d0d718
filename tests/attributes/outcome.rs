//! A world in which every call does as it is told, and events are told apart at a glance.

use std::fmt;
use std::future::pending;
use std::panic::panic_any;
use std::time::Duration;

use discord_log::{Event, Kind};

/// How a call is to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Ok,
    Error,
    Panic,
    Never,
}

/// An error that can neither be cloned nor compared, so that only the very one that was made can come back.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) Box<u32>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused {}", self.0)
    }
}

impl std::error::Error for Refused {}

impl Outcome {
    pub(crate) fn decide(self) -> Result<u32, Refused> {
        match self {
            Self::Ok | Self::Never => Ok(7),
            Self::Error => Err(Refused(Box::new(13))),
            Self::Panic => panic_any("broken"),
        }
    }

    /// Decides after the runtime had its turn.
    pub(crate) async fn decide_later(self) -> Result<u32, Refused> {
        self.wait().await;
        self.decide()
    }

    /// Gives the runtime its turn, for ever if the call is never to end.
    pub(crate) async fn wait(self) {
        tokio::task::yield_now().await;
        if let Self::Never = self {
            pending::<()>().await;
        }
    }
}

/// Polls a future to its end.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    runtime().block_on(future)
}

/// Polls a future until nothing moves any more, and drops it.
pub(crate) fn give_up<F: Future>(future: F) {
    let outcome = runtime().block_on(async { tokio::time::timeout(Duration::from_millis(1), future).await });
    assert!(outcome.is_err(), "the future came to an end");
}

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.unwrap_or_else(|error| panic_any(error.to_string()))
}

/// Says in one line what an event tells, without times.
pub(crate) fn told(event: &Event) -> String {
    let place = event.place().and_then(|place| place.function).unwrap_or("nowhere");
    let report = event.error_report();
    let report = report.map(|report| {
        let contexts: Vec<_> = report.contexts().collect();
        format!(" {:?} while {contexts:?}", report.message())
    });
    let outcome = event.fields().find(|field| field.name() == "outcome");
    let outcome = outcome.map(|outcome| format!(" {}", outcome.value()));
    let title = event.title().filter(|_| event.kind() == Kind::Activity).map(|title| format!(" {title}"));
    [
        format!("{place}: {:?}", event.kind()),
        title.unwrap_or_default(),
        outcome.unwrap_or_default(),
        report.unwrap_or_default(),
    ]
    .concat()
}
