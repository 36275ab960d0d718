//! The thread boundary: events go in on any thread, without waiting, and come out on the recorder's.
//!
//! The ring is bounded by count and by the bytes that lie outside of it, and what does not fit is refused at once.
//! Waking a parked thread costs its caller some microseconds, a hundred times the push itself, so at most one wake is
//! paid a batch: the recorder says when it sleeps, and the first event after that wakes it.

mod valve;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use crossbeam_queue::ArrayQueue;

use crate::event::{Event, Severity};

pub use self::valve::Valve;
pub(crate) use self::valve::{Digest, Flow, WINDOW, collect, valve_at};

/// Events that the ring holds; the recorder empties it every millisecond, so this is a burst of four million a second.
const CAPACITY: usize = 4_096;

/// Places that only errors and critical events may take, so that a flood of lesser ones cannot hide them.
const RESERVE: usize = 512;

/// Bytes of long texts that may wait outside the ring: 8 MiB.
const SPILL_CAPACITY: usize = 8 * 1024 * 1024;

/// A bounded queue from many threads to the recorder.
#[derive(Debug)]
pub(crate) struct Queue {
    ring: ArrayQueue<Event>,
    spilled: AtomicUsize,
    is_asleep: AtomicBool,
    is_hurried: AtomicBool,
    has_settled: AtomicBool,
    sleeper: Mutex<Option<Thread>>,
}

/// The queue is full.
#[derive(Debug)]
pub(crate) struct Full;

impl Queue {
    pub(crate) fn new() -> Self {
        Self {
            ring: ArrayQueue::new(CAPACITY),
            spilled: AtomicUsize::new(0),
            is_asleep: AtomicBool::new(false),
            is_hurried: AtomicBool::new(false),
            has_settled: AtomicBool::new(false),
            sleeper: Mutex::new(None),
        }
    }

    /// Says whether a push would be refused, so that nothing is formatted for a full queue.
    pub(crate) fn is_full_for(&self, severity: Severity) -> bool {
        let reserve = if severity >= Severity::Error { 0 } else { RESERVE };
        self.ring.len() >= CAPACITY - reserve || self.spilled.load(Ordering::Relaxed) >= SPILL_CAPACITY
    }

    /// Hands an event over; never waits.
    #[inline]
    pub(crate) fn push(&self, event: Event) -> Result<(), Full> {
        if self.is_full_for(event.severity()) {
            return Err(Full);
        }
        let spilled = event.entries().spilled();
        if spilled > 0 && self.spilled.fetch_add(spilled, Ordering::Relaxed) >= SPILL_CAPACITY {
            self.spilled.fetch_sub(spilled, Ordering::Relaxed);
            return Err(Full);
        }
        if self.ring.push(event).is_err() {
            self.spilled.fetch_sub(spilled, Ordering::Relaxed);
            return Err(Full);
        }
        // Sequentially consistent like the ring's own head and tail: either the recorder sees the event before it
        // parks, or this load sees that it sleeps.
        if self.is_asleep.load(Ordering::SeqCst) && self.is_asleep.swap(false, Ordering::SeqCst) {
            self.wake();
        }
        Ok(())
    }

    pub(crate) fn pop(&self) -> Option<Event> {
        let event = self.ring.pop()?;
        let spilled = event.entries().spilled();
        if spilled > 0 {
            self.spilled.fetch_sub(spilled, Ordering::Relaxed);
        }
        Some(event)
    }

    /// Wakes the recorder; does nothing if it is just registering, since it then looks before it parks.
    pub(crate) fn wake(&self) {
        if let Ok(sleeper) = self.sleeper.try_lock()
            && let Some(thread) = sleeper.as_ref()
        {
            thread.unpark();
        }
    }

    /// Lets everything go that is in it.
    pub(crate) fn clear(&self) {
        while self.pop().is_some() {}
    }

    /// Asks the recorder to put everything on the disk now.
    pub(crate) fn hurry(&self) {
        self.is_hurried.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// Says whether somebody asked for that since the last look.
    pub(crate) fn hurries(&self) -> bool {
        self.is_hurried.swap(false, Ordering::SeqCst)
    }

    /// Asks the recorder to put on the disk what was settled.
    pub(crate) fn settle(&self) {
        self.has_settled.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// Says whether something was settled since the last look.
    pub(crate) fn has_settled(&self) -> bool {
        self.has_settled.swap(false, Ordering::SeqCst)
    }

    /// Makes the calling thread the one that is woken.
    pub(crate) fn attend(&self) {
        *self.sleeper.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::thread::current());
    }

    /// Lingers while events keep coming: nobody pays for a wake meanwhile.
    pub(crate) fn linger(&self, time: Duration) {
        std::thread::park_timeout(time);
    }

    /// Parks until an event or a wake comes, or the time is over.
    pub(crate) fn sleep(&self, at_most: Duration) {
        self.is_asleep.store(true, Ordering::SeqCst);
        if self.ring.is_empty() {
            std::thread::park_timeout(at_most);
        }
        self.is_asleep.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn a_full_ring_refuses_and_keeps_room_for_errors() {
        let queue = Queue::new();
        let pushed = std::iter::repeat_with(|| queue.push(Event::startup())).take_while(Result::is_ok).count();
        assert_eq!(pushed, CAPACITY - RESERVE);
        assert!(queue.is_full_for(Severity::Warning) && !queue.is_full_for(Severity::Error));
        let errors = std::iter::repeat_with(|| queue.push(Event::critical("a", "b"))).take_while(Result::is_ok).count();
        assert_eq!(errors, RESERVE);
        assert!(queue.pop().is_some() && !queue.is_full_for(Severity::Critical));
    }

    #[test]
    fn long_texts_are_bounded_in_bytes() {
        let queue = Queue::new();
        let long = Event::startup().field("text", "x".repeat(200 * 1024));
        let taken = std::iter::repeat_with(|| queue.push(long.clone())).take_while(Result::is_ok).count();
        assert!((30..=60).contains(&taken), "{taken} events of 200 KiB fit into 8 MiB");
        while queue.pop().is_some() {}
        assert_eq!(queue.spilled.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn no_event_and_no_wake_is_missed() {
        const EVENTS: usize = 20_000;
        let queue = Arc::new(Queue::new());
        let recorder = thread::spawn({
            let queue = Arc::clone(&queue);
            move || {
                queue.attend();
                let mut popped = 0;
                while popped < EVENTS {
                    match queue.pop() {
                        Some(_) => popped += 1,
                        // A missed wake would sleep here until the test's own time is over.
                        None => queue.sleep(Duration::from_secs(3_600)),
                    }
                }
            }
        });
        for number in 0..EVENTS {
            while queue.push(Event::startup()).is_err() {
                thread::yield_now();
            }
            if number % 64 == 0 {
                thread::yield_now();
            }
        }
        recorder.join().expect("the recorder ends");
    }
}
