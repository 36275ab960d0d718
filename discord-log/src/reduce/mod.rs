//! Many events, few messages: what a lane has taken from the journal, cut into batches of which each becomes one
//! message. What functions tell one after the other of one failure becomes one event, in its message or by an edit of
//! it; what occurs again and again becomes one group, whose message is kept up to date; and what is too much for
//! messages becomes lines, or a file. Pure.
//!
//! ```text
//!   entries ─▶ reports ─▶ group? ─▶ waiting ─▶ batch ─▶ a message
//!              (≤ 200 ms)    └────▶ board  ──────────▶ an edit of one
//! ```

mod batch;
mod board;
mod distinct;
mod fingerprint;
mod form;
mod group;
mod heartbeat;
mod intake;
mod known;
mod pace;
mod rate;
mod reports;
mod saved;
mod shown;
mod told;
mod variables;
mod waiting;

use std::time::Duration;

pub(crate) use self::batch::{Batch, Target};
pub(crate) use self::board::{Lost, Place};
pub(crate) use self::distinct::Count;
pub(crate) use self::fingerprint::Fingerprint;
pub(crate) use self::form::Form;
pub(crate) use self::group::{Back, Earlier, Group};
pub(crate) use self::heartbeat::{Beat, Heartbeat, Pulse, Sender};
pub(crate) use self::intake::{Doubt, Intake, Next, Shipped};
pub(crate) use self::known::Known;
#[cfg(feature = "journal")]
pub(crate) use self::known::over;
#[cfg(feature = "journal")]
pub(crate) use self::saved::open;
pub(crate) use self::shown::Shown;
pub(crate) use self::variables::Variable;

#[cfg(test)]
mod tests;

/// What this step needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long an occurrence is added to the message of its problem.
    pub(crate) window: Duration,
    /// Most messages a minute.
    pub(crate) rate_limit: u32,
    /// Which release of the service runs.
    pub(crate) release: Option<String>,
}
