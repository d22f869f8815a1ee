//! Proving a backup by restoring it.

use quarterdeck_model::{Instant, JobId, Millis, Outcome, Role, drill::DrillReport, system::Name};
use quarterdeck_store::leases::Lease;
use serde::{Deserialize, Serialize};

use crate::operation::{Announcement, AtOnce, Query, Scope, Work};

/// Restores a snapshot to scratch, checks it, and times that.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct DrillSystem {
    /// The system.
    pub system: Name,
    /// A snapshot's identifier, its first figures, or `latest`; absent for the newest.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub snapshot: Option<String>,
    /// Only this component; absent for all. A snapshot is *drilled* when all of it was.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub component: Option<Name>,
}

impl Work for DrillSystem {
    const NAME: &str = "drill_system";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str =
        "Restores a snapshot to scratch, checks it whole, asks the definition's own checks, and records how long that took.";
    type Report = DrillReport;

    fn announce(&self, scope: &Scope) -> Outcome<Announcement> {
        crate::drill::announce(scope, self)
    }

    fn leases(scope: &Scope, announcement: &Announcement) -> Outcome<Vec<Lease>> {
        crate::drill::lease(scope, announcement)
    }

    fn run(self, scope: &Scope, job: JobId) -> Outcome<DrillReport> {
        crate::drill::run(scope, &self, job)
    }
}

impl AtOnce for DrillSystem {
    fn command_line(&self) -> String {
        format!("quarterdeck drill {}", self.system)
    }
}

/// Lists the drills of a system.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListDrills {
    /// The system.
    pub system: Name,
}

/// The drills of a system, newest first: its history of proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DrillList {
    /// The system.
    pub system: Name,
    /// Newest first; each with what was promised then.
    pub drills: Vec<DrillReport>,
    /// Recovery time that is promised now.
    pub rto: Option<Millis>,
    /// Recovery point that is promised now.
    pub rpo: Option<Millis>,
    /// When it was looked at.
    pub as_of: Instant,
}

/// Draws the drills of a system.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct DrawDrills {
    /// The system.
    pub system: Name,
}

/// A picture of what [`ListDrills`] answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DrillChart {
    /// SVG 1.1: measured recovery time of each drill that passed whole, beside the promised one.
    pub svg: String,
    /// When it was drawn.
    pub as_of: Instant,
}

impl Query for DrawDrills {
    const NAME: &str = "draw_drills";
    const SUMMARY: &str = "Draws the measured recovery time of a system's drills beside the promised one, as SVG.";
    type Response = DrillChart;

    fn answer(self, scope: &Scope) -> Outcome<DrillChart> {
        let list = crate::drill::list(&scope.engine, &self.system)?;
        Ok(DrillChart { svg: crate::chart::drills(&list, None, false, crate::chart::Zone::Here)?, as_of: list.as_of })
    }
}

impl Query for ListDrills {
    const NAME: &str = "list_drills";
    const SUMMARY: &str = "Lists the drills of a system, newest first, each with its measured and promised recovery time and point.";
    type Response = DrillList;

    fn answer(self, scope: &Scope) -> Outcome<DrillList> {
        crate::drill::list(&scope.engine, &self.system)
    }
}
