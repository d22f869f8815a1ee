//! Answers in words. Tables are aligned by display columns; nothing is truncated.

use chrono::Local;
use quarterdeck_engine::ops::{AuditVerdict, BackupPlan, BackupReport, DefinitionReport, DrillList, Grant, Overview, SnapshotList};
use quarterdeck_model::{
    Instant, Job, JobId, Millis,
    audit::AuditLine,
    drill::{DrillOutcome, DrillReport, PartOutcome},
    inspection::{Finding, Inspection, Tone},
    restore::{RestorePlan, RestoreReport},
    retention::{ForgetReport, Pin, PruneReport, RetentionPreview},
    snapshot::{Level, Reason},
    system::{Name, System},
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
    let remarks = report.remarks.iter().cloned();
    if report.findings.is_empty() {
        return std::iter::once(format!("{} is in order.", report.file)).chain(remarks).collect::<Vec<_>>().join("\n");
    }
    let lines = report
        .findings
        .iter()
        .map(|finding| format!("{}:{}:{}: {}\n  {}", finding.file, finding.line, finding.column, finding.message, finding.hint));
    lines.chain(remarks).collect::<Vec<_>>().join("\n")
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
        let why = snapshot.manifest.label.clone().unwrap_or_else(|| reason(snapshot.manifest.reason).to_owned());
        let pinned = match &snapshot.pin {
            Some(pin) => {
                format!(", pinned{}: {}", pin.until.map(|until| format!(" until {}", time(until))).unwrap_or_default(), pin.reason)
            }
            None => snapshot.pinned_until.map(|until| format!(", kept until {}", time(until))).unwrap_or_default(),
        };
        rows.push(vec![
            snapshot.id.short().to_owned(),
            time(snapshot.manifest.cut_at),
            level(snapshot.level().map_or(Level::Present, |reached| reached.level)).to_owned(),
            snapshot.manifest.size().to_string(),
            snapshot.added.to_string(),
            match &snapshot.affected {
                Some(affected) => format!("DAMAGED: {} {why}{pinned}", affected.reason),
                None => format!("{why}{pinned}"),
            },
        ]);
    }
    table(&rows)
}

pub fn drill(drill: &DrillReport) -> String {
    let mut out = format!("{}\n", drill.sentence);
    for part in &drill.components {
        let why = part.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        out.push_str(&format!("{} {}{why}\n", part.name, part_outcome(part.outcome)));
        let verified = part.verified.iter().map(|check| vec![format!("  {}", word(check.tone)), check.what.clone(), check.result.clone()]);
        let checks =
            part.checks.iter().map(|check| vec![format!("  {}", part_outcome(check.outcome)), check.name.clone(), check.result.clone()]);
        out.push_str(&table(&verified.chain(checks).collect::<Vec<_>>()));
    }
    if let Some(times) = &drill.times {
        out.push_str(&format!("  fetch {}, verify {}, checks {}, in all {}", times.fetch, times.verify, times.checks, times.total));
        out.push_str(&drill.rto.map(|rto| format!(" of {rto} promised")).unwrap_or_default());
    }
    if let Some(rpo) = drill.measured_rpo {
        out.push_str(&format!("\n  losing at most {rpo}{}", drill.rpo.map(|rpo| format!(" of {rpo} promised")).unwrap_or_default()));
        out.push_str(&format!("; the snapshot was {} old", drill.age));
    }
    out
}

pub fn drills(list: &DrillList) -> String {
    if list.drills.is_empty() {
        return format!("Never drilled. Next: quarterdeck drill {}", list.system);
    }
    let figure = |millis: Option<Millis>| millis.map_or_else(|| "-".to_owned(), |millis| millis.to_string());
    let head = ["JOB", "STARTED", "OUTCOME", "SNAPSHOT", "TOOK", "RTO", "LOSS", "RPO", "WHAT"].map(str::to_owned).to_vec();
    let rows = list.drills.iter().map(|drill| {
        vec![
            drill.job.to_string(),
            time(drill.started_at),
            drill_outcome(drill.outcome).to_owned(),
            drill.snapshot.short().to_owned(),
            figure(drill.times.map(|times| times.total)),
            figure(drill.rto),
            figure(drill.measured_rpo),
            figure(drill.rpo),
            drill.sentence.clone(),
        ]
    });
    table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
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
    if let Some(gate) = &plan.gate {
        out.push_str(&format!("{}\n", gate.sentence));
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

pub fn retention(preview: &RetentionPreview) -> String {
    let mut out = format!("{}\n", preview.sentence);
    let rows = preview.snapshots.iter().map(|verdict| {
        vec![
            format!("  {}", if verdict.keep { "stays" } else { "goes" }),
            verdict.id.short().to_owned(),
            time(verdict.cut_at),
            verdict.level.map_or("not verified", level).to_owned(),
            verdict.words.clone(),
        ]
    });
    out.push_str(&table(&rows.collect::<Vec<_>>()));
    for id in &preview.unreadable {
        out.push_str(&format!("  stays  {}  cannot be read\n", id.short()));
    }
    for obstacle in &preview.obstacles {
        out.push_str(&format!("Refused: {obstacle}\n"));
    }
    if let Some(word) = &preview.confirm {
        out.push_str(&format!("To go on: --confirm {word}\n"));
    }
    out
}

pub fn forgotten(report: &ForgetReport) -> String {
    let rows = report.forgotten.iter().map(|gone| vec![format!("  {}", gone.id.short()), time(gone.cut_at), gone.words.clone()]);
    format!("{}\n{}", report.sentence, table(&rows.collect::<Vec<_>>()))
}

pub fn pinned(system: &Name, snapshot: &str, pin: &Pin) -> String {
    let end = pin.until.map_or_else(|| "without an end".to_owned(), |until| format!("until {}", time(until)));
    format!("Snapshot {snapshot} of {system} is pinned {end}: {}.", pin.reason)
}

pub fn pruned(report: &PruneReport) -> String {
    let mut out = format!("{}\n", report.sentence);
    out.push_str(&format!(
        "  {} written again, {} unused and left, {}, took {}\n",
        report.repacked,
        report.left,
        report.slices.of("slice"),
        report.took
    ));
    if let Some(restic) = &report.restic {
        out.push_str(&format!("  {restic}\n"));
    }
    out
}

pub(super) fn finding_line(finding: &Finding) -> String {
    if finding.next.is_empty() { finding.what.clone() } else { format!("{} — {}", finding.what, finding.next) }
}

pub(super) fn numbered(steps: &[String]) -> String {
    (1..).zip(steps).map(|(number, step): (u32, _)| format!("  {number}. {step}\n")).collect()
}

pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

pub(super) fn time(at: Instant) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
}

pub(super) fn word(tone: Tone) -> &'static str {
    match tone {
        Tone::Critical => "critical",
        Tone::Attention => "attention",
        Tone::Unknown => "not known",
        Tone::Working => "working",
        Tone::Ok => "ok",
    }
}

fn drill_outcome(outcome: DrillOutcome) -> &'static str {
    match outcome {
        DrillOutcome::Running => "running",
        DrillOutcome::Passed => "passed",
        DrillOutcome::Partial => "in part",
        DrillOutcome::Failed => "failed",
        DrillOutcome::Unfinished => "no result",
    }
}

fn part_outcome(outcome: PartOutcome) -> &'static str {
    match outcome {
        PartOutcome::Passed => "passed",
        PartOutcome::Failed => "failed",
        PartOutcome::NotDrilled => "not drilled",
    }
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Manual => "manual",
        Reason::Scheduled => "scheduled",
        Reason::BeforeChange => "before a change",
        Reason::Safety => "way back",
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
