//! A figure as SVG.

use std::fmt::Display;

use chrono::{DateTime, Local};
use plotters::{
    coord::types::RangedCoordf64,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use quarterdeck_model::{Instant, Millis};

use super::{figure::Figure, font::FONT, ticks};

const SIZE: (u32, u32) = (880, 360);

// The page's own hues on paper; each has a shape and a word beside it.
const INK: RGBColor = RGBColor(0x32, 0x36, 0x3c);
const QUIET: RGBColor = RGBColor(0x6b, 0x70, 0x78);
const LINE: RGBColor = RGBColor(0xe2, 0xe3, 0xe1);
const MEASURED: RGBColor = RGBColor(0x1f, 0x5f, 0xa8);
const PROMISED: RGBColor = RGBColor(0x8a, 0x5a, 0x00);
const FAILED: RGBColor = RGBColor(0xb4, 0x23, 0x18);

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws; the text of an error says what the library could not do.
pub(super) fn figure(figure: &Figure, svg: &mut String) -> Result<(), impl Display + use<>> {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let drawn = on(&area, figure).and_then(|()| area.present());
    drawn.map_err(|error| error.to_string())
}

type Drawn = Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

fn on(area: &Area<'_>, figure: &Figure) -> Drawn {
    area.fill(&WHITE)?;
    let Some((low, high)) = figure.bounds() else {
        return write(area, &format!("{}: no drill has passed whole yet.", figure.title), (24, 24), INK);
    };
    let scale = Scale { uneven: figure.uneven() };
    let (bottom, top) = if scale.uneven { (scale.to(low / 2.0), scale.to(high * 2.0)) } else { (0.0, high * 1.15) };
    let (from, until) = (seconds(figure.from), seconds(figure.until));
    let margin = (until - from) * 0.02;
    let mut plot = ChartBuilder::on(area)
        .caption(&figure.title, (FONT, 15).into_font().color(&INK))
        .margin(16)
        .margin_bottom(36)
        .x_label_area_size(24)
        .y_label_area_size(64)
        .build_cartesian_2d(from - margin..until + margin, bottom..top)?;
    plot.configure_mesh()
        .disable_mesh()
        .axis_style(LINE)
        .x_labels(7)
        .y_labels(0)
        .label_style((FONT, 11).into_font().color(&QUIET))
        .x_label_formatter(&|at| date(*at))
        .draw()?;
    let ticks = if scale.uneven { ticks::uneven(low / 2.0, high * 2.0) } else { ticks::even(top) };
    grid(area, &mut plot, (from - margin, until + margin), &ticks, &scale)?;
    promised(&mut plot, figure, &scale)?;
    measured(&mut plot, figure, &scale)?;
    marks(&mut plot, figure, bottom + (top - bottom) * 0.03)?;
    legend(area, &scale)
}

/// A line for each tick, and its words to the left.
fn grid(area: &Area<'_>, plot: &mut Plot<'_, '_>, (from, until): (f64, f64), ticks: &[f64], scale: &Scale) -> Drawn {
    let right = Pos::new(HPos::Right, VPos::Center);
    for tick in ticks {
        let height = scale.to(*tick);
        plot.draw_series([PathElement::new([(from, height), (until, height)], LINE)])?;
        let (left, above) = plot.backend_coord(&(from, height));
        let style = (FONT, 11).into_font().color(&QUIET).pos(right);
        area.draw(&Text::new(words(*tick), (left - 8, above), style))?;
    }
    Ok(())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a label
fn words(millis: f64) -> String {
    if millis < 0.5 { "0".to_owned() } else { Millis(millis.round() as u64).to_string() }
}

fn measured(plot: &mut Plot<'_, '_>, figure: &Figure, scale: &Scale) -> Drawn {
    for piece in &figure.measured {
        let points: Vec<(f64, f64)> = piece.iter().map(|point| (seconds(point.at), scale.to(point.took))).collect();
        plot.draw_series(LineSeries::new(points.iter().copied(), MEASURED.stroke_width(2)))?;
        plot.draw_series(points.into_iter().map(|point| Circle::new(point, 4, MEASURED.filled())))?;
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // a picture
fn promised(plot: &mut Plot<'_, '_>, figure: &Figure, scale: &Scale) -> Drawn {
    for promise in &figure.promised {
        let height = scale.to(promise.rto.0 as f64);
        let (from, until) = (seconds(promise.from), seconds(promise.until));
        plot.draw_series(DashedLineSeries::new([(from, height), (until, height)], 6, 4, PROMISED.stroke_width(2)))?;
        let words = Text::new(format!("{} promised", promise.rto), (4, -14), (FONT, 11).into_font().color(&PROMISED));
        plot.draw_series([EmptyElement::at((from, height)) + words])?;
    }
    Ok(())
}

fn marks(plot: &mut Plot<'_, '_>, figure: &Figure, height: f64) -> Drawn {
    plot.draw_series(figure.failed.iter().map(|at| Cross::new((seconds(*at), height), 5, FAILED.stroke_width(2))))?;
    plot.draw_series(figure.unmeasured.iter().map(|at| Circle::new((seconds(*at), height), 4, QUIET.stroke_width(1))))?;
    Ok(())
}

fn legend(area: &Area<'_>, scale: &Scale) -> Drawn {
    let below = i32::try_from(SIZE.1).unwrap_or(i32::MAX) - 24;
    let key = [("● measured", MEASURED), ("┄ promised", PROMISED), ("× failed", FAILED), ("○ in part, or no result", QUIET)];
    let mut left = 80;
    for (words, hue) in key {
        write(area, words, (left, below), hue)?;
        left += 40 + 7 * i32::try_from(words.chars().count()).unwrap_or(20);
    }
    if scale.uneven {
        write(area, "equal steps are equal ratios", (left, below), QUIET)?;
    }
    Ok(())
}

fn write(area: &Area<'_>, words: &str, at: (i32, i32), hue: RGBColor) -> Drawn {
    area.draw(&Text::new(words.to_owned(), at, (FONT, 12).into_font().color(&hue)))
}

/// Heights of the picture, from milliseconds.
struct Scale {
    uneven: bool,
}

impl Scale {
    fn to(&self, millis: f64) -> f64 {
        if self.uneven { millis.max(1.0).log10() } else { millis }
    }
}

#[allow(clippy::cast_precision_loss)] // a picture
fn seconds(at: Instant) -> f64 {
    at.timestamp() as f64
}

/// A date as people write it, in this machine's time zone.
#[allow(clippy::cast_possible_truncation)] // a label
fn date(at: f64) -> String {
    DateTime::from_timestamp(at as i64, 0).map(|at| at.with_timezone(&Local).format("%-d %b %Y").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::figure::tests::history;
    use crate::ops::DrillList;

    #[test]
    fn gaps_are_gaps_and_each_kind_of_drill_has_its_mark() {
        let svg = super::super::drills(&history()).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert_eq!(svg.matches("fill=\"#1F5FA8\"").count(), 4 + 1, "a disc for each drill that passed, and the word");
        assert!(svg.contains("30 s promised") && svg.contains("60 s promised"), "{svg}");
        assert!(svg.contains("Recovery time of shop"));
        assert!(svg.contains("#B42318"));
    }

    #[test]
    fn a_history_without_a_measured_drill_says_so() {
        let list = DrillList { drills: Vec::new(), rto: None, ..history() };
        assert!(super::super::drills(&list).unwrap().contains("no drill has passed whole yet"));
    }
}
