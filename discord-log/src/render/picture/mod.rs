//! The picture of a day as a PNG: events by hour and severity, latencies by hour, and money by day. Pure, and the same
//! bytes for the same figures.
//!
//! ```text
//!   figures ─▶ panels ─▶ canvas (rectangles, lines, letters) ─▶ png
//! ```
//!
//! It is drawn twice as large as Discord shows it, in colours that are told apart on its dark ground by most who do not see
//! red and green alike.

mod axis;
mod canvas;
mod events;
mod latency;
mod letters;
mod money;
mod panel;
mod png;

use std::panic::{AssertUnwindSafe, catch_unwind};

use self::canvas::Canvas;
use self::panel::Panel;
use crate::summary::Figures;

/// Draws the picture of a day; nothing where there is nothing to draw, or where drawing fails: the message goes without.
pub(crate) fn draw(figures: &Figures) -> Option<Vec<u8>> {
    catch_unwind(AssertUnwindSafe(|| paint(figures))).ok().flatten()
}

fn paint(figures: &Figures) -> Option<Vec<u8>> {
    let panels: [Option<fn(&mut Canvas, Panel, &Figures)>; 3] = [
        (figures.events()[0] > 0).then_some(events::paint),
        figures.hours.iter().any(|hour| hour.latency.is_some()).then_some(latency::paint),
        figures.money.iter().any(money::has_moved).then_some(money::paint),
    ];
    let panels: Vec<_> = panels.into_iter().flatten().collect();
    if panels.is_empty() {
        return None;
    }
    let mut canvas = Canvas::new(WIDTH, MARGIN + panels.len() * (HEIGHT + MARGIN))?;
    for (number, paint) in panels.into_iter().enumerate() {
        let top = MARGIN + number * (HEIGHT + MARGIN);
        let panel = Panel::new(&mut canvas, MARGIN as f32, top as f32, (WIDTH - 2 * MARGIN) as f32, HEIGHT as f32);
        paint(&mut canvas, panel, figures);
    }
    Some(png::encode(&canvas))
}

/// Pixels of the picture; of each panel, and around them.
const WIDTH: usize = 1_100;
const HEIGHT: usize = 280;
const MARGIN: usize = 16;
