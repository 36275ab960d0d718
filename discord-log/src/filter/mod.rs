//! Whether an event is wanted: the toggles, read through one atomic load before anything is built; the alert that a large
//! amount raises; and what of an event may be said.

mod high_value;
mod redaction;
mod toggles;

use rust_decimal::Decimal;

pub(crate) use self::high_value::high_value_alert;
pub(crate) use self::redaction::Redaction;
pub(crate) use self::toggles::{Toggle, Toggles};

/// What this step needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) toggles: Toggles,
    pub(crate) high_value_threshold: Option<Decimal>,
    pub(crate) redaction: Redaction,
}
