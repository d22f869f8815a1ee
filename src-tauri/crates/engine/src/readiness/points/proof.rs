//! Points about what databases hold, what can be restored, and what changes them.

use std::time::Duration;

use quarterdeck_model::{
    Count, JobCtx, Outcome,
    drill::{DrillOutcome, DrillReport},
    migration::{MigrationList, MigrationState},
    snapshot::{Level, Snapshot},
};
use quarterdeck_readiness::expect::Found;
use quarterdeck_sqlite::question::Reply;

use super::{Built, Seen, Usual, amiss, listed};
use crate::{drill, migration, ops::MigrationSource, readiness::gathering::Field, repository};

/// Reading a whole database is stopped after this.
const WHOLE: Duration = Duration::from_secs(50);

pub(super) const POINTS: &[Built] = &[
    Built {
        name: "snapshot-age",
        title: "Age of the newest snapshot",
        expects: Usual::Days(1),
        look: snapshot_age,
        page: ("snapshots/SYSTEM", "Back up"),
    },
    Built {
        name: "snapshot-proved",
        title: "Age of the newest snapshot whose data was compared with its manifest",
        expects: Usual::Days(7),
        look: snapshot_proved,
        page: ("snapshots/SYSTEM", "Prove snapshot"),
    },
    Built {
        name: "newest-snapshot-proved",
        title: "The newest snapshot was compared with its manifest",
        expects: Usual::True,
        look: newest_proved,
        page: ("snapshots/SYSTEM", "Prove snapshot"),
    },
    Built {
        name: "drill-age",
        title: "Age of the newest drill that passed",
        expects: Usual::Days(31),
        look: drill_age,
        page: ("drills/SYSTEM", "Run drill"),
    },
    Built {
        name: "drill-passed",
        title: "The newest drill passed",
        expects: Usual::True,
        look: drill_passed,
        page: ("drills/SYSTEM", "See drills"),
    },
    Built {
        name: "drill-within-objectives",
        title: "The newest drill took no longer than was promised",
        expects: Usual::True,
        look: drill_within,
        page: ("drills/SYSTEM", "See drills"),
    },
    Built {
        name: "migrations-pending",
        title: "Migrations that are not applied",
        expects: Usual::None,
        look: pending,
        page: ("migrations/SYSTEM", "See migrations"),
    },
    Built {
        name: "migrations-drift",
        title: "Migrations whose file or database differs from what was recorded",
        expects: Usual::None,
        look: drift,
        page: ("migrations/SYSTEM", "See drift"),
    },
    Built {
        name: "migrations-rehearsed",
        title: "What is pending was rehearsed as it is now",
        expects: Usual::True,
        look: rehearsed,
        page: ("migrations/SYSTEM", "Rehearse"),
    },
    Built {
        name: "integrity",
        title: "Databases with damage, read whole",
        expects: Usual::None,
        look: integrity,
        page: ("system/SYSTEM", "See databases"),
    },
    Built {
        name: "foreign-keys",
        title: "Databases with rows whose parent is missing",
        expects: Usual::None,
        look: foreign_keys,
        page: ("system/SYSTEM", "See databases"),
    },
];

fn snapshot_age(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let newest = repository::newest_backup(&field.scope.engine, &field.system)?;
    Ok(newest.map_or_else(|| Seen::Figure(Found::Missing, "there is no snapshot".to_owned()), |found| of_snapshot(&found)))
}

fn snapshot_proved(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let newest = repository::newest(&field.scope.engine, &field.system, &mut |snapshot| is_proved(snapshot))?;
    Ok(newest.map_or_else(|| Seen::Figure(Found::Missing, "no snapshot was proved".to_owned()), |found| of_snapshot(&found)))
}

/// The one that people mean by `latest`.
fn newest_proved(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let Some(newest) = repository::newest_backup(&field.scope.engine, &field.system)? else {
        return Ok(Seen::Figure(Found::Flag(false), "there is no snapshot".to_owned()));
    };
    let cut = newest.manifest.cut_at.format("%Y-%m-%d %H:%M UTC");
    let (good, words) = match &newest.affected {
        Some(affected) => (false, format!("the newest one, of {cut}, is damaged: {}", affected.reason.trim_end_matches('.'))),
        None if is_proved(&newest) => (true, format!("the newest one, of {cut}, was compared with its manifest")),
        None => (false, format!("the newest one, of {cut}, was not compared with its manifest yet")),
    };
    Ok(Seen::Figure(Found::Flag(good), words))
}

fn is_proved(snapshot: &Snapshot) -> bool {
    snapshot.levels.iter().any(|reached| reached.level >= Level::DataMatches)
}

fn of_snapshot(snapshot: &Snapshot) -> Seen {
    let cut = snapshot.manifest.cut_at;
    Seen::Figure(Found::At(cut), format!("the newest one holds what was there {}", cut.format("%Y-%m-%d %H:%M UTC")))
}

fn newest_drill(field: &Field, is_right: impl Fn(&DrillReport) -> bool) -> Outcome<Option<DrillReport>> {
    let list = drill::list(&field.scope.engine, &field.system.name)?;
    let ended = |drill: &DrillReport| !matches!(drill.outcome, DrillOutcome::Running | DrillOutcome::Unfinished);
    Ok(list.drills.into_iter().find(|drill| ended(drill) && is_right(drill)))
}

fn drill_age(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let newest = newest_drill(field, |drill| drill.outcome == DrillOutcome::Passed)?;
    Ok(newest.map_or_else(
        || Seen::Figure(Found::Missing, "no drill has passed".to_owned()),
        |drill| Seen::Figure(Found::At(drill.started_at), format!("the newest one was {}", drill.started_at.format("%Y-%m-%d %H:%M UTC"))),
    ))
}

fn drill_passed(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    Ok(match newest_drill(field, |_| true)? {
        None => Seen::Unknown("there was no drill".to_owned()),
        Some(drill) => Seen::Figure(Found::Flag(drill.outcome == DrillOutcome::Passed), drill.sentence),
    })
}

fn drill_within(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let Some(drill) = newest_drill(field, |drill| drill.measured_rto.is_some())? else {
        return Ok(Seen::Unknown("no drill was timed".to_owned()));
    };
    let (Some(took), Some(promised)) = (drill.measured_rto, field.system.rto()) else {
        return Ok(Seen::Unknown("no recovery time is promised".to_owned()));
    };
    Ok(Seen::Figure(Found::Flag(took <= promised), format!("it took {took}, {promised} was promised")))
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
    let wrong = list.lines.iter().filter(|line| is_wrong(line.state)).map(|line| format!("{} {}", line.version, line.name)).collect();
    Ok(amiss(wrong, list.lines.len(), "migrations", does))
}

fn pending(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let unknown = |list: &MigrationList| list.lines.iter().any(|line| line.state == MigrationState::Unknown);
    if migrations(field)?.as_ref().is_some_and(unknown) {
        return Ok(unknown_history());
    }
    of_migrations(
        field,
        |state| matches!(state, MigrationState::Pending | MigrationState::OutOfOrder | MigrationState::Failed),
        ("are applied", "are not"),
    )
}

/// Whoever asks expects some.
fn no_migrations() -> Seen {
    Seen::Unknown("the definition names no migrations".to_owned())
}

fn unknown_history() -> Seen {
    Seen::Unknown("what is applied is not known: the database has tables, and no history that can be read".to_owned())
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
        return Ok(Seen::Nothing("nothing is pending".to_owned()));
    }
    Ok(match list.rehearsal {
        None => Seen::Figure(Found::Flag(false), "what is pending was never rehearsed".to_owned()),
        Some(standing) if standing.stale.is_empty() => Seen::Figure(Found::Flag(true), standing.rehearsal.sentence),
        Some(standing) => Seen::Figure(Found::Flag(false), format!("the rehearsal is stale: {}", listed(&standing.stale))),
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

/// Databases of which a statement finds any row.
fn of_databases(field: &Field, sql: &str, does: (&str, &str), ctx: &JobCtx) -> Outcome<Seen> {
    let (mut wrong, mut all) = (Vec::new(), 0);
    for database in field.system.databases() {
        all += 1;
        match field.ask(database, sql, WHOLE, ctx)? {
            Reply::Rows(rows) if rows.count > 0 => wrong.push(format!("{} ({})", database.name, Count(rows.count).of("row"))),
            Reply::Rows(_) => {}
            Reply::Refused(why) | Reply::None(why) => return Ok(Seen::Unknown(format!("{} did not answer: {why}", database.name))),
        }
    }
    Ok(amiss(wrong, all, "databases", does))
}
