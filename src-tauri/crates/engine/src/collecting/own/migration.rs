//! Migrations of a system's databases: what is pending, and whether the database still is what they made.

use std::sync::Weak;

use quarterdeck_model::{
    Face, Outcome,
    migration::{MigrationList, MigrationState},
    system::{Name, Target},
};
use quarterdeck_monitor::{
    collectors::{Blocking, Visit},
    gathered::Gathered,
};

use super::{APART, living};
use crate::{Engine, lookup, migration, operation::Scope, ops::MigrationSource};

/// Reads the ledgers of one system.
pub(super) struct Ledgers {
    engine: Weak<Engine>,
    system: Name,
}

impl Ledgers {
    /// Of that system.
    pub(super) fn new(engine: Weak<Engine>, system: Name) -> Self {
        Self { engine, system }
    }
}

impl Blocking for Ledgers {
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        let engine = living(&self.engine)?;
        let system = lookup::system(&engine, &self.system)?;
        let scope = Scope { caller: engine.caller(Face::Agent)?, engine, ctx: visit.ctx.clone() };
        let mut first = None;
        for component in system.databases() {
            visit.ctx.checkpoint()?;
            let target = Target { system: self.system.clone(), component: Some(component.name.clone()) };
            match migration::list(&scope, &MigrationSource { target: Some(target), database: None, folder: None }) {
                Ok(list) => figures(&list, component.name.as_str(), into),
                Err(fault) if fault.is("no-migrations") => {}
                // The others are still read.
                Err(fault) => drop(first.get_or_insert(fault)),
            }
        }
        first.map_or(Ok(()), Err)
    }
}

#[allow(clippy::cast_precision_loss)] // a few
fn figures(list: &MigrationList, component: &str, into: &mut Gathered) {
    let count = |wanted: &[MigrationState]| list.lines.iter().filter(|line| wanted.contains(&line.state)).count() as f64;
    let mut gauge = |metric: &str, value: f64| into.sparse(metric, &[("component", component)], value, APART);
    gauge("migration_pending", count(&[MigrationState::Pending, MigrationState::OutOfOrder]));
    gauge("migration_drift", count(&[MigrationState::Missing, MigrationState::Modified, MigrationState::Future]));
    gauge("migration_failed", count(&[MigrationState::Failed]));
    if let Some(version) = &list.current {
        into.sparse("migration_current_info", &[("component", component), ("version", version)], 1.0, APART);
    }
}
