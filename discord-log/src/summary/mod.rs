//! The daily summary: what a day was like, told the next morning in one message. The lines of the history come in, the
//! figures of a day go out, as an event that carries them. Pure but for [`make`], which reads the files; when a summary
//! is due is decided by [`schedule`](self::schedule), and made and sent by the recorder.
//!
//! ```text
//!   history ─▶ fold ─┬─▶ day (twice: the day, and the one before) ─┐
//!                    ├─▶ problems (of a fortnight)                 ├─▶ figures ─▶ event
//!                    └─▶ money (of each day of a fortnight)        ┘
//! ```
//!
//! A day is one of the time zone of the settings: 23, 24 or 25 hours. An event belongs to the day on which it occurred,
//! whenever it was delivered; a minute of counters to the day in which it began.

mod actors;
mod day;
mod figures;
mod fold;
mod functions;
mod make;
mod money;
mod problems;
mod schedule;
mod span;

#[cfg(test)]
mod tests;

use jiff::civil::Time;
use jiff::tz::TimeZone;

#[cfg(test)]
pub(crate) use self::figures::{ActorFigures, DeliveryFigures};
pub(crate) use self::figures::{FIELD, Figures, FunctionFigures, Hour, MoneyFigures, ProblemFigures, Quantiles};
pub(crate) use self::make::{Request, make};
pub(crate) use self::money::{Flow, Sum};
pub(crate) use self::schedule::{Due, Plan, due, is_late, plan};

/// What this step needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// When the summary of a day is sent on the next.
    pub(crate) time: Time,
    /// Whose days are summarised.
    pub(crate) zone: TimeZone,
}
