//! Gates: what each says, and what the engine refuses while one is closed.
//!
//! Which gates there are is what the files say now and what copies were opened with, both: neither an edited file nor an old copy opens one.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Fault, Instant, Outcome, Role,
    readiness::{Cure, GateAction, GateNotice, GateRow, Reason, Verdict, VerdictWord},
    system::{Environment, System},
};
use quarterdeck_readiness::checklist::{Checklist, FOLDER, GateDefinition};
use quarterdeck_store::readiness::{
    copies::{self as rows, CopyRow},
    seen::{SeenGate, of_system as seen_of},
};
use serde_json::json;

use super::{
    bypass,
    copies::systems,
    guard,
    opened::Opened,
    remembered::{Protection, Remembered},
    seen::{self, Away, Found},
    signing::words,
    view::gate_rows,
};
use crate::{
    Engine, lookup,
    operation::Scope,
    ops::{CheckGate, GateList, ListGates},
};

/// Lists gates with what each says now.
pub(crate) fn gates(scope: &Scope, asked: &ListGates) -> Outcome<GateList> {
    let engine = &scope.engine;
    let mut gates = Vec::new();
    for system in systems(engine, asked.system.as_ref())? {
        gates.extend(of_system(engine, &system)?);
    }
    Ok(GateList { gates, as_of: engine.clock().now() })
}

/// Forms the verdict of a gate. Fault `no-such-gate`.
pub(crate) fn gate(scope: &Scope, asked: &CheckGate) -> Outcome<GateRow> {
    let system = lookup::system(&scope.engine, &asked.system)?;
    let gates = of_system(&scope.engine, &system)?;
    let names: Vec<String> = gates.iter().map(|gate| gate.name.clone()).collect();
    // Two of one name are there where a gate moved to another file: the closed one keeps it closed.
    let named = gates.into_iter().filter(|gate| gate.name == asked.gate);
    named.min_by_key(|gate| gate.verdict.word != VerdictWord::NoGo).ok_or_else(|| {
        let hint = if names.is_empty() { "Write one into a checklist.".to_owned() } else { format!("Name one of: {}.", names.join(", ")) };
        Fault::refused("no-such-gate", format!("{} has no gate {:?}.", system.name, asked.gate)).hint(hint)
    })
}

/// Refuses with `gate-closed` while a gate that protects the action is closed. With a reason an approver goes on nevertheless: then what
/// was passed comes back as a sentence, and is in the audit trail.
///
/// Called under the lease of the target: what was Go when it was planned may be stale by now.
pub(crate) fn require(scope: &Scope, system: &System, action: GateAction, without: Option<&str>) -> Outcome<Option<String>> {
    seen::see(&scope.engine, system)?;
    let Some(passed) = may_pass(scope, system, action, without)? else { return Ok(None) };
    bypass::record(scope, system, &passed.gates, &passed.reason)?;
    Ok(Some(passed.sentence))
}

/// Closed gates that an approver passes.
pub(crate) struct Passed {
    gates: Vec<bypass::Closed>,
    reason: String,
    sentence: String,
}

/// [`require`] that writes nothing: for what is checked before a job exists.
pub(crate) fn may_pass(scope: &Scope, system: &System, action: GateAction, without: Option<&str>) -> Outcome<Option<Passed>> {
    let closed: Vec<GateRow> = closed(&scope.engine, system, action)?;
    let Some(first) = closed.first() else { return Ok(None) };
    let Some(reason) = without else { return Err(refusal(system, first, closed.len())) };
    scope.caller.require(Role::Approver, "pass a closed gate")?;
    let reason = words(reason, true)?;
    let gate = closed.iter().map(|gate| gate.name.as_str()).collect::<Vec<_>>().join(", ");
    let sentence = format!("Passed the closed gate {gate} ({}): {reason}", why(first));
    let (done, gates) = (word(action), closed.iter());
    let gates = gates.map(|gate| bypass::Closed {
        gate: gate.name.clone(),
        checklist: gate.checklist.clone(),
        copy: gate.copy.clone(),
        action,
        why: format!("{done} while it was closed ({})", why(gate)),
    });
    Ok(Some(Passed { gates: gates.collect(), reason, sentence }))
}

/// What was done, as a sentence begins.
fn word(action: GateAction) -> &'static str {
    match action {
        GateAction::Migrate => "Migrated",
        GateAction::Restore => "Restored",
    }
}

/// What a plan says of the gate that protects an action: of a closed one, where any is.
pub(crate) fn notice(engine: &Engine, system: &System, action: GateAction) -> Outcome<Option<GateNotice>> {
    let gates: Vec<GateRow> = of_system(engine, system)?.into_iter().filter(|gate| gate.protects.contains(&action)).collect();
    let closed = gates.iter().find(|gate| gate.verdict.word == VerdictWord::NoGo);
    let stricter = guard::stricter(engine, system)?.map(|stricter| format!(" {stricter}.")).unwrap_or_default();
    Ok(closed.or(gates.first()).map(|gate| {
        let cure = gate.verdict.reasons.first().and_then(|reason| reason.cure.as_ref());
        let until = gate.verdict.expires.map(|until| format!(", until {}", until.format("%-d %b %H:%M UTC"))).unwrap_or_default();
        let (open, sentence) = match gate.verdict.word {
            VerdictWord::NoGo => (false, format!("The gate {} is closed: {}.", gate.name, why(gate))),
            VerdictWord::Go => (true, format!("The gate {} says Go{until}.", gate.name)),
            VerdictWord::Waived => {
                let waived: Vec<&str> = gate.verdict.waivers.iter().map(|waiver| waiver.title.as_str()).collect();
                (true, format!("The gate {} says Go{until}, with waivers: {}.", gate.name, waived.join(", ")))
            }
        };
        let sentence = format!("{sentence}{stricter}");
        GateNotice { gate: gate.name.clone(), open, sentence, address: cure.and_then(|cure| cure.address.clone()) }
    }))
}

/// Gates that protect an action and are not open, in their order.
fn closed(engine: &Engine, system: &System, action: GateAction) -> Outcome<Vec<GateRow>> {
    let gates = of_system(engine, system)?;
    Ok(gates.into_iter().filter(|gate| gate.protects.contains(&action) && gate.verdict.word == VerdictWord::NoGo).collect())
}

fn refusal(system: &System, gate: &GateRow, count: usize) -> Fault {
    let more = if count > 1 { format!(" {} more gates are closed.", count - 1) } else { String::new() };
    let cure = gate.verdict.reasons.first().and_then(|reason| reason.cure.as_ref());
    let hint = match cure {
        Some(cure) => format!("{}. In an emergency an approver goes on with a reason (--without-gate).", cure.label),
        None => "Cure that. In an emergency an approver goes on with a reason (--without-gate).".to_owned(),
    };
    Fault::refused("gate-closed", format!("The gate {} of {} is closed: {}.{more}", gate.name, system.name, why(gate)))
        .hint(hint)
        .fact("gate", gate.name.clone())
        .fact("copy", gate.copy.clone())
        .fact("reasons", json!(gate.verdict.reasons.iter().map(|reason| &reason.sentence).collect::<Vec<_>>()))
        .fact("address", cure.and_then(|cure| cure.address.clone()))
}

/// The worst that stands against it, as part of a sentence.
fn why(gate: &GateRow) -> String {
    let reasons = &gate.verdict.reasons;
    let first = reasons.first().map_or("nothing is known", |reason| reason.sentence.trim_end_matches('.'));
    if reasons.len() > 1 { format!("{first} ({} more)", reasons.len() - 1) } else { first.to_owned() }
}

/// The gates of a system.
pub(super) struct Gates {
    /// By checklist and place in it; behind them what was protected once, is no more, and was never withdrawn.
    pub gates: Vec<GateRow>,
    /// Those of them that nothing but their copies protect with, by name, and why each stays closed.
    pub lost: Vec<(String, String)>,
}

/// All gates of a system.
fn of_system(engine: &Engine, system: &System) -> Outcome<Vec<GateRow>> {
    all(engine, system).map(|all| all.gates)
}

/// The same, with those that are lost.
pub(super) fn all(engine: &Engine, system: &System) -> Outcome<Gates> {
    let now = engine.clock().now();
    let Found { files, away } = seen::look(system)?;
    let mut files: BTreeMap<String, Option<Checklist>> = files.into_iter().map(|file| (file.name, file.checklist)).collect();
    let (newest, remembered, seen) =
        engine.store().read(|c| Ok((newest(c, system, &files, now)?, Remembered::of(c, system)?, seen_of(c, &system.name)?)))?;
    let is_there: Vec<String> = files.keys().cloned().collect();
    for name in newest.keys() {
        files.entry(name.clone()).or_insert(None);
    }
    let mut gates = Vec::new();
    for (name, file) in &files {
        let there = newest.get(name);
        let in_force = |gate: &GateRow, action: GateAction| {
            let says = |file: &Checklist| file.gate(&gate.name).is_some_and(|gate| gate.protects.contains(&action));
            file.as_ref().filter(|file| file.is_for(system.environment)).is_some_and(says) || remembered.keeps(gate, action)
        };
        let mut of_checklist = of_checklist(system, name, file.as_ref(), there, now);
        for gate in &mut of_checklist {
            let row = gate.clone();
            gate.protects.retain(|action| in_force(&row, *action));
        }
        gates.extend(of_checklist);
    }
    // A file that nobody can read may protect anything; where no open copy says what, it protects all. In development a typo stops nobody.
    for (name, _) in files.iter().filter(|(name, file)| file.is_none() && is_there.contains(name)) {
        if system.environment != Environment::Development && !matches!(newest.get(name), Some(Looked::Open(_))) {
            gates.push(Place { system, checklist: name, now }.unreadable());
        }
    }
    let mut lost = away.map(|away| add_seen(system, &away, &seen, now, &mut gates)).unwrap_or_default();
    for gone in remembered.beside(&gates) {
        let file = files.get(&gone.checklist).filter(|_| is_there.contains(&gone.checklist));
        let why = gone.sentence(system, file.map(Option::as_ref));
        Place { system, checklist: &gone.checklist, now }.add_gone(&gone, why.clone(), &mut gates);
        lost.push((gone.name, why));
    }
    Ok(Gates { gates, lost })
}

/// Adds what was protected when the folder could be read, and by no open copy now. A folder that nobody ever could may protect anything.
/// The answer is what nothing but this memory protects with, and why.
fn add_seen(system: &System, away: &Away, seen: &[SeenGate], now: Instant, gates: &mut Vec<GateRow>) -> Vec<(String, String)> {
    let mut lost = Vec::new();
    for SeenGate { checklist, name, title, protects } in seen {
        if let Some(known) = gates.iter_mut().find(|gate| gate.checklist == *checklist && gate.name == *name) {
            known.protects.extend(seen::beside(protects, &known.protects));
            continue;
        }
        let why = format!("{}, and gates that were seen there stay closed", away.why());
        gates.push(Place { system, checklist, now }.away((name, title, protects), why.clone()));
        lost.push((name.clone(), why));
    }
    if matches!(away, Away::Unreadable(_)) && seen.is_empty() && system.environment != Environment::Development {
        gates.push(Place { system, checklist: FOLDER, now }.unreadable_folder(away));
    }
    lost
}

/// A copy that gates look at; an unreadable one is there as well, and opens nothing.
enum Looked {
    Open(Box<Opened>),
    /// A closed copy of a file that cannot be read now: what it protected it still does.
    Closed(Box<Opened>),
    Unreadable(Box<CopyRow>),
}

/// The newest open copy of each checklist in the system's environment; where there is none and the file cannot be read, the newest closed.
fn newest(
    connection: &quarterdeck_store::Connection,
    system: &System,
    files: &BTreeMap<String, Option<Checklist>>,
    now: Instant,
) -> Outcome<BTreeMap<String, Looked>> {
    let mut found = BTreeMap::new();
    // Open ones come first, newest first.
    for row in rows::list(connection, Some(&system.name), u32::MAX)? {
        let broken = files.get(&row.checklist).is_some_and(Option::is_none);
        if row.environment != system.environment || found.contains_key(&row.checklist) || (row.closed.is_some() && !broken) {
            continue;
        }
        let name = row.checklist.clone();
        let is_open = row.closed.is_none();
        let looked = match Opened::of(connection, row.clone(), now) {
            Ok(opened) if is_open => Looked::Open(Box::new(opened)),
            Ok(opened) => Looked::Closed(Box::new(opened)),
            Err(fault) if fault.is("version-unreadable") => Looked::Unreadable(Box::new(row)),
            Err(fault) => return Err(fault),
        };
        found.insert(name, looked);
    }
    Ok(found)
}

fn of_checklist(system: &System, name: &str, file: Option<&Checklist>, there: Option<&Looked>, now: Instant) -> Vec<GateRow> {
    let at = Place { system, checklist: name, now };
    let file = file.filter(|checklist| checklist.is_for(system.environment));
    let in_file = file.map(|checklist| checklist.gates.as_slice()).unwrap_or_default();
    let (mut gates, absent) = match there {
        Some(Looked::Open(opened)) => {
            (gate_rows(opened, &opened.stand()), "the gate was written after its copy was opened: open another copy".to_owned())
        }
        Some(Looked::Closed(opened)) => {
            let gates = opened.checklist.gates.iter().map(|gate| at.closed(gate, "its file cannot be used, and no copy is open")).collect();
            (gates, String::new())
        }
        Some(Looked::Unreadable(row)) => (Vec::new(), format!("the copy for {} cannot be read any more", row.release)),
        None => (Vec::new(), format!("no copy of {name} is open")),
    };
    for gate in in_file {
        match gates.iter_mut().find(|known| known.name == gate.name) {
            // What the file protects now is protected, whatever the copy was opened with.
            Some(known) => known.protects.extend(seen::beside(&gate.protects, &known.protects)),
            None => gates.push(at.closed(gate, &absent)),
        }
    }
    gates
}

/// Whose gates they are.
struct Place<'a> {
    system: &'a System,
    checklist: &'a str,
    now: Instant,
}

impl Place<'_> {
    /// A gate that no copy can open.
    fn closed(&self, gate: &GateDefinition, why: &str) -> GateRow {
        let cure = self.page("Open checklist…".to_owned(), "?show=new");
        self.row((&gate.name, &gate.title, &gate.protects), about(why.to_owned(), cure))
    }

    /// What a file that cannot be read may protect, and no copy tells otherwise.
    fn unreadable(&self) -> GateRow {
        let why = format!("checklists/{0}.yml cannot be read, so what it protects is not known", self.checklist);
        let cure = self.page(format!("Mend checklists/{}.yml", self.checklist), "");
        self.anything("A checklist that cannot be read", why, cure)
    }

    /// The same of a whole folder.
    fn unreadable_folder(&self, away: &Away) -> GateRow {
        let why = format!("{}, so what it protects is not known", away.why());
        self.anything("Checklists that cannot be read", why, self.page(format!("Make {FOLDER} readable"), ""))
    }

    fn anything(&self, title: &str, why: String, cure: Cure) -> GateRow {
        self.row((self.checklist, title, &[GateAction::Migrate, GateAction::Restore]), about(why, cure))
    }

    /// A gate that was seen in a folder that cannot be read now.
    fn away(&self, gate: (&str, &str, &[GateAction]), why: String) -> GateRow {
        let cure = self.page("Bring the folder back, or let an approver withdraw the gate".to_owned(), "");
        self.row(gate, about(why, cure))
    }

    /// Adds what a gate protected once and no file protects with now: it stays closed until the file is back, or somebody withdraws it.
    fn add_gone(&self, gone: &Protection, why: String, gates: &mut Vec<GateRow>) {
        let cure = self.page(format!("Restore checklists/{}.yml as it was, or let an approver withdraw the gate", gone.checklist), "");
        let reason = about(why, cure);
        match gates.iter_mut().find(|gate| gate.checklist == gone.checklist && gate.name == gone.name) {
            Some(gate) => {
                gate.protects.extend(gone.actions());
                gate.verdict.word = VerdictWord::NoGo;
                gate.verdict.reasons.insert(0, reason);
            }
            None => gates.push(self.row((&gone.name, &gone.title, &gone.actions()), reason)),
        }
    }

    /// The page of readiness: a release, a file or a reason is needed first.
    fn page(&self, label: String, part: &str) -> Cure {
        Cure { label, address: Some(format!("readiness/{}{part}", self.system.name)), job: None }
    }

    fn row(&self, (name, title, protects): (&str, &str, &[GateAction]), reason: Reason) -> GateRow {
        let (reasons, waivers) = (vec![reason], Vec::new());
        let verdict = Verdict { word: VerdictWord::NoGo, reasons, waivers, oldest: None, expires: None, as_of: self.now };
        GateRow {
            system: self.system.name.clone(),
            checklist: self.checklist.to_owned(),
            name: name.to_owned(),
            title: title.to_owned(),
            protects: protects.to_owned(),
            copy: None,
            verdict,
        }
    }
}

fn about(sentence: String, cure: Cure) -> Reason {
    Reason { item: None, station: None, state: None, sentence, cure: Some(cure) }
}
