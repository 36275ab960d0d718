//! Remembers the panic under way: what it says, and whether it was reported.
//!
//! A panic passes every annotated function on its way up, and only the innermost reports it. A value that is dropped
//! by a panic cannot see which one it is, so every panic gets a number from [`remember`], the panic hook, and a
//! function that was entered before that number was given knows that the panic is its own. Where the hook was not
//! asked (it is not installed, or a panic of another thread is resumed here) the first report gives the number.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::capture::call::ERRORS;
use crate::logger;

/// The number of the latest panic in this process.
static LATEST: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static HERE: RefCell<Panic> = const { RefCell::new(Panic { number: 0, message: None, place: None, reported: true }) };
}

/// The latest panic of a thread.
#[derive(Debug)]
pub(crate) struct Panic {
    number: u64,
    reported: bool,
    pub(crate) message: Option<String>,
    /// File, line and column, where the hook has seen it.
    pub(crate) place: Option<String>,
}

/// A point between two panics: when a function was entered.
#[derive(Clone, Copy, Debug)]
pub struct Entered(u64);

impl Entered {
    /// Takes the point, where panics are reported; one relaxed load.
    #[inline]
    pub(crate) fn now(watched: u8) -> Self {
        Self(if watched & ERRORS != 0 { LATEST.load(Ordering::Relaxed) } else { u64::MAX })
    }

    /// Gives the panic that unwinds this thread, unless a function that was entered later has reported it.
    pub(crate) fn claim(self) -> Option<Panic> {
        // A thread that is ending has no memory: a report too many is better than none.
        HERE.try_with(|here| self.claim_from(&mut *here.try_borrow_mut().ok()?))
            .unwrap_or_else(|_| Some(Panic::unseen()))
    }

    fn claim_from(self, here: &mut Panic) -> Option<Panic> {
        if here.number <= self.0 {
            *here = Panic::unseen();
        }
        if here.reported {
            return None;
        }
        here.reported = true;
        Some(Panic { message: here.message.take(), place: here.place.take(), ..*here })
    }
}

impl Panic {
    fn unseen() -> Self {
        let number = LATEST.fetch_add(1, Ordering::Relaxed) + 1;
        Self { number, reported: false, message: None, place: None }
    }
}

/// Installs the panic hook, before the one that is there already; once.
pub fn remember() {
    static INSTALLED: Once = Once::new();
    // A panicking thread may not change the hook.
    if !thread::panicking() {
        INSTALLED.call_once(|| {
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                note(info);
                previous(info);
                // The process may end with this panic, and with it what is in memory alone.
                logger::save(SAVING);
            }));
        });
    }
}

/// Longest that a panic waits for the disk.
const SAVING: Duration = Duration::from_millis(100);

fn note(info: &PanicHookInfo<'_>) {
    let message = text(info.payload()).map(str::to_owned);
    let place = info.location().map(ToString::to_string);
    let panic = Panic { message, place, ..Panic::unseen() };
    let _ = HERE.try_with(|here| here.try_borrow_mut().map(|mut here| *here = panic));
}

fn text(payload: &(dyn Any + Send)) -> Option<&str> {
    payload.downcast_ref::<&'static str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    use super::*;

    /// Enters, runs a body that panics, and gives what it could claim, as nested functions would.
    fn claimed(body: impl FnOnce()) -> Option<Panic> {
        let entered = Entered::now(ERRORS);
        catch_unwind(AssertUnwindSafe(body)).expect_err("the body panics");
        entered.claim()
    }

    fn passing_on(claims: &mut Vec<Panic>, body: impl FnOnce()) {
        let entered = Entered::now(ERRORS);
        let payload = catch_unwind(AssertUnwindSafe(body)).expect_err("the body panics");
        claims.extend(entered.claim());
        resume_unwind(payload);
    }

    #[test]
    fn a_panic_is_claimed_with_its_text_and_its_place() {
        remember();
        let panic = claimed(|| panic!("no {}", "luck")).expect("it is the first to claim");
        assert_eq!(panic.message.as_deref(), Some("no luck"));
        assert!(panic.place.expect("the hook saw it").contains("panics.rs:"));
    }

    #[test]
    fn a_panic_is_claimed_once_on_its_way_up() {
        remember();
        let mut claims = Vec::new();
        let outer = claimed(|| passing_on(&mut claims, || panic!("once")));
        assert_eq!(claims.len(), 1);
        assert!(outer.is_none(), "{outer:?}");
    }

    #[test]
    fn a_second_panic_after_a_caught_one_is_claimed_too() {
        remember();
        let outer = claimed(|| {
            assert!(claimed(|| panic!("caught")).is_some());
            panic!("second");
        });
        assert_eq!(outer.expect("another panic").message.as_deref(), Some("second"));
    }

    #[test]
    fn the_panic_of_another_thread_is_claimed_once_without_its_text() {
        remember();
        assert!(claimed(|| panic!("an older one")).is_some());
        let mut claims = Vec::new();
        let outer = claimed(|| passing_on(&mut claims, || resume_unwind(Box::new("from elsewhere"))));
        assert_eq!(claims.len(), 1);
        assert_eq!(claims[0].message, None);
        assert!(outer.is_none(), "{outer:?}");
    }
}
