//! Checklists: files, copies, items, evidence.

use quarterdeck_model::{
    Instant, JobId, Outcome, Role,
    readiness::{Checklist, ChecklistCopy, EvidenceVerdict, ItemDetail, Readiness, ScoreTrend},
    system::Name,
};
use quarterdeck_store::leases::Lease;
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, AtOnce, Command, Query, Scope, Work};

/// Asks for checklists and their copies.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListChecklists {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for ListChecklists {
    const NAME: &str = "list_checklists";
    const SUMMARY: &str = "Lists checklists with what is wrong with their files, and the copies made of them, newest first.";
    type Response = ChecklistList;

    fn answer(self, scope: &Scope) -> Outcome<ChecklistList> {
        crate::readiness::checklists(scope, &self)
    }
}

/// Checklists and copies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ChecklistList {
    /// By system and name.
    pub checklists: Vec<Checklist>,
    /// Open ones first, newest first; at most two hundred.
    pub copies: Vec<ChecklistCopy>,
    /// How ready releases were, by system, checklist and environment.
    pub trends: Vec<ScoreTrend>,
    /// When it was read.
    pub as_of: Instant,
}

/// Opens a copy of a checklist for a release.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct OpenChecklist {
    /// The system.
    pub system: Name,
    /// The file's name without its ending.
    pub checklist: String,
    /// Which release.
    pub release: String,
}

impl Command for OpenChecklist {
    const NAME: &str = "open_checklist";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Opens a copy of a checklist for a release; its version never changes from then on.";
    type Response = ChecklistCopy;

    fn touches(&self) -> String {
        format!("{}/{}/{}", self.system, self.checklist, self.release)
    }

    fn perform(self, scope: &Scope) -> Outcome<ChecklistCopy> {
        crate::readiness::open_checklist(scope, &self)
    }
}

/// Closes a copy.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CloseChecklist {
    /// The copy: its id, or its first figures.
    pub copy: String,
}

impl Command for CloseChecklist {
    const NAME: &str = "close_checklist";
    const ROLE: Role = Role::Approver;
    const SUMMARY: &str = "Closes a copy of a checklist: its verdict and score are kept as they are.";
    type Response = ChecklistCopy;

    fn touches(&self) -> String {
        self.copy.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<ChecklistCopy> {
        crate::readiness::close_checklist(scope, &self)
    }
}

/// Asks how a copy stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetReadiness {
    /// The copy: its id, or its first figures.
    pub copy: String,
}

impl Query for GetReadiness {
    const NAME: &str = "get_readiness";
    const SUMMARY: &str = "Shows a copy of a checklist as it stands: verdict with reasons, score, items with evidence, stations, gates.";
    type Response = Readiness;

    fn answer(self, scope: &Scope) -> Outcome<Readiness> {
        crate::readiness::readiness(scope, &self)
    }
}

/// Asks for one item.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetItem {
    /// The copy: its id, or its first figures.
    pub copy: String,
    /// The item.
    pub item: String,
}

impl Query for GetItem {
    const NAME: &str = "get_item";
    const SUMMARY: &str = "Shows one item of a copy: its evidence in full, and everything that was ever said of it.";
    type Response = ItemDetail;

    fn answer(self, scope: &Scope) -> Outcome<ItemDetail> {
        crate::readiness::item(scope, &self)
    }
}

/// Measures evidence.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GatherEvidence {
    /// The copy: its id, or its first figures.
    pub copy: String,
    /// Only these; empty for all.
    #[serde(default)]
    pub items: Vec<String>,
}

impl Work for GatherEvidence {
    const NAME: &str = "gather_evidence";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Measures the evidence of a copy of a checklist again, all of it or that of some items.";
    type Report = Gathered;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::readiness::announce_gather(scope, self)
    }

    fn leases(_: &Scope, _: &Announcement) -> Outcome<Vec<Lease>> {
        Ok(Vec::new())
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<Gathered> {
        crate::readiness::gather(scope, &self, job)
    }
}

impl AtOnce for GatherEvidence {
    fn command_line(&self) -> String {
        let items: String = self.items.iter().map(|item| format!(" {item}")).collect();
        format!("quarterdeck checklist gather {}{items}", self.copy)
    }
}

/// What gathering brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Gathered {
    /// The copy.
    pub copy: String,
    /// How many measurements were made.
    pub measured: u32,
    /// How many of them hold.
    pub holds: u32,
    /// How many fail.
    pub fails: u32,
    /// How many could not be made.
    pub unknown: u32,
    /// E.g. `38 of 40 measured hold; 1 fails, 1 is not known.`
    pub sentence: String,
}

/// Asks one built-in point.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CheckPoint {
    /// The system.
    pub system: Name,
    /// Its name; `list` is answered with all of them.
    pub point: String,
}

impl Query for CheckPoint {
    const NAME: &str = "check_point";
    const SUMMARY: &str = "Measures one built-in point of a system now, such as drill-age or files-private; nothing is kept.";
    type Response = PointAnswer;

    fn answer(self, scope: &Scope) -> Outcome<PointAnswer> {
        crate::readiness::check_point(scope, &self)
    }
}

/// What points say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PointAnswer {
    /// One, or all that there are.
    pub points: Vec<Point>,
    /// When it was read.
    pub as_of: Instant,
}

/// A built-in point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Point {
    /// As a checklist names it.
    pub name: String,
    /// What it measures.
    pub title: String,
    /// What is expected unless a checklist says otherwise.
    pub expected: String,
    /// What it says; none in a list.
    pub verdict: Option<EvidenceVerdict>,
    /// What was measured, in words.
    pub value: Option<String>,
    /// What was found, each thing named.
    pub sentence: String,
    /// Where in the window it is seen.
    pub address: Option<String>,
}
