//! The function under measurement, under each attribute.

use std::hint::black_box;

use discord_log::{log_activity, log_errors, log_performance};

use crate::failure::Refused;
use crate::poll::drive;

/// Added to a number, it makes the functions fail.
pub const FAILS: u64 = 1 << 63;

/// Calls a function so many times, with the numbers from `first` on.
#[inline(never)]
pub fn repeat(first: u64, calls: u64, function: impl Fn(u64) -> Result<u64, Refused>) {
    for number in first..first + calls {
        let _ = black_box(function(black_box(number)));
    }
}

/// The body of all of them.
#[inline(always)]
pub const fn settle(number: u64) -> Result<u64, Refused> {
    if number & FAILS == 0 { Ok(number ^ 0x5555) } else { Err(Refused::new(number)) }
}

macro_rules! functions {
    ($($(#[doc = $doc:literal])+ $([$attribute:meta])* $function:ident, $driven:ident, $future:ident;)+) => {$(
        $(#[doc = $doc])+
        #[inline(never)]
        $(#[$attribute])*
        pub fn $function(number: u64) -> Result<u64, Refused> {
            settle(number)
        }

        $(#[doc = $doc])+
        ///
        /// The async twin, driven to its end.
        #[inline(never)]
        pub fn $driven(number: u64) -> Result<u64, Refused> {
            drive($future(number))
        }

        $(#[$attribute])*
        async fn $future(number: u64) -> Result<u64, Refused> {
            settle(number)
        }
    )+};
}

functions! {
    /// Without an attribute.
    bare, bare_driven, bare_future;
    /// Under `#[log_errors]`.
    [log_errors] errors, errors_driven, errors_future;
    /// Under `#[log_activity]`.
    [log_activity] activity, activity_driven, activity_future;
    /// Under `#[log_performance]`, with a threshold that no call reaches.
    [log_performance(threshold = 60)] performance, performance_driven, performance_future;
    /// Under all three.
    [log_errors] [log_activity] [log_performance(threshold = 60)] stacked, stacked_driven, stacked_future;
}

/// Bare, but with the text of the error made, as a user of it would: the part that is not the logger's.
#[inline(never)]
pub fn display(number: u64) -> Result<u64, Refused> {
    let returned = settle(number);
    if let Err(error) = &returned {
        black_box(error.to_string());
    }
    returned
}
