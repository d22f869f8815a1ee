//! Migrations of registered databases.

mod applied;
mod apply;
mod lint;
mod list;
mod look;
mod phases;
mod place;
mod plan;
mod rehearsals;
mod settle;
mod user_version;

pub(crate) use self::{
    apply::{announce_apply, apply},
    lint::lint,
    list::{list, text},
    plan::plan,
    settle::settle,
};

use crate::{
    operation::{Announcement, Scope},
    ops::*,
};
use quarterdeck_model::{
    Fault, JobId, Outcome,
    migration::{DatabaseStats, MigrationList, Rehearsal, Validation},
};

fn later<T>() -> Outcome<T> {
    Err(Fault::bug("Migrations are not connected yet."))
}

pub(crate) fn stats(_: &Scope, _: &MigrationSource) -> Outcome<DatabaseStats> {
    later()
}

pub(crate) fn report(_: &Scope, _: &MigrationSource) -> Outcome<MigrationsReport> {
    later()
}

pub(crate) fn rebless(_: &Scope, _: &ReblessMigration) -> Outcome<MigrationList> {
    later()
}

pub(crate) fn begin(_: &Scope, _: &NewMigration) -> Outcome<NewFile> {
    later()
}

pub(crate) fn set(_: &Scope, _: &SetMigrations) -> Outcome<MigrationList> {
    later()
}

pub(crate) fn announce_rehearsal(_: &Scope, _: &RehearseMigrations) -> Outcome<Announcement> {
    later()
}

pub(crate) fn plan_adoption(_: &Scope, _: &PlanAdoption) -> Outcome<AdoptionPlan> {
    later()
}

pub(crate) fn adopt(_: &Scope, _: &AdoptMigrations) -> Outcome<MigrationList> {
    later()
}

pub(crate) fn validate(_: &Scope, _: &MigrationSource, _: bool) -> Outcome<Validation> {
    later()
}

pub(crate) fn rehearse(_: &Scope, _: &RehearseMigrations, _: JobId) -> Outcome<Rehearsal> {
    later()
}
