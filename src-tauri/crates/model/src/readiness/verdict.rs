//! Gates, verdicts and scores.

use serde::{Deserialize, Serialize};

use super::{Cure, ItemState, ReadinessCategory, VerdictWord};
use crate::{
    Count, Instant,
    system::{Environment, Name},
};

/// What a gate says, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "GateVerdict"))]
pub struct Verdict {
    /// In one word.
    pub word: VerdictWord,
    /// What stands against it, worst first; empty for Go and Waived.
    pub reasons: Vec<Reason>,
    /// What was waived, by whom, why, until when.
    pub waivers: Vec<Waiver>,
    /// When the oldest evidence that it rests on was measured.
    pub oldest: Option<Instant>,
    /// When it goes stale at the latest if nothing is measured again.
    pub expires: Option<Instant>,
    /// When it was formed.
    pub as_of: Instant,
}

/// One thing that stands against a Go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "GateReason"))]
pub struct Reason {
    /// The item; none where it is about a station, the score or the checklist.
    pub item: Option<String>,
    /// The station.
    pub station: Option<String>,
    /// How the item stands.
    pub state: Option<ItemState>,
    /// What stands against it.
    pub sentence: String,
    /// What helps.
    pub cure: Option<Cure>,
}

/// One thing that was waived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Waiver {
    /// The item.
    pub item: String,
    /// What has to hold.
    pub title: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub until: Instant,
}

/// A gate and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct GateRow {
    /// Of which system.
    pub system: Name,
    /// Of which checklist.
    pub checklist: String,
    /// Its name.
    pub name: String,
    /// What goes through it.
    pub title: String,
    /// What the engine refuses while it is closed; empty where people alone look at it.
    pub protects: Vec<GateAction>,
    /// The copy that it looks at: the newest open one.
    pub copy: Option<String>,
    /// What it says; No-go where no copy is open.
    pub verdict: Verdict,
}

/// What a gate can keep back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum GateAction {
    /// Migrations are applied.
    Migrate,
    /// A restore into a live file.
    Restore,
}

/// What a plan says of the gate that keeps it back; not in its digest, because evidence grows old meanwhile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct GateNotice {
    /// Its name.
    pub gate: String,
    /// False where applying would be refused now.
    pub open: bool,
    /// What it says, and why.
    pub sentence: String,
    /// The page that shows what helps.
    pub address: Option<String>,
}

/// How ready, from 0 to 100.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Score {
    /// Over all categories, by weight; none where nothing counts.
    pub total: Option<u32>,
    /// Those that have items.
    pub categories: Vec<CategoryScore>,
    /// Of the release before.
    pub before: Option<ScoreBefore>,
}

/// The score of an earlier release when it was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ScoreBefore {
    /// Which.
    pub release: String,
    /// 0 to 100.
    pub total: u32,
    /// When.
    pub at: Instant,
}

/// How ready the releases of one checklist were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ScoreTrend {
    /// Of which system.
    pub system: Name,
    /// Which instance.
    pub environment: Environment,
    /// Of which checklist.
    pub checklist: String,
    /// In the order in which their copies were opened, at most fifty.
    pub releases: Vec<ReleaseScore>,
}

/// How ready a release was when its copy was closed, or decided where it is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ReleaseScore {
    /// Its copy.
    pub copy: String,
    /// Which.
    pub release: String,
    /// 0 to 100; none where nothing counted.
    pub score: Option<u32>,
    /// What stood when it was closed, or was decided.
    pub verdict: VerdictWord,
    /// When.
    pub at: Instant,
    /// False where the copy is open still.
    pub closed: bool,
    /// How often a gate of it was passed while it was closed.
    pub bypassed: Count,
}

/// How ready in one category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct CategoryScore {
    /// Which.
    pub category: ReadinessCategory,
    /// 0 to 100, rounded down.
    pub score: u32,
    /// What cost points, most first.
    pub lost: Vec<LostPoints>,
}

/// What one item costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LostPoints {
    /// The item.
    pub item: String,
    /// Points of the category, rounded up.
    pub points: u32,
    /// Why.
    pub sentence: String,
    /// What helps.
    pub cure: Option<Cure>,
}
