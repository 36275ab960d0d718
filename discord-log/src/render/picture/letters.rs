//! Labels: what a picture says in words and numbers. Only characters that the font has are drawn.

use ab_glyph_rasterizer::{Point, point};
use ttf_parser::{Face, OutlineBuilder};

use super::canvas::{Canvas, Color, Shape};

/// Where a label stands relative to its place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Anchor {
    Left,
    Middle,
    Right,
}

/// Writes a label on a line that starts, has its middle or ends at a place.
pub(super) fn write(canvas: &mut Canvas, text: &str, at: (f32, f32), size: f32, anchor: Anchor, color: Color) {
    let Ok(face) = Face::parse(FONT, 0) else { return };
    let scale = size / f32::from(face.units_per_em());
    let width = width_by(&face, text, scale);
    let start = match anchor {
        Anchor::Left => at.0,
        Anchor::Middle => at.0 - width / 2.0,
        Anchor::Right => at.0 - width,
    };
    let mut outline = Outline { shape: Shape::default(), origin: point(start, at.1), scale, start: None, last: None };
    for glyph in text.chars().filter_map(|character| face.glyph_index(character)) {
        face.outline_glyph(glyph, &mut outline);
        outline.origin.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or_default()) * scale;
    }
    canvas.fill(&outline.shape, color);
}

/// Says how wide a label is.
pub(super) fn width(text: &str, size: f32) -> f32 {
    Face::parse(FONT, 0).map_or(0.0, |face| width_by(&face, text, size / f32::from(face.units_per_em())))
}

fn width_by(face: &Face<'_>, text: &str, scale: f32) -> f32 {
    let glyphs = text.chars().filter_map(|character| face.glyph_index(character));
    glyphs.filter_map(|glyph| face.glyph_hor_advance(glyph)).map(|advance| f32::from(advance) * scale).sum()
}

/// Takes the outline of letters in.
struct Outline {
    shape: Shape,
    origin: Point,
    scale: f32,
    start: Option<Point>,
    last: Option<Point>,
}

impl Outline {
    fn place(&self, x: f32, y: f32) -> Point {
        point(self.origin.x + x * self.scale, self.origin.y - y * self.scale)
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = Some(self.place(x, y));
        self.last = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.place(x, y);
        self.last.replace(to).into_iter().for_each(|from| self.shape.add_line(from, to));
    }

    fn quad_to(&mut self, bend_x: f32, bend_y: f32, x: f32, y: f32) {
        let (bend, to) = (self.place(bend_x, bend_y), self.place(x, y));
        self.last.replace(to).into_iter().for_each(|from| self.shape.add_curve(from, bend, to));
    }

    /// No letter of this font has one.
    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, x: f32, y: f32) {
        self.line_to(x, y);
    }

    fn close(&mut self) {
        if let (Some(from), Some(to)) = (self.last.take(), self.start.take()) {
            self.shape.add_line(from, to);
        }
    }
}

/// A part of Roboto; see the folder for its licence.
const FONT: &[u8] = include_bytes!("../../../fonts/roboto.ttf");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_whatever_labels_are_made_of() {
        let face = Face::parse(FONT, 0).expect("a font");
        for character in (' '..='~').chain("µ·×–…−".chars()) {
            assert!(face.glyph_index(character).is_some(), "{character:?}");
        }
        assert!((5.0..=20.0).contains(&width("m", 20.0)), "{}", width("m", 20.0));
    }

    #[test]
    fn a_label_leaves_traces_where_it_stands() {
        let mut canvas = Canvas::new(100, 40).expect("a canvas");
        let empty: Vec<_> = canvas.rows().map(<[u8]>::to_vec).collect();
        write(&mut canvas, "Hi", (50.0, 30.0), 20.0, Anchor::Right, Color(0xff_ff_ff));
        let changed = canvas.rows().zip(&empty).map(|(now, before)| {
            now.chunks(3).zip(before.chunks(3)).map(|(now, before)| now != before).collect::<Vec<_>>()
        });
        let changed: Vec<_> = changed.collect();
        let columns: Vec<_> = (0..100).filter(|x| changed.iter().any(|row| row[*x])).collect();
        assert!(columns.len() > 8 && columns.iter().all(|x| (25..=51).contains(x)), "{columns:?}");
    }
}
