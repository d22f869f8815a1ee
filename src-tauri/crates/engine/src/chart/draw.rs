//! A figure as SVG.

use std::fmt::Display;

use chrono::TimeDelta;
use plotters::{
    coord::types::RangedCoordf64,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use quarterdeck_model::{Instant, Millis};

use super::{
    figure::Figure,
    font::FONT,
    scale::{self, Zone},
    ticks,
};

const SIZE: (u32, u32) = (680, 320);

/// The page's own hues; each has a shape and a word beside it.
struct Hues {
    ground: RGBColor,
    ink: RGBColor,
    quiet: RGBColor,
    line: RGBColor,
    measured: RGBColor,
    promised: RGBColor,
    failed: RGBColor,
}

const LIGHT: Hues = Hues {
    ground: WHITE,
    ink: RGBColor(0x32, 0x36, 0x3c),
    quiet: RGBColor(0x5a, 0x60, 0x68),
    line: RGBColor(0xe2, 0xe3, 0xe1),
    measured: RGBColor(0x1f, 0x5f, 0xa8),
    promised: RGBColor(0x8a, 0x5a, 0x00),
    failed: RGBColor(0xb4, 0x23, 0x18),
};

const DARK: Hues = Hues {
    ground: RGBColor(0x18, 0x1b, 0x1e),
    ink: RGBColor(0xd2, 0xd5, 0xd9),
    quiet: RGBColor(0x9a, 0xa1, 0xaa),
    line: RGBColor(0x2a, 0x2e, 0x32),
    measured: RGBColor(0x7f, 0xb2, 0xf0),
    promised: RGBColor(0xe5, 0xab, 0x50),
    failed: RGBColor(0xff, 0x8d, 0x80),
};

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws; the text of an error says what the library could not do.
pub(super) fn figure(figure: &Figure, dark: bool, zone: Zone, svg: &mut String) -> Result<(), impl Display + use<>> {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let pen = Pen { uneven: figure.uneven(), hues: if dark { &DARK } else { &LIGHT }, zone };
    let drawn = on(&area, figure, &pen).and_then(|()| area.present());
    drawn.map_err(|error| error.to_string())
}

type Drawn = Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

fn on(area: &Area<'_>, figure: &Figure, pen: &Pen) -> Drawn {
    area.fill(&pen.hues.ground)?;
    let Some((low, high)) = figure.bounds() else {
        return write(area, &format!("{}: no drill has passed whole yet.", figure.title), (24, 24), pen.hues.ink);
    };
    let (bottom, top) = if pen.uneven { (pen.to(low / 2.0), pen.to(high * 2.0)) } else { (0.0, high * 1.15) };
    let (from, until) = (seconds(figure.from), seconds(figure.until));
    let margin = (until - from) * 0.02;
    let mut plot = ChartBuilder::on(area)
        .caption(&figure.title, (FONT, 15).into_font().color(&pen.hues.ink))
        .margin(16)
        .margin_bottom(36)
        .x_label_area_size(24)
        .y_label_area_size(64)
        .build_cartesian_2d(from - margin..until + margin, bottom..top)?;
    plot.configure_mesh().disable_mesh().axis_style(pen.hues.line).x_labels(0).y_labels(0).draw()?;
    let ticks = if pen.uneven { ticks::uneven(low / 2.0, high * 2.0) } else { ticks::even(top) };
    grid(area, &mut plot, (from - margin, until + margin), &ticks, pen)?;
    days(area, &plot, figure, bottom, pen)?;
    promised(&mut plot, figure, pen)?;
    measured(&mut plot, figure, pen)?;
    marks(&mut plot, figure, bottom + (top - bottom) * 0.03, pen)?;
    legend(area, pen)
}

/// A line for each tick, and its words to the left.
fn grid(area: &Area<'_>, plot: &mut Plot<'_, '_>, (from, until): (f64, f64), ticks: &[f64], pen: &Pen) -> Drawn {
    let right = Pos::new(HPos::Right, VPos::Center);
    for tick in ticks {
        let height = pen.to(*tick);
        plot.draw_series([PathElement::new([(from, height), (until, height)], pen.hues.line)])?;
        let (left, above) = plot.backend_coord(&(from, height));
        let style = (FONT, 11).into_font().color(&pen.hues.quiet).pos(right);
        area.draw(&Text::new(words(*tick), (left - 8, above), style))?;
    }
    Ok(())
}

/// Round moments along the bottom.
fn days(area: &Area<'_>, plot: &Plot<'_, '_>, figure: &Figure, bottom: f64, pen: &Pen) -> Drawn {
    let long = figure.until - figure.from > TimeDelta::days(300);
    let middle = Pos::new(HPos::Center, VPos::Top);
    for (at, words) in scale::moments(figure.from, figure.until, 7, pen.zone) {
        let (left, below) = plot.backend_coord(&(seconds(at), bottom));
        let words = if long { at.format("%-d %b %Y").to_string() } else { words };
        let style = (FONT, 11).into_font().color(&pen.hues.quiet).pos(middle);
        area.draw(&PathElement::new([(left, below), (left, below + 4)], pen.hues.quiet))?;
        area.draw(&Text::new(words, (left, below + 7), style))?;
    }
    Ok(())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a label
fn words(millis: f64) -> String {
    if millis < 0.5 { "0".to_owned() } else { Millis(millis.round() as u64).to_string() }
}

fn measured(plot: &mut Plot<'_, '_>, figure: &Figure, pen: &Pen) -> Drawn {
    let hue = pen.hues.measured;
    for piece in &figure.measured {
        let points: Vec<(f64, f64)> = piece.iter().map(|point| (seconds(point.at), pen.to(point.took))).collect();
        plot.draw_series(LineSeries::new(points.iter().copied(), hue.stroke_width(2)))?;
        plot.draw_series(points.into_iter().map(|point| Circle::new(point, 4, hue.filled())))?;
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // a picture
fn promised(plot: &mut Plot<'_, '_>, figure: &Figure, pen: &Pen) -> Drawn {
    let hue = pen.hues.promised;
    for promise in &figure.promised {
        let height = pen.to(promise.rto.0 as f64);
        let (from, until) = (seconds(promise.from), seconds(promise.until));
        plot.draw_series(DashedLineSeries::new([(from, height), (until, height)], 6, 4, hue.stroke_width(2)))?;
        let words = Text::new(format!("{} promised", promise.rto), (4, -14), (FONT, 11).into_font().color(&hue));
        plot.draw_series([EmptyElement::at((from, height)) + words])?;
    }
    Ok(())
}

fn marks(plot: &mut Plot<'_, '_>, figure: &Figure, height: f64, pen: &Pen) -> Drawn {
    let (failed, quiet) = (pen.hues.failed, pen.hues.quiet);
    plot.draw_series(figure.failed.iter().map(|at| Cross::new((seconds(*at), height), 5, failed.stroke_width(2))))?;
    plot.draw_series(figure.unmeasured.iter().map(|at| Circle::new((seconds(*at), height), 4, quiet.stroke_width(1))))?;
    Ok(())
}

fn legend(area: &Area<'_>, pen: &Pen) -> Drawn {
    let hues = pen.hues;
    let below = i32::try_from(SIZE.1).unwrap_or(i32::MAX) - 24;
    let key =
        [("● measured", hues.measured), ("┄ promised", hues.promised), ("× failed", hues.failed), ("○ in part, or no result", hues.quiet)];
    let mut left = 80;
    for (words, hue) in key {
        write(area, words, (left, below), hue)?;
        left += 40 + 7 * i32::try_from(words.chars().count()).unwrap_or(20);
    }
    if pen.uneven {
        write(area, "equal steps are equal ratios", (80, below + 13), hues.quiet)?;
    }
    Ok(())
}

fn write(area: &Area<'_>, words: &str, at: (i32, i32), hue: RGBColor) -> Drawn {
    area.draw(&Text::new(words.to_owned(), at, (FONT, 12).into_font().color(&hue)))
}

/// How it is drawn.
struct Pen {
    /// Equal steps stand for equal ratios.
    uneven: bool,
    hues: &'static Hues,
    zone: Zone,
}

impl Pen {
    /// Heights of the picture, from milliseconds.
    fn to(&self, millis: f64) -> f64 {
        if self.uneven { millis.max(1.0).log10() } else { millis }
    }
}

#[allow(clippy::cast_precision_loss)] // a picture
fn seconds(at: Instant) -> f64 {
    at.timestamp() as f64
}

#[cfg(test)]
mod tests {
    use super::super::{Zone, figure::tests::history};
    use crate::ops::DrillList;

    #[test]
    fn gaps_are_gaps_and_each_kind_of_drill_has_its_mark() {
        let svg = super::super::drills(&history(), None, false, Zone::Here).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert_eq!(svg.matches("fill=\"#1F5FA8\"").count(), 4 + 1, "a disc for each drill that passed, and the word");
        assert!(svg.contains("30 s promised") && svg.contains("60 s promised"), "{svg}");
        assert!(svg.contains("Recovery time of shop"));
        assert!(svg.contains("#B42318"));
    }

    #[test]
    fn a_history_without_a_measured_drill_says_so() {
        let list = DrillList { drills: Vec::new(), rto: None, ..history() };
        assert!(super::super::drills(&list, None, false, Zone::Here).unwrap().contains("no drill has passed whole yet"));
    }
}
