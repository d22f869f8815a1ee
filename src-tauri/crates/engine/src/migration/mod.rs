//! Migrations of registered databases.

mod adoption;
mod copy;
mod folder;
mod look;
mod phases;
mod place;
mod plan;
mod rehearsals;
mod rehearse;
mod user_version;
mod validate;

pub(crate) use self::{
    adoption::{adopt, plan_adoption, rebless},
    folder::{begin, set},
    plan::plan,
    rehearse::{announce_rehearsal, rehearse},
    validate::{stats, validate},
};

use crate::{
    operation::{Announcement, Scope},
    ops::*,
};
use quarterdeck_model::{
    Fault, JobId, Outcome,
    migration::{MigrationList, MigrationReport, MigrationText},
};

fn later<T>() -> Outcome<T> {
    Err(Fault::bug("Migrations are not connected yet."))
}

pub(crate) fn list(_: &Scope, _: &MigrationSource) -> Outcome<MigrationList> {
    later()
}

pub(crate) fn report(_: &Scope, _: &MigrationSource) -> Outcome<MigrationsReport> {
    later()
}

pub(crate) fn lint(_: &Scope, _: &LintMigrations) -> Outcome<LintReport> {
    later()
}

pub(crate) fn announce_apply(_: &Scope, _: &ApplyMigrations) -> Outcome<Announcement> {
    later()
}

pub(crate) fn text(_: &Scope, _: &MigrationSource, _: &str) -> Outcome<MigrationText> {
    later()
}

pub(crate) fn apply(_: &Scope, _: &ApplyMigrations, _: JobId) -> Outcome<MigrationReport> {
    later()
}

