//! What was protected once. A copy keeps the gates that its checklist had; a file that is removed or edited afterwards protects less, and
//! nobody may get around a gate that way. Until the file is back, or an approver says with a reason that the gate is withdrawn, it stays
//! closed.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Digest, Fault, Outcome,
    readiness::{GateAction, GateRow, Statement, StatementKind},
    system::{Environment, System},
};
use quarterdeck_readiness::checklist::Checklist;
use quarterdeck_store::{
    Connection, audit,
    readiness::{
        copies, seen as rows,
        statements::{self, Saying},
    },
};

use super::{
    opened::{say, version_of},
    seen::{self, Found},
    signing::words,
};
use crate::{lookup, operation::Scope, ops::WithdrawGate};

/// The name of the audit trail's lines about gates that no copy knows, on `SYSTEM/GATE`.
const SEEN: &str = "seen_gate_withdrawn";

/// A gate that copies know, with all that it ever protected and nobody withdrew.
#[derive(Clone)]
pub(super) struct Protection {
    pub checklist: String,
    pub name: String,
    pub title: String,
    protects: Vec<Protected>,
}

/// One thing that a gate protected, and the newest copy that says so.
#[derive(Clone)]
struct Protected {
    action: GateAction,
    release: String,
    environment: Environment,
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
                });
                protection.title.clone_from(&gate.title);
                protection.protects.retain(|known| !gate.protects.contains(&known.action));
                let (release, environment) = (&row.release, row.environment);
                let here = gate.protects.iter().map(|action| Protected { action: *action, release: release.clone(), environment });
                protection.protects.extend(here);
            }
            for kept in known.values_mut().filter(|kept| kept.checklist == row.checklist) {
                let Protection { name, protects, .. } = kept;
                protects.retain(|kept| !withdrawn.contains(&(row.id.clone(), name.clone(), kept.action)));
            }
            known.retain(|_, kept| !kept.protects.is_empty());
        }
        Ok(Self(known))
    }

    /// True where a gate protects that still.
    pub fn keeps(&self, gate: &GateRow, action: GateAction) -> bool {
        self.0.get(&(gate.checklist.clone(), gate.name.clone())).is_some_and(|kept| kept.actions().contains(&action))
    }

    /// What none of these gates protects.
    pub fn beside(&self, gates: &[GateRow]) -> Vec<Protection> {
        let left = self.0.values().map(|kept| {
            let same = |gate: &&GateRow| gate.checklist == kept.checklist && gate.name == kept.name;
            let covered: Vec<GateAction> = gates.iter().filter(same).flat_map(|gate| gate.protects.clone()).collect();
            let protects = kept.protects.iter().filter(|kept| !covered.contains(&kept.action)).cloned().collect();
            Protection { protects, ..kept.clone() }
        });
        left.filter(|kept| !kept.protects.is_empty()).collect()
    }
}

impl Protection {
    /// What it protected.
    pub fn actions(&self) -> Vec<GateAction> {
        self.protects.iter().map(|kept| kept.action).collect()
    }

    /// Why it stays closed; `file` is the checklist as it is now: none where there is no such file, and none within where it cannot be used.
    pub fn sentence(&self, system: &System, file: Option<Option<&Checklist>>) -> String {
        let checklist = &self.checklist;
        let what = self.what();
        let Some(Protected { release, environment, .. }) = self.protects.last() else { return String::new() };
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
        let words = self.protects.iter().map(|kept| match kept.action {
            GateAction::Migrate => "migrations",
            GateAction::Restore => "restores",
        });
        words.collect::<Vec<_>>().join(" and ")
    }
}

/// Says that a gate protects no more what no file protects with it. Faults `no-such-gate`, `gate-protects`, `text-needed`.
pub(crate) fn withdraw_gate(scope: &Scope, asked: &WithdrawGate) -> Outcome<Vec<Statement>> {
    let engine = &scope.engine;
    let text = words(&asked.text, true)?;
    let system = lookup::system(engine, &asked.system)?;
    let Found { files, away } = seen::look(&system)?;
    let in_file = |kept: &Protection, action: &GateAction| {
        let file = files.iter().find(|file| file.name == kept.checklist).and_then(|file| file.checklist.as_ref());
        let gate = file.filter(|file| file.is_for(system.environment)).and_then(|file| file.gate(&kept.name));
        gate.is_some_and(|gate| gate.protects.contains(action))
    };
    engine.store().write(|tx| {
        let named: Vec<Protection> = Remembered::of(tx, &system)?.0.into_values().filter(|kept| kept.name == asked.gate).collect();
        let was_seen = away.is_some() && rows::lose_sight(tx, &system.name, &asked.gate)?;
        if was_seen {
            // Nothing is said of a copy where there is none.
            let target = format!("{}/{}", system.name, asked.gate);
            audit::append(tx, &scope.entry(SEEN, &target, "succeeded", &text))?;
        }
        let Some(first) = named.first() else {
            if was_seen {
                return Ok(Vec::new());
            }
            let message = format!("No copy of {} protects anything with a gate {:?}.", system.name, asked.gate);
            return Err(Fault::refused("no-such-gate", message).hint("List the gates."));
        };
        let Some(kept) = named.iter().find(|kept| !kept.actions().iter().all(|action| in_file(kept, action))) else {
            let message = format!("The gate {} protects {}: checklists/{}.yml says so.", first.name, first.what(), first.checklist);
            return Err(Fault::refused("gate-protects", message).hint("Take it out of the file first; then withdraw it."));
        };
        let row = copies::newest(tx, &system.name, &kept.checklist)?.ok_or_else(|| Fault::bug("A gate is known from no copy."))?;
        let gone = kept.actions().into_iter().filter(|action| !in_file(kept, action));
        let said = gone.map(|action| {
            let saying = Saying::new(StatementKind::Withdraw, &scope.caller.who, engine.clock().now());
            let (gate, action) = (Some(kept.name.clone()), Some(action));
            say(tx, scope, &row, Saying { gate, action, text: text.clone(), ..saying })
        });
        said.collect()
    })
}
