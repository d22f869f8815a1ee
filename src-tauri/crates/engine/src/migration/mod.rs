//! Migrations of registered databases.

mod adoption;
mod applied;
mod apply;
mod copy;
mod folder;
mod lint;
mod list;
mod look;
mod phases;
mod place;
mod plan;
mod rehearsals;
mod rehearse;
mod settle;
mod user_version;
mod validate;

pub(crate) use self::{
    adoption::{adopt, plan_adoption, rebless},
    apply::{announce_apply, apply},
    folder::{begin, set},
    lint::lint,
    list::{list, text},
    plan::plan,
    rehearse::{announce_rehearsal, rehearse},
    settle::settle,
    validate::{stats, validate},
};

use crate::{
    operation::Scope,
    ops::{MigrationSource, MigrationsReport},
};
use quarterdeck_model::{Fault, Outcome};

fn later<T>() -> Outcome<T> {
    Err(Fault::bug("Migrations are not connected yet."))
}

pub(crate) fn report(_: &Scope, _: &MigrationSource) -> Outcome<MigrationsReport> {
    later()
}
