//! Who signs: proved by a passphrase outside of any transaction, and looked at once more inside the one that keeps the signature.

use chrono::TimeDelta;
use quarterdeck_model::{Fault, Instant, Outcome, readiness::Passphrase};
use quarterdeck_store::{
    Connection, Transaction,
    readiness::people::{self, PersonRow},
};

use super::passphrase;
use crate::Engine;

/// So many wrong passphrases within [`PAUSE`] end in a pause of that length.
const TRIES: usize = 5;

/// See [`TRIES`].
const PAUSE: TimeDelta = TimeDelta::minutes(10);

/// Somebody whose passphrase was right.
pub(super) struct Signer {
    name: String,
    hash: String,
}

impl Signer {
    /// Proves who it is. Faults `no-such-person`, `no-passphrase`, `person-paused`, `wrong-passphrase`.
    pub fn prove(engine: &Engine, name: &str, passphrase: &Passphrase) -> Outcome<Self> {
        let person = begin_try(engine, name)?;
        let hash = person.passphrase.clone().ok_or_else(|| {
            Fault::refused("no-passphrase", format!("{} has set no passphrase yet.", person.name))
                .hint("Set one, with the one-time word that whoever added them was given.")
        });
        // Nothing was guessed at.
        let hash = hash.or_else(|fault| end_try(engine, &person.name).and(Err(fault)))?;
        if !passphrase::is_of(passphrase, &hash)? {
            return Err(wrong(engine, &person.name)?);
        }
        end_try(engine, &person.name)?;
        Ok(Self { name: person.name, hash })
    }

    /// The person as they are now, inside the transaction that keeps what they say.
    pub fn person(&self, tx: &Transaction<'_>) -> Outcome<PersonRow> {
        let person = people::get(tx, &self.name)?.filter(|person| person.passphrase.as_ref() == Some(&self.hash));
        person.ok_or_else(|| Fault::refused("person-changed", format!("{} was changed meanwhile.", self.name)).hint("Sign again."))
    }

    /// The same in a role: `role-missing` where they do not have it.
    pub fn in_role(&self, tx: &Transaction<'_>, role: &str, title: &str) -> Outcome<PersonRow> {
        let person = self.person(tx)?;
        if person.roles.iter().any(|has| has == role) {
            return Ok(person);
        }
        Err(Fault::refused("role-missing", format!("{} may not sign as {title}: it takes the role {role}.", person.name))
            .hint("Ask whoever has the role, or let an approver give it."))
    }
}

/// The person of a name. Fault `no-such-person`.
pub(super) fn person(connection: &Connection, name: &str) -> Outcome<PersonRow> {
    people::get(connection, name.trim())?.ok_or_else(|| {
        Fault::refused("no-such-person", format!("Nobody signs as {:?}.", name.trim())).hint("Add them, or name one who is listed.")
    })
}

/// Counts a try before it is made: whoever tries many at once has no more of them.
pub(super) fn begin_try(engine: &Engine, name: &str) -> Outcome<PersonRow> {
    engine.store().write(|tx| {
        let now = engine.clock().now();
        let mut person = person(tx, name)?;
        if let Some(until) = person.paused_until.filter(|until| *until > now && *until <= now + PAUSE) {
            return Err(paused(&person.name, until));
        }
        person.paused_until = None;
        person.tries.retain(|at| near(*at, now));
        if person.tries.len() >= TRIES {
            return Err(paused(&person.name, now + PAUSE));
        }
        person.tries.push(now);
        people::set(tx, &person)?;
        Ok(person)
    })
}

/// The try was right: those before are forgotten.
pub(super) fn end_try(engine: &Engine, name: &str) -> Outcome<()> {
    engine.store().write(|tx| {
        let Some(mut person) = people::get(tx, name)? else { return Ok(()) };
        person.tries.clear();
        people::set(tx, &person)
    })
}

/// The try was wrong: what is left, or the pause.
pub(super) fn wrong(engine: &Engine, name: &str) -> Outcome<Fault> {
    engine.store().write(|tx| {
        let now = engine.clock().now();
        let mut person = person(tx, name)?;
        let left = TRIES.saturating_sub(person.tries.iter().filter(|at| near(**at, now)).count());
        if left == 0 {
            person.paused_until = Some(now + PAUSE);
            person.tries.clear();
            people::set(tx, &person)?;
            return Ok(paused(&person.name, now + PAUSE));
        }
        let more = if left == 1 { "one more try".to_owned() } else { format!("{left} more tries") };
        let message = format!("That is not the passphrase of {}: {more} before a pause of ten minutes.", person.name);
        Ok(Fault::refused("wrong-passphrase", message)
            .hint("Type it again, or let an approver make a new one-time word.")
            .fact("left", left))
    })
}

/// Within the time in which tries count, whatever a clock did.
fn near(at: Instant, now: Instant) -> bool {
    now.signed_duration_since(at).abs() < PAUSE
}

fn paused(name: &str, until: Instant) -> Fault {
    let until = until.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    Fault::refused("person-paused", format!("{name} typed wrong passphrases too often, and is paused until {until}."))
        .hint("Wait, or let an approver make a new one-time word.")
        .fact("until", until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readiness::gathering::tests::Place;

    fn pass(text: &str) -> Passphrase {
        Passphrase(text.to_owned())
    }

    fn row(name: &str, hash: &str) -> PersonRow {
        PersonRow {
            id: format!("id of {name}"),
            name: name.to_owned(),
            roles: vec!["dba".to_owned()],
            passphrase: Some(hash.to_owned()),
            word: None,
            tries: Vec::new(),
            paused_until: None,
            added: chrono::DateTime::UNIX_EPOCH,
            added_by: "root".to_owned(),
            forgotten: None,
        }
    }

    #[test]
    fn who_is_removed_or_changed_between_the_proof_and_the_signature_does_not_sign() {
        let place = Place::new();
        let engine = &place.scope.engine;
        let (own, again) = (passphrase::hash(&pass("a quiet harbour")).unwrap(), passphrase::hash(&pass("a quiet harbour")).unwrap());
        let keep = |person: &PersonRow| engine.store().write(|tx| people::set(tx, person)).unwrap();
        let now = engine.clock().now();
        let ada = row("Ada", &own);
        keep(&ada);
        let signer = Signer::prove(engine, "ada", &pass("a quiet harbour")).unwrap();
        let signs = || engine.store().write(|tx| signer.in_role(tx, "dba", "DBA").map(|person| person.id));
        assert_eq!(signs().unwrap(), "id of Ada");
        keep(&PersonRow { roles: Vec::new(), ..ada.clone() });
        assert!(signs().unwrap_err().is("role-missing"));
        engine.store().write(|tx| people::forget(tx, "Ada", now)).unwrap();
        assert!(signs().unwrap_err().is("person-changed"), "removed");
        keep(&PersonRow { passphrase: Some(again), ..ada.clone() });
        assert!(signs().unwrap_err().is("person-changed"), "and added again, with the same passphrase even");
        keep(&PersonRow { passphrase: None, ..ada });
        assert!(signs().unwrap_err().is("person-changed"), "forgotten passphrase");
    }
}
