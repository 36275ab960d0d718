//! What is live: an open page is told of messages that changed, and of budgets and faults, as server-sent events.
//!
//! An event's id is the run of the server and the revision it brings the page to. A page that comes back names it and
//! gets what it missed; one that missed too much, or comes from another run, is told to load anew.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::timeout;

use super::page::{laid_out, run};
use crate::app::App;
use crate::page::{Bar, BarState, Update};

/// Changes within this time are told together.
const GATHERED: Duration = Duration::from_millis(50);
/// Budgets fill up again without any change; they are looked at this often.
const BUDGETS: Duration = Duration::from_secs(1);

pub(super) async fn events(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let since = seen.or(query.as_deref().and_then(|query| query.strip_prefix("since=")));
    let follower = Follower {
        run: app.read(|held| run(held)),
        seen: since.and_then(read_id),
        bar: None,
        bar_told: None,
        woken: app.watch(),
        ended: false,
        app,
    };
    let events = stream::unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// The run and the revision of an event's id.
fn read_id(id: &str) -> Option<(u64, u64)> {
    let (run, revision) = id.split_once('-')?;
    Some((run.parse().ok()?, revision.parse().ok()?))
}

/// One open page.
struct Follower {
    app: Arc<App>,
    run: u64,
    seen: Option<(u64, u64)>,
    bar: Option<Bar>,
    bar_told: Option<Instant>,
    woken: watch::Receiver<()>,
    ended: bool,
}

impl Follower {
    /// The next event; `None` after the page was told to load anew.
    async fn next(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        loop {
            // A flood of messages must not keep the bar from its turn.
            if self.bar_told.is_none_or(|told| told.elapsed() >= BUDGETS)
                && let Some(event) = self.budgets().await
            {
                return Some(event);
            }
            tokio::time::sleep(GATHERED).await;
            self.woken.mark_unchanged();
            if let Some(event) = self.messages().await {
                return Some(event);
            }
            if let Some(event) = self.budgets().await {
                return Some(event);
            }
            if let Ok(Err(_)) = timeout(BUDGETS, self.woken.changed()).await {
                return None;
            }
        }
    }

    async fn messages(&mut self) -> Option<Event> {
        let known = self.seen.filter(|(run, _)| *run == self.run);
        let update = known.and_then(|(_, revision)| self.app.read(|held| Update::take(held, revision)));
        let Some(update) = update else {
            self.ended = true;
            return Some(Event::default().event("anew").data("load the page again"));
        };
        let revision = update.revision;
        self.seen = Some((self.run, revision));
        if update.is_empty() {
            return None;
        }
        let items = laid_out(move || Ok(json!(update.items()?).to_string())).await?;
        let event = Event::default().event("messages").id(format!("{}-{revision}", self.run));
        Some(event.data(items))
    }

    async fn budgets(&mut self) -> Option<Event> {
        let state = self.app.read(BarState::take);
        let bar = laid_out(move || Bar::of(&state)).await?;
        self.bar_told = Some(Instant::now());
        if self.bar.as_ref() == Some(&bar) {
            return None;
        }
        let event = Event::default().event("bar").data(json!(bar).to_string());
        self.bar = Some(bar);
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_id_names_run_and_revision() {
        assert_eq!(read_id("17-4"), Some((17, 4)));
        for wrong in ["", "17", "17-", "a-4", "17-4-1"] {
            assert_eq!(read_id(wrong), None, "{wrong}");
        }
    }
}
