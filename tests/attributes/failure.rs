//! An error with causes, and an event in words.

use std::error::Error;
use std::fmt;

use discord_log::Event;

/// Caused by [`Middle`], which is caused by [`Root`].
#[derive(Debug)]
pub(crate) struct Outer;

#[derive(Debug)]
pub(crate) struct Middle;

#[derive(Debug)]
pub(crate) struct Root;

macro_rules! errors {
    ($($error:ident says $text:literal because of $source:expr;)+) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($text)
            }
        }

        impl Error for $error {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                $source
            }
        }
    )+};
}

errors! {
    Outer says "outer" because of Some(&Middle);
    Middle says "middle" because of Some(&Root);
    Root says "root" because of None;
}

/// Everything that an event says: each entry as its role, its name and its value.
pub(crate) fn words(event: &Event) -> String {
    format!("{event:?}")
}
