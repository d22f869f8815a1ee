//! What an apply did, measured and looked at once more.

use quarterdeck_migrate::{
    apply::{Ran, orphans},
    history,
    timeline::{self, Timeline},
};
use quarterdeck_model::{
    Bytes, Count, Digest, Instant, Millis, Outcome,
    inspection::Tone,
    migration::{Direction, LedgerKind, LedgerLine, MigrationReport},
    restore::{Check, UndoOffer},
    snapshot::SnapshotId,
};
use quarterdeck_sqlite::{fingerprint::schema_fingerprint, held, open::Live};

use super::{
    apply::{Applying, Taken},
    place::Registered,
};
use crate::{jobs::phase_times, truth};

/// Up to here a database without WAL is looked through: its writers wait meanwhile, and nobody was asked.
const LOOKED_THROUGH: Bytes = Bytes(64 << 20);

/// The report. What was committed stays committed whatever cannot be read now: that is a check without a result, and no fault.
pub(super) fn report(applying: &Applying<'_>, ran: Ran, taken: &Taken, undo: (SnapshotId, Instant)) -> Outcome<MigrationReport> {
    let (scope, plan) = (applying.scope, &applying.planned.plan);
    let now = scope.engine.clock().now();
    let found = Found::look(applying);
    let mut checks = vec![written(&ran, applying, now)];
    match &found {
        Ok(found) => checks.extend(found.checks(applying, now)),
        Err(fault) => checks.push(check("Not looked at", fault.message.clone(), Tone::Unknown, now)),
    }
    if ran.others_committed {
        let what = "between two of the commits; going back would lose that too";
        checks.push(check("Commits of others", what.to_owned(), Tone::Attention, now));
    }
    let until = truth::moment(undo.1, now);
    checks.push(check("Way back", format!("snapshot {}, kept until {until}", undo.0.short()), Tone::Ok, now));
    checks.extend(applying.passed.clone().map(|passed| check("Gate", passed, Tone::Attention, now)));
    let phases = phase_times(&scope.engine, applying.job)?;
    let Registered { system, target, component } = applying.registered.clone();
    let (to, schema_fingerprint) = match found {
        Ok(found) => (found.timeline.current.map(|version| version.text), found.schema),
        Err(_) => (None, Digest(String::new())),
    };
    let mut report = MigrationReport {
        sentence: sentence(&component.path.file_name(), plan.direction, &ran, to.as_deref()),
        target,
        environment: system.environment,
        path: component.path,
        direction: plan.direction,
        ran: ran.ran,
        from: applying.planned.look.timeline.current.as_ref().map(|version| version.text.clone()),
        to,
        checks,
        lock_held: ran.lock_held,
        safety_took: taken.took,
        took: Millis(phases.iter().map(|phase| phase.took.0).sum()),
        phases,
        others_committed: ran.others_committed,
        accepted_lint: applying.accepted_lint.to_vec(),
        schema_fingerprint,
        undo: Some(UndoOffer { job: applying.job, state_of: taken.cut_at, snapshot: Some(undo.0), until: undo.1, used: false }),
        evidence: Digest(String::new()),
    };
    report.evidence = Digest::over(&report);
    Ok(report)
}

fn sentence(file: &str, direction: Direction, ran: &Ran, to: Option<&str>) -> String {
    let count = Count(ran.ran.len() as u64).of("migration");
    match (direction, to) {
        (Direction::Up, Some(to)) => format!("{file} is at {to}: {count} committed."),
        (Direction::Up, None) => format!("{count} committed on {file}."),
        (Direction::Down, Some(to)) => format!("{file} is back at {to}: {count} taken back."),
        (Direction::Down, None) => format!("{count} taken back on {file}; none is applied now."),
    }
}

fn written(ran: &Ran, applying: &Applying<'_>, now: Instant) -> Check {
    let sum = |of: fn(&quarterdeck_model::migration::MigrationRan) -> Count| Count(ran.ran.iter().map(|ran| of(ran).0).sum());
    let commits = Count(applying.planned.batches.len() as u64).of("commit");
    let result = format!(
        "{} in {commits}, {} changed; writers waited {}",
        sum(|ran| ran.statements).of("statement"),
        sum(|ran| ran.rows_changed).of("row"),
        ran.lock_held
    );
    check("Live file", result, Tone::Ok, now)
}

/// The live file afterwards.
struct Found {
    lines: Vec<LedgerLine>,
    timeline: Timeline,
    schema: Digest,
    /// Absent where nobody looked.
    orphans: Option<orphans::Orphans>,
}

impl Found {
    fn look(applying: &Applying<'_>) -> Outcome<Self> {
        let look = &applying.planned.look;
        let live = held::open_beside(&look.place.database)?;
        live.execute_batch("BEGIN").map_err(|error| live.fault(error))?;
        let lines = look.place.ledger.read(&live)?;
        let histories = history::find(&live)?;
        let timeline = timeline::of(&look.collection, &lines, &histories, true);
        let schema = schema_fingerprint(&live).map_err(|error| live.fault(error))?;
        let orphans = nobody_waits(&live)?.then(|| orphans::count(&live)).transpose()?;
        Ok(Self { lines, timeline, schema, orphans })
    }

    fn checks(&self, applying: &Applying<'_>, now: Instant) -> Vec<Check> {
        let look = &applying.planned.look;
        let ours = |line: &&LedgerLine| {
            line.run == applying.run && matches!(line.kind, LedgerKind::Applied | LedgerKind::Reverted | LedgerKind::Baseline)
        };
        let rows = Count(self.lines.iter().filter(ours).count() as u64);
        let ledger = format!("{} of this run in {}", rows.of("row"), look.place.ledger.name());
        let schema = match self.schema == look.basis.schema {
            true => format!("{}, as before", self.schema.short()),
            false => format!("{}, was {}", self.schema.short(), look.basis.schema.short()),
        };
        vec![check("Ledger", ledger, Tone::Ok, now), check("Schema", schema, Tone::Ok, now), self.foreign_keys(now)]
    }

    fn foreign_keys(&self, now: Instant) -> Check {
        let (result, tone) = match &self.orphans {
            None => ("not looked at: writers of this database would wait".to_owned(), Tone::Unknown),
            Some(orphans) if orphans.is_empty() => ("none points nowhere".to_owned(), Tone::Ok),
            Some(orphans) => {
                let list = orphans.iter().map(|((table, parent), rows)| format!("{} of {table} without {parent}", Count(*rows).of("row")));
                (list.collect::<Vec<_>>().join(", "), Tone::Attention)
            }
        };
        check("Foreign keys", result, tone, now)
    }
}

/// True where looking through the whole database keeps no writer waiting for long.
fn nobody_waits(live: &Live) -> Outcome<bool> {
    let value = |pragma: &str| live.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(|error| live.fault(error));
    let mode: String = live.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(|error| live.fault(error))?;
    Ok(looked_through(&mode, Bytes((value("page_count")? * value("page_size")?).unsigned_abs())))
}

/// True for a database whose references are looked through after its migrations.
pub(super) fn looked_through(journal_mode: &str, size: Bytes) -> bool {
    journal_mode == "wal" || size <= LOOKED_THROUGH
}

fn check(what: &str, result: String, tone: Tone, at: Instant) -> Check {
    Check { what: what.to_owned(), result, tone, at }
}
