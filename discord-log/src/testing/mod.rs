//! Lets a test see what its own thread logs, without a webhook. Without the feature `testing` every question here is
//! answered by a constant.

#[cfg_attr(feature = "testing", path = "enabled.rs")]
#[cfg_attr(not(feature = "testing"), path = "disabled.rs")]
mod capture;

#[cfg(feature = "testing")]
pub use self::capture::capture;

pub(crate) use self::capture::{captures, intercept};
