//! Many events, few messages: what a lane has taken from the journal, cut into batches of which each becomes one
//! message. What functions tell one after the other of one failure becomes one event, in its message or by an edit of
//! it; what occurs again and again becomes one group, whose message is kept up to date. Pure.

mod distinct;
mod fingerprint;
mod group;
mod intake;
mod posted;
mod rate;
mod reports;
mod shown;
mod variables;

pub(crate) use self::distinct::Count;
pub(crate) use self::group::{Back, Earlier, Group};
pub(crate) use self::intake::{Doubt, Intake};
pub(crate) use self::shown::Shown;
pub(crate) use self::variables::Variable;

#[cfg(test)]
mod tests;
