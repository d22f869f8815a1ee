//! Looking after snapshots and their repository.

use std::process::ExitCode;

use quarterdeck_engine::ops::{
    CheckRepository, GetRepository, MaintainSystem, MaintenanceReport, MergeDeltas, MergeReport, PlanRepair, ProofReport, ProveSnapshot,
    Reading, RepairPlan, RepairReport, RepairRepository, RepositoryCheck, RepositoryDetail,
};
use quarterdeck_model::{
    JobId, Outcome,
    inspection::{Finding, Tone},
    system::Name,
};

use super::{Door, found, show_care, wait};

/// Everything that is known about a repository.
pub async fn repository(door: &Door, system: Name) -> Outcome<ExitCode> {
    let detail: RepositoryDetail = door.call("get_repository", GetRepository { system }).await?;
    door.answer(&detail, show_care::repository)
}

/// What is wrong with a repository.
pub async fn check(door: &Door, system: Name, read: &str) -> Outcome<ExitCode> {
    let read = match read {
        "all" => Reading::All,
        "some" => Reading::Some,
        _ => Reading::None,
    };
    let check: RepositoryCheck = door.call("check_repository", CheckRepository { system, read }).await?;
    door.answer(&check, show_care::check)?;
    Ok(found(check.tone < Tone::Working))
}

/// Mends a repository, or says how.
pub async fn repair(door: &Door, system: Name, only_plan: bool) -> Outcome<ExitCode> {
    let plan: RepairPlan = door.call("plan_repair", PlanRepair { system: system.clone() }).await?;
    if only_plan {
        return door.answer(&plan, show_care::repair_plan);
    }
    let (_, report): (JobId, RepairReport) = wait::run(door, "repair_repository", RepairRepository { system, plan: plan.digest }).await?;
    door.answer(&report, show_care::repair)?;
    Ok(found(report.check.tone < Tone::Working))
}

/// Proves a snapshot that was taken before.
pub async fn prove(door: &Door, system: Name, snapshot: Option<String>) -> Outcome<ExitCode> {
    let (_, report): (JobId, ProofReport) = wait::run(door, "prove_snapshot", ProveSnapshot { system, snapshot }).await?;
    door.answer(&report, show_care::proof)?;
    Ok(found(to_look_at(&report.findings)))
}

/// Makes chains of deltas shorter.
pub async fn merge(door: &Door, system: Name) -> Outcome<ExitCode> {
    let (_, report): (JobId, MergeReport) = wait::run(door, "merge_deltas", MergeDeltas { system }).await?;
    door.answer(&report, show_care::merge)
}

/// Everything that a schedule of that kind does.
pub async fn maintain(door: &Door, system: Name) -> Outcome<ExitCode> {
    let (_, report): (JobId, MaintenanceReport) = wait::run(door, "maintain_system", MaintainSystem { system }).await?;
    door.answer(&report, show_care::maintenance)?;
    Ok(found(to_look_at(&report.findings)))
}

fn to_look_at(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.tone < Tone::Working)
}
