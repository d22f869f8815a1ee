//! What was protected once. A copy keeps the gates that its checklist had; a file that is removed or edited afterwards protects less, and
//! nobody may get around a gate that way. Until the file is back, or an approver says with a reason that the gate is withdrawn, it stays
//! closed.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Digest, Fault, Outcome,
    readiness::{GateAction, GateRow, Reason, Statement, StatementKind},
    system::{Environment, System},
};
use quarterdeck_readiness::checklist::Checklist;
use quarterdeck_store::{
    Connection,
    readiness::{
        copies,
        statements::{self, Saying},
    },
};

use super::{
    files, gate,
    opened::{say, version_of},
    signing::words,
};
use crate::{
    Engine, lookup,
    operation::{Command, Scope},
    ops::WithdrawGate,
};

/// A gate that copies know, with all that it ever protected and nobody withdrew.
#[derive(Clone)]
pub(super) struct Protection {
    pub checklist: String,
    pub name: String,
    pub title: String,
    pub protects: Vec<GateAction>,
    /// Of the newest copy that had it.
    pub release: String,
    /// Where that was.
    pub environment: Environment,
}

/// All of them, by checklist and gate.
pub(super) struct Remembered(BTreeMap<(String, String), Protection>);

impl Remembered {
    /// What the copies of a system say, oldest first; what was withdrawn counts until another copy protects it again.
    pub fn of(connection: &Connection, system: &System) -> Outcome<Self> {
        let withdrawn = statements::withdrawn(connection)?;
        let mut versions: BTreeMap<Digest, Option<Checklist>> = BTreeMap::new();
        let mut known: BTreeMap<(String, String), Protection> = BTreeMap::new();
        for row in copies::of_system(connection, &system.name)? {
            if !versions.contains_key(&row.version) {
                let read = version_of(connection, &row).map(Some);
                let read = read.or_else(|fault| if fault.is("version-unreadable") { Ok(None) } else { Err(fault) })?;
                versions.insert(row.version.clone(), read);
            }
            let gates = versions.get(&row.version).and_then(Option::as_ref).map(|checklist| checklist.gates.as_slice());
            for gate in gates.unwrap_or_default().iter().filter(|gate| !gate.protects.is_empty()) {
                let protection = known.entry((row.checklist.clone(), gate.name.clone())).or_insert_with(|| Protection {
                    checklist: row.checklist.clone(),
                    name: gate.name.clone(),
                    title: String::new(),
                    protects: Vec::new(),
                    release: String::new(),
                    environment: row.environment,
                });
                (protection.title, protection.release) = (gate.title.clone(), row.release.clone());
                protection.environment = row.environment;
                let more = gate.protects.iter().filter(|action| !protection.protects.contains(action)).copied();
                protection.protects.extend(more.collect::<Vec<_>>());
            }
            known.retain(|(checklist, gate), _| *checklist != row.checklist || !withdrawn.contains(&(row.id.clone(), gate.clone())));
        }
        Ok(Self(known))
    }

    /// True where a gate protects that still.
    pub fn keeps(&self, gate: &GateRow, action: GateAction) -> bool {
        self.0.get(&(gate.checklist.clone(), gate.name.clone())).is_some_and(|kept| kept.protects.contains(&action))
    }

    /// What none of these gates protects.
    pub fn beside(&self, gates: &[GateRow]) -> Vec<Protection> {
        let left = self.0.values().map(|kept| {
            let same = |gate: &&GateRow| gate.checklist == kept.checklist && gate.name == kept.name;
            let covered: Vec<GateAction> = gates.iter().filter(same).flat_map(|gate| gate.protects.clone()).collect();
            let protects = kept.protects.iter().filter(|action| !covered.contains(action)).copied().collect();
            Protection { protects, ..kept.clone() }
        });
        left.filter(|kept| !kept.protects.is_empty()).collect()
    }
}

impl Protection {
    /// Why it stays closed; `file` is the checklist as it is now: none where there is no such file, and none within where it cannot be used.
    pub fn sentence(&self, system: &System, file: Option<Option<&Checklist>>) -> String {
        let Self { checklist, release, environment, .. } = self;
        let what = self.what();
        match file {
            None => format!("the checklist {checklist} that protected {what} is gone"),
            Some(None) => format!("the checklist {checklist} that protected {what} cannot be used"),
            Some(Some(file)) if !file.is_for(system.environment) => {
                let now = system.environment;
                format!(
                    "the checklist {checklist} protected {what} in {environment}, and does not in {now}, as which {} counts now",
                    system.name
                )
            }
            Some(Some(_)) => format!("the checklist {checklist} protected {what} for {release}, and does not any more"),
        }
    }

    /// What it protected: `migrations and restores`.
    fn what(&self) -> String {
        let words = self.protects.iter().map(|action| match action {
            GateAction::Migrate => "migrations",
            GateAction::Restore => "restores",
        });
        words.collect::<Vec<_>>().join(" and ")
    }
}

/// Says that a gate protects no more. Faults `no-such-gate`, `gate-protects`, `text-needed`.
pub(crate) fn withdraw_gate(scope: &Scope, asked: &WithdrawGate) -> Outcome<Statement> {
    let engine = &scope.engine;
    let text = words(&asked.text, true)?;
    let system = lookup::system(engine, &asked.system)?;
    let in_files: Vec<(String, GateAction)> = files::of_system(&system)?
        .iter()
        .filter_map(|file| file.checklist.as_ref().filter(|checklist| checklist.is_for(system.environment)))
        .flat_map(|checklist| &checklist.gates)
        .flat_map(|gate| gate.protects.iter().map(|action| (gate.name.clone(), *action)))
        .collect();
    engine.store().write(|tx| {
        let remembered = Remembered::of(tx, &system)?;
        let Some(kept) = remembered.0.into_values().find(|kept| kept.name == asked.gate) else {
            return Err(Fault::refused(
                "no-such-gate",
                format!("No copy of {} protects anything with a gate {:?}.", system.name, asked.gate),
            )
            .hint("List the gates."));
        };
        if kept.protects.iter().all(|action| in_files.contains(&(kept.name.clone(), *action))) {
            let message = format!("The gate {} protects {}: checklists/{}.yml says so.", kept.name, kept.what(), kept.checklist);
            return Err(Fault::refused("gate-protects", message).hint("Take it out of the file first; then withdraw it."));
        }
        let row = copies::newest(tx, &system.name, &kept.checklist)?.ok_or_else(|| Fault::bug("A gate is known from no copy."))?;
        let saying = Saying::new(StatementKind::Withdraw, &scope.caller.who, engine.clock().now());
        say(tx, scope, &row, Saying { gate: Some(kept.name), text, ..saying })
    })
}

/// Gates of a system that nothing but their copies protect with, as findings say it.
pub(super) fn lost(engine: &Engine, system: &System) -> Outcome<Vec<(String, String)>> {
    let gates = gate::of_system(engine, system)?;
    let is_about_it = |reason: &&Reason| reason.cure.as_ref().is_some_and(|cure| cure.operation.as_deref() == Some(WithdrawGate::NAME));
    let why = |gate: &GateRow| gate.verdict.reasons.iter().find(is_about_it).map(|reason| reason.sentence.clone());
    Ok(gates.iter().filter_map(|gate| Some((gate.name.clone(), why(gate)?))).collect())
}
