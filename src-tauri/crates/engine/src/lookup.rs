//! From what people write to what is registered.

use quarterdeck_model::{
    Fault, Outcome,
    system::{Component, Name, System, Target},
};
use quarterdeck_store::systems;

use crate::{Engine, definition};

/// The system of that name.
pub(crate) fn system(engine: &Engine, name: &Name) -> Outcome<System> {
    Ok(as_defined(engine.store().read(|connection| systems::get(connection, name))?))
}

/// All systems, by name.
pub(crate) fn systems(engine: &Engine) -> Outcome<Vec<System>> {
    Ok(engine.store().read(systems::list)?.into_iter().map(as_defined).collect())
}

/// Owner and promises are those of the definition as it is now, and of the two environments the stricter one counts; what is administered, and where copies lie, changes only by adding it
/// anew. A definition that cannot be used at the moment (the system's page says why) leaves what was registered.
fn as_defined(mut system: System) -> System {
    if let Some(Ok(definition)) = system.folder.as_ref().map(|folder| definition::load(&folder.0)) {
        system.owner = definition.owner;
        system.objectives = definition.objectives;
        // Neither an edit of the file nor an old registration makes a system less protected than the other says.
        system.environment = system.environment.max(definition.environment);
    }
    system
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
            return Err(Fault::usage(
                "component-needed",
                format!("{} has {} components; one has to be named.", system.name, several.len()),
            )
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
