//! Evidence that named a job as its cure is measured again when such a job is over, whoever began it, through whichever door: a press of the button
//! needs no second one, and a window that was closed meanwhile loses nothing.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use quarterdeck_model::{Class, Outcome, system::Name};
use quarterdeck_readiness::measurement::Measurement;
use quarterdeck_store::readiness::{
    copies::{self as rows, CopyRow},
    measurements,
};

use super::{
    Field,
    crew::{Wanted, measure_all},
};
use crate::{operation::Scope, readiness::copies};

/// Measures what asked for an operation in open copies of a system; called by the job itself, after its last step and before its end is told.
/// However that goes, the job has ended as it did: what cannot be measured or kept now keeps its cure, and its turn comes.
pub(crate) fn measure_asking(scope: &Scope, operation: &str, system: &Name) {
    let _ = catch_unwind(AssertUnwindSafe(|| measure_open(scope, operation, system)));
}

fn measure_open(scope: &Scope, operation: &str, system: &Name) -> Outcome<()> {
    let open = scope.engine.store().read(rows::open)?;
    for copy in open.iter().filter(|copy| copy.system == *system) {
        match measure(scope, operation, copy) {
            Err(fault) if fault.class == Class::Cancelled => return Err(fault),
            // A copy that cannot be read any more keeps the others from nothing.
            Err(_) | Ok(()) => {}
        }
    }
    Ok(())
}

fn measure(scope: &Scope, operation: &str, copy: &CopyRow) -> Outcome<()> {
    let (system, copy, checklist, evidence) = copies::wanted(&scope.engine, &copy.id, &[])?;
    let newest: BTreeMap<String, Measurement> = scope.engine.store().read(|connection| measurements::newest(connection, &copy.id))?;
    let job = |key: &String| newest.get(key)?.cure.as_ref()?.job.as_ref();
    let asking: Vec<Wanted> = evidence.into_iter().filter(|(key, _)| job(key).is_some_and(|job| job.operation == operation)).collect();
    if asking.is_empty() {
        return Ok(());
    }
    let field = Arc::new(Field::new(scope, system));
    measure_all(&field, asking, &scope.ctx, &mut |measured| copies::keep_measurements(&scope.engine, &copy, &checklist, measured))
}
