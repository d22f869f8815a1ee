//! Migrations of registered databases.

mod adoption;
mod applied;
mod apply;
mod copy;
mod facts;
mod folder;
mod html;
mod lately;
mod lint;
mod list;
mod look;
mod phases;
mod place;
mod plan;
mod rehearsals;
mod rehearse;
mod report;
mod settle;
mod user_version;
mod validate;

pub(crate) use self::{
    adoption::{adopt, plan_adoption, rebless},
    apply::{announce_apply, apply},
    folder::{begin, set},
    lately::Lately,
    lint::lint,
    list::{list, text},
    plan::plan,
    rehearse::{announce_rehearsal, rehearse},
    report::report,
    settle::settle,
    validate::{stats, validate},
};
