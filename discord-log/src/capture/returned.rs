//! `ret`: finds what there is to show of a return value, the value of an `Ok` or the whole.
//!
//! `returned(&value).discord_log_shown()` is resolved like a [`probe`](super::probe::probe): the first level whose bounds
//! hold is taken.

use std::fmt::Debug;
use std::ops::Deref;

use crate::capture::probe::Look;

/// Looks at a return value that is to be told.
#[inline]
pub const fn returned<R>(value: &R) -> Successful<'_, R> {
    Successful(Whole(Hidden(value)))
}

/// Takes what is to be shown into a look, where the call did not fail.
#[inline]
pub fn showing<'r>(look: Look<'r>, value: Option<&'r dyn Debug>) -> Look<'r> {
    match (look, value) {
        (Look::Fine, Some(value)) => Look::Shown(value),
        _ => look,
    }
}

/// Results whose value has a `Debug`.
#[derive(Debug)]
pub struct Successful<'r, R>(Whole<'r, R>);

/// Values with a `Debug`.
#[derive(Debug)]
pub struct Whole<'r, R>(Hidden<'r, R>);

/// Values without one, which are refused.
#[derive(Debug)]
pub struct Hidden<'r, R>(&'r R);

impl<'r, R> Deref for Successful<'r, R> {
    type Target = Whole<'r, R>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'r, R> Deref for Whole<'r, R> {
    type Target = Hidden<'r, R>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'r, T: Debug, E> Successful<'r, Result<T, E>> {
    /// Gives the value of an `Ok`.
    #[inline]
    #[must_use]
    pub fn discord_log_shown(&self) -> Option<&'r dyn Debug> {
        let Self(Whole(Hidden(returned))) = self;
        returned.as_ref().ok().map(|value| value as &dyn Debug)
    }
}

impl<'r, R: Debug> Whole<'r, R> {
    /// Gives the value.
    #[inline]
    #[must_use]
    pub const fn discord_log_shown(&self) -> Option<&'r dyn Debug> {
        let Self(Hidden(returned)) = self;
        Some(*returned)
    }
}

impl<R> Hidden<'_, R> {
    /// Refuses the value.
    #[inline]
    #[must_use]
    pub const fn discord_log_shown<'r>(&self) -> Option<&'r dyn Debug>
    where
        R: Showable,
    {
        None
    }
}

/// A return value that `ret` can tell.
#[diagnostic::on_unimplemented(
    message = "`ret` cannot tell a `{Self}`",
    label = "has no `Debug`, or its `Ok` has none",
    note = "derive `Debug` for the value, or leave `ret` out and name what matters in `fields(…)`"
)]
pub trait Showable: sealed::Sealed {}

mod sealed {
    #[expect(unnameable_types, reason = "that it cannot be named is what seals it")]
    pub trait Sealed {}
}
