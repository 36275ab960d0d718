//! Finds the failure in a return value, whatever its type.
//!
//! `probe(&returned).discord_log_look()` is resolved where the attribute stands: the compiler takes the first level
//! whose bounds hold, walking down by `Deref`. So a standard error is told with its causes, an `anyhow::Error` through
//! its `AsRef<dyn Error>`, a text by its `Display`, and a type that shows nothing by its name, without a trait that
//! the user would have to import or implement. On success each level is a look at the discriminant. The method has a
//! name that no blanket trait of the user's is likely to have.

use std::any::type_name;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::Deref;

use crate::capture::answer::Answer;

/// What is to be known of a return value.
#[derive(Clone, Copy)]
pub enum Look<'r> {
    /// No error, and nothing that has to be told.
    Fine,
    /// No error, and the value is to be told.
    Shown(&'r dyn Debug),
    /// An error.
    Failed(Failure<'r>),
    /// The answer to a request.
    Answered(Answer<'r>),
}

/// An error that a function returned, and how it can be shown.
#[derive(Clone, Copy)]
pub struct Failure<'r> {
    pub(crate) type_name: &'static str,
    pub(crate) shown: Shown<'r>,
    /// `skip_if` says that it is none that people want to hear of.
    pub(crate) is_excused: bool,
}

/// The ways in which an error can be shown, the best first.
#[derive(Clone, Copy)]
pub(crate) enum Shown<'r> {
    Error(&'r (dyn Error + 'r)),
    Display(&'r (dyn Display + 'r)),
    Debug(&'r (dyn Debug + 'r)),
    Not,
}

impl Debug for Look<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Fine => "Fine",
            Self::Shown(_) => "Shown(..)",
            Self::Failed(_) => "Failed(..)",
            Self::Answered(_) => "Answered(..)",
        })
    }
}

impl Debug for Failure<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Failure").field("type_name", &self.type_name).finish_non_exhaustive()
    }
}

/// Looks at a return value.
#[inline]
pub const fn probe<R>(returned: &R) -> Probe<'_, R> {
    Standard(SyncDyn(SendDyn(LocalDyn(Displayed(Formatted(Silent(Unfailing(returned))))))))
}

/// Where every search begins.
pub type Probe<'r, R> = Standard<'r, R>;

macro_rules! level {
    ($(#[$doc:meta])* $level:ident falls to $next:ident, shows $error:ident: $bound:path as $shown:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $level<'r, R>($next<'r, R>);

        impl<'r, R> Deref for $level<'r, R> {
            type Target = $next<'r, R>;

            #[inline]
            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl<'r, T, E: $bound> $level<'r, Result<T, E>> {
            /// Gives the failure, if it is one.
            #[inline]
            #[must_use]
            pub fn discord_log_look(&self) -> Look<'r> {
                let show: fn(&'r E) -> Shown<'r> = $shown;
                match self.returned() {
                    Ok(_) => Look::Fine,
                    Err(error) => {
                        Look::Failed(Failure { type_name: type_name::<E>(), shown: show(error), is_excused: false })
                    }
                }
            }
        }
    };
}

level! {
    /// Standard errors.
    Standard falls to SyncDyn, shows error: Error as |error| Shown::Error(error)
}
level! {
    /// Containers of an error that may be sent and shared: `anyhow::Error`, `eyre::Report`, boxes.
    SyncDyn falls to SendDyn, shows error: AsRef<dyn Error + Send + Sync> as |error| Shown::Error(error.as_ref())
}
level! {
    /// Containers of an error that may be sent.
    SendDyn falls to LocalDyn, shows error: AsRef<dyn Error + Send> as |error| Shown::Error(error.as_ref())
}
level! {
    /// Containers of an error.
    LocalDyn falls to Displayed, shows error: AsRef<dyn Error> as |error| Shown::Error(error.as_ref())
}
level! {
    /// What has a text for people.
    Displayed falls to Formatted, shows error: Display as |error| Shown::Display(error)
}
level! {
    /// What has a text for programmers.
    Formatted falls to Silent, shows error: Debug as |error| Shown::Debug(error)
}
level! {
    /// What shows nothing of itself.
    Silent falls to Unfailing, shows error: Sized as |_| Shown::Not
}

/// Whatever is no `Result`, and so never fails.
#[derive(Debug)]
pub struct Unfailing<'r, R>(&'r R);

impl<'r, R> Unfailing<'r, R> {
    /// Gives no failure.
    #[inline]
    #[must_use]
    pub const fn discord_log_look(&self) -> Look<'r> {
        Look::Fine
    }

    #[inline]
    const fn returned(&self) -> &'r R {
        self.0
    }
}
