//! Who decides the schedules of a system: its definition; else what was set here; else the environment.

use quarterdeck_model::{
    Fault, Outcome,
    schedule::{Runs, Schedule},
    system::System,
};
use quarterdeck_store::schedules;

use super::policy::Policy;
use crate::{Engine, definition, ops::ScheduleSource};

/// The schedules of a system, and where they come from.
pub(super) struct Decided {
    /// None where nobody says anything.
    pub source: Option<ScheduleSource>,
    /// In their order.
    pub schedules: Vec<Schedule>,
    /// Why the place that decides could not be read.
    pub fault: Option<Fault>,
}

/// The time zone of a system's backups; none where no schedule says one.
pub(crate) fn zone(engine: &Engine, system: &System) -> Outcome<Option<String>> {
    let schedules = decided(engine, system)?.schedules;
    Ok(schedules.into_iter().find(|schedule| schedule.runs == Runs::Backup).map(|schedule| schedule.zone))
}

/// What is decided now.
///
/// A definition that cannot be used at the moment must not end the backups: what was run last goes on, and the fault is shown.
pub(super) fn decided(engine: &Engine, system: &System) -> Outcome<Decided> {
    if let Some(folder) = &system.folder {
        match definition::load(&folder.0) {
            Ok(definition) => {
                if let Some(schedules) = definition.schedules {
                    return Ok(Decided { source: Some(ScheduleSource::Definition), schedules, fault: None });
                }
            }
            Err(fault) => {
                let seen = engine.store().read(|connection| schedules::seen(connection, &system.name))?;
                if !seen.is_empty() {
                    return Ok(Decided { source: Some(ScheduleSource::Definition), schedules: seen, fault: Some(fault) });
                }
            }
        }
    }
    let set = engine.store().read(|connection| schedules::list(connection, &system.name))?;
    if !set.is_empty() {
        return Ok(Decided { source: Some(ScheduleSource::Store), schedules: set, fault: None });
    }
    Ok(match Policy::of_process() {
        Ok(policy) => {
            let schedule = policy.schedule();
            Decided {
                source: schedule.is_some().then_some(ScheduleSource::Environment),
                schedules: schedule.into_iter().collect(),
                fault: None,
            }
        }
        Err(fault) => Decided { source: Some(ScheduleSource::Environment), schedules: Vec::new(), fault: Some(fault) },
    })
}
