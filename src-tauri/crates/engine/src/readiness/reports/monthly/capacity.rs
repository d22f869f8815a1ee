//! How a system grew in a month, and when its disks are full at that pace.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Bytes, Count, Instant, Millis, Outcome,
    monitor::{CapacityKind, Float, PanelUnit, RangeAnswer, SeriesLine},
    system::System,
};
use quarterdeck_monitor::forecast::Full;
use quarterdeck_report::{Block, Cell, Column, Figure, Section, Table};
use serde::Serialize;

use super::month::Month;
use crate::{
    capacity::{self, Growth},
    operation::Scope,
    readiness::reports::{
        pictures::{self, Lines},
        words::{not_known, short, when},
    },
};

/// A size at a moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Size {
    pub at: Instant,
    pub bytes: Bytes,
}

/// What became of one size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Grown {
    pub what: String,
    pub sizes: Option<[Size; 2]>,
    pub pace: String,
    pub full: String,
    #[serde(skip)]
    points: Vec<(i64, f64)>,
}

/// What became of sizes.
#[derive(Serialize)]
pub(super) struct Capacity {
    pub grown: Vec<Grown>,
}

impl Capacity {
    pub fn gather(scope: &Scope, system: &System, month: &Month) -> Outcome<Self> {
        let grown = capacity::within(scope, system, &month.span(), month.over)?;
        Ok(Self { grown: grown.into_iter().map(grown_of).collect() })
    }

    pub fn section(&self, month: &Month) -> Outcome<Section> {
        let size = |size: &Size| format!("{}, {}", size.bytes, short(size.at));
        let rows = self.grown.iter().map(|grown| {
            let (first, last, change) = match &grown.sizes {
                Some([first, last]) => (size(first), size(last), change(first.bytes, last.bytes)),
                None => ("not measured".to_owned(), "not measured".to_owned(), not_known("it was not measured")),
            };
            vec![
                Cell::new(grown.what.clone()),
                Cell::new(first),
                Cell::new(last),
                Cell::new(change),
                Cell::new(grown.pace.clone()),
                Cell::new(grown.full.clone()),
            ]
        });
        let table = Table {
            caption: "First and newest size that was measured in the month (UTC), and when its disk is full at that pace".to_owned(),
            columns: vec![
                Column::words("What", 2),
                Column::words("First", 2),
                Column::words("Newest", 2),
                Column::words("Change", 2),
                Column::words("A day", 2),
                Column::words("Disk full", 3),
            ],
            rows: rows.collect(),
            none: "Nothing of this system grows.".to_owned(),
        };
        let mut blocks = Vec::new();
        if self.grown.iter().any(|grown| grown.points.len() > 1) {
            blocks.push(Block::Figure(self.figure(month)?));
        }
        blocks.push(Block::Table(table));
        let end = if month.over { format!("the end of the month, {}", when(month.until)) } else { "now".to_owned() };
        blocks
            .push(Block::Paragraph(format!("Days until a disk is full are counted from {end}, by what was measured in the month alone.")));
        Ok(Section::new("Capacity", blocks))
    }

    fn figure(&self, month: &Month) -> Outcome<Figure> {
        let mut moments: Vec<i64> = self.grown.iter().flat_map(|grown| grown.points.iter().map(|(at, _)| *at)).collect();
        moments.sort_unstable();
        moments.dedup();
        let drawn = self.grown.iter().filter(|grown| !grown.points.is_empty());
        let series: Vec<SeriesLine> = drawn.map(|grown| line(grown, &moments)).collect();
        let answer = RangeAnswer {
            span: month.span(),
            step: Millis(0),
            found: Count(series.len() as u64),
            moments,
            series,
            thinned: false,
            gaps: Vec::new(),
            notes: Vec::new(),
            as_of: month.until,
        };
        let said: Vec<String> = self.grown.iter().filter_map(in_words).collect();
        let caption = "Size of each database and of the repository: medians of what was measured.".to_owned();
        let lines = Lines { title: "Sizes in the month", unit: PanelUnit::Bytes, wanted: Vec::new(), answer: &answer };
        pictures::lines(lines, caption, format!("Sizes in {}: {}.", month.name, said.join("; ")))
    }
}

/// A median joins the one before it; moments of other lines in between are no gap.
fn line(grown: &Grown, moments: &[i64]) -> SeriesLine {
    let mut known = grown.points.iter().peekable();
    let mut newest = None;
    let (first, last) = (grown.points.first().map(|point| point.0), grown.points.last().map(|point| point.0));
    let values = moments.iter().map(|at| {
        while let Some((_, value)) = known.next_if(|point| point.0 <= *at) {
            newest = Some(Float(*value));
        }
        newest.filter(|_| Some(*at) >= first && Some(*at) <= last)
    });
    SeriesLine { labels: BTreeMap::new(), legend: grown.what.clone(), values: values.collect() }
}

fn in_words(grown: &Grown) -> Option<String> {
    let [first, last] = grown.sizes.as_ref()?;
    Some(format!("{} from {} to {}", grown.what, first.bytes, last.bytes))
}

fn grown_of(growth: Growth) -> Grown {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // sizes
    let bytes = |value: f64| Bytes(value.max(0.0).round() as u64);
    let signed = |value: f64| format!("{}{}", if value < 0.0 { "-" } else { "" }, bytes(value.abs()));
    let pace = match growth.trend {
        Some(trend) => format!("{} ({} to {})", signed(trend.slope), signed(trend.least), signed(trend.most)),
        None => not_known("too little was measured"),
    };
    let full = match (growth.full(), growth.trend, growth.room) {
        (Some(Full::In(days, early, late)), ..) if days <= 36_500.0 => {
            format!("in {:.0} days ({:.0} to {:.0})", days.floor(), early.floor(), late.floor())
        }
        (Some(Full::In(..)), ..) => "not within a hundred years".to_owned(),
        (Some(Full::Never), ..) => "never: it shrinks".to_owned(),
        (Some(Full::NotTold), ..) => "no growth that can be told from none".to_owned(),
        (None, None, _) => not_known("too little was measured"),
        (None, Some(_), _) => not_known("the room of its disk at the end of the month was not measured"),
    };
    let kind = if growth.kind == CapacityKind::Repository { "Repository".to_owned() } else { growth.what };
    let sizes = growth.sizes.map(|sizes| sizes.map(|(at, value)| Size { at, bytes: bytes(value) }));
    Grown { what: kind, sizes, pace, full, points: growth.points }
}

fn change(first: Bytes, last: Bytes) -> String {
    if last >= first { format!("+{}", Bytes(last.0 - first.0)) } else { format!("-{}", Bytes(first.0 - last.0)) }
}
