//! Pins by people.

use quarterdeck_model::{Fault, Outcome, retention::Pin};
use quarterdeck_store::keep;

use crate::{
    lookup,
    operation::Scope,
    ops::{PinSnapshot, UnpinSnapshot},
    repository, truth,
};

/// A reason is one line; in characters.
const LONGEST_REASON: usize = 200;

/// Pins a snapshot, in place of an earlier pin by people.
pub(crate) fn pin(scope: &Scope, request: PinSnapshot) -> Outcome<Pin> {
    let (engine, now) = (&scope.engine, scope.engine.clock().now());
    let reason = request.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || reason.chars().any(char::is_control) {
        return Err(Fault::usage("bad-reason", "The reason of a pin is one line of 1 to 200 characters.")
            .hint("Say in a few words why the snapshot must stay."));
    }
    if let Some(until) = request.until.filter(|until| *until <= now) {
        return Err(Fault::usage("bad-end", format!("The pin would have ended already, on {}.", truth::moment(until, now)))
            .hint("Name a later moment, or none for a pin without an end."));
    }
    let system = lookup::system(engine, &request.system)?;
    let snapshot = repository::find(engine, &system, &request.snapshot)?;
    let pin = Pin { reason, until: request.until, who: scope.caller.who.clone(), at: now };
    let end = pin.until.map_or_else(|| "without an end".to_owned(), |until| format!("until {}", until.to_rfc3339()));
    let detail = format!("{} {end}: {}", snapshot.id.short(), pin.reason);
    engine.store().write(|tx| keep::set_pin(tx, &snapshot.id, &pin))?;
    scope.audit("pin_snapshot", system.name.as_str(), "pinned", &detail)?;
    Ok(pin)
}

/// Takes a pin by people away.
pub(crate) fn unpin(scope: &Scope, request: &UnpinSnapshot) -> Outcome<()> {
    let engine = &scope.engine;
    let system = lookup::system(engine, &request.system)?;
    let snapshot = repository::find(engine, &system, &request.snapshot)?;
    if snapshot.pin.is_none() {
        let now = engine.clock().now();
        return Err(match snapshot.pinned_until.filter(|until| *until > now) {
            Some(until) => Fault::refused(
                "pinned-by-job",
                format!(
                    "Snapshot {} is the way back of a job until {}; nobody else pinned it.",
                    snapshot.id.short(),
                    truth::moment(until, now)
                ),
            )
            .hint("Wait until then."),
            None => Fault::refused("not-pinned", format!("Snapshot {} of {} is not pinned.", snapshot.id.short(), system.name))
                .hint(format!("Run: quarterdeck snapshots {}", system.name)),
        });
    }
    engine.store().write(|tx| keep::drop_pin(tx, &snapshot.id))
}
