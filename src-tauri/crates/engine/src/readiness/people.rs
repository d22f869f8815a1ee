//! People who sign: added by an approver, with a word that sets their own passphrase once.

use chrono::TimeDelta;
use quarterdeck_model::{Fault, Instant, Outcome, readiness::Person};
use quarterdeck_store::{
    Transaction, audit,
    readiness::people::{self, PersonRow},
};

use super::{
    looks,
    passphrase::{self, ensure_strong, one_time_word, plain_word},
    signer::{begin_try, end_try, person, wrong},
};
use crate::{
    operation::Scope,
    ops::{AddPerson, ForgetPerson, OneTimeWord, PeopleList, PersonChange, SetPassphrase, SetPerson},
    scope::random_id,
};

/// So long a one-time word works.
const WORD_LASTS: TimeDelta = TimeDelta::days(7);

/// The longest name, in characters.
const LONGEST: usize = 80;

/// Lists the people who can sign.
pub(crate) fn people(scope: &Scope) -> Outcome<PeopleList> {
    let now = scope.engine.clock().now();
    let people = scope.engine.store().read(people::list)?;
    Ok(PeopleList { people: people.iter().map(|row| shown(row, now)).collect(), as_of: now })
}

/// Adds somebody. Whoever had the name before, or one that looks the same, is who they are: what they signed then stays theirs. Faults
/// `bad-name`, `bad-role`, `person-exists`.
pub(crate) fn add_person(scope: &Scope, asked: &AddPerson) -> Outcome<OneTimeWord> {
    let name = name(&asked.name)?;
    let roles = roles(&asked.roles)?;
    let (word, id) = (NewWord::make(scope)?, random_id()?);
    scope.engine.store().write(|tx| {
        let ever = people::ever(tx)?;
        let alike: Vec<&PersonRow> = ever.iter().filter(|there| looks::alike(&there.name, &name)).collect();
        if let Some(there) = alike.iter().find(|there| there.forgotten.is_none()) {
            let message = format!("{} is there already, and {name:?} looks the same.", there.name);
            return Err(Fault::refused("person-exists", message).hint("Choose another name, such as one with the surname."));
        }
        let (added, added_by) = (scope.engine.clock().now(), scope.caller.who.clone());
        let id = alike.first().map_or(id, |there| there.id.clone());
        let (tries, paused_until, forgotten) = (Vec::new(), None, None);
        let person = PersonRow { id, name, roles, passphrase: None, word: None, tries, paused_until, added, added_by, forgotten };
        word.give(tx, scope, person).map(|(_, word)| word)
    })
}

/// Sets somebody's passphrase. Faults `weak-passphrase`, `no-such-person`, `person-paused`, `wrong-passphrase`, `word-ended`.
pub(crate) fn set_passphrase(scope: &Scope, asked: &SetPassphrase) -> Outcome<()> {
    let engine = &scope.engine;
    ensure_strong(&asked.passphrase, &asked.name)?;
    let before = begin_try(engine, &asked.name)?;
    let right = match (&before.passphrase, &before.word) {
        (Some(hash), _) => passphrase::is_of(&asked.present, hash)?,
        (None, Some((hash, _))) => passphrase::is_of(&plain_word(&asked.present), hash)?,
        (None, None) => false,
    };
    if !right {
        return Err(wrong(engine, &before.name)?);
    }
    end_try(engine, &before.name)?;
    if let (None, Some((_, until))) = (&before.passphrase, &before.word)
        && *until <= engine.clock().now()
    {
        return Err(Fault::refused("word-ended", format!("The one-time word of {} no longer works.", before.name))
            .hint("Let an approver make a new one."));
    }
    // A one-time word is the same however it is typed; a passphrase is what was typed, in whatever script.
    let is_word = before.passphrase.is_none() && plain_word(&asked.passphrase) == plain_word(&asked.present);
    if is_word || asked.passphrase == asked.present {
        return Err(Fault::usage("weak-passphrase", "The passphrase is the present one.").hint("Choose another one."));
    }
    let hash = passphrase::hash(&asked.passphrase)?;
    engine.store().write(|tx| {
        let now = person(tx, &before.name)?;
        if (&now.passphrase, &now.word) != (&before.passphrase, &before.word) {
            return Err(Fault::refused("person-changed", format!("{} was changed meanwhile.", now.name)).hint("Try again."));
        }
        people::set(tx, &PersonRow { passphrase: Some(hash), word: None, tries: Vec::new(), paused_until: None, ..now })
    })
}

/// Sets somebody's roles, and makes a new word where the passphrase is forgotten.
pub(crate) fn set_person(scope: &Scope, asked: &SetPerson) -> Outcome<PersonChange> {
    let roles = roles(&asked.roles)?;
    let word = asked.forgotten.then(|| NewWord::make(scope)).transpose()?;
    scope.engine.store().write(|tx| {
        let changed = PersonRow { roles, ..person(tx, &asked.name)? };
        let now = scope.engine.clock().now();
        match word {
            Some(word) => {
                let changed = PersonRow { passphrase: None, tries: Vec::new(), paused_until: None, ..changed };
                let (person, word) = word.give(tx, scope, changed)?;
                Ok(PersonChange { person: shown(&person, now), word: Some(word) })
            }
            None => {
                people::set(tx, &changed)?;
                Ok(PersonChange { person: shown(&changed, now), word: None })
            }
        }
    })
}

/// Removes somebody; what they said stays.
pub(crate) fn forget_person(scope: &Scope, asked: &ForgetPerson) -> Outcome<()> {
    scope.engine.store().write(|tx| {
        let person = person(tx, &asked.name)?;
        people::forget(tx, &person.name, scope.engine.clock().now()).map(drop)
    })
}

/// A one-time word that nobody has yet: hashed before the store is asked to wait.
struct NewWord {
    told: OneTimeWord,
    hash: String,
}

impl NewWord {
    fn make(scope: &Scope) -> Outcome<Self> {
        let word = one_time_word()?;
        let hash = passphrase::hash(&plain_word(&word))?;
        let until = scope.engine.clock().now() + WORD_LASTS;
        Ok(Self { told: OneTimeWord { name: String::new(), word, until }, hash })
    }

    /// Keeps a person with it. Who made it is in the audit trail: it is what another could sign with.
    fn give(self, tx: &Transaction<'_>, scope: &Scope, person: PersonRow) -> Outcome<(PersonRow, OneTimeWord)> {
        let person = PersonRow { word: Some((self.hash, self.told.until)), ..person };
        people::set(tx, &person)?;
        audit::append(tx, &scope.entry("one_time_word", &person.name, "succeeded", ""))?;
        let told = OneTimeWord { name: person.name.clone(), ..self.told };
        Ok((person, told))
    }
}

fn shown(row: &PersonRow, now: Instant) -> Person {
    Person {
        name: row.name.clone(),
        roles: row.roles.clone(),
        ready: row.passphrase.is_some(),
        added: row.added,
        added_by: row.added_by.clone(),
        paused_until: row.paused_until.filter(|until| *until > now),
    }
}

fn name(text: &str) -> Outcome<String> {
    let text = text.trim();
    let wrong = |message: &str| Err(Fault::usage("bad-name", message.to_owned()).hint("Write it as it is shown beside signatures."));
    if text.is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return wrong("A person has a name of 1 to 80 characters.");
    }
    if !looks::is_visible(text) {
        return wrong("The name has nothing in it that tells people apart, or something that is not seen.");
    }
    Ok(text.to_owned())
}

/// Ids of roles, each once.
fn roles(asked: &[String]) -> Outcome<Vec<String>> {
    let mut roles: Vec<String> = Vec::new();
    for role in asked {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if role.is_empty() || role.len() > 63 || role.starts_with('-') || !role.chars().all(fits) {
            return Err(
                Fault::usage("bad-role", format!("{role:?} is no id of a role.")).hint("Write ids as checklists do: dba, tech-lead.")
            );
        }
        if !roles.contains(role) {
            roles.push(role.clone());
        }
    }
    Ok(roles)
}
