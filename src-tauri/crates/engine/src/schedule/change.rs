//! Setting the schedules of a system.

use quarterdeck_model::{Fault, Outcome, schedule::Schedule, system::Name};
use quarterdeck_store::schedules;

use crate::{definition, lookup, operation::Scope};

/// Puts these in the place of all that were set. Refuses where `quarterdeck.yaml` decides.
pub(crate) fn set(scope: &Scope, name: &Name, wanted: &[Schedule]) -> Outcome<()> {
    let engine = &scope.engine;
    let system = lookup::system(engine, name)?;
    if let Some(folder) = &system.folder
        && definition::load(&folder.0)?.schedules.is_some()
    {
        let file = folder.0.join(definition::FILE_NAME);
        return Err(Fault::refused("definition-decides", format!("The schedules of {name} are in {}, which decides.", file.display()))
            .hint("Change them there, or remove the key schedules from it.")
            .fact("file", file.display().to_string()));
    }
    for (at, schedule) in wanted.iter().enumerate() {
        schedule.rhythm()?;
        if wanted[..at].iter().any(|other| other.name == schedule.name) {
            return Err(Fault::usage("name-taken", format!("Two schedules of {name} are called {}.", schedule.name))
                .hint("Give each a name of its own."));
        }
    }
    let now = engine.clock().now();
    engine.store().write(|tx| {
        schedules::set(tx, name, wanted)?;
        // What was due before it was set is not missed.
        wanted.iter().try_for_each(|schedule| match schedules::seen_since(tx, name, schedule)? {
            Some(_) => Ok(()),
            None => schedules::see(tx, name, schedule, now),
        })
    })
}
