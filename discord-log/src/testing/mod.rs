//! Lets a test see what its own thread and tasks log, without a webhook, and prove that a secret of its own is not in it.
//! Without the feature `testing` every question here is answered by a constant.

#[cfg(feature = "testing")]
mod capture;
#[cfg_attr(feature = "testing", path = "faults_enabled.rs")]
#[cfg_attr(not(feature = "testing"), path = "faults_disabled.rs")]
mod faults;
#[cfg(feature = "testing")]
mod leaks;

#[cfg(feature = "testing")]
pub use self::capture::{capture, capture_async};
#[cfg(feature = "testing")]
pub use self::faults::{Part, panic_in};
#[cfg(feature = "testing")]
pub use self::leaks::{Leak, leaks};

#[cfg(not(feature = "testing"))]
pub(crate) use self::faults::Part;
pub(crate) use self::faults::fail_point;
