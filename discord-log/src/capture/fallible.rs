//! Holds `#[log_errors]` to functions that can fail.

use crate::capture::probe::{Probe, probe};

/// A return value with an error in it: `Result`, under whatever alias.
#[diagnostic::on_unimplemented(
    message = "`#[log_errors]` needs a function that returns a `Result`, and this one returns `{Self}`",
    label = "is no `Result`",
    note = "return a `Result`, or use `#[log_activity]`, which takes any function and tells of its panics too",
    note = "the alias of a boxed future is not seen through: write `Pin<Box<dyn Future<Output = Result<…>>>>`"
)]
pub trait Fallible: sealed::Sealed {}

impl<T, E> Fallible for Result<T, E> {}

mod sealed {
    #[expect(unnameable_types, reason = "that it cannot be named is what seals it")]
    pub trait Sealed {}
    impl<T, E> Sealed for Result<T, E> {}
}

/// Looks at a return value like [`probe`], and at compile time whether it can fail.
#[inline]
pub const fn fallible<R: Fallible>(returned: &R) -> Probe<'_, R> {
    probe(returned)
}
