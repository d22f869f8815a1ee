//! Numbers that a definition asks a database for, as SQL.

use std::time::{Duration, Instant as Timer};

use quarterdeck_model::{JobCtx, Outcome};
use quarterdeck_sqlite::{
    open::Live,
    question::{self, Most, Numbers, Table},
};

use crate::{
    exposition::Limits,
    gathered::{Gathered, Reading},
    sample::Moment,
};

/// More rows of one statement are not kept.
const MOST_ROWS: usize = 1_000;

/// A number, or one for each row, that a SELECT answers: the last column is the value, the others are labels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Gauge {
    /// The metric's name.
    pub name: String,
    /// What it says, for people.
    pub help: String,
    /// One SELECT.
    pub sql: String,
    /// How often it is asked; in between its answer stands.
    pub every: Duration,
    /// How long it may take.
    pub limit: Duration,
}

/// A gauge, and what it answered.
pub(super) struct Asked {
    gauge: Gauge,
    due: Moment,
    answer: Answer,
}

/// What it answered last.
enum Answer {
    Rows { readings: Vec<Reading>, more: bool },
    None(String),
}

impl Asked {
    pub(super) fn new(gauge: Gauge) -> Self {
        Self { gauge, due: Moment::MIN, answer: Answer::Rows { readings: Vec::new(), more: false } }
    }

    pub(super) fn is_due(&self, now: Moment) -> bool {
        let rhythm = i64::try_from(self.gauge.every.as_millis()).unwrap_or(i64::MAX);
        self.due <= now || self.due.saturating_sub(now) > rhythm
    }

    /// Asks. Its own time, and what is left of the visit's, are its limit.
    pub(super) fn ask(&mut self, live: &mut Live, now: Moment, until: Timer, ctx: &JobCtx) -> Outcome<()> {
        let limit = self.gauge.limit.min(until.saturating_duration_since(Timer::now()));
        live.busy_timeout(limit).map_err(|error| live.fault(error))?;
        // A label is as long as one that a scrape brings.
        let Limits { labels, value, .. } = Limits::default();
        let most = Most { rows: MOST_ROWS, labels, text: value };
        let answer = question::ask_live(live, &self.gauge.sql, most, limit, ctx)?;
        self.due = now.saturating_add(i64::try_from(self.gauge.every.as_millis()).unwrap_or(i64::MAX));
        self.answer = match answer {
            Numbers::Rows(table) => Answer::Rows { readings: readings(&self.gauge.name, &table), more: table.more },
            Numbers::None(why) => Answer::None(why),
        };
        Ok(())
    }

    /// What is known now.
    pub(super) fn write(&self, into: &mut Gathered) {
        let name = &self.gauge.name;
        match &self.answer {
            Answer::Rows { readings, more } => {
                into.readings.extend(readings.iter().cloned());
                if *more {
                    into.remarks.push(format!("{name} has more than {MOST_ROWS} rows; the others are left out"));
                }
            }
            Answer::None(why) => into.remarks.push(format!("{name} has no value: {why}")),
        }
    }
}

fn readings(name: &str, table: &Table) -> Vec<Reading> {
    let columns: Vec<String> = table.columns.iter().map(|column| label(column)).collect();
    let mut gathered = Gathered::default();
    for (values, value) in &table.rows {
        let labels: Vec<(&str, &str)> = columns.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
        gathered.gauge(name, &labels, *value);
    }
    gathered.readings
}

/// A column's name as a label: letters, figures and underscores, no figure first, and not of those that are reserved.
fn label(column: &str) -> String {
    let plain: String = column.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let plain = plain.trim_start_matches('_');
    if plain.is_empty() || plain.starts_with(|c: char| c.is_ascii_digit()) { format!("column_{plain}") } else { plain.to_owned() }
}
