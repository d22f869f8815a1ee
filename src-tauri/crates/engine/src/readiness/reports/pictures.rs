//! Figures of reports: each on a light and on a dark ground.

use quarterdeck_model::{
    Outcome,
    monitor::{Happening, Panel, PanelKind, PanelUnit, RangeAnswer, Threshold, TimeSpan},
};
use quarterdeck_report::Figure;

use crate::{
    chart::{self, Bars, Columns, Picture, Zone},
    ops::{ChartFormat, DrillList},
};

/// As wide as a sheet of paper can show with letters that are read.
const SIZE: (u32, u32) = (680, 260);

/// Lines over time, by UTC.
pub(super) struct Lines<'a> {
    pub title: &'a str,
    pub unit: PanelUnit,
    pub wanted: Vec<Threshold>,
    pub answer: &'a RangeAnswer,
}

/// A picture, the sentence below it, and the sentence for whoever cannot see it.
pub(super) fn figure(caption: String, alt: String, drawn: impl Fn(bool) -> Outcome<Vec<u8>>) -> Outcome<Figure> {
    Ok(Figure { svg: drawn(false)?, dark: Some(drawn(true)?), caption, alt })
}

pub(super) fn lines(drawn: Lines<'_>, caption: String, alt: String) -> Outcome<Figure> {
    let panel = Panel {
        title: drawn.title.to_owned(),
        kind: PanelKind::Lines,
        unit: drawn.unit,
        queries: Vec::new(),
        thresholds: drawn.wanted,
        least: None,
        most: None,
        wide: false,
        about: None,
    };
    let (answers, happenings, span): (_, [Happening; 0], _) = (std::slice::from_ref(drawn.answer), [], drawn.answer.span.clone());
    figure(caption, alt, |dark| {
        let picture = Picture { panel: &panel, answers, happenings: &happenings, span: span.clone(), size: SIZE, dark, zone: Zone::Utc };
        chart::draw(&picture, ChartFormat::Svg)
    })
}

pub(super) fn columns(drawn: &Columns<'_>, caption: String, alt: String) -> Outcome<Figure> {
    figure(caption, alt, |dark| chart::columns(drawn, dark))
}

pub(super) fn bars(drawn: &Bars<'_>, caption: String, alt: String) -> Outcome<Figure> {
    figure(caption, alt, |dark| chart::bars(drawn, dark))
}

pub(super) fn drills(list: &DrillList, within: Option<&TimeSpan>, caption: String, alt: String) -> Outcome<Figure> {
    figure(caption, alt, |dark| Ok(chart::drills(list, within.cloned(), dark, Zone::Utc)?.into_bytes()))
}
