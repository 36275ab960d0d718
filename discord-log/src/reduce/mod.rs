//! Many events, few messages: what a lane has taken from the journal, cut into batches of which each becomes one
//! message. What functions tell one after the other of one failure becomes one event, in its message or by an edit of
//! it. Pure; grouping and digests belong here too.

mod intake;
mod posted;
mod reports;

pub(crate) use self::intake::{Doubt, Intake};

#[cfg(test)]
mod tests;
