//! What the attributes expand to. Not for use by hand: anything here may change in any release.

pub use crate::capture::fallible::{Fallible, fallible};
pub use crate::capture::fields::{FieldValue, Fields};
pub use crate::capture::log_activity::Activity;
pub use crate::capture::log_errors::Errors;
pub use crate::capture::log_performance::Performance;
pub use crate::capture::observe::{Observer, Scope, observe, scope};
pub use crate::capture::observe_async::{
    Never, Observed, Returns, observe_async, observe_boxed, observe_future, unreached,
};
pub use crate::capture::panics::{Entered, remember};
pub use crate::capture::probe::{
    Displayed, Failure, Formatted, LocalDyn, Probe, SendDyn, Silent, Standard, SyncDyn, Unfailing, probe,
};
pub use crate::event::{Callsite, Severity};
