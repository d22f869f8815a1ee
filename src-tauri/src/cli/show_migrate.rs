//! Migrations in words.

use quarterdeck_engine::ops::{AdoptionPlan, LintReport, MigrationsReport, NewFile};
use quarterdeck_model::{
    Count, JobId,
    migration::{
        DatabaseStats, FoundHistory, LintMark, MigrationLine, MigrationList, MigrationPlan, MigrationReport, MigrationState, Problem,
        QueryVerdict, Rehearsal, RehearsalStanding, RehearsedStep, SchemaDifference, Severity, StatementFailure, Validation, WayDown,
    },
    restore::TableChange,
};

use super::show::{numbered, table, time, word};

pub fn list(list: &MigrationList) -> String {
    let mut out = head(list);
    let rows = list.lines.iter().map(|line| {
        let files = if line.files.is_empty() { "no file".to_owned() } else { line.files.join(", ") };
        vec![format!("  {}", state(line.state)), line.version.clone(), files, line.sentence.clone()]
    });
    out.push_str(&table(&rows.collect::<Vec<_>>()));
    out.push_str(&beside(list));
    out
}

pub fn status(list: &MigrationList) -> String {
    let mut out = head(list);
    let odd = |line: &&MigrationLine| !matches!(line.state, MigrationState::Applied | MigrationState::Baseline);
    let rows = list.lines.iter().filter(odd).map(|line| {
        let title = format!("{} {}", line.version, line.name);
        vec![format!("  {}", state(line.state)), title.trim_end().to_owned(), line.sentence.clone()]
    });
    out.push_str(&table(&rows.collect::<Vec<_>>()));
    out.push_str(&beside(list));
    out
}

pub fn plan(plan: &MigrationPlan) -> String {
    let name = plan.target.as_ref().map_or_else(|| plan.database.to_string(), ToString::to_string);
    let mut out = format!("Plan {} of {} for {name} ({})\n", plan.digest.short(), time(plan.as_of), plan.environment);
    out.push_str(&numbered(&plan.steps));
    for batch in &plan.batches {
        out.push_str(&format!("  {}: {}\n", batch.versions.join(", "), batch.sentence));
    }
    let settings = &plan.settings;
    let on = |on| if on { "on" } else { "off" };
    out.push_str(&format!(
        "  foreign keys {}, recursive triggers {}, double-quoted strings {} ({})\n",
        on(settings.foreign_keys),
        on(settings.recursive_triggers),
        on(settings.double_quoted_strings),
        settings.reason
    ));
    if !plan.batches.is_empty() {
        let wait = plan.writers_wait.map_or_else(|| "not rehearsed".to_owned(), |wait| format!("about {wait} in all"));
        out.push_str(&format!("  writers wait at most {} for the safety image, {wait}; disk needed {}\n", plan.safety_wait, plan.disk));
        out.push_str(&standing(plan.rehearsal.as_ref()));
    }
    out.push_str(&marks(&plan.marks));
    for holder in &plan.holders {
        out.push_str(&format!("{} (process {}) {}; {}\n", holder.command, holder.pid, holder.does, holder.then));
    }
    for obstacle in &plan.obstacles {
        out.push_str(&format!("Refused: {obstacle}\n"));
    }
    if plan.wait_needs_consent {
        out.push_str("To go on: --accept-stall\n");
    }
    if let Some(gate) = &plan.gate {
        out.push_str(&format!("{}\n", gate.sentence));
    }
    if let Some(word) = &plan.confirm {
        out.push_str(&format!("To go on: --confirm {word}\n"));
    }
    out
}

pub fn report(report: &MigrationReport, job: JobId) -> String {
    let mut out = format!("{}\n", report.sentence);
    let ran = report.ran.iter().map(|ran| {
        let changed = format!("{} changed", ran.rows_changed.of("row"));
        vec![format!("  {}", ran.version), ran.name.clone(), ran.statements.of("statement"), changed, ran.took.to_string()]
    });
    out.push_str(&table(&ran.collect::<Vec<_>>()));
    let checks = report.checks.iter().map(|check| vec![format!("  {}", word(check.tone)), check.what.clone(), check.result.clone()]);
    out.push_str(&table(&checks.collect::<Vec<_>>()));
    out.push_str(&format!(
        "  took {}, writers waited {}, {} of it for the safety image",
        report.took, report.lock_held, report.safety_took
    ));
    if report.others_committed {
        out.push_str("\n  Others committed between two of these migrations.");
    }
    if let Some(undo) = &report.undo {
        out.push_str(&format!("\nUndo until {}: quarterdeck undo {job} --plan", time(undo.until)));
    }
    out
}

/// The statement and its surroundings, before the fault's own words.
pub fn failure(failure: &StatementFailure) -> String {
    let at = &failure.at;
    format!(
        "{}:{}:{}: statement {} of {} of {}\n{}\n  {}\n",
        at.file,
        at.line,
        at.column,
        failure.statement,
        failure.of,
        failure.version,
        indented(&failure.snippet),
        failure.message
    )
}

pub fn rehearsal(rehearsal: &Rehearsal) -> String {
    let mut out = format!("{}\n", rehearsal.sentence);
    let from = rehearsal.snapshot.as_ref().map_or_else(|| "the live database".to_owned(), |id| format!("snapshot {}", id.short()));
    out.push_str(&format!("  on a copy of {from} of {}\n", time(rehearsal.cut_at)));
    let steps = rehearsal.steps.iter().map(|step| {
        let pages = step.pages_written.of("page");
        vec![format!("  {}", step.version), step.took.to_string(), pages, step.rows_changed.of("row"), way_down(step)]
    });
    out.push_str(&table(&steps.collect::<Vec<_>>()));
    for step in &rehearsal.steps {
        match &step.down {
            WayDown::NotBack { differences } => out.push_str(&differing(differences)),
            WayDown::Failed { failure: why } => out.push_str(&failure(why)),
            _ => {}
        }
    }
    if let Some(why) = &rehearsal.failure {
        out.push_str(&failure(why));
    }
    out.push_str(&format!("  writers would wait {}, disk needed {}\n", rehearsal.writers_wait, rehearsal.disk));
    out.push_str(&differing(&rehearsal.schema));
    out.push_str(&rows(&rehearsal.rows, rehearsal.tables_equal));
    for finding in &rehearsal.integrity {
        out.push_str(&format!("  integrity_check: {finding}\n"));
    }
    out.push_str(&orphans(&rehearsal.foreign_keys));
    out
}

pub fn validation(validation: &Validation) -> String {
    let mut out = format!("{}\n", validation.sentence);
    if let Some(why) = &validation.drift_unknown {
        out.push_str(&format!("  {why}\n"));
    }
    out.push_str(&differing(&validation.drift));
    out.push_str(&orphans(&validation.foreign_keys));
    for finding in validation.integrity.iter().flatten() {
        out.push_str(&format!("  integrity_check: {finding}\n"));
    }
    for query in &validation.queries {
        out.push_str(&verdict(query));
    }
    out.push_str(&problems(&validation.problems));
    out
}

pub fn lint(lint: &LintReport) -> String {
    format!("{}\n{}{}", lint.sentence, marks(&lint.marks), problems(&lint.problems))
}

pub fn adoption(plan: &AdoptionPlan) -> String {
    let mut out = format!("{}\n", plan.sentence);
    out.push_str(&plan.histories.iter().map(history).collect::<String>());
    let rows = plan.rows.iter().map(|row| {
        let kind = format!("{:?}", row.kind).to_lowercase();
        vec![format!("  {kind}"), row.version.clone(), row.name.clone(), row.reason.clone().unwrap_or_default()]
    });
    out.push_str(&table(&rows.collect::<Vec<_>>()));
    for disagreement in &plan.disagreements {
        out.push_str(&format!("  {disagreement}\n"));
    }
    out.push_str(&numbered(&plan.steps));
    if plan.needs_reason {
        out.push_str("To go on: --reason TEXT\n");
    }
    out.push_str(&plan.obstacles.iter().map(|obstacle| format!("Refused: {obstacle}\n")).collect::<String>());
    out
}

pub fn stats(stats: &DatabaseStats) -> String {
    let head = ["TABLE", "ROWS", "BYTES", "OF INDEXES", "INDEXES"].map(str::to_owned).to_vec();
    let rows = stats.tables.iter().map(|table| {
        let count = table.rows.map_or_else(|| "not counted".to_owned(), |rows| rows.to_string());
        vec![table.table.clone(), count, table.bytes.to_string(), table.index_bytes.to_string(), table.indexes.join(", ")]
    });
    let whole = table(&std::iter::once(head).chain(rows).collect::<Vec<_>>());
    let tables = Count(stats.tables.len() as u64).of("table");
    format!("{whole}{tables}, {}, {}; {}, {} of it unused\n", stats.views.of("view"), stats.triggers.of("trigger"), stats.size, stats.free)
}

pub fn whole(report: &MigrationsReport) -> String {
    let ledger = report.entries.iter().map(|entry| {
        let kind = format!("{:?}", entry.kind).to_lowercase();
        let took = entry.took.map(|took| took.to_string()).unwrap_or_default();
        vec![format!("  {}", time(entry.at)), kind, entry.version.clone(), entry.who.clone(), took]
    });
    format!(
        "{}\nLedger\n{}\n{}\n{}\nEvidence {}\n",
        list(&report.list),
        table(&ledger.collect::<Vec<_>>()),
        validation(&report.validation),
        stats(&report.stats),
        report.evidence.short()
    )
}

pub fn new_file(file: &NewFile) -> String {
    file.files.iter().map(|path| format!("Made {path}\n")).collect()
}

fn head(list: &MigrationList) -> String {
    format!("{}\n  {}, read as {:?} ({})\n", list.sentence, list.folder, list.layout, list.layout_reason)
}

fn beside(list: &MigrationList) -> String {
    let mut out: String = list.histories.iter().map(history).collect();
    out.push_str(&problems(&list.problems));
    for unused in &list.unused {
        out.push_str(&format!("  not used: {}: {}\n", unused.file, unused.reason));
    }
    if let Some(busy) = &list.busy {
        out.push_str(&format!("  {busy}\n"));
    }
    out
}

fn history(history: &FoundHistory) -> String {
    let adopted = if history.adopted { "taken over" } else { "not taken over" };
    let remarks: String = history.remarks.iter().map(|remark| format!("; {remark}")).collect();
    let checked = history.checked.map(|checked| format!(", {} agree", checked.of("checksum"))).unwrap_or_default();
    format!("  {} recorded in {}{checked}, {adopted}{remarks}\n", history.applied.of("migration"), history.table)
}

fn standing(standing: Option<&RehearsalStanding>) -> String {
    let Some(RehearsalStanding { rehearsal, stale }) = standing else { return "  not rehearsed\n".to_owned() };
    let stale: String = stale.iter().map(|why| format!("  holds no more: {why}\n")).collect();
    format!("  rehearsed {}: {}\n{stale}", time(rehearsal.at), rehearsal.sentence)
}

fn marks(marks: &[LintMark]) -> String {
    let mark = |mark: &LintMark| {
        let severity = match mark.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let place = format!("{}:{}:{}", mark.at.file, mark.at.line, mark.at.column);
        match &mark.waived {
            Some(reason) => format!("{place}: {} {}, waived: {reason}\n", mark.code, mark.what),
            None => format!("{place}: {severity} {}: {}\n    {}\n    {}\n", mark.code, mark.what, mark.why, mark.instead),
        }
    };
    marks.iter().map(mark).collect()
}

fn problems(problems: &[Problem]) -> String {
    let line = |problem: &Problem| {
        let place = problem.at.as_ref().map(|at| format!("{}:{}:{}: ", at.file, at.line, at.column)).unwrap_or_default();
        format!("{place}{}\n    {}\n", problem.message, problem.hint)
    };
    problems.iter().map(line).collect()
}

fn differing(differences: &[SchemaDifference]) -> String {
    let line = |difference: &SchemaDifference| {
        let cure = difference.cure.as_ref().map(|cure| format!("    {}\n", cure.replace('\n', "\n    "))).unwrap_or_default();
        format!("  {}\n{cure}", difference.what)
    };
    differences.iter().map(line).collect()
}

fn rows(changes: &[TableChange], equal: Count) -> String {
    let count = |count: Option<Count>| count.map_or_else(|| "no table".to_owned(), |count| count.of("row"));
    let line = |change: &TableChange| format!("  {}: {} before, {} after\n", change.table, count(change.snapshot), count(change.live));
    format!("{}  {} with the same number of rows\n", changes.iter().map(line).collect::<String>(), equal.of("table"))
}

fn orphans(violations: &[quarterdeck_model::inspection::ForeignKeyViolation]) -> String {
    violations
        .iter()
        .map(|orphan| format!("  {} of {} point to nothing in {}\n", orphan.rows.of("row"), orphan.table, orphan.parent))
        .collect()
}

fn verdict(query: &QueryVerdict) -> String {
    let index = query.index.as_ref().map(|index| format!("    {index}\n")).unwrap_or_default();
    format!("  {} {}: {}\n{index}", word(query.tone), query.name, query.what)
}

fn way_down(step: &RehearsedStep) -> String {
    match &step.down {
        WayDown::Back { took, rows } if rows.is_empty() => format!("down in {took}, the schema is the same again"),
        WayDown::Back { took, rows } => format!("down in {took}, {} with other rows", Count(rows.len() as u64).of("table")),
        WayDown::NotBack { .. } => "down, and the schema is another one".to_owned(),
        WayDown::Failed { .. } => "the way down failed".to_owned(),
        WayDown::None => "no way down".to_owned(),
        WayDown::NotTried => "the way down was not tried".to_owned(),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn state(state: MigrationState) -> &'static str {
    match state {
        MigrationState::Applied => "applied",
        MigrationState::Baseline => "baseline",
        MigrationState::Pending => "pending",
        MigrationState::OutOfOrder => "out of order",
        MigrationState::Missing => "missing",
        MigrationState::Modified => "modified",
        MigrationState::Future => "future",
        MigrationState::Failed => "failed",
        MigrationState::Unknown => "unknown",
    }
}
