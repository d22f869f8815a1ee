//! From what people write to what is registered.

use quarterdeck_model::{
    Fault, Outcome,
    system::{Component, Name, System, Target},
};
use quarterdeck_store::systems;

use crate::Engine;

/// The system of that name.
pub(crate) fn system(engine: &Engine, name: &Name) -> Outcome<System> {
    engine.store().read(|connection| systems::get(connection, name))
}

/// The components that a target means: the named one, or all of the system.
pub(crate) fn components(engine: &Engine, target: &Target) -> Outcome<Vec<Component>> {
    let system = system(engine, &target.system)?;
    match &target.component {
        None => Ok(system.components),
        Some(name) => Ok(vec![named(&system, name)?.clone()]),
    }
}

/// The one component that a target means.
pub(crate) fn component(engine: &Engine, target: &Target) -> Outcome<(System, Component)> {
    let system = system(engine, &target.system)?;
    let component = match (&target.component, system.components.as_slice()) {
        (Some(name), _) => named(&system, name)?,
        (None, [only]) => only,
        (None, several) => {
            let names: Vec<String> = several.iter().map(|component| format!("{}/{}", system.name, component.name)).collect();
            return Err(Fault::usage("component-needed", format!("{} has {} databases; one has to be named.", system.name, several.len()))
                .hint(format!("Name one of: {}.", names.join(", "))));
        }
    };
    let component = component.clone();
    Ok((system, component))
}

fn named<'a>(system: &'a System, name: &Name) -> Outcome<&'a Component> {
    system.components.iter().find(|component| &component.name == name).ok_or_else(|| {
        let names: Vec<&str> = system.components.iter().map(|component| component.name.as_str()).collect();
        Fault::refused("component-missing", format!("{} has no component {name}.", system.name))
            .hint(format!("Name one of: {}.", names.join(", ")))
    })
}
