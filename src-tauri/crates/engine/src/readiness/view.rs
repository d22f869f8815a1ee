//! Copies as they stand, for people.

use std::fs;

use quarterdeck_model::{
    Digest, Fault, Instant, Outcome,
    readiness::{GateRow, Item, ItemDetail, Phase, Readiness, Score, ScoreBefore, Statement},
};
use quarterdeck_readiness::{
    checklist::{FOLDER, Source},
    standing::Standing,
};
use quarterdeck_store::{
    Connection,
    readiness::copies::{self, CopyRow},
    systems,
};

use super::{
    copies::no_such_item,
    files::count,
    opened::{Opened, is_held},
    points, why,
};
use crate::{
    operation::Scope,
    ops::{GetItem, GetReadiness},
};

/// Shows a copy as it stands, or as it stood when it was closed.
pub(crate) fn readiness(scope: &Scope, asked: &GetReadiness) -> Outcome<Readiness> {
    readiness_and_said(scope, asked).map(|(readiness, _)| readiness)
}

/// The same with everything that was said, of the same moment.
pub(super) fn readiness_and_said(scope: &Scope, asked: &GetReadiness) -> Outcome<(Readiness, Vec<Statement>)> {
    let engine = &scope.engine;
    let now = engine.clock().now();
    let (opened, before, changed) = engine.store().read(|c| {
        let opened = Opened::find(c, &asked.copy, now)?;
        let before = before(c, &opened.row)?;
        let changed = changed(c, &opened.row)?;
        Ok((opened, before, changed))
    })?;
    let standing = opened.stand();
    let copy = opened.copy(&standing);
    let gates = gate_rows(&opened, &standing);
    let bypasses = opened.bypasses().cloned().collect();
    let Opened { row, checklist, statements, .. } = opened;
    let oldest = standing.items.iter().flat_map(|item| &item.evidence).filter_map(|evidence| evidence.measured).min();
    let head = statements.last().map_or_else(|| row.digest(), |newest| newest.digest.clone());
    let mut items: Vec<Item> = standing.items;
    let phases = checklist.phases.iter().map(|phase| {
        let (of_phase, rest) = std::mem::take(&mut items).into_iter().partition(|item| item.phase == phase.id);
        items = rest;
        let of_phase: Vec<Item> = of_phase;
        Phase {
            id: phase.id.clone(),
            title: phase.title.clone(),
            held: count(of_phase.iter().filter(|item| is_held(item)).count()),
            items: of_phase,
        }
    });
    let readiness = Readiness {
        copy,
        verdict: standing.verdict,
        score: Score { before, ..standing.score },
        phases: phases.collect(),
        roles: checklist.roles,
        stations: standing.stations,
        gates,
        bypasses,
        changed,
        oldest,
        head,
        as_of: now,
    };
    Ok((readiness, standing.statements))
}

/// Shows one item with everything about it.
pub(crate) fn item(scope: &Scope, asked: &GetItem) -> Outcome<ItemDetail> {
    let now = scope.engine.clock().now();
    let opened = scope.engine.store().read(|c| Opened::find(c, &asked.copy, now))?;
    let definition = opened.checklist.item(&asked.item).ok_or_else(|| no_such_item(&asked.item))?;
    let standing = opened.stand();
    let mut item =
        standing.items.into_iter().find(|item| item.id == asked.item).ok_or_else(|| Fault::bug("An item of the file is not judged."))?;
    for (evidence, defined) in item.evidence.iter_mut().zip(&definition.evidence) {
        evidence.detail = opened.measured.get(&evidence.key).and_then(|measured| measured.detail.clone());
        if let (Source::Point { name }, None) = (&defined.source, &defined.expect)
            && let Some(usual) = points::usual(name)
        {
            evidence.expected = usual.words();
        }
    }
    let is_of = |number: u32| standing.statements.iter().any(|said| said.number == number && said.item.as_ref() == Some(&asked.item));
    let about = standing.statements.iter().filter(|said| said.item.as_ref() == Some(&asked.item) || said.revokes.is_some_and(is_of));
    let history = about.cloned().collect();
    Ok(ItemDetail { item, html: definition.why.as_deref().map(why::html), history, as_of: now })
}

/// Gates of a copy with what each says.
pub(super) fn gate_rows(opened: &Opened, standing: &Standing) -> Vec<GateRow> {
    let gates = opened.checklist.gates.iter().zip(&standing.gates);
    let row = |(gate, verdict): (&quarterdeck_readiness::checklist::GateDefinition, &quarterdeck_model::readiness::Verdict)| GateRow {
        system: opened.row.system.clone(),
        checklist: opened.row.checklist.clone(),
        name: gate.name.clone(),
        title: gate.title.clone(),
        protects: gate.protects.clone(),
        copy: Some(opened.row.id.clone()),
        verdict: verdict.clone(),
    };
    gates.map(row).collect()
}

/// The score of the release before, as it was when its copy was closed.
fn before(connection: &Connection, row: &CopyRow) -> Outcome<Option<ScoreBefore>> {
    let scored = |row: CopyRow| {
        let (at, closing) = row.closed?;
        Some(ScoreBefore { release: row.release, total: closing.score?, at })
    };
    Ok(copies::before(connection, row)?.into_iter().find_map(scored))
}

/// How the file differs from the version of a copy; none where it does not, and none of a closed copy.
fn changed(connection: &Connection, row: &CopyRow) -> Outcome<Option<String>> {
    let system = systems::list(connection)?.into_iter().find(|system| system.name == row.system);
    let Some(folder) = system.and_then(|system| system.folder).filter(|_| row.closed.is_none()) else { return Ok(None) };
    let file = |ending: &str| fs::read(folder.0.join(FOLDER).join(format!("{}.{ending}", row.checklist))).ok();
    Ok(match file("yml").or_else(|| file("yaml")) {
        None => Some(format!("{}; the file is gone since", version(row.opened))),
        Some(bytes) if Digest::of(&bytes) != row.version => Some(format!("{}; the file has changed since", version(row.opened))),
        Some(_) => None,
    })
}

fn version(opened: Instant) -> String {
    format!("version of {}", opened.format("%-d %b %Y"))
}
