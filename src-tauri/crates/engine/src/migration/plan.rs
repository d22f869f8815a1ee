//! What an apply or a way down would do, in sentences and figures.

use quarterdeck_migrate::steps::Batch;
use quarterdeck_model::{
    Fault, Outcome,
    migration::{MigrationPlan, MigrationWish},
};

use super::look::Look;
use crate::{
    operation::Scope,
    ops::{MigrationSource, PlanMigrations},
};

/// What is wanted, and how.
pub(super) struct Ask {
    pub wish: MigrationWish,
    /// Every migration commits by itself.
    pub each: bool,
    /// Migrations that are earlier than an applied one run, too.
    pub out_of_order: bool,
    /// Codes of lint errors that are accepted for this run.
    pub accept_lint: Vec<String>,
}

/// A plan, with what it was made from.
pub(super) struct Planned {
    pub look: Look,
    pub batches: Vec<Batch>,
    pub plan: MigrationPlan,
    /// The plan's obstacles as the faults that an apply is refused with; the first one is the one to tell.
    pub obstacles: Vec<Fault>,
}

/// What this would do.
pub(crate) fn plan(scope: &Scope, request: &PlanMigrations) -> Outcome<MigrationPlan> {
    let PlanMigrations { wish, each, out_of_order, accept_lint, .. } = request.clone();
    derive(scope, &request.source, &Ask { wish, each, out_of_order, accept_lint }).map(|planned| planned.plan)
}

/// Looks and plans. What stands in the way is an obstacle of the plan; faults are only those of looking, and `version-missing`.
pub(super) fn derive(_: &Scope, _: &MigrationSource, _: &Ask) -> Outcome<Planned> {
    Err(Fault::bug("Migrations are not connected yet."))
}
