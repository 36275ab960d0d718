//! What the attributes expand to. Not for use by hand: anything here may change in any release.

pub use crate::capture::answer::Answer;
pub use crate::capture::call::{ACTIVITY, Asked, Asking, Call, ERRORS, PERFORMANCE};
pub use crate::capture::excuse::excuse;
pub use crate::capture::fallible::{Fallible, fallible};
pub use crate::capture::fields::{FieldValue, Fields};
pub use crate::capture::observe::{Scope, observe, scope};
pub use crate::capture::observe_async::{
    Cancel, Never, Observed, Returns, Watched, observe_async, observe_boxed, observe_future, unreached,
};
pub use crate::capture::panics::{Entered, remember};
pub use crate::capture::probe::{
    Displayed, Failure, Formatted, LocalDyn, Look, Probe, SendDyn, Silent, Standard, SyncDyn, Unfailing, probe,
};
pub use crate::capture::returned::{Hidden, Showable, Successful, Whole, returned, showing};
pub use crate::capture::site::{Meter, Site, Slowness, Threshold, threshold};
pub use crate::event::Severity;
pub use crate::health::Tally;
pub use crate::logger::Tick;
pub use crate::queue::Valve;
