//! The panic hook, and what a thread remembers of its latest panic: whether it was told.
//!
//! The hook tells each panic at once, before anything is unwound, since nothing may be: a program may end with it. A
//! panic then passes the annotated functions on its way up, and must not be told by them again. A value that is dropped
//! by a panic cannot see which one it is, so every panic gets a number, and a function that was entered before that
//! number was given knows that the panic is its own. Where the hook was not asked (it is not installed, or a panic of
//! another thread is resumed here), or a test captures, so that it sees the same whether there is a hook or not, the
//! innermost function tells it.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, PanicHookInfo};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::capture::call::ERRORS;
use crate::capture::panic_report::{self, Told};
use crate::event::user_code;
use crate::logger;

/// The number of the latest panic in this process.
static LATEST: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Nothing in it has to be dropped, so that a thread which is ending still has it.
    static HERE: Cell<Latest> = const { Cell::new(Latest { number: 0, is_told: true }) };
    static UNTOLD: RefCell<Panic> = const { RefCell::new(Panic { message: None, place: None }) };
}

/// The latest panic of a thread.
#[derive(Clone, Copy, Debug)]
struct Latest {
    number: u64,
    is_told: bool,
}

/// What is known of a panic that was not told yet.
#[derive(Debug, Default)]
pub(crate) struct Panic {
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

    /// Gives the panic that unwinds this thread, unless the hook or a function that was entered later has told it.
    pub(crate) fn claim(self) -> Option<Panic> {
        let latest = HERE.get();
        let is_seen = latest.number > self.0;
        if is_seen && latest.is_told {
            return None;
        }
        let number = if is_seen { latest.number } else { next_number() };
        HERE.set(Latest { number, is_told: true });
        let untold = replace_untold(Panic::default()).filter(|_| is_seen);
        Some(untold.unwrap_or_default())
    }
}

fn next_number() -> u64 {
    LATEST.fetch_add(1, Ordering::Relaxed) + 1
}

/// Gives nothing on a thread that is ending.
fn replace_untold(panic: Panic) -> Option<Panic> {
    UNTOLD
        .try_with(|untold| untold.try_borrow_mut().ok().map(|mut untold| std::mem::replace(&mut *untold, panic)))
        .ok()?
}

/// Installs the panic hook, before the one that is there already; once.
pub fn remember() {
    static INSTALLED: Once = Once::new();
    // A panicking thread may not change the hook.
    if thread::panicking() {
        return;
    }
    // The thread that ends the process is mostly this one: its end is known by what it has lost.
    let _ = replace_untold(Panic::default());
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // The hook before may end the process, and with it what is in memory alone; and it may log.
            let is_saved = note(info) != Told::Later && logger::save(SAVING);
            previous(info);
            if is_saved {
                logger::save(SAVING);
            }
        }));
    });
}

/// Longest that a panic waits for the disk.
const SAVING: Duration = Duration::from_millis(100);

fn note(info: &PanicHookInfo<'_>) -> Told {
    let message = text(info.payload());
    let place = info.location().map(ToString::to_string);
    let number = next_number();
    // The event that the code is for says that it panicked.
    let told = if user_code::is_running() {
        Told::Now
    } else {
        let is_ending = UNTOLD.try_with(|_| ()).is_err();
        panic_report::tell(info, message, place.as_deref(), is_ending)
    };
    HERE.set(Latest { number, is_told: told != Told::Not });
    if told == Told::Not {
        let _ = replace_untold(Panic { message: message.map(str::to_owned), place });
    }
    told
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
