//! Pictures for reports, exports and messages, drawn from the same figures as the page's own charts.

mod columns;
mod draw;
mod figure;
mod font;
mod ink;
mod lines;
mod png;
mod scale;
mod series;
mod sheet;
#[cfg(test)]
mod tests;
mod ticks;

use std::{io::Write, path::Path};

use plotters::prelude::{BitMapBackend, IntoDrawingArea, SVGBackend};
use quarterdeck_model::{Fault, Outcome, monitor::TimeSpan};
use quarterdeck_store::files;

pub(crate) use self::columns::{Bars, Columns, bars, columns};
pub(crate) use self::png::base64;
use self::sheet::{Drawn, Sheet};
pub use self::{scale::Zone, series::Picture};
use crate::ops::{ChartFormat, DrillList};

/// Width and height in pixels, where nobody asks for others.
const SIZE: (u32, u32) = (960, 360);

/// The least and the most that can be drawn.
const WIDTHS: (u32, u32) = (240, 4_000);
const HEIGHTS: (u32, u32) = (160, 3_000);

/// Lines of an SVG lie between whole pixels, too.
const FINE: u32 = 4;

/// Width and height of a chart. Refuses with `bad-chart` what is too small to be read or too large to be drawn.
pub fn size(width: Option<u32>, height: Option<u32>) -> Outcome<(u32, u32)> {
    let size = (width.unwrap_or(SIZE.0), height.unwrap_or(SIZE.1));
    let fits = (WIDTHS.0..=WIDTHS.1).contains(&size.0) && (HEIGHTS.0..=HEIGHTS.1).contains(&size.1);
    if fits {
        return Ok(size);
    }
    Err(Fault::usage("bad-chart", format!("A chart of {} × {} pixels cannot be drawn.", size.0, size.1))
        .hint(format!("Ask for a width of {} to {} and a height of {} to {}.", WIDTHS.0, WIDTHS.1, HEIGHTS.0, HEIGHTS.1)))
}

/// A panel with its answers as a file: SVG and PNG are the same drawing.
pub fn draw(picture: &Picture<'_>, format: ChartFormat) -> Outcome<Vec<u8>> {
    font::provide();
    let not_drawn = |why: String| Fault::bug(format!("The chart of {} could not be drawn: {why}.", picture.panel.title));
    let (width, height) = picture.size;
    match format {
        ChartFormat::Svg => vector(picture.size, &picture.panel.title, |sheet| lines::panel(sheet, picture)),
        ChartFormat::Png => {
            let mut drawn = vec![0; (width * self::png::ZOOM * height * self::png::ZOOM * 3) as usize];
            {
                let area = BitMapBackend::with_buffer(&mut drawn, (width * self::png::ZOOM, height * self::png::ZOOM)).into_drawing_area();
                lines::panel(&Sheet { area: &area, zoom: self::png::ZOOM }, picture).map_err(|error| not_drawn(error.to_string()))?;
                area.present().map_err(|error| not_drawn(error.to_string()))?;
            }
            self::png::file(&drawn, picture.size)
        }
    }
}

/// A drawing as SVG.
fn vector<F>((width, height): (u32, u32), what: &str, paint: F) -> Outcome<Vec<u8>>
where
    F: for<'s> FnOnce(&Sheet<'_, SVGBackend<'s>>) -> Drawn<SVGBackend<'s>>,
{
    font::provide();
    let not_drawn = |why: String| Fault::bug(format!("The chart of {what} could not be drawn: {why}."));
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width * FINE, height * FINE)).into_drawing_area();
        paint(&Sheet { area: &area, zoom: FINE }).map_err(|error| not_drawn(error.to_string()))?;
        area.present().map_err(|error| not_drawn(error.to_string()))?;
    }
    let drawn = format!("width=\"{}\" height=\"{}\"", width * FINE, height * FINE);
    Ok(svg.replacen(&drawn, &format!("width=\"{width}\" height=\"{height}\""), 1).into_bytes())
}

/// The measured recovery time of each drill that passed whole, beside the promised one, as SVG: of the whole list, or of a stretch of time.
/// What was not measured is a gap, never a line; drills that failed have a mark of their own.
pub fn drills(list: &DrillList, within: Option<TimeSpan>, dark: bool, zone: Zone) -> Outcome<String> {
    font::provide();
    let mut svg = String::new();
    let mut figure = figure::Figure::of(list);
    if let Some(span) = within {
        (figure.from, figure.until) = (span.from, span.until);
    }
    match draw::figure(&figure, dark, zone, &mut svg) {
        Ok(()) => Ok(svg),
        Err(why) => Err(Fault::bug(format!("The chart of {} could not be drawn: {why}.", list.system))),
    }
}

/// Writes a picture to a file that must not exist yet.
pub fn save(path: &Path, picture: impl AsRef<[u8]>) -> Outcome<()> {
    let mut file = files::create_new(path)?;
    let written = file.write_all(picture.as_ref()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        files::remove(path)?;
        return Err(files::fault("write", path, &error));
    }
    files::sync_folder_of(path)
}

#[cfg(test)]
mod saving {
    use super::*;

    #[test]
    fn a_picture_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drills.svg");
        save(&path, "<svg/>").unwrap();
        assert!(save(&path, "<svg>other</svg>").unwrap_err().is("file-exists"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "<svg/>");
    }
}
