//! A test hears what its own thread and its own tasks log, and nothing else does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::scope::{Scoped, Standing, look_around};
use crate::event::{Event, Stage};

/// Who hears what is logged, instead of the logger.
#[derive(Clone, Debug)]
pub(crate) struct Listener(Option<Arc<Heard>>);

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<Event>>);

impl Listener {
    pub(super) const NOBODY: Self = Self(None);
}

/// Says whether a test hears what this thread or future logs.
pub(crate) fn is_heard() -> bool {
    look_around(|here| here.listener.0.is_some()).unwrap_or(false)
}

/// Lets the test hear an event.
pub(crate) fn tell(event: Event) {
    if let Some(heard) = look_around(|here| here.listener.0.clone()).flatten() {
        add(&mut heard.events(), event);
    }
}

/// Runs a closure and gives what it logged.
pub(crate) fn listen(body: impl FnOnce()) -> Vec<Event> {
    let (heard, standing) = listening();
    standing.run(body);
    heard.take()
}

/// Runs a future and gives what it logged.
pub(crate) async fn listen_async(body: impl Future) -> Vec<Event> {
    let (heard, standing) = listening();
    Scoped::new(body, standing).await;
    heard.take()
}

fn listening() -> (Arc<Heard>, Standing) {
    let heard = Arc::<Heard>::default();
    let listener = Listener(Some(Arc::clone(&heard)));
    (heard, Standing::heard_by(listener))
}

impl Heard {
    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.events())
    }
}

/// What functions around a failing one tell of it later goes into its report, as it would on Discord.
fn add(events: &mut Vec<Event>, event: Event) {
    let Some(failure) = event.failure().filter(|failure| failure.stage != Stage::Raised) else {
        return events.push(event);
    };
    let is_report = |report: &&mut Event| report.failure().is_some_and(|raised| raised.id == failure.id);
    if let Some(report) = events.iter_mut().find(is_report) {
        report.absorb(&event);
    }
}
