//! A picture in memory: shapes with soft edges on an opaque ground.

use ab_glyph_rasterizer::{Point, Rasterizer, point};

/// A colour without transparency.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Color(pub(super) u32);

/// A picture that is drawn.
#[derive(Debug)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    /// Red, green and blue of each pixel, row by row.
    pixels: Vec<u8>,
}

/// A closed line that is filled.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    lines: Vec<(Point, Point)>,
    curves: Vec<(Point, Point, Point)>,
}

impl Color {
    const fn channels(self) -> [u8; 3] {
        let [_, red, green, blue] = self.0.to_be_bytes();
        [red, green, blue]
    }
}

impl Canvas {
    /// Nothing where that would be no picture, or a huge one.
    pub(super) fn new(width: usize, height: usize) -> Option<Self> {
        if width == 0 || height == 0 || width > MOST || height > MOST {
            return None;
        }
        let pixels = GROUND.channels().repeat(width * height);
        Some(Self { width, height, pixels })
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) const fn height(&self) -> usize {
        self.height
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.width * 3)
    }

    /// Fills a rectangle; one of no size leaves nothing.
    pub(super) fn rectangle(&mut self, left: f32, top: f32, width: f32, height: f32, color: Color) {
        let mut shape = Shape::default();
        shape.polygon(&[(left, top), (left + width, top), (left + width, top + height), (left, top + height)]);
        self.fill(&shape, color);
    }

    /// Draws a line through points, with round joints.
    pub(super) fn line(&mut self, points: &[(f32, f32)], width: f32, color: Color) {
        let mut shape = Shape::default();
        for ((from, to), length) in points
            .iter()
            .zip(points.iter().skip(1))
            .map(|(from, to)| ((*from, *to), (to.0 - from.0).hypot(to.1 - from.1)))
        {
            if length > 0.0 {
                let (x, y) = ((from.1 - to.1) / length * width / 2.0, (to.0 - from.0) / length * width / 2.0);
                let corners =
                    [(from.0 - x, from.1 - y), (to.0 - x, to.1 - y), (to.0 + x, to.1 + y), (from.0 + x, from.1 + y)];
                shape.polygon(&corners);
            }
        }
        points.iter().for_each(|at| shape.disc(*at, width / 2.0));
        self.fill(&shape, color);
    }

    pub(super) fn disc(&mut self, at: (f32, f32), radius: f32, color: Color) {
        let mut shape = Shape::default();
        shape.disc(at, radius);
        self.fill(&shape, color);
    }

    /// Fills a shape, as far as it is on the picture.
    pub(super) fn fill(&mut self, shape: &Shape, color: Color) {
        let Some((left, top, width, height)) = shape.bounds() else { return };
        let mut coverage = Rasterizer::new(width, height);
        let moved = |at: Point| point(at.x - left, at.y - top);
        shape.lines.iter().for_each(|(from, to)| coverage.draw_line(moved(*from), moved(*to)));
        shape.curves.iter().for_each(|(from, bend, to)| coverage.draw_quad(moved(*from), moved(*bend), moved(*to)));
        coverage.for_each_pixel_2d(|x, y, share| {
            // Shapes that lie over each other count more than once.
            let share = share.min(1.0);
            if share > 0.0 {
                self.blend(left as i64 + i64::from(x), top as i64 + i64::from(y), color, share);
            }
        });
    }

    fn blend(&mut self, x: i64, y: i64, color: Color, share: f32) {
        let place = usize::try_from(x).ok().zip(usize::try_from(y).ok()).filter(|(x, _)| *x < self.width);
        let Some((x, y)) = place else { return };
        let start = (y * self.width + x) * 3;
        let Some(pixel) = self.pixels.get_mut(start..start + 3) else { return };
        for (old, new) in pixel.iter_mut().zip(color.channels()) {
            *old = (f32::from(*old) * (1.0 - share) + f32::from(new) * share).round() as u8;
        }
    }
}

impl Shape {
    /// Adds a closed line; all are drawn the same way round.
    pub(super) fn polygon(&mut self, corners: &[(f32, f32)]) {
        let corners: Vec<_> = corners.iter().map(|(x, y)| point(*x, *y)).collect();
        let next = corners.iter().cycle().skip(1);
        self.lines.extend(corners.iter().zip(next).map(|(from, to)| (*from, *to)));
    }

    pub(super) fn add_line(&mut self, from: Point, to: Point) {
        self.lines.push((from, to));
    }

    pub(super) fn add_curve(&mut self, from: Point, bend: Point, to: Point) {
        self.curves.push((from, bend, to));
    }

    fn disc(&mut self, (x, y): (f32, f32), radius: f32) {
        let corner = |step: u16| {
            let angle = std::f32::consts::TAU * f32::from(step) / f32::from(CORNERS);
            (x + radius * angle.cos(), y + radius * angle.sin())
        };
        self.polygon(&(0..CORNERS).map(corner).collect::<Vec<_>>());
    }

    /// Gives where it begins, in whole pixels, and how large it is; nothing of what has no size, or is far off.
    fn bounds(&self) -> Option<(f32, f32, usize, usize)> {
        let ends = self.lines.iter().flat_map(|(from, to)| [from, to]);
        let bends = self.curves.iter().flat_map(|(from, bend, to)| [from, bend, to]);
        let points: Vec<_> = ends.chain(bends).collect();
        let is_near = |value: f32| value.is_finite() && value.abs() <= MOST as f32;
        if points.is_empty() || !points.iter().all(|at| is_near(at.x) && is_near(at.y)) {
            return None;
        }
        let least = |of: fn(&Point) -> f32| points.iter().map(|at| of(at)).fold(f32::INFINITY, f32::min).floor();
        let most = |of: fn(&Point) -> f32| points.iter().map(|at| of(at)).fold(f32::NEG_INFINITY, f32::max).ceil();
        let (left, top) = (least(|at| at.x), least(|at| at.y));
        let (width, height) = (most(|at| at.x) - left, most(|at| at.y) - top);
        Some((left, top, width as usize + 1, height as usize + 1))
    }
}

/// Between the panels; dark, so that the picture belongs to Discord's dark theme and stands by itself on the light one.
const GROUND: Color = Color(0x1e_1f_22);
/// Corners of what looks like a circle.
const CORNERS: u16 = 24;
/// Pixels of a side.
const MOST: usize = 4_096;
