//! Answers in words. Tables are aligned by display columns; nothing is truncated.

use chrono::Local;
use quarterdeck_engine::ops::{AuditVerdict, BackupPlan, BackupReport, DefinitionReport, Grant, Overview, SnapshotList};
use quarterdeck_model::{
    Instant, Job, JobId,
    audit::AuditLine,
    inspection::{Finding, Inspection, Tone},
    restore::{RestorePlan, RestoreReport},
    snapshot::Level,
    system::System,
};

pub fn added(system: &System) -> String {
    let files: Vec<String> = system.components.iter().map(|component| format!("  {}  {}", component.name, component.path)).collect();
    format!("{} is on the list ({}).\n{}\nNext: quarterdeck backup {}", system.name, system.environment, files.join("\n"), system.name)
}

pub fn overview(overview: &Overview) -> String {
    if overview.databases.is_empty() {
        return "No system yet. Next: quarterdeck add FILE.db".to_owned();
    }
    let mut out = String::new();
    for database in &overview.databases {
        let name = if database.system == database.component {
            database.system.to_string()
        } else {
            format!("{}/{}", database.system, database.component)
        };
        out.push_str(&format!("{:<9} {name}  ({})  {}\n", word(database.tone), database.environment, database.truth));
        for finding in &database.findings {
            out.push_str(&format!("          {}\n", finding_line(finding)));
        }
    }
    out
}

pub fn inspection(inspection: &Inspection) -> String {
    let mut out = format!("{}\n", inspection.sentence);
    for finding in &inspection.findings {
        out.push_str(&format!("  {:<9} {}\n", word(finding.tone), finding_line(finding)));
    }
    let mut facts = vec![("Size".to_owned(), inspection.size.to_string())];
    if let Some(header) = &inspection.header {
        facts.push(("Pages".to_owned(), format!("{} of {} bytes, {} unused", header.page_count, header.page_size, header.freelist_count)));
        facts.push(("Written by".to_owned(), format!("SQLite {}", header.written_by)));
        facts
            .push(("Application".to_owned(), format!("application_id {:#x}, user_version {}", header.application_id, header.user_version)));
    }
    facts.extend(inspection.journal_mode.iter().map(|mode| ("Journal".to_owned(), mode.clone())));
    facts.extend(
        inspection.sidecars.iter().map(|sidecar| (format!("{} file", sidecar.suffix), format!("{}: {}", sidecar.size, sidecar.meaning))),
    );
    out.push_str(&table(&facts.into_iter().map(|(name, value)| vec![format!("  {name}"), value]).collect::<Vec<_>>()));
    let tables = inspection.tables.iter().map(|table| {
        let rows = table.rows.map_or_else(|| "not counted".to_owned(), |rows| rows.of("row"));
        vec![format!("  {}", table.name), table.kind.clone(), rows]
    });
    out.push_str(&self::table(&tables.collect::<Vec<_>>()));
    for violation in &inspection.foreign_key_violations {
        out.push_str(&format!(
            "  {} rows of {} point to rows of {} that do not exist.\n",
            violation.rows, violation.table, violation.parent
        ));
    }
    for unchecked in &inspection.unchecked {
        out.push_str(&format!("  not checked: {unchecked}\n"));
    }
    out
}

pub fn definition(report: &DefinitionReport) -> String {
    if report.findings.is_empty() {
        return format!("{} is in order.", report.file);
    }
    let lines = report
        .findings
        .iter()
        .map(|finding| format!("{}:{}:{}: {}\n  {}", finding.file, finding.line, finding.column, finding.message, finding.hint));
    lines.collect::<Vec<_>>().join("\n")
}

pub fn backup_plan(plan: &BackupPlan) -> String {
    let mut out = format!("Plan {} of {}\n{}", plan.digest.short(), time(plan.as_of), numbered(&plan.steps));
    for obstacle in &plan.obstacles {
        out.push_str(&format!("Refused: {obstacle}\n"));
    }
    if plan.stall_needs_consent {
        out.push_str("The stall has to be accepted with --accept-stall.\n");
    }
    out
}

pub fn backup(report: &BackupReport) -> String {
    let mut out = format!("{}\n  took {}", report.sentence, report.took);
    if let Some(stall) = report.stall {
        out.push_str(&format!(", writers waited {stall}"));
    }
    for finding in &report.findings {
        out.push_str(&format!("\n  {:<9} {}", word(finding.tone), finding_line(finding)));
    }
    out
}

pub fn snapshots(list: &SnapshotList) -> String {
    if list.snapshots.is_empty() {
        return "No snapshot yet.".to_owned();
    }
    let mut rows = vec![["SNAPSHOT", "OF", "LEVEL", "SIZE", "ADDED", "WHY"].map(str::to_owned).to_vec()];
    for snapshot in &list.snapshots {
        let why = snapshot.manifest.label.clone().unwrap_or_else(|| format!("{:?}", snapshot.manifest.reason).to_lowercase());
        let pinned = snapshot.pinned_until.map(|until| format!(", kept until {}", time(until))).unwrap_or_default();
        rows.push(vec![
            snapshot.id.short().to_owned(),
            time(snapshot.manifest.cut_at),
            level(snapshot.level().map_or(Level::Present, |reached| reached.level)).to_owned(),
            snapshot.manifest.size().to_string(),
            snapshot.added.to_string(),
            format!("{why}{pinned}"),
        ]);
    }
    table(&rows)
}

pub fn restore_plan(plan: &RestorePlan) -> String {
    let mut out = format!(
        "Plan {} of {} for {} ({})\n{}",
        plan.digest.short(),
        time(plan.as_of),
        plan.target,
        plan.environment,
        numbered(&plan.steps)
    );
    let compared =
        plan.comparison.iter().map(|row| vec![format!("  {}", row.what), row.snapshot.clone(), row.target.clone(), row.result.clone()]);
    out.push_str(&table(&compared.collect::<Vec<_>>()));
    if let Some(loss) = plan.loss {
        out.push_str(&format!("Lost from the live file: {loss} of writes. They stay in Undo.\n"));
    }
    for change in &plan.changes {
        let count = |count: Option<quarterdeck_model::Count>| count.map_or_else(|| "no table".to_owned(), |count| count.of("row"));
        out.push_str(&format!("  {}: {} live, {} in the snapshot\n", change.table, count(change.live), count(change.snapshot)));
    }
    for holder in &plan.holders {
        out.push_str(&format!("{} (process {}) {}; {}\n", holder.command, holder.pid, holder.does, holder.then));
    }
    for obstacle in &plan.obstacles {
        out.push_str(&format!("Refused: {obstacle}\n"));
    }
    if let Some(word) = &plan.confirm {
        out.push_str(&format!("To go on: --confirm {word}\n"));
    }
    out
}

pub fn restore(report: &RestoreReport, job: JobId) -> String {
    let mut out = format!("{}\n", report.sentence);
    let checks = report.checks.iter().map(|check| vec![format!("  {}", word(check.tone)), check.what.clone(), check.result.clone()]);
    out.push_str(&table(&checks.collect::<Vec<_>>()));
    let promised =
        |promise: Option<quarterdeck_model::Millis>| promise.map(|promise| format!(" of {promise} promised")).unwrap_or_default();
    out.push_str(&format!("  took {}{}", report.took, promised(report.rto)));
    if let Some(loss) = report.loss {
        out.push_str(&format!(", lost {loss}{}", promised(report.rpo)));
    }
    if let Some(held) = report.lock_held {
        out.push_str(&format!(", writers waited {held}"));
    }
    if let Some(undo) = &report.undo {
        out.push_str(&format!("\nUndo until {}: quarterdeck undo {job} --plan", time(undo.until)));
    }
    out
}

pub fn jobs(jobs: &[Job]) -> String {
    if jobs.is_empty() {
        return "No job yet.".to_owned();
    }
    let rows = jobs.iter().map(|job| {
        let state = format!("{:?}", job.state).to_lowercase();
        vec![job.id.to_string(), state, time(job.created_at), job.who.clone(), job.title.clone()]
    });
    let head = ["JOB", "STATE", "STARTED", "WHO", "WHAT"].map(str::to_owned).to_vec();
    table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

pub fn job(job: &Job) -> String {
    let mut out = format!("Job {}: {} ({})\n", job.id, job.title, format!("{:?}", job.state).to_lowercase());
    out.push_str(&format!("  started {} by {} through {}\n", time(job.created_at), job.who, job.face));
    for run in &job.phases {
        let state = match (run.started_at, run.finished_at) {
            (None, _) => "not begun".to_owned(),
            (Some(start), None) => format!("since {}", time(start)),
            (Some(start), Some(end)) => format!("{} ms", (end - start).num_milliseconds()),
        };
        out.push_str(&format!("  {}  {state}\n", run.phase.name));
    }
    if let Some(sentence) = job.report.as_ref().and_then(|report| report.get("sentence")).and_then(|sentence| sentence.as_str()) {
        out.push_str(&format!("{sentence}\n"));
    }
    if let Some(fault) = &job.fault {
        out.push_str(&format!("{fault}\n"));
    }
    if let Some(recovery) = &job.recovery {
        out.push_str(&format!("{recovery}\n"));
    }
    out
}

pub fn grants(grants: &[Grant]) -> String {
    table(
        &grants
            .iter()
            .map(|grant| vec![grant.who.clone(), grant.role.to_string(), format!("granted by {} {}", grant.granted_by, time(grant.at))])
            .collect::<Vec<_>>(),
    )
}

pub fn audit(lines: &[AuditLine]) -> String {
    let rows = lines.iter().map(|line| {
        let digest = line.digest.short();
        vec![
            line.number.to_string(),
            time(line.at),
            line.who.clone(),
            line.face.to_string(),
            line.operation.clone(),
            line.target.clone(),
            line.outcome.clone(),
            line.detail.clone(),
            digest,
        ]
    });
    let head = ["LINE", "AT", "WHO", "THROUGH", "WHAT", "ON", "OUTCOME", "DETAIL", "DIGEST"].map(str::to_owned).to_vec();
    table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

pub fn audit_verdict(verdict: &AuditVerdict) -> String {
    if verdict.findings.is_empty() {
        let head = verdict.head.as_ref().map(|head| format!("; its head is {}", head.short())).unwrap_or_default();
        return format!("The audit trail holds: {}{head}.", verdict.lines.of("line"));
    }
    verdict.findings.join("\n")
}

fn finding_line(finding: &Finding) -> String {
    if finding.next.is_empty() { finding.what.clone() } else { format!("{} — {}", finding.what, finding.next) }
}

fn numbered(steps: &[String]) -> String {
    (1..).zip(steps).map(|(number, step): (u32, _)| format!("  {number}. {step}\n")).collect()
}

fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn time(at: Instant) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn word(tone: Tone) -> &'static str {
    match tone {
        Tone::Critical => "critical",
        Tone::Attention => "attention",
        Tone::Unknown => "not known",
        Tone::Working => "working",
        Tone::Ok => "ok",
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Present => "present",
        Level::Read => "read",
        Level::Opens => "opens",
        Level::IntegrityOk => "integrity ok",
        Level::DataMatches => "data matches",
        Level::Drilled => "drilled",
    }
}
