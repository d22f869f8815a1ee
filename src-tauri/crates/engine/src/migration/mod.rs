//! Migrations of registered databases.

mod adoption;
mod copy;
mod folder;
mod html;
mod lint;
mod list;
mod look;
mod phases;
mod place;
mod plan;
mod rehearsals;
mod rehearse;
mod report;
mod user_version;
mod validate;

pub(crate) use self::{
    adoption::{adopt, plan_adoption, rebless},
    folder::{begin, set},
    lint::lint,
    list::{list, text},
    plan::plan,
    rehearse::{announce_rehearsal, rehearse},
    report::report,
    validate::{stats, validate},
};

use crate::{
    operation::{Announcement, Scope},
    ops::*,
};
use quarterdeck_model::{Fault, JobId, Outcome, migration::MigrationReport};

fn later<T>() -> Outcome<T> {
    Err(Fault::bug("Migrations are not connected yet."))
}

pub(crate) fn announce_apply(_: &Scope, _: &ApplyMigrations) -> Outcome<Announcement> {
    later()
}

pub(crate) fn apply(_: &Scope, _: &ApplyMigrations, _: JobId) -> Outcome<MigrationReport> {
    later()
}
