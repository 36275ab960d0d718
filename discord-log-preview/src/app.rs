//! The state behind its lock, and the word that it changed. Shared by the server's thread and the handle.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use crate::store::State;

/// The shared state.
#[derive(Debug)]
pub(crate) struct App {
    state: Mutex<State>,
    version: Mutex<u64>,
    changed: Condvar,
    listening: AtomicBool,
    pages: watch::Sender<()>,
    /// Wakes the accept loop when the faults or the clock changed.
    pub(crate) script_changed: Notify,
}

impl App {
    pub(crate) fn new(state: State) -> Self {
        Self {
            state: Mutex::new(state),
            version: Mutex::new(0),
            changed: Condvar::new(),
            listening: AtomicBool::new(true),
            pages: watch::channel(()).0,
            script_changed: Notify::new(),
        }
    }

    /// Looks at the state, or changes what nobody waits for.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&mut State) -> R) -> R {
        look(&mut lock(&self.state))
    }

    /// Changes the state and tells those who wait.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut lock(&self.state));
        *lock(&self.version) += 1;
        self.changed.notify_all();
        self.pages.send_replace(());
        result
    }

    /// Wakes at every change from now on.
    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.pages.subscribe()
    }

    /// Notes whether anything listens at the moment.
    pub(crate) fn set_listening(&self, listening: bool) {
        self.listening.store(listening, Ordering::Release);
        self.change(|_| ());
    }

    pub(crate) fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Acquire)
    }

    /// Asks after every change and now and then, without holding the state, until the answer is yes or the time is over.
    pub(crate) fn wait_for(&self, mut asks: impl FnMut() -> bool, at_most: Duration) -> bool {
        let start = Instant::now();
        loop {
            let seen = *lock(&self.version);
            if asks() {
                return true;
            }
            let Some(left) = at_most.checked_sub(start.elapsed()) else {
                return false;
            };
            let version = lock(&self.version);
            if *version == seen {
                // The question may be about more than what changes here.
                drop(self.changed.wait_timeout(version, left.min(LOOK)));
            }
        }
    }
}

/// Longest between two looks at what somebody waits for.
const LOOK: Duration = Duration::from_millis(50);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
