//! Dashboards.

use serde::{Deserialize, Serialize};

use super::Float;
use crate::{
    Count, Instant, Millis,
    inspection::Tone,
    system::{DefinitionFinding, Name},
};

/// A dashboard in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DashboardBrief {
    /// Of which system.
    pub system: Name,
    /// Its name: that of its file.
    pub name: String,
    /// Its title.
    pub title: String,
    /// How many panels.
    pub panels: Count,
    /// How many things are wrong in its file.
    pub findings: Count,
}

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Dashboard {
    /// Of which system.
    pub system: Name,
    /// Its name: that of its file.
    pub name: String,
    /// Its title.
    pub title: String,
    /// How much time it shows at first.
    pub span: Millis,
    /// In the order of the file.
    pub panels: Vec<Panel>,
    /// What is wrong in its file; such panels are left out.
    pub findings: Vec<DefinitionFinding>,
    /// When it was read.
    pub as_of: Instant,
}

/// One panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// How it is drawn.
    pub kind: PanelKind,
    /// The unit of its values.
    pub unit: PanelUnit,
    /// What it shows.
    pub queries: Vec<PanelQuery>,
    /// Lines that should not be crossed.
    pub thresholds: Vec<Threshold>,
    /// Where its axis begins.
    pub least: Option<Float>,
    /// Where its axis ends.
    pub most: Option<Float>,
    /// True where it takes a whole row.
    pub wide: bool,
    /// What it shows, and what to do when it looks wrong.
    pub about: Option<String>,
}

/// How a panel is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum PanelKind {
    /// Lines.
    Lines,
    /// Filled lines.
    Area,
    /// Filled lines on each other.
    Stack,
    /// The newest value, large.
    Figure,
    /// A bar for each series.
    Bars,
    /// A row for each series.
    Table,
}

/// The unit of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum PanelUnit {
    /// None.
    Number,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Bytes per second.
    BytesPerSecond,
    /// A share of one, shown in percent.
    Ratio,
    /// Things per second.
    PerSecond,
    /// Things per minute.
    PerMinute,
    /// Seconds since 1970.
    Moment,
}

impl PanelUnit {
    /// How a definition names each.
    pub const WORDS: [(&str, Self); 8] = [
        ("number", Self::Number),
        ("s", Self::Seconds),
        ("bytes", Self::Bytes),
        ("bytes/s", Self::BytesPerSecond),
        ("ratio", Self::Ratio),
        ("1/s", Self::PerSecond),
        ("1/min", Self::PerMinute),
        ("moment", Self::Moment),
    ];

    /// The unit that a definition names so.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, unit)| *unit)
    }
}

/// One query of a panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PanelQuery {
    /// PromQL.
    pub query: String,
    /// How its series are named: `p{{quantile}}`.
    pub legend: Option<String>,
}

/// A line that should not be crossed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Threshold {
    /// Where.
    pub value: Float,
    /// How grave it is beyond.
    pub tone: Tone,
    /// What it is called.
    pub name: String,
    /// True where beyond means above.
    pub above: bool,
}
