//! Many events, few messages: what a lane has taken from the journal, cut into batches of which each becomes one
//! message. Pure; grouping and digests belong here too.

mod intake;

pub(crate) use self::intake::{Doubt, Intake};
