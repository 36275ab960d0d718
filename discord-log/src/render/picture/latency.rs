//! How long calls of annotated functions took in each hour: the usual one, and the slow ones. Each step up is ten times
//! as long.

use super::canvas::{Canvas, Color};
use super::events::label_hours;
use super::panel::{Panel, Plot};
use crate::render::readable;
use crate::summary::{Figures, Quantiles};

pub(super) fn paint(canvas: &mut Canvas, panel: Panel, figures: &Figures) {
    panel.title(canvas, "Latency of calls per hour");
    panel.legend(canvas, &LINES.map(|(name, color, _)| (name, color)));
    let latencies = || figures.hours.iter().filter_map(|hour| hour.latency);
    let decade = |nanos: u64| (nanos.max(1) as f64).log10();
    let lowest = latencies().map(|latency| decade(latency.p50)).fold(f64::INFINITY, f64::min).floor();
    let highest = latencies().map(|latency| decade(latency.p99)).fold(0.0, f64::max).ceil();
    if !lowest.is_finite() {
        return;
    }
    let highest = highest.max(lowest + 1.0);
    let share = |nanos: u64| ((decade(nanos) - lowest) / (highest - lowest)).clamp(0.0, 1.0) as f32;
    for plot in panel.plots(1) {
        // Every second one where there are many.
        let step = if highest - lowest > MOST_RULES { 2 } else { 1 };
        for power in (lowest as u32..=highest as u32).step_by(step) {
            let label = readable::duration(std::time::Duration::from_nanos(10_u64.saturating_pow(power)));
            plot.rule(canvas, share(10_u64.saturating_pow(power)), &label, f64::from(power) == lowest);
        }
        for (_, color, of) in LINES {
            line(canvas, &plot, figures, color, &|latency| plot.at_height(share(of(latency))));
        }
        label_hours(canvas, &plot, figures);
    }
}

/// Joins hours that follow each other; one alone is a dot.
fn line(canvas: &mut Canvas, plot: &Plot, figures: &Figures, color: Color, height: &dyn Fn(&Quantiles) -> f32) {
    let hours: Vec<_> = figures.hours.iter().enumerate().collect();
    for run in hours.split(|(_, hour)| hour.latency.is_none()) {
        let place = |(number, latency): (usize, &Quantiles)| {
            let (left, width) = plot.slot(number, figures.hours.len());
            (left + width / 2.0, height(latency))
        };
        let known = run.iter().filter_map(|(number, hour)| Some((*number, hour.latency.as_ref()?)));
        let points: Vec<_> = known.map(place).collect();
        canvas.line(&points, LINE, color);
        points.iter().for_each(|at| canvas.disc(*at, DOT, color));
    }
}

type Line = (&'static str, Color, fn(&Quantiles) -> u64);

const LINES: [Line; 3] = [
    ("half within", Color(0x4a_90_d9), |latency| latency.p50),
    ("95 % within", Color(0xf0_a0_20), |latency| latency.p95),
    ("99 % within", Color(0xe0_1e_8c), |latency| latency.p99),
];
const MOST_RULES: f64 = 5.0;
const LINE: f32 = 3.0;
const DOT: f32 = 4.5;
