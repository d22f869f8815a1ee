//! Copies of checklists: opened for a release, filled by measurements, closed.

use quarterdeck_model::{
    Fault, Outcome,
    readiness::{ChecklistCopy, StatementKind, VerdictWord},
    system::{Name, System},
};
use quarterdeck_readiness::{
    checklist::{Checklist, EvidenceDefinition},
    measurement::Measurement,
};
use quarterdeck_store::readiness::{
    copies::{self, Closing, CopyRow},
    measurements::{self, Kept},
    statements::{self, Saying},
};

use super::{
    files::{self, ChecklistFile},
    opened::{self, Opened, say},
};
use crate::{
    Engine, lookup,
    operation::Scope,
    ops::{ChecklistList, CloseChecklist, ListChecklists, OpenChecklist},
    scope::random_id,
};

/// So many copies are listed.
const LISTED: u32 = 200;

/// The longest name of a release, in characters.
const LONGEST: usize = 80;

/// Lists checklists and their copies.
pub(crate) fn checklists(scope: &Scope, asked: &ListChecklists) -> Outcome<ChecklistList> {
    let engine = &scope.engine;
    let mut checklists = Vec::new();
    for system in systems(engine, asked.system.as_ref())? {
        checklists.extend(files::of_system(&system)?.iter().map(|file| file.row(&system.name)));
    }
    let now = engine.clock().now();
    let opened = engine.store().read(|c| {
        let rows = copies::list(c, asked.system.as_ref(), LISTED)?;
        rows.into_iter()
            .map(|row| if row.closed.is_some() { Ok(Err(row)) } else { opened_or_row(c, row, now) })
            .collect::<Outcome<Vec<_>>>()
    })?;
    // Judged outside of the transaction: others read meanwhile.
    let listed = |one: Result<Opened, CopyRow>| match one {
        Ok(opened) => opened.copy(&opened.stand()),
        Err(row) => opened::listed(&row, VerdictWord::NoGo),
    };
    Ok(ChecklistList { checklists, copies: opened.into_iter().map(listed).collect(), as_of: now })
}

/// One that cannot be read any more is listed by what its row says.
fn opened_or_row(
    connection: &quarterdeck_store::Connection,
    row: CopyRow,
    now: quarterdeck_model::Instant,
) -> Outcome<Result<Opened, CopyRow>> {
    match Opened::of(connection, row.clone(), now) {
        Ok(opened) => Ok(Ok(opened)),
        Err(fault) if fault.is("version-unreadable") => Ok(Err(row)),
        Err(fault) => Err(fault),
    }
}

/// The named system, or all of them.
pub(super) fn systems(engine: &Engine, name: Option<&Name>) -> Outcome<Vec<System>> {
    match name {
        Some(name) => Ok(vec![lookup::system(engine, name)?]),
        None => lookup::systems(engine),
    }
}

/// Opens a copy. Faults `no-such-checklist`, `checklist-invalid`, `other-environment`, `already-open`, `bad-release`.
pub(crate) fn open_checklist(scope: &Scope, asked: &OpenChecklist) -> Outcome<ChecklistCopy> {
    let engine = &scope.engine;
    let release = release(&asked.release)?;
    let system = lookup::system(engine, &asked.system)?;
    let (file, checklist) = usable(&system, &asked.checklist)?;
    if !checklist.is_for(system.environment) {
        let message = format!("The checklist {} is not for {}, and {} is that.", file.name, system.environment, system.name);
        return Err(Fault::refused("other-environment", message).hint("Add the environment to the file, or choose another checklist."));
    }
    let id = random_id()?;
    let now = engine.clock().now();
    let opened = engine.store().write(|tx| {
        let row = CopyRow {
            id,
            system: system.name.clone(),
            environment: system.environment,
            checklist: file.name.clone(),
            title: checklist.title.clone(),
            release: release.clone(),
            version: copies::keep_version(tx, &file.bytes)?,
            opened: now,
            opened_by: scope.caller.who.clone(),
            closed: None,
        };
        if !copies::add(tx, &row)? {
            let message = format!("A copy of {} for {release} is open already.", file.name);
            return Err(Fault::refused("already-open", message).hint("Use that one, or close it first."));
        }
        let saying = Saying { text: format!("Opened for {release}."), ..Saying::new(StatementKind::Open, &scope.caller.who, now) };
        say(tx, scope, &row, saying)?;
        Opened::of(tx, row, now)
    })?;
    Ok(opened.copy(&opened.stand()))
}

fn release(text: &str) -> Outcome<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return Err(Fault::usage("bad-release", "A release has a name of 1 to 80 characters.").hint("Name one such as 2.3.1."));
    }
    Ok(text.to_owned())
}

fn usable(system: &System, name: &str) -> Outcome<(ChecklistFile, Checklist)> {
    let mut file = files::of_system(system)?.into_iter().find(|file| file.name == name).ok_or_else(|| {
        Fault::refused("no-such-checklist", format!("{} has no checklist {name:?}.", system.name))
            .hint(format!("Write checklists/{name}.yml beside its quarterdeck.yaml, or name one that is listed."))
    })?;
    match file.checklist.take() {
        Some(checklist) => Ok((file, checklist)),
        None => {
            let first = file.findings.first().map(|found| format!(":{}:{}: {}", found.line, found.column, found.message));
            let message = format!("{}{}", file.path.display(), first.unwrap_or_default());
            Err(Fault::refused("checklist-invalid", message).hint("Run: quarterdeck check").fact("findings", file.findings.len()))
        }
    }
}

/// Closes a copy as it stands.
pub(crate) fn close_checklist(scope: &Scope, asked: &CloseChecklist) -> Outcome<ChecklistCopy> {
    let engine = &scope.engine;
    engine.store().write(|tx| {
        let now = engine.clock().now();
        let opened = Opened::find_open(tx, &asked.copy, now)?;
        let standing = opened.stand();
        let copy = opened.copy(&standing);
        let who = &scope.caller.who;
        let closing = Closing {
            by: who.clone(),
            verdict: copy.verdict,
            decided: copy.decided,
            score: copy.score,
            held: copy.held.0,
            items: copy.items.0,
        };
        let saying = Saying { verdict: Some(copy.verdict), ..Saying::new(StatementKind::Close, who, opened.said_at()) };
        say(tx, scope, &opened.row, saying)?;
        copies::close(tx, &opened.row.id, now, &closing)?;
        Ok(ChecklistCopy { closed: Some(now), ..copy })
    })
}

/// What is to be measured for a copy: all of its evidence, or that of some items. Faults `no-such-copy`, `copy-closed`, `no-such-item`.
pub(crate) fn wanted(
    engine: &Engine,
    copy: &str,
    items: &[String],
) -> Outcome<(System, CopyRow, Checklist, Vec<(String, EvidenceDefinition)>)> {
    let Opened { row, checklist, .. } = engine.store().read(|c| Opened::find_open(c, copy, engine.clock().now()))?;
    if let Some(unknown) = items.iter().find(|id| checklist.item(id).is_none()) {
        return Err(no_such_item(unknown));
    }
    let system = lookup::system(engine, &row.system)?;
    let is_wanted = |id: &String| items.is_empty() || items.contains(id);
    let evidence = checklist.all_evidence().filter(|(_, item, _)| is_wanted(&item.id)).map(|(key, _, evidence)| (key, evidence.clone()));
    let evidence = evidence.collect();
    Ok((system, row, checklist, evidence))
}

/// Keeps what was measured for a copy, all of it in one transaction. Refuses with `copy-closed` where it was closed meanwhile.
pub(crate) fn keep_measurements(
    engine: &Engine,
    copy: &CopyRow,
    checklist: &Checklist,
    measured: Vec<(String, Measurement)>,
) -> Outcome<()> {
    engine.store().write(|tx| {
        opened::ensure_open(&opened::find(tx, &copy.id)?)?;
        let now = engine.clock().now();
        let said = statements::newest_at(tx, &copy.id)?;
        for (key, measurement) in measured {
            let Some((_, evidence)) = checklist.evidence(&key) else { continue };
            let before: Option<Measurement> = measurements::newest_of(tx, &copy.id, &key)?;
            // Two gather at once: what was looked at earlier and comes later says nothing. One from a clock that was ahead stands aside.
            if before.as_ref().is_some_and(|before| before.looked() > measurement.looked() && before.looked() <= now) {
                continue;
            }
            let measurement = measurement.after(before.as_ref(), evidence.binds_value, now, said);
            let kept = Kept { outcome: measurement.digest(evidence.binds_value), since: measurement.since, measured: measurement.measured };
            let begins = before.is_none_or(|before| before.since != measurement.since);
            measurements::keep(tx, &copy.id, &key, &kept, &measurement, begins)?;
        }
        Ok(())
    })?;
    engine.tell(quarterdeck_model::Event::Store);
    Ok(())
}

/// The fault for an item that a checklist does not have.
pub(super) fn no_such_item(id: &str) -> Fault {
    Fault::refused("no-such-item", format!("The checklist has no item {id:?}.")).hint("Name an item of the copy.")
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use quarterdeck_model::{Clock, Instant, Millis, readiness::EvidenceVerdict};

    use super::*;
    use crate::readiness::gathering::tests::Place;

    const CHECKLIST: &str =
        "title: Release\nphases: {before: {title: Before, items: {flag: {title: Flag, evidence: {file: flag, expect: {exists: true}}}}}}\n";

    #[test]
    fn what_was_measured_earlier_and_comes_later_does_not_take_the_place_of_the_newer() {
        let place = Place::new();
        fs::create_dir(place.folder.join("checklists")).unwrap();
        fs::write(place.folder.join("checklists/release.yml"), CHECKLIST).unwrap();
        let engine = &place.scope.engine;
        let asked = OpenChecklist { system: "shop".parse().unwrap(), checklist: "release".to_owned(), release: "1".to_owned() };
        let id = open_checklist(&place.scope, &asked).unwrap().id;
        let (_, copy, checklist, evidence) = wanted(engine, &id, &[]).unwrap();
        let (key, definition) = &evidence[0];
        let keep = |measured: Instant, verdict| {
            let (value, sentence, address, cure, detail) = (None, String::new(), None, None, None);
            let (definition, since, took) = (definition.digest.clone(), measured, Millis(1));
            let looked = None;
            let found = Measurement { definition, verdict, value, sentence, measured, looked, since, took, address, cure, detail };
            keep_measurements(engine, &copy, &checklist, vec![(key.clone(), found)]).unwrap();
        };
        let stands = || {
            let newest: Option<Measurement> = engine.store().read(|c| measurements::newest_of(c, &id, key)).unwrap();
            newest.unwrap().verdict
        };
        let early = place.clock.now();
        place.clock.advance(Duration::from_secs(60));
        keep(place.clock.now(), EvidenceVerdict::Fails);
        keep(early, EvidenceVerdict::Holds);
        assert_eq!(stands(), EvidenceVerdict::Fails);
        keep(place.clock.now() + chrono::TimeDelta::hours(1), EvidenceVerdict::Unknown);
        keep(place.clock.now(), EvidenceVerdict::Holds);
        assert_eq!(stands(), EvidenceVerdict::Holds, "a clock that was ahead keeps nothing out");
    }
}
