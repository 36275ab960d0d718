//! Money of each day of a fortnight: what was invoiced and what came in, one chart a currency, since their sums cannot be
//! compared. What was paid back lies below the line.

use rust_decimal::prelude::ToPrimitive;

use super::axis::{Axis, short};
use super::canvas::{Canvas, Color};
use super::panel::{Panel, Plot};
use crate::summary::{Figures, MoneyFigures, Sum};

pub(super) fn paint(canvas: &mut Canvas, panel: Panel, figures: &Figures) {
    panel.title(canvas, "Money per day");
    panel.legend(canvas, &WAYS);
    let shown: Vec<_> = figures.money.iter().filter(|money| has_moved(money)).take(MOST_CURRENCIES).collect();
    for (plot, money) in panel.plots(shown.len()).iter().zip(&shown) {
        plot.caption(canvas, &money.currency);
        chart(canvas, plot, figures, money);
    }
}

/// Says whether anything is to be shown of a currency.
pub(super) fn has_moved(money: &MoneyFigures) -> bool {
    money.days.iter().flatten().any(|flow| flow.count > 0)
}

fn chart(canvas: &mut Canvas, plot: &Plot, figures: &Figures, money: &MoneyFigures) {
    let sums = || money.days.iter().flatten().map(|flow| number(flow.sum));
    let axis = Axis::of(sums().fold(0.0, f64::min), sums().fold(0.0, f64::max));
    plot.rules(canvas, &axis, short);
    let zero = plot.at_height(axis.height_of(0.0));
    for (day, flows) in money.days.iter().enumerate() {
        let (left, width) = plot.slot(day, money.days.len());
        let each = width * (1.0 - 2.0 * GAP) / flows.len() as f32;
        for (way, (flow, (_, color))) in flows.iter().zip(WAYS).enumerate() {
            let end = plot.at_height(axis.height_of(number(flow.sum)));
            let left = left + width * GAP + each * way as f32;
            canvas.rectangle(left, zero.min(end), each, (zero - end).abs(), color);
        }
    }
    label_days(canvas, plot, figures, money.days.len());
}

/// Names the last day, and as many of those before it as there is room for.
fn label_days(canvas: &mut Canvas, plot: &Plot, figures: &Figures, days: usize) {
    let (_, width) = plot.slot(0, days);
    let every = (LABEL / width).ceil().max(1.0) as usize;
    for ago in (0..days).step_by(every) {
        let Some(date) = std::iter::successors(Some(figures.day), |date| date.yesterday().ok()).nth(ago) else {
            return;
        };
        let (left, width) = plot.slot(days - 1 - ago, days);
        plot.label_below(canvas, left + width / 2.0, &date.strftime("%-d %b").to_string());
    }
}

fn number(sum: Sum) -> f64 {
    match sum {
        Sum::Exact(number) => number.to_f64().unwrap_or_default(),
        // Its sign is not known; the words say what it is.
        Sum::TooLarge => 0.0,
    }
}

const WAYS: [(&str, Color); 2] = [("invoiced", Color(0x4a_90_d9)), ("received", Color(0x2e_b8_6e))];
const MOST_CURRENCIES: usize = 3;
const GAP: f32 = 0.12;
/// Room for the name of a day.
const LABEL: f32 = 86.0;
