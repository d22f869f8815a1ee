//! Snapshots that were looked after, and their repositories, in words.

use quarterdeck_engine::ops::{
    MaintenanceReport, MergeReport, ProofReport, RepairPlan, RepairReport, RepositoryCheck, RepositoryDetail, RepositoryLock,
};
use quarterdeck_model::inspection::Finding;

use super::show::{finding_line, numbered, table, time, word};

/// The latest snapshots whose growth is shown; `--json` has all of them.
const GROWTH_SHOWN: usize = 10;

pub fn repository(detail: &RepositoryDetail) -> String {
    let mut facts = vec![("Folder", detail.path.to_string()), ("Size", detail.size.to_string())];
    if !detail.exists && detail.unavailable.is_none() {
        return format!("{} has no repository yet. Next: quarterdeck backup {}", detail.system, detail.system);
    }
    facts.extend(detail.free.map(|free| ("Free on its disk", free.to_string())));
    if detail.damaged.0 > 0 {
        facts.push(("Moved aside", format!("{} in quarterdeck/damaged", detail.damaged)));
    }
    facts.push(("Snapshots", format!("{}, {} of them damaged", detail.snapshots, detail.affected)));
    let checked = |check: &RepositoryCheck| format!("{}: {}", time(check.as_of), check.sentence);
    facts.push(("Last check", detail.last_check.as_ref().map_or_else(|| "never".to_owned(), checked)));
    let oldest = detail.oldest_read.map_or_else(String::new, |at| format!(", the oldest time {}", time(at)));
    facts.push(("Read again", format!("{} of {}{oldest}", detail.packs_read, detail.packs.of("pack"))));
    facts.push(("Recovery kit", detail.kit_at.map_or_else(|| "never made".to_owned(), |at| format!("made {}", time(at)))));
    facts.push(("Password file", detail.password_file.to_string()));
    let mut out = table(&facts.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect::<Vec<_>>());
    for key in &detail.keys {
        let made = key.created_at.map(|at| format!(", made {}", time(at))).unwrap_or_default();
        let used = if key.current { ", in use" } else { "" };
        out.push_str(&format!(
            "Key {} for {}{made}{used}\n",
            &key.id[..8.min(key.id.len())],
            key.made_for.as_deref().unwrap_or("nobody named")
        ));
    }
    let growth = detail.growth.iter().rev().take(GROWTH_SHOWN);
    out.push_str(&table(&growth.map(|step| vec![format!("  {}", time(step.cut_at)), format!("added {}", step.added)]).collect::<Vec<_>>()));
    out.push_str(&locks(&detail.locks));
    if let Some(finding) = &detail.unavailable {
        out.push_str(&format!("{:<9} {}\n", word(finding.tone), finding_line(finding)));
    }
    out
}

pub fn check(check: &RepositoryCheck) -> String {
    let mut out = format!("{}\n", check.sentence);
    out.push_str(&findings(&check.findings));
    for snapshot in &check.affected {
        let lost = if snapshot.affected.lost { " Nothing can bring it back." } else { "" };
        out.push_str(&format!("  {} of {}: {}{lost}\n", snapshot.id.short(), time(snapshot.cut_at), snapshot.affected.reason));
    }
    for part in &check.restorable {
        let newest =
            part.newest.as_ref().map_or_else(|| "none".to_owned(), |sound| format!("{} of {}", sound.id.short(), time(sound.cut_at)));
        out.push_str(&format!("  {}: {} of {} restorable, newest {newest}\n", part.component, part.sound, part.of.of("snapshot")));
    }
    if !check.steps.is_empty() {
        let step = |step: &quarterdeck_engine::ops::CareStep| match &step.command {
            Some(command) => format!("{}\n     {command}", step.what),
            None => step.what.clone(),
        };
        out.push_str(&format!("What to do, in order:\n{}", numbered(&check.steps.iter().map(step).collect::<Vec<_>>())));
    }
    out.push_str(&format!("  took {}\n", check.took));
    out
}

pub fn repair_plan(plan: &RepairPlan) -> String {
    if plan.steps.is_empty() {
        return format!("Nothing in the repository of {} is known to be damaged.", plan.system);
    }
    let mut out = format!("Plan {} of {}\n{}", plan.digest.short(), time(plan.as_of), numbered(&plan.steps));
    for obstacle in &plan.obstacles {
        out.push_str(&format!("Refused: {obstacle}\n"));
    }
    out
}

pub fn repair(report: &RepairReport) -> String {
    let moved: String = report.moved.iter().map(|file| format!("  moved aside: quarterdeck/damaged/{file}\n")).collect();
    format!("{}\n{moved}{}", report.sentence, check(&report.check))
}

pub fn proof(report: &ProofReport) -> String {
    format!("{}\n{}  took {}\n", report.sentence, findings(&report.findings), report.took)
}

pub fn merge(report: &MergeReport) -> String {
    format!("{}\n  took {}\n", report.sentence, report.took)
}

pub fn maintenance(report: &MaintenanceReport) -> String {
    format!("{}\n{}{}  took {}\n", report.sentence, numbered(&report.done), findings(&report.findings), report.took)
}

fn findings(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("  {:<9} {}\n", word(finding.tone), finding_line(finding))).collect()
}

fn locks(locks: &[RepositoryLock]) -> String {
    let line = |lock: &RepositoryLock| {
        let whose = if lock.restic { "a lock of restic" } else { "the write lock" };
        let ended = if lock.dead { ", which has ended" } else { "" };
        format!("Locked: {} holds {whose} for {} (process {} on {}{ended}). {}\n", lock.who, lock.age, lock.pid, lock.host, lock.next)
    };
    locks.iter().map(line).collect()
}
