//! Points about what databases hold, what can be restored, and what changes them.

use std::time::Duration;

use quarterdeck_model::{
    Count, JobCtx, Outcome,
    drill::{DrillOutcome, DrillReport},
    inspection::Tone,
    migration::{MigrationList, MigrationState, RehearsalStanding},
    snapshot::{Level, Snapshot},
};
use quarterdeck_readiness::expect::Found;
use quarterdeck_sqlite::{held, question::Reply};

use super::{Built, Helps, Seen, Usual, amiss, cures, listed};
use crate::{
    backup::STALL_LIMIT,
    drill, migration,
    ops::MigrationSource,
    readiness::gathering::{Field, address::encoded},
    repository,
};

/// Reading a whole database is stopped after this.
const WHOLE: Duration = Duration::from_secs(50);

pub(super) const POINTS: &[Built] = &[
    Built {
        name: "snapshot-age",
        title: "Age of the newest snapshot",
        expects: Usual::Days(1),
        look: snapshot_age,
        page: "snapshots/SYSTEM",
        helps: Helps::Depends(cures::back_up, "Back up", "snapshots/SYSTEM"),
    },
    Built {
        name: "snapshot-proved",
        title: "Age of the newest snapshot whose data was compared with its manifest",
        expects: Usual::Days(7),
        look: snapshot_proved,
        page: "snapshots/SYSTEM",
        helps: Helps::Depends(cures::prove_young, "Prove snapshot", "snapshots/SYSTEM"),
    },
    Built {
        name: "newest-snapshot-proved",
        title: "The newest snapshot was compared with its manifest",
        expects: Usual::True,
        look: newest_proved,
        page: "snapshots/SYSTEM",
        helps: Helps::Depends(cures::prove, "Prove snapshot", "snapshots/SYSTEM"),
    },
    Built {
        name: "drill-age",
        title: "Age of the newest drill that passed",
        expects: Usual::Days(31),
        look: drill_age,
        page: "drills/SYSTEM",
        helps: Helps::Depends(cures::drill, "Run drill", "drills/SYSTEM"),
    },
    Built {
        name: "drill-passed",
        title: "The newest drill passed",
        expects: Usual::True,
        look: drill_passed,
        page: "drills/SYSTEM",
        helps: Helps::Depends(cures::drill, "Run drill", "drills/SYSTEM"),
    },
    Built {
        name: "drill-within-objectives",
        title: "The newest drill took no longer than was promised",
        expects: Usual::True,
        look: drill_within,
        page: "drills/SYSTEM",
        helps: Helps::Depends(cures::first_drill, "Run drill", "drills/SYSTEM"),
    },
    Built {
        name: "migrations-pending",
        title: "Migrations that are not applied",
        expects: Usual::None,
        look: pending,
        page: "migrations/SYSTEM",
        helps: Helps::Wizard { label: "Apply migrations…", page: "apply/SYSTEM", unknown: "See migrations" },
    },
    Built {
        name: "migrations-drift",
        title: "Migrations whose file or database differs from what was recorded",
        expects: Usual::None,
        look: drift,
        page: "migrations/SYSTEM",
        helps: Helps::There("See drift"),
    },
    Built {
        name: "migrations-rehearsed",
        title: "What is pending was rehearsed as it is now",
        expects: Usual::True,
        look: rehearsed,
        page: "migrations/SYSTEM",
        helps: Helps::Depends(cures::rehearse, "Rehearse", "migrations/SYSTEM?show=rehearse"),
    },
    Built {
        name: "integrity",
        title: "Databases with damage, read whole",
        expects: Usual::None,
        look: integrity,
        page: "system/SYSTEM",
        helps: Helps::Wizard { label: "Restore database…", page: "restore/SYSTEM", unknown: "See databases" },
    },
    Built {
        name: "foreign-keys",
        title: "Databases with rows whose parent is missing",
        expects: Usual::None,
        look: foreign_keys,
        page: "system/SYSTEM",
        helps: Helps::There("See databases"),
    },
];

fn snapshot_age(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let newest = repository::newest_backup(&field.scope.engine, &field.system)?;
    Ok(newest.map_or_else(|| Seen::figure(Found::Missing, "there is no snapshot"), |found| of_snapshot(&found)))
}

fn snapshot_proved(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let newest = repository::newest(&field.scope.engine, &field.system, &mut |snapshot| is_proved(snapshot))?;
    Ok(newest.map_or_else(|| Seen::figure(Found::Missing, "no snapshot was proved"), |found| of_snapshot(&found)))
}

/// The one that people mean by `latest`.
fn newest_proved(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let Some(newest) = repository::newest_backup(&field.scope.engine, &field.system)? else {
        return Ok(Seen::figure(Found::Flag(false), "there is no snapshot"));
    };
    let cut = newest.manifest.cut_at.format("%Y-%m-%d %H:%M UTC");
    let (good, words) = match &newest.affected {
        Some(affected) => (false, format!("the newest one, of {cut}, is damaged: {}", affected.reason.trim_end_matches('.'))),
        None if is_proved(&newest) => (true, format!("the newest one, of {cut}, was compared with its manifest")),
        None => (false, format!("the newest one, of {cut}, was not compared with its manifest yet")),
    };
    Ok(Seen::figure(Found::Flag(good), words))
}

pub(super) fn is_proved(snapshot: &Snapshot) -> bool {
    snapshot.levels.iter().any(|reached| reached.level >= Level::DataMatches)
}

fn of_snapshot(snapshot: &Snapshot) -> Seen {
    let cut = snapshot.manifest.cut_at;
    Seen::figure(Found::At(cut), format!("the newest one holds what was there {}", cut.format("%Y-%m-%d %H:%M UTC")))
}

pub(super) fn newest_drill(field: &Field, is_right: impl Fn(&DrillReport) -> bool) -> Outcome<Option<DrillReport>> {
    let list = drill::list(&field.scope.engine, &field.system.name)?;
    let ended = |drill: &DrillReport| !matches!(drill.outcome, DrillOutcome::Running | DrillOutcome::Unfinished);
    Ok(list.drills.into_iter().find(|drill| ended(drill) && is_right(drill)))
}

fn drill_age(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let newest = newest_drill(field, |drill| drill.outcome == DrillOutcome::Passed)?;
    Ok(newest.map_or_else(
        || Seen::figure(Found::Missing, "no drill has passed"),
        |drill| Seen::figure(Found::At(drill.started_at), format!("the newest one was {}", drill.started_at.format("%Y-%m-%d %H:%M UTC"))),
    ))
}

fn drill_passed(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    Ok(match newest_drill(field, |_| true)? {
        None => Seen::unknown("there was no drill"),
        Some(drill) => Seen::figure(Found::Flag(drill.outcome == DrillOutcome::Passed), drill.sentence),
    })
}

fn drill_within(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let Some(drill) = newest_drill(field, |drill| drill.measured_rto.is_some())? else {
        return Ok(Seen::unknown("no drill was timed"));
    };
    let (Some(took), Some(promised)) = (drill.measured_rto, field.system.rto()) else {
        return Ok(Seen::unknown("no recovery time is promised"));
    };
    Ok(Seen::figure(Found::Flag(took <= promised), format!("it took {took}, {promised} was promised")))
}

/// Migrations that a database has; none where the definition names no folder of them.
fn migrations(field: &Field) -> Outcome<Option<MigrationList>> {
    let Some(folder) = &field.system.folder else { return Ok(None) };
    if crate::definition::load(&folder.0)?.migrations.is_none() {
        return Ok(None);
    }
    let target = quarterdeck_model::system::Target { system: field.system.name.clone(), component: None };
    migration::list(&field.scope, &MigrationSource { target: Some(target), database: None, folder: None }).map(Some)
}

fn of_migrations(field: &Field, is_wrong: impl Fn(MigrationState) -> bool, does: (&str, &str)) -> Outcome<Seen> {
    let Some(list) = migrations(field)? else { return Ok(no_migrations()) };
    let wrong: Vec<_> = list.lines.iter().filter(|line| is_wrong(line.state)).collect();
    let row = wrong.first().map(|line| format!("?version={}", encoded(&line.version)));
    let wrong = wrong.into_iter().map(|line| format!("{} {}", line.version, line.name)).collect();
    Ok(amiss(wrong, list.lines.len(), "migrations", does).at(row))
}

fn pending(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let unknown = |list: &MigrationList| list.lines.iter().any(|line| line.state == MigrationState::Unknown);
    if migrations(field)?.as_ref().is_some_and(unknown) {
        return Ok(unknown_history());
    }
    let is_open = |state| matches!(state, MigrationState::Pending | MigrationState::OutOfOrder | MigrationState::Failed);
    // The wizard shows all of them.
    Ok(of_migrations(field, is_open, ("are applied", "are not"))?.at(None))
}

/// Whoever asks expects some.
fn no_migrations() -> Seen {
    Seen::unknown("the definition names no migrations")
}

fn unknown_history() -> Seen {
    Seen::unknown("what is applied is not known: the database has tables, and no history that can be read")
}

fn drift(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let differs = |state| {
        matches!(
            state,
            MigrationState::Modified | MigrationState::Missing | MigrationState::Future | MigrationState::Failed | MigrationState::Unknown
        )
    };
    of_migrations(field, differs, ("are as recorded", "are not as recorded"))
}

fn rehearsed(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let Some(list) = migrations(field)? else { return Ok(no_migrations()) };
    if list.lines.iter().any(|line| line.state == MigrationState::Unknown) {
        return Ok(unknown_history());
    }
    if !list.lines.iter().any(|line| matches!(line.state, MigrationState::Pending | MigrationState::OutOfOrder)) {
        return Ok(Seen::nothing("nothing is pending".to_owned()));
    }
    Ok(match list.rehearsal {
        None => Seen::figure(Found::Flag(false), "what is pending was never rehearsed"),
        // One that failed is as good as none.
        Some(RehearsalStanding { rehearsal, stale }) if stale.is_empty() => {
            Seen::figure(Found::Flag(rehearsal.tone != Tone::Critical), rehearsal.sentence)
        }
        Some(standing) => Seen::figure(Found::Flag(false), format!("the rehearsal is stale: {}", listed(&standing.stale))),
    })
}

fn integrity(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let sql = "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
    of_databases(field, sql, ("have no damage", "are damaged"), ctx)
}

fn foreign_keys(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let sql = r#"SELECT "table", rowid, parent FROM pragma_foreign_key_check"#;
    of_databases(field, sql, ("have no row without its parent", "have rows without their parent"), ctx)
}

/// Databases of which a statement, which reads them whole, finds any row.
fn of_databases(field: &Field, sql: &str, does: (&str, &str), ctx: &JobCtx) -> Outcome<Seen> {
    let (mut wrong, mut all, mut row) = (Vec::new(), 0, None);
    for database in field.system.databases() {
        all += 1;
        if let Some(stall) = held::expected_stall(&database.path.0)?.filter(|stall| *stall > STALL_LIMIT) {
            let name = &database.name;
            return Ok(Seen::unknown(format!(
                "writers of {name} would wait {stall} while it is read whole, because it does not use WAL mode"
            )));
        }
        match field.ask(database, sql, WHOLE, ctx)? {
            Reply::Rows(rows) if rows.count > 0 => {
                row.get_or_insert_with(|| format!("?component={}", database.name));
                wrong.push(format!("{} ({})", database.name, Count(rows.count).of("row")));
            }
            Reply::Rows(_) => {}
            Reply::Refused(why) | Reply::None(why) => return Ok(Seen::unknown(format!("{} did not answer: {why}", database.name))),
        }
    }
    Ok(amiss(wrong, all, "databases", does).at(row))
}
