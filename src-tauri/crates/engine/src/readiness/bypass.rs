//! Closed gates that an approver passed. Each is said of the copy that the gate looks at, where everybody reads it who asks how ready the
//! release is; where no copy is open, of the newest closed one, and the next copy that is opened says it once more.

use quarterdeck_model::{
    Instant, Outcome,
    readiness::{GateAction, Statement, StatementKind},
    system::System,
};
use quarterdeck_readiness::checklist::Checklist;
use quarterdeck_store::{
    Connection, Transaction, audit,
    readiness::{
        copies::{self, CopyRow},
        statements::{self, Saying},
    },
};

use super::opened::say;
use crate::operation::Scope;

/// The name of the audit trail's lines, on `SYSTEM/GATE`.
const AUDITED: &str = "without_gate";

/// A closed gate that is passed.
pub(super) struct Closed {
    pub gate: String,
    pub action: GateAction,
    pub checklist: String,
    /// The copy that it looks at, where one is open.
    pub copy: Option<String>,
    /// What was done, and what stood against it.
    pub why: String,
}

/// Writes down that gates were passed: in the audit trail and in the chains of their copies, all of it or none.
pub(super) fn record(scope: &Scope, system: &System, gates: &[Closed], reason: &str) -> Outcome<()> {
    scope.engine.store().write(|tx| {
        for closed in gates {
            let target = format!("{}/{}", system.name, closed.gate);
            audit::append(tx, &scope.entry(AUDITED, &target, "succeeded", reason))?;
            // Where there never was a copy, the first one says it.
            if let Some(row) = copy_of(tx, system, closed)? {
                let saying = Saying::new(StatementKind::Bypass, &scope.caller.who, scope.engine.clock().now());
                let text = format!("{}: {reason}", closed.why);
                say(tx, scope, &row, Saying { gate: Some(closed.gate.clone()), action: Some(closed.action), text, ..saying })?;
            }
        }
        Ok(())
    })
}

/// The copy that the gate looks at, else the newest one of its checklist.
fn copy_of(tx: &Transaction<'_>, system: &System, closed: &Closed) -> Outcome<Option<CopyRow>> {
    let looked = closed.copy.as_ref().map(|id| copies::beginning(tx, id)).transpose()?;
    match looked.and_then(|mut found| found.pop()) {
        Some(row) => Ok(Some(row)),
        None => copies::newest(tx, &system.name, &closed.checklist),
    }
}

/// What a copy that is about to be opened has to say of gates that were passed while none was open.
pub(super) fn before(connection: &Connection, row: &CopyRow, checklist: &Checklist) -> Outcome<Vec<Saying>> {
    let told = |at: Instant, who: &str, gate: Option<String>, action: Option<GateAction>, text: &str| {
        let text = format!("Before this copy was opened, {} by {who}. {text}", at.format("%-d %b %Y %H:%M UTC"));
        Saying { gate, action, text, ..Saying::new(StatementKind::Bypass, &row.opened_by, row.opened) }
    };
    let Some(newest) = copies::newest(connection, &row.system, &row.checklist)? else {
        let mut lines = Vec::new();
        for gate in &checklist.gates {
            let of_gate = audit::of(connection, AUDITED, &format!("{}/{}", row.system, gate.name))?;
            lines.extend(of_gate.into_iter().map(|line| (gate.name.clone(), line)));
        }
        lines.sort_by_key(|(_, line)| line.number);
        return Ok(lines.into_iter().map(|(gate, line)| told(line.at, &line.who, Some(gate), None, &line.detail)).collect());
    };
    let said = statements::list(connection, &newest.id)?;
    let Some(closing) = said.iter().find(|said| said.kind == StatementKind::Close) else { return Ok(Vec::new()) };
    let since = |said: &&Statement| said.kind == StatementKind::Bypass && said.number > closing.number;
    Ok(said.iter().filter(since).map(|said| told(said.at, &said.who, said.gate.clone(), said.action, &said.text)).collect())
}
