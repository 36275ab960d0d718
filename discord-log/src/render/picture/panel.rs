//! The frame of a chart: its ground, title, legend and axes. What a chart draws lies inside its plot.

use super::axis::Axis;
use super::canvas::{Canvas, Color};
use super::letters::{self, Anchor};

/// A chart's place on the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panel {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
}

/// The part of a panel in which a chart is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plot {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

impl Panel {
    pub(super) fn new(canvas: &mut Canvas, left: f32, top: f32, width: f32, height: f32) -> Self {
        canvas.rectangle(left, top, width, height, GROUND);
        Self { left, top, width, height }
    }

    pub(super) fn title(&self, canvas: &mut Canvas, text: &str) {
        letters::write(canvas, text, (self.left + PADDING, self.top + TITLE), TITLE_SIZE, Anchor::Left, BRIGHT);
    }

    /// Names colours, from the right edge on.
    pub(super) fn legend(&self, canvas: &mut Canvas, names: &[(&str, Color)]) {
        let mut right = self.left + self.width - PADDING;
        for (name, color) in names.iter().rev() {
            letters::write(canvas, name, (right, self.top + TITLE), LABEL_SIZE, Anchor::Right, DIM);
            right -= letters::width(name, LABEL_SIZE) + MARK + 8.0;
            canvas.rectangle(right, self.top + TITLE - MARK + 1.0, MARK, MARK, *color);
            right -= 22.0;
        }
    }

    /// Cuts the room below the title into equal parts, from left to right, and leaves room for labels.
    pub(super) fn plots(&self, count: usize) -> Vec<Plot> {
        let count = count.max(1);
        let each = (self.width - PADDING) / count as f32;
        let plot = |number: usize| Plot {
            left: self.left + each * number as f32 + SCALE,
            top: self.top + HEAD,
            width: each - SCALE,
            height: self.height - HEAD - FOOT,
        };
        (0..count).map(plot).collect()
    }
}

impl Plot {
    pub(super) fn bottom(&self) -> f32 {
        self.top + self.height
    }

    /// Gives how far down a share of the height is.
    pub(super) fn at_height(&self, share: f32) -> f32 {
        self.bottom() - share * self.height
    }

    /// Gives where one of so many slots begins, and how wide it is.
    pub(super) fn slot(&self, number: usize, of: usize) -> (f32, f32) {
        let width = self.width / of.max(1) as f32;
        (self.left + width * number as f32, width)
    }

    /// Draws a line at a height, with its label at the left.
    pub(super) fn rule(&self, canvas: &mut Canvas, share: f32, label: &str, is_base: bool) {
        let at = self.at_height(share).round();
        canvas.rectangle(self.left, at, self.width, 1.0, if is_base { BASE } else { RULE });
        letters::write(canvas, label, (self.left - 10.0, at + LABEL_SIZE * 0.36), LABEL_SIZE, Anchor::Right, DIM);
    }

    /// Draws a line at each tick.
    pub(super) fn rules(&self, canvas: &mut Canvas, axis: &Axis, label: impl Fn(f64) -> String) {
        for tick in &axis.ticks {
            self.rule(canvas, axis.height_of(*tick), &label(*tick), *tick == 0.0);
        }
    }

    /// Writes a label below the plot.
    pub(super) fn label_below(&self, canvas: &mut Canvas, x: f32, text: &str) {
        letters::write(canvas, text, (x, self.bottom() + LABEL_SIZE + 8.0), LABEL_SIZE, Anchor::Middle, DIM);
    }

    /// Writes a label in the upper left corner of the plot.
    pub(super) fn caption(&self, canvas: &mut Canvas, text: &str) {
        letters::write(canvas, text, (self.left, self.top - 8.0), LABEL_SIZE, Anchor::Left, BRIGHT);
    }
}

const GROUND: Color = Color(0x2b_2d_31);
const RULE: Color = Color(0x3c_3f_45);
const BASE: Color = Color(0x6a_6f_78);
const BRIGHT: Color = Color(0xf2_f3_f5);
const DIM: Color = Color(0xb5_ba_c1);

const PADDING: f32 = 24.0;
/// From the top of a panel to the line on which its title stands.
const TITLE: f32 = 38.0;
const TITLE_SIZE: f32 = 25.0;
const LABEL_SIZE: f32 = 20.0;
/// The side of a square that shows a colour.
const MARK: f32 = 15.0;
/// Room above, below and to the left of a plot.
const HEAD: f32 = 74.0;
const FOOT: f32 = 42.0;
const SCALE: f32 = 88.0;
