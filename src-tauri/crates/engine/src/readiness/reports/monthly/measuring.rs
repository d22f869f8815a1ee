//! When somebody measured, and when nobody did.

use quarterdeck_model::{Millis, Outcome, monitor::Gap};
use quarterdeck_report::{Block, Cell, Column, Section, Table};
use serde::Serialize;

use super::{LISTED, beyond, month::Month};
use crate::{
    jobs::between,
    operation::Scope,
    query::gaps::{self, Measuring as Since},
    readiness::reports::words::{many, short, when},
};

/// How much of a month was measured.
#[derive(Serialize)]
pub(super) struct Measuring {
    pub since: Since,
    /// Where nobody measured, within the month; what lies before the first measurement at all is none.
    pub gaps: Vec<Gap>,
    /// Share of the month so far, 0 to 1.
    pub share: f64,
}

impl Measuring {
    pub fn gather(scope: &Scope, month: &Month) -> Outcome<Self> {
        let series = scope.engine.series().snapshot()?;
        let (from, until) = (month.from.timestamp_millis(), month.until.timestamp_millis());
        let since = gaps::begun_within(&series, from, until, &scope.ctx)?;
        let mut gaps = gaps::of(&series, from, until, &scope.ctx)?;
        for gap in &mut gaps {
            gap.span.from = gap.span.from.max(month.from);
            gap.span.until = gap.span.until.min(month.until);
        }
        let missing: u64 = gaps.iter().map(|gap| length(gap).0).sum();
        let before = match since {
            Since::Before => 0,
            Since::Since(first) => between(month.from, first).0,
            Since::Never => between(month.from, month.until).0,
        };
        #[allow(clippy::cast_precision_loss)] // milliseconds of a month
        let share = 1.0 - (missing + before) as f64 / between(month.from, month.until).0.max(1) as f64;
        Ok(Self { since, gaps, share: share.clamp(0.0, 1.0) })
    }

    pub fn in_short(&self) -> String {
        // Never rounded up to all.
        let share = format!("{:.1} % of the month", (self.share * 1_000.0).floor() / 10.0);
        let longest = self.gaps.iter().max_by_key(|gap| length(gap)).map(|gap| {
            let at = short(gap.span.from);
            format!(", {}, the longest {} from {at}", many(self.gaps.len() as u64, "gap"), length(gap))
        });
        match self.since {
            Since::Never => "nothing: nobody measured in this month".to_owned(),
            Since::Since(first) => format!("{share}, since {}{}", when(first), longest.unwrap_or_default()),
            Since::Before => format!("{share}{}", longest.unwrap_or_else(|| ", without a gap".to_owned())),
        }
    }

    pub fn section(&self) -> Section {
        let rows = self.gaps.iter().take(LISTED).map(|gap| {
            let Gap { span, reason } = gap;
            vec![Cell::new(short(span.from)), Cell::new(short(span.until)), Cell::new(length(gap).to_string()), Cell::new(reason.clone())]
        });
        let none = match self.since {
            Since::Never => "Nothing was measured in this month, so alerts could not fire and sizes are not known.",
            Since::Since(_) => "Since measuring began, there was no gap.",
            Since::Before => "There was none.",
        };
        let table = Table {
            caption: "When nobody measured (UTC): alerts that would have fired then did not".to_owned(),
            columns: vec![Column::short("From"), Column::short("Until"), Column::number("Long"), Column::words("Why", 4)],
            rows: rows.collect(),
            none: none.to_owned(),
        };
        let mut blocks = vec![Block::Table(table)];
        if let Since::Since(first) = self.since {
            let text = format!("Measuring began on {}; of the part of the month before it nothing is known.", when(first));
            blocks.insert(0, Block::Paragraph(text));
        }
        blocks.extend(beyond(self.gaps.len(), "gaps").map(Block::Paragraph));
        Section::new("Gaps of measurement", blocks)
    }
}

fn length(gap: &Gap) -> Millis {
    between(gap.span.from, gap.span.until)
}
