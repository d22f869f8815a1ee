//! What helps a point as it is now. A job is offered where it would begin: where it would be refused, or ask for consent, its page says why.

use quarterdeck_model::{
    Class, Outcome,
    migration::MigrationWish,
    readiness::{Cure, EvidenceVerdict, ValidationState},
    snapshot::Snapshot,
    system::Target,
};
use quarterdeck_readiness::expect::{Expectation, Found};

use super::proof::{is_proved, newest_drill};
use crate::{
    operation::AtOnce,
    ops::{BackupSystem, DrillSystem, ListValidations, ProveSnapshot, RehearseMigrations},
    readiness::{gathering::Field, validations},
    repository,
};

/// A snapshot that is taken by hand is proved as well.
pub(super) fn back_up(field: &Field, _: &Expectation) -> Outcome<Option<Cure>> {
    let system = field.system.name.clone();
    start(field, "Back up", "snapshots", BackupSystem { system, label: None, reason: None, plan: None, accept_stall: false })
}

/// The newest snapshot is proved, where there is one to prove; else another is taken.
pub(super) fn prove(field: &Field, expect: &Expectation) -> Outcome<Option<Cure>> {
    prove_where(field, expect, |_| true)
}

/// The same where the age of what is proved counts: proving makes nothing younger.
pub(super) fn prove_young(field: &Field, expect: &Expectation) -> Outcome<Option<Cure>> {
    prove_where(field, expect, |newest| expect.judge(&Found::At(newest.manifest.cut_at), field.now()).verdict == EvidenceVerdict::Holds)
}

fn prove_where(field: &Field, expect: &Expectation, will_do: impl Fn(&Snapshot) -> bool) -> Outcome<Option<Cure>> {
    let system = field.system.name.clone();
    match newest(field)? {
        // What has to be done about it has an order.
        Some(newest) if newest.affected.is_some() => Ok(Some(page(field, "See damage", "repository"))),
        Some(newest) if !is_proved(&newest) && will_do(&newest) => {
            start(field, "Prove snapshot", "snapshots", ProveSnapshot { system, snapshot: None })
        }
        _ => back_up(field, expect),
    }
}

/// A drill needs a snapshot.
pub(super) fn drill(field: &Field, expect: &Expectation) -> Outcome<Option<Cure>> {
    if newest(field)?.is_none() {
        return back_up(field, expect);
    }
    let system = field.system.name.clone();
    start(field, "Run drill", "drills", DrillSystem { system, snapshot: None, component: None })
}

/// Another drill makes nothing faster: people look at what took so long.
pub(super) fn first_drill(field: &Field, expect: &Expectation) -> Outcome<Option<Cure>> {
    match newest_drill(field, |drill| drill.measured_rto.is_some())? {
        None => drill(field, expect),
        Some(_) => Ok(Some(page(field, "See drills", "drills"))),
    }
}

/// On a copy of the live database, everything that is pending.
pub(super) fn rehearse(field: &Field, _: &Expectation) -> Outcome<Option<Cure>> {
    let work = RehearseMigrations {
        target: Target { system: field.system.name.clone(), component: None },
        folder: None,
        wish: MigrationWish::All,
        each: false,
        out_of_order: false,
        snapshot: None,
        accept_stall: false,
    };
    start(field, "Rehearse", "migrations", work)
}

/// One watch at a time: its length and release are asked for.
pub(super) fn watch(field: &Field, _: &Expectation) -> Outcome<Option<Cure>> {
    let all = validations(&field.scope, &ListValidations { system: Some(field.system.name.clone()) })?.validations;
    let watching = all.iter().any(|watch| watch.state == ValidationState::Watching);
    Ok(watching.then(|| page(field, "See watches", "validation")))
}

fn newest(field: &Field) -> Outcome<Option<Snapshot>> {
    repository::newest_backup(&field.scope.engine, &field.system)
}

/// The job, where it could begin now.
fn start<T: AtOnce>(field: &Field, label: &str, page: &str, work: T) -> Outcome<Option<Cure>> {
    match work.announce(&field.scope) {
        Ok(_) => work.cure(label, format!("{page}/{}", field.system.name)).map(Some),
        Err(fault) if fault.class == Class::Cancelled => Err(fault),
        Err(_) => Ok(None),
    }
}

fn page(field: &Field, label: &str, page: &str) -> Cure {
    Cure { label: label.to_owned(), address: Some(format!("{page}/{}", field.system.name)), job: None }
}
