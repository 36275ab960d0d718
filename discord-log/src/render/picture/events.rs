//! Events by hour, one bar an hour, its severities one on top of the other, the worst at the top.

use super::axis::{Axis, short};
use super::canvas::{Canvas, Color};
use super::panel::{Panel, Plot};
use crate::event::Severity;
use crate::render::embed::color_of;
use crate::summary::{Figures, Hour};

pub(super) fn paint(canvas: &mut Canvas, panel: Panel, figures: &Figures) {
    panel.title(canvas, "Events per hour");
    let all = figures.severities(0);
    let names = Severity::ALL.iter().zip(all).filter(|(_, events)| *events > 0);
    let names: Vec<_> = names.map(|(severity, _)| (severity.name(), Color(color_of(*severity)))).collect();
    panel.legend(canvas, &names);
    let sum = |hour: &Hour| hour.events.iter().fold(0, |sum: u64, events| sum.saturating_add(*events));
    let axis = Axis::of_counts(figures.hours.iter().map(sum).max().unwrap_or_default());
    for plot in panel.plots(1) {
        plot.rules(canvas, &axis, short);
        for (number, hour) in figures.hours.iter().enumerate() {
            bar(canvas, &plot, &axis, plot.slot(number, figures.hours.len()), hour);
        }
        label_hours(canvas, &plot, figures);
    }
}

fn bar(canvas: &mut Canvas, plot: &Plot, axis: &Axis, (left, width): (f32, f32), hour: &Hour) {
    let mut below = 0_u64;
    for (severity, events) in Severity::ALL.iter().zip(hour.events).filter(|(_, events)| *events > 0) {
        let bottom = plot.at_height(axis.height_of(below as f64));
        below = below.saturating_add(events);
        let top = plot.at_height(axis.height_of(below as f64));
        // However few they are, errors are seen.
        let height = (bottom - top).max(LEAST);
        canvas.rectangle(
            left + width * GAP,
            bottom - height,
            width * (1.0 - 2.0 * GAP),
            height,
            Color(color_of(*severity)),
        );
    }
}

/// Writes below a plot what clocks show: every third hour, as often as they show it.
pub(super) fn label_hours(canvas: &mut Canvas, plot: &Plot, figures: &Figures) {
    for (number, hour) in figures.hours.iter().enumerate().filter(|(_, hour)| hour.hour % 3 == 0) {
        let (left, width) = plot.slot(number, figures.hours.len());
        plot.label_below(canvas, left + width / 2.0, &format!("{:02}", hour.hour));
    }
}

/// The part of a slot that is empty on either side of its bar.
const GAP: f32 = 0.14;
/// Pixels that a part of a bar has at least.
const LEAST: f32 = 2.0;
