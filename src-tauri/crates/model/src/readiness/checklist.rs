//! Checklists and their copies.

use serde::{Deserialize, Serialize};

use super::{GateRow, Item, Score, Statement, Verdict, VerdictWord};
use crate::{
    Count, Digest, Instant, WirePath,
    system::{DefinitionFinding, Environment, Name},
};

/// A checklist as its file says it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Checklist {
    /// Of which system.
    pub system: Name,
    /// The file's name without its ending.
    pub name: String,
    /// What it is for.
    pub title: String,
    /// Its file.
    pub file: WirePath,
    /// SHA-256 of the file; none where it has findings.
    pub version: Option<Digest>,
    /// How many.
    pub items: Count,
    /// What is wrong with it; one with findings cannot be opened.
    pub findings: Vec<DefinitionFinding>,
}

/// A checklist of one release in one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ChecklistCopy {
    /// Sixteen hexadecimal figures.
    pub id: String,
    /// Of which system.
    pub system: Name,
    /// Which instance.
    pub environment: Environment,
    /// Which checklist.
    pub checklist: String,
    /// What it is for.
    pub title: String,
    /// Which release.
    pub release: String,
    /// SHA-256 of the file as it was when the copy was opened: it never changes.
    pub version: Digest,
    /// When.
    pub opened: Instant,
    /// By whom.
    pub opened_by: String,
    /// When it was closed.
    pub closed: Option<Instant>,
    /// What was decided, where it still stands.
    pub decided: Option<VerdictWord>,
    /// 0 to 100: now, or when it was closed.
    pub score: Option<u32>,
    /// What stands now, or stood when it was closed.
    pub verdict: VerdictWord,
    /// How many items hold, are waived or do not apply.
    pub held: Count,
    /// Of how many.
    pub items: Count,
    /// How often a gate of it was passed while it was closed.
    pub bypassed: Count,
}

/// A phase of a checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "ChecklistPhase"))]
pub struct Phase {
    /// Unique in the checklist.
    pub id: String,
    /// In words.
    pub title: String,
    /// In the order of the file.
    pub items: Vec<Item>,
    /// How many of them hold, are waived or do not apply.
    pub held: Count,
}

/// A role of a checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RoleTitle {
    /// Unique in the checklist.
    pub id: String,
    /// In words.
    pub title: String,
}

/// A copy as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Readiness {
    /// Which.
    pub copy: ChecklistCopy,
    /// What its first gate says, or over all items where it has none.
    pub verdict: Verdict,
    /// How ready.
    pub score: Score,
    /// In the order of the file.
    pub phases: Vec<Phase>,
    /// In the order of the file.
    pub roles: Vec<RoleTitle>,
    /// Who is asked, in order.
    pub stations: Vec<super::Station>,
    /// Gates of the checklist.
    pub gates: Vec<GateRow>,
    /// Gates that were passed while they were closed, oldest first: by whom, when, why.
    pub bypasses: Vec<Statement>,
    /// How the file differs from this version: `the file has changed since`; none where it does not.
    pub changed: Option<String>,
    /// When the oldest evidence was measured.
    pub oldest: Option<Instant>,
    /// Digest of the newest statement: all before are under it.
    pub head: Digest,
    /// When it was read.
    pub as_of: Instant,
}
