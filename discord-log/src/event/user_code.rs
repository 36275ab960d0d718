//! Code of the program's that runs while an event is made: a `Display`, the `source` of an error, the expression of a field.
//! One that panics costs itself, and the event says so; the panic hook asks here, so that it is not told once more.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static IS_RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Runs code of the program's; gives nothing if it panics.
#[inline]
pub(crate) fn run<R>(code: impl FnOnce() -> R) -> Option<R> {
    let outer = IS_RUNNING.replace(true);
    let given = catch_unwind(AssertUnwindSafe(code));
    IS_RUNNING.set(outer);
    given.ok()
}

/// Says whether a panic of this thread, if there is one now, ends in [`run`]: where panics abort, it ends nowhere.
pub(crate) fn is_running() -> bool {
    cfg!(panic = "unwind") && IS_RUNNING.get()
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    #[test]
    fn what_panics_gives_nothing_and_is_over_then() {
        let inner = || {
            assert!(is_running());
            assert_eq!(run(|| panic_any("inner")), None::<()>);
            assert!(is_running(), "the outer code goes on");
            7
        };
        assert_eq!(run(inner), Some(7));
        assert_eq!(run(|| panic_any("outer")), None::<()>);
        assert!(!is_running());
    }
}
