//! Columns beside each other, and bars below each other: what is counted, where the names are no moments.

use plotters::prelude::DrawingBackend;
use quarterdeck_model::{Outcome, inspection::Tone, monitor::PanelUnit};

use super::{
    ink::Ink,
    scale::Axis,
    sheet::{Drawn, Sheet, Words},
    vector,
};

const WIDTH: u32 = 680;
const TITLE: f64 = 14.0;
const SMALL: f64 = 11.0;
const MARGIN: f64 = 16.0;

/// A bar with its name takes so much.
const ROW: f64 = 26.0;

/// Columns, each of several kinds that stand on each other.
#[derive(Debug, Clone)]
pub(crate) struct Columns<'a> {
    /// Above it.
    pub title: &'a str,
    /// What is counted: its word, and how it is; what is not as it should be is drawn hollow, too.
    pub kinds: &'a [(&'a str, Tone)],
    /// Name and heights of each column, a height for each kind, the lowest first.
    pub columns: Vec<(String, Vec<f64>)>,
    /// Where the axis ends; absent for where the columns do.
    pub most: Option<f64>,
    /// Figures stand above the columns.
    pub figures: bool,
}

/// Bars on one scale, from 0 to 100.
#[derive(Debug, Clone)]
pub(crate) struct Bars<'a> {
    /// Above it.
    pub title: &'a str,
    /// Name, length and words of each.
    pub bars: Vec<(String, f64, String)>,
}

/// Draws columns as SVG.
pub(crate) fn columns(drawn: &Columns<'_>, dark: bool) -> Outcome<Vec<u8>> {
    vector((WIDTH, 260), drawn.title, |sheet| beside(sheet, drawn, Ink::of(dark)))
}

/// Draws bars as SVG.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a picture
pub(crate) fn bars(drawn: &Bars<'_>, dark: bool) -> Outcome<Vec<u8>> {
    let height = 48.0 + ROW * drawn.bars.len() as f64;
    vector((WIDTH, height as u32), drawn.title, |sheet| below(sheet, drawn, height, Ink::of(dark)))
}

fn beside<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, drawn: &Columns<'_>, ink: Ink) -> Drawn<DB> {
    let (width, height) = (f64::from(WIDTH), 260.0);
    sheet.bar((0.0, 0.0), (width, height), ink.ground)?;
    sheet.words(drawn.title, (MARGIN, 20.0), TITLE, ink.strong, Words::Begin)?;
    let highest = drawn.columns.iter().map(|(_, heights)| heights.iter().sum::<f64>()).fold(1.0, f64::max);
    let axis = Axis::of((0.0, drawn.most.unwrap_or(highest)), (Some(0.0), drawn.most), PanelUnit::Number, 4);
    let (top, bottom) = (48.0, height - 52.0);
    let (left, right) = (MARGIN + 34.0, width - MARGIN);
    let y = |value: f64| bottom - (value / axis.top).clamp(0.0, 1.0) * (bottom - top);
    for tick in axis.ticks.iter().filter(|tick| tick.fract() == 0.0) {
        sheet.path(&[(left, y(*tick)), (right, y(*tick))], ink.line, 1.0)?;
        sheet.words(&format!("{tick:.0}"), (left - 8.0, y(*tick)), SMALL, ink.quiet, Words::End)?;
    }
    let each = (right - left) / drawn.columns.len().max(1) as f64;
    let wide = (each * 0.62).clamp(2.0, 56.0);
    // As many names as have room.
    let longest = drawn.columns.iter().map(|(name, _)| sheet.width(name, SMALL)).fold(0.0, f64::max).min(110.0);
    let every = ((longest + 8.0) / each).ceil().max(1.0) as usize;
    for (at, (name, heights)) in drawn.columns.iter().enumerate() {
        let middle = left + each * (at as f64 + 0.5);
        let mut stands = 0.0;
        for (kind, value) in heights.iter().enumerate().filter(|(_, value)| **value > 0.0) {
            let (hue, hollow) = hue(drawn, kind, ink);
            let (lower, upper) = (y(stands), y(stands + value));
            sheet.bar((middle - wide / 2.0, upper), (middle + wide / 2.0, lower), hue)?;
            if hollow && lower - upper > 4.0 && wide > 4.0 {
                sheet.bar((middle - wide / 2.0 + 1.5, upper + 1.5), (middle + wide / 2.0 - 1.5, lower - 1.5), ink.ground)?;
            }
            stands += value;
        }
        if drawn.figures {
            sheet.words(&format!("{stands:.0}"), (middle, y(stands) - 9.0), SMALL, ink.strong, Words::Middle)?;
        }
        if at % every == 0 {
            let name = sheet.fitting(name, SMALL, (each * every as f64 - 6.0).max(14.0));
            sheet.words(&name, (middle, bottom + 14.0), SMALL, ink.quiet, Words::Middle)?;
        }
    }
    key(sheet, drawn, height - 16.0, ink)
}

/// The words of kinds, each with its mark; none where there is only one.
fn key<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, drawn: &Columns<'_>, at: f64, ink: Ink) -> Drawn<DB> {
    if drawn.kinds.len() < 2 {
        return Ok(());
    }
    let mut left = MARGIN + 34.0;
    for (kind, (words, _)) in drawn.kinds.iter().enumerate() {
        let (hue, hollow) = hue(drawn, kind, ink);
        sheet.bar((left, at - 5.0), (left + 10.0, at + 5.0), hue)?;
        if hollow {
            sheet.bar((left + 1.5, at - 3.5), (left + 8.5, at + 3.5), ink.ground)?;
        }
        sheet.words(words, (left + 16.0, at), SMALL, ink.words, Words::Begin)?;
        left += 40.0 + sheet.width(words, SMALL);
    }
    Ok(())
}

/// The hue of a kind, and whether it is hollow.
fn hue(drawn: &Columns<'_>, kind: usize, ink: Ink) -> (plotters::style::RGBColor, bool) {
    match drawn.kinds.get(kind).map(|(_, tone)| *tone) {
        Some(Tone::Critical) => (ink.tone(Tone::Critical), true),
        Some(Tone::Attention | Tone::Unknown | Tone::Working) => (ink.series(7), false),
        Some(Tone::Ok) | None => (ink.series(0), false),
    }
}

fn below<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, drawn: &Bars<'_>, height: f64, ink: Ink) -> Drawn<DB> {
    let width = f64::from(WIDTH);
    sheet.bar((0.0, 0.0), (width, height), ink.ground)?;
    sheet.words(drawn.title, (MARGIN, 20.0), TITLE, ink.strong, Words::Begin)?;
    let name_room = 190.0;
    let (left, right) = (MARGIN + name_room, width - 96.0);
    for (row, (name, length, words)) in drawn.bars.iter().enumerate() {
        let middle = 52.0 + ROW * row as f64;
        sheet.words(&sheet.fitting(name, 12.0, name_room - 12.0), (MARGIN, middle), 12.0, ink.words, Words::Begin)?;
        sheet.bar((left, middle - 7.0), (right, middle + 7.0), ink.line)?;
        let long = (right - left) * (length / 100.0).clamp(0.0, 1.0);
        if long > 0.0 {
            sheet.bar((left, middle - 7.0), (left + long, middle + 7.0), ink.series(0))?;
        }
        sheet.words(words, (right + 10.0, middle), 12.0, ink.strong, Words::Begin)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &[(&str, Tone)] = &[("proved", Tone::Ok), ("not proved", Tone::Unknown), ("failed", Tone::Critical)];

    fn month(days: usize) -> Columns<'static> {
        let columns = (1..=days).map(|day| (day.to_string(), vec![3.0, 1.0, (day % 7 == 0).into()])).collect();
        Columns { title: "Snapshots by day", kinds: KINDS, columns, most: None, figures: false }
    }

    #[test]
    fn every_kind_has_its_hue_its_shape_and_its_word() {
        let svg = String::from_utf8(columns(&month(30), false).unwrap()).unwrap();
        let filled = |hue: &str| svg.matches(&format!("fill=\"{hue}\" stroke=\"none\"")).count();
        // A column for each day and a mark in the key; a failure is hollow, so its ground is drawn into it.
        assert_eq!((filled("#1F5FA8"), filled("#4C5563"), filled("#B3241C"), filled("#FFFFFF")), (31, 31, 5, 6), "{svg}");
        assert!(["proved", "not proved", "failed"].iter().all(|word| svg.contains(word)), "{svg}");
        let dark = String::from_utf8(columns(&month(30), true).unwrap()).unwrap();
        assert!(dark.contains("#181B1E") && !dark.contains("#FFFFFF"));
    }

    #[test]
    fn names_that_have_no_room_are_left_out() {
        let named = |days: usize| {
            let svg = String::from_utf8(columns(&month(days), false).unwrap()).unwrap();
            (1..=days).filter(|day| svg.contains(&format!(">\n{day}\n<"))).count()
        };
        assert!(named(400) < 60 && named(5) == 5, "{} {}", named(400), named(5));
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        let drawn = Bars { title: "Score", bars: vec![("data".into(), 100.0, "100".into()), ("security".into(), 0.0, "0".into())] };
        let svg = String::from_utf8(bars(&drawn, false).unwrap()).unwrap();
        assert_eq!(svg.matches("fill=\"#1F5FA8\"").count(), 1, "nothing is drawn for zero: {svg}");
        assert_eq!(svg.matches("fill=\"#E4E4E0\"").count(), 2);
    }

    #[test]
    fn nothing_at_all_is_drawn_somehow() {
        let none = Columns { title: "", kinds: &[], columns: Vec::new(), most: Some(100.0), figures: true };
        assert!(!columns(&none, false).unwrap().is_empty());
        assert!(!bars(&Bars { title: "", bars: Vec::new() }, true).unwrap().is_empty());
    }
}
