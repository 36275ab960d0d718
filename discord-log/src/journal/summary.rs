//! The summary of a day, for whoever asks.

use std::io;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::Config;
use crate::event::Event;
use crate::record::outside::Site;
use crate::render;
use crate::summary::{Figures, Request, make};

/// What a day was like.
///
/// # Examples
///
/// ```no_run
/// use discord_log::Config;
/// use discord_log::journal::Journal;
/// use jiff::civil::date;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::from_env().build()?;
/// let Some(journal) = Journal::of(&config) else { return Ok(()) };
/// let summary = journal.service_of(&config).summary(&config, date(2026, 5, 1))?;
/// println!("{}", summary.json());
/// if let Some(picture) = summary.picture() {
///     std::fs::write("day.png", picture)?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Summary {
    figures: Figures,
}

impl Summary {
    pub(super) fn of(site: &Site, config: &Config, day: Date) -> io::Result<Self> {
        let request = Request { day, zone: config.summaries.zone.clone(), currency: config.render.currency };
        Ok(Self { figures: make(&site.history(), &request)? })
    }

    /// Gives the day before the one that it is at a moment, in the settings' time zone: the one that the next summary tells.
    /// Nothing at the ends of the calendar.
    #[must_use]
    pub fn day_before(config: &Config, now: Timestamp) -> Option<Date> {
        config.summaries.zone.to_datetime(now).date().yesterday().ok()
    }

    /// Says whether the day had nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// Gives the figures as one JSON object, as their event carries them.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(&self.figures).unwrap_or_default()
    }

    /// Draws the picture of the day, as a PNG; nothing where there is nothing to draw, or without the feature `pictures`.
    #[must_use]
    pub fn picture(&self) -> Option<Vec<u8>> {
        render::draw_summary(&self.figures)
    }

    /// Makes the event that tells the day in the system channel, for [`log`](fn@crate::log).
    #[must_use]
    pub fn event(&self) -> Event {
        self.figures.event()
    }
}
