//! A sheet to draw on, in pixels of the picture, whatever it is made of.

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::font::FONT;

/// What drawing answers.
pub(super) type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A place, in pixels from the upper left corner.
pub(super) type At = (f64, f64);

/// Which end of words a place is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Words {
    Begin,
    Middle,
    End,
}

/// A sheet; the library counts whole dots, so it is drawn `zoom` times as large.
pub(super) struct Sheet<'a, DB: DrawingBackend> {
    pub area: &'a DrawingArea<DB, Shift>,
    pub zoom: u32,
}

impl<DB: DrawingBackend> Sheet<'_, DB> {
    fn dot(&self, (x, y): At) -> (i32, i32) {
        let zoom = f64::from(self.zoom);
        ((x * zoom).round() as i32, (y * zoom).round() as i32)
    }

    fn thick(&self, width: f64) -> u32 {
        (width * f64::from(self.zoom)).round().max(1.0) as u32
    }

    /// A line through places; a single place is a disc.
    pub fn path(&self, points: &[At], hue: RGBColor, width: f64) -> Drawn<DB> {
        if let [alone] = points {
            return self.disc(*alone, width * 1.2, hue);
        }
        let dots: Vec<(i32, i32)> = points.iter().map(|point| self.dot(*point)).collect();
        self.area.draw(&PathElement::new(dots, hue.stroke_width(self.thick(width))))
    }

    pub fn dashes(&self, from: At, until: At, (on, off): (f64, f64), hue: RGBColor, width: f64) -> Drawn<DB> {
        let length = (until.0 - from.0).hypot(until.1 - from.1);
        let along = |share: f64| (from.0 + (until.0 - from.0) * share / length, from.1 + (until.1 - from.1) * share / length);
        let mut at = 0.0;
        while at < length {
            self.path(&[along(at), along((at + on).min(length))], hue, width)?;
            at += on + off;
        }
        Ok(())
    }

    /// What lies between places, a little of it or all.
    pub fn area(&self, points: &[At], hue: RGBColor, dense: f64) -> Drawn<DB> {
        let dots: Vec<(i32, i32)> = points.iter().map(|point| self.dot(*point)).collect();
        self.area.draw(&Polygon::new(dots, hue.mix(dense).filled()))
    }

    pub fn bar(&self, corner: At, other: At, hue: RGBColor) -> Drawn<DB> {
        self.area.draw(&Rectangle::new([self.dot(corner), self.dot(other)], hue.filled()))
    }

    pub fn disc(&self, at: At, radius: f64, hue: RGBColor) -> Drawn<DB> {
        self.area.draw(&Circle::new(self.dot(at), self.thick(radius), hue.filled()))
    }

    pub fn ring(&self, at: At, radius: f64, hue: RGBColor) -> Drawn<DB> {
        self.area.draw(&Circle::new(self.dot(at), self.thick(radius), hue.stroke_width(self.thick(1.4))))
    }

    /// Words at the height of their middle.
    pub fn words(&self, words: &str, at: At, size: f64, hue: RGBColor, end: Words) -> Drawn<DB> {
        let across = match end {
            Words::Begin => HPos::Left,
            Words::Middle => HPos::Center,
            Words::End => HPos::Right,
        };
        let style = (FONT, size * 1.24 * f64::from(self.zoom)).into_font().color(&hue).pos(Pos::new(across, VPos::Center));
        self.area.draw(&Text::new(words.to_owned(), self.dot(at), style))
    }

    /// How wide words are.
    pub fn width(&self, words: &str, size: f64) -> f64 {
        let zoom = f64::from(self.zoom);
        let measured = (FONT, size * 1.24 * zoom).into_font().box_size(words);
        measured.map_or(words.chars().count() as f64 * size * 0.55, |(width, _)| f64::from(width) / zoom)
    }

    /// Words that fit, cut at their end where they do not.
    pub fn fitting(&self, words: &str, size: f64, room: f64) -> String {
        let mut kept: String = words.to_owned();
        while self.width(&kept, size) > room && kept.chars().count() > 2 {
            kept = format!("{}…", kept.chars().take(kept.chars().count().saturating_sub(2)).collect::<String>());
        }
        kept
    }
}
