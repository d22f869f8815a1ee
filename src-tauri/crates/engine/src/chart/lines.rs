//! A panel as a picture: lines over time, with what should not be crossed, what happened, and what was not measured.

use plotters::{prelude::DrawingBackend, style::RGBColor};
use quarterdeck_model::{
    Instant,
    monitor::{HappeningKind, PanelKind, Threshold},
};

use super::{
    ink::Ink,
    scale::{self, Axis},
    series::{Line, Picture, bounds, gaps, lines},
    sheet::{At, Drawn, Sheet, Words},
};

const TITLE: f64 = 14.0;
const SMALL: f64 = 11.0;

/// Rows of names below a chart; what does not fit is counted.
const ROWS: usize = 3;
const ROW: f64 = 18.0;
const MARGIN: f64 = 16.0;

/// Draws a panel on a sheet of the picture's size.
pub(super) fn panel<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, picture: &Picture<'_>) -> Drawn<DB> {
    let ink = Ink::of(picture.dark);
    let (width, height) = (f64::from(picture.size.0), f64::from(picture.size.1));
    sheet.bar((0.0, 0.0), (width, height), ink.ground)?;
    let lines = lines(picture);
    let stretch = scale::stretch(picture.span.from, picture.span.until, picture.zone);
    let beside = sheet.width(&stretch, SMALL) + 2.0 * MARGIN;
    sheet.words(&stretch, (width - MARGIN, 20.0), SMALL, ink.quiet, Words::End)?;
    let title = sheet.fitting(&picture.panel.title, TITLE, width - MARGIN - beside);
    sheet.words(&title, (MARGIN, 20.0), TITLE, ink.strong, Words::Begin)?;
    match picture.panel.kind {
        PanelKind::Figure | PanelKind::Bars | PanelKind::Table => rows(sheet, picture, &lines, ink),
        PanelKind::Lines | PanelKind::Area | PanelKind::Stack => over_time(sheet, picture, &lines, ink),
    }
}

fn over_time<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, picture: &Picture<'_>, lines: &[Line], ink: Ink) -> Drawn<DB> {
    let (width, height) = (f64::from(picture.size.0), f64::from(picture.size.1));
    let Some(found) = bounds(picture, lines) else {
        return sheet.words("Nothing was measured in this time.", (MARGIN, 48.0), 13.0, ink.words, Words::Begin);
    };
    let names = legend(sheet, picture, lines, width - 2.0 * MARGIN);
    let (top, bottom) = (44.0, height - 26.0 - ROW * names.len() as f64);
    let panel = picture.panel;
    let ends = (panel.least.map(|least| least.0), panel.most.map(|most| most.0));
    let axis = Axis::of(found, ends, panel.unit, (((bottom - top) / 44.0) as usize).clamp(2, 8));
    let widest = axis.ticks.iter().map(|tick| sheet.width(&axis.words(*tick), SMALL)).fold(0.0, f64::max);
    let plot = Plot { left: MARGIN + widest + 8.0, right: width - MARGIN, top, bottom, axis, picture, ink };
    plot.ground(sheet)?;
    for (which, line) in lines.iter().enumerate().rev() {
        plot.filling(sheet, line, ink.series(which))?;
    }
    for (which, line) in lines.iter().enumerate().rev() {
        for piece in &line.pieces {
            let points: Vec<At> = piece.iter().map(|(at, height)| (plot.x(*at), plot.y(*height))).collect();
            sheet.path(&points, ink.series(which), 1.5)?;
        }
    }
    for threshold in &panel.thresholds {
        plot.threshold(sheet, threshold)?;
    }
    plot.happened(sheet)?;
    write(sheet, &names, bottom + 34.0, ink)
}

/// Where things lie.
struct Plot<'p> {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    axis: Axis,
    picture: &'p Picture<'p>,
    ink: Ink,
}

impl Plot<'_> {
    fn x(&self, at: i64) -> f64 {
        let (from, until) = (self.picture.span.from.timestamp_millis(), self.picture.span.until.timestamp_millis());
        let share = (at - from) as f64 / (until - from).max(1) as f64;
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// What lies beyond the axis stays at its edge.
    fn y(&self, value: f64) -> f64 {
        let share = (value - self.axis.bottom) / (self.axis.top - self.axis.bottom);
        self.bottom - share.clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    /// What is behind the lines: stretches that nobody measured, and both scales.
    fn ground<DB: DrawingBackend>(&self, sheet: &Sheet<'_, DB>) -> Drawn<DB> {
        for (from, until) in gaps(self.picture) {
            let (left, right) = (self.x(from.timestamp_millis()), self.x(until.timestamp_millis()));
            sheet.bar((left, self.top), (right, self.bottom), self.ink.gap)?;
        }
        for tick in &self.axis.ticks {
            let height = self.y(*tick);
            sheet.path(&[(self.left, height), (self.right, height)], self.ink.line, 1.0)?;
            sheet.words(&self.axis.words(*tick), (self.left - 8.0, height), SMALL, self.ink.quiet, Words::End)?;
        }
        let room = ((self.right - self.left) / 90.0) as usize;
        for (at, words) in scale::moments(self.picture.span.from, self.picture.span.until, room, self.picture.zone) {
            let across = self.x(at.timestamp_millis());
            sheet.path(&[(across, self.bottom), (across, self.bottom + 4.0)], self.ink.quiet, 1.0)?;
            sheet.words(&words, (across, self.bottom + 14.0), SMALL, self.ink.quiet, Words::Middle)?;
        }
        Ok(())
    }

    fn filling<DB: DrawingBackend>(&self, sheet: &Sheet<'_, DB>, line: &Line, hue: RGBColor) -> Drawn<DB> {
        let dense = match self.picture.panel.kind {
            PanelKind::Area => 0.16,
            PanelKind::Stack => 0.45,
            _ => return Ok(()),
        };
        for (piece, below) in line.pieces.iter().zip(&line.below).filter(|(piece, _)| piece.len() > 1) {
            let above = piece.iter().map(|(at, height)| (self.x(*at), self.y(*height)));
            let back = piece.iter().zip(below).rev().map(|((at, _), below)| (self.x(*at), self.y(*below)));
            sheet.area(&above.chain(back).collect::<Vec<_>>(), hue, dense)?;
        }
        Ok(())
    }

    /// A dashed line, and its name at the right above it.
    fn threshold<DB: DrawingBackend>(&self, sheet: &Sheet<'_, DB>, threshold: &Threshold) -> Drawn<DB> {
        let value = threshold.value.0;
        if !(self.axis.bottom..=self.axis.top).contains(&value) {
            return Ok(());
        }
        let (height, hue) = (self.y(value), self.ink.tone(threshold.tone));
        sheet.dashes((self.left, height), (self.right, height), (6.0, 4.0), hue, 1.2)?;
        let above = if height - self.top < 16.0 { height + 9.0 } else { height - 8.0 };
        let side = if threshold.above { "" } else { "at least " };
        let words = format!("{side}{} ({})", threshold.name, scale::words(value, self.picture.panel.unit));
        sheet.words(&words, (self.right - 4.0, above), SMALL, hue, Words::End)
    }

    fn happened<DB: DrawingBackend>(&self, sheet: &Sheet<'_, DB>) -> Drawn<DB> {
        let span = &self.picture.span;
        for happening in self.picture.happenings.iter().filter(|happening| happening.at >= span.from && happening.at <= span.until) {
            let across = self.x(happening.at.timestamp_millis());
            sheet.dashes((across, self.top), (across, self.bottom), (1.5, 3.0), self.ink.quiet, 1.0)?;
            mark(sheet, happening.kind, (across, self.top - 7.0), self.ink.words)?;
        }
        Ok(())
    }
}

/// The sign of a kind of happening; its word stands in the legend.
fn mark<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, kind: HappeningKind, at: At, hue: RGBColor) -> Drawn<DB> {
    let (x, y) = at;
    let corners: &[At] = match kind {
        HappeningKind::Backup => &[(-4.0, -4.0), (4.0, -4.0), (0.0, 4.0)],
        HappeningKind::Migration => &[(0.0, -5.0), (5.0, 0.0), (0.0, 5.0), (-5.0, 0.0)],
        HappeningKind::Drill => &[(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)],
        HappeningKind::Alert => &[(-2.0, -5.0), (2.0, -5.0), (5.0, -2.0), (5.0, 2.0), (2.0, 5.0), (-2.0, 5.0), (-5.0, 2.0), (-5.0, -2.0)],
        HappeningKind::Maintenance => &[(-4.0, 4.0), (4.0, 4.0), (0.0, -4.0)],
        HappeningKind::Restore => return sheet.ring(at, 4.0, hue),
        HappeningKind::Gap | HappeningKind::Other => return sheet.disc(at, 2.0, hue),
    };
    let around: Vec<At> = corners.iter().chain(corners.first()).map(|(dx, dy)| (x + dx, y + dy)).collect();
    sheet.path(&around, hue, 1.2)
}

fn called(kind: HappeningKind) -> &'static str {
    match kind {
        HappeningKind::Backup => "backup",
        HappeningKind::Migration => "migration",
        HappeningKind::Restore => "restore",
        HappeningKind::Drill => "drill",
        HappeningKind::Maintenance => "maintenance",
        HappeningKind::Alert => "alert",
        HappeningKind::Gap => "gap",
        HappeningKind::Other => "other",
    }
}

/// One name of the legend.
enum Name {
    Line(String, RGBColor),
    Kind(HappeningKind),
    More(String),
}

/// Names in rows that fit.
fn legend<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, picture: &Picture<'_>, lines: &[Line], room: f64) -> Vec<Vec<(f64, Name)>> {
    let ink = Ink::of(picture.dark);
    let inside = |at: Instant| at >= picture.span.from && at <= picture.span.until;
    let mut kinds: Vec<HappeningKind> =
        picture.happenings.iter().filter(|happening| inside(happening.at)).map(|happening| happening.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut names: Vec<Name> = kinds.into_iter().map(Name::Kind).collect();
    names.extend(lines.iter().enumerate().map(|(which, line)| {
        let newest = line.newest.map_or(String::new(), |value| format!("  {}", scale::words(value, picture.panel.unit)));
        Name::Line(format!("{}{newest}", sheet.fitting(&line.name, SMALL, room / 2.0)), ink.series(which))
    }));
    let (mut rows, mut across): (Vec<Vec<(f64, Name)>>, f64) = (vec![Vec::new()], 0.0);
    let mut left = names.len();
    for name in names {
        let words = match &name {
            Name::Line(words, _) | Name::More(words) => words.as_str(),
            Name::Kind(kind) => called(*kind),
        };
        let wide = sheet.width(words, SMALL) + 34.0;
        let last = rows.len() == ROWS;
        if across > 0.0 && across + wide + if last && left > 1 { 80.0 } else { 0.0 } > room {
            if last {
                rows[ROWS - 1].push((across, Name::More(format!("and {left} more"))));
                return rows;
            }
            rows.push(Vec::new());
            across = 0.0;
        }
        let row = rows.len() - 1;
        rows[row].push((across, name));
        across += wide;
        left -= 1;
    }
    rows
}

fn write<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, rows: &[Vec<(f64, Name)>], top: f64, ink: Ink) -> Drawn<DB> {
    for (row, names) in rows.iter().enumerate() {
        let height = top + row as f64 * ROW;
        for (across, name) in names {
            let left = MARGIN + across;
            match name {
                Name::Line(words, hue) => {
                    sheet.path(&[(left, height), (left + 12.0, height)], *hue, 2.5)?;
                    sheet.words(words, (left + 18.0, height), SMALL, ink.words, Words::Begin)?;
                }
                Name::Kind(kind) => {
                    mark(sheet, *kind, (left + 6.0, height), ink.words)?;
                    sheet.words(called(*kind), (left + 18.0, height), SMALL, ink.words, Words::Begin)?;
                }
                Name::More(words) => sheet.words(words, (left, height), SMALL, ink.quiet, Words::Begin)?,
            }
        }
    }
    Ok(())
}

/// Newest values: a row for each series, with a bar where bars are asked for, and large where it is one figure.
fn rows<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, picture: &Picture<'_>, lines: &[Line], ink: Ink) -> Drawn<DB> {
    let (width, height) = (f64::from(picture.size.0), f64::from(picture.size.1));
    let unit = picture.panel.unit;
    let newest: Vec<(&str, f64)> = lines.iter().filter_map(|line| Some((line.name.as_str(), line.newest?))).collect();
    match (picture.panel.kind, &newest[..]) {
        (_, []) => return sheet.words("Nothing was measured in this time.", (MARGIN, 48.0), 13.0, ink.words, Words::Begin),
        (PanelKind::Figure, [(_, value)]) => {
            return sheet.words(&scale::words(*value, unit), (MARGIN, height / 2.0), 40.0, ink.strong, Words::Begin);
        }
        _ => {}
    }
    let most = newest.iter().map(|(_, value)| value.abs()).fold(f64::MIN_POSITIVE, f64::max);
    let room = (((height - 60.0) / 22.0) as usize).max(1);
    let middle = width * 0.4;
    for (row, (name, value)) in newest.iter().take(room).enumerate() {
        let at = 54.0 + row as f64 * 22.0;
        sheet.words(&sheet.fitting(name, 12.0, middle - MARGIN - 8.0), (MARGIN, at), 12.0, ink.words, Words::Begin)?;
        if picture.panel.kind == PanelKind::Bars {
            let long = (width - MARGIN - middle - 90.0) * value.abs() / most;
            sheet.bar((middle, at - 6.0), (middle + long, at + 6.0), ink.series(row))?;
        }
        sheet.words(&scale::words(*value, unit), (width - MARGIN, at), 12.0, ink.strong, Words::End)?;
    }
    if newest.len() > room {
        sheet.words(&format!("and {} more", newest.len() - room), (MARGIN, height - 14.0), SMALL, ink.quiet, Words::Begin)?;
    }
    Ok(())
}
