//! The audit trail, read and proved.

use quarterdeck_model::{Count, Digest, Outcome, audit::AuditLine};
use quarterdeck_store::{Connection, audit, readiness::statements, snapshots};
use serde::{Deserialize, Serialize};

use crate::operation::{Query, Scope};

/// Lists lines of the audit trail, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct ListAudit {
    /// Only lines with a smaller number; absent for the newest.
    #[cfg_attr(feature = "bindings", ts(optional, type = "number"))]
    pub before: Option<i64>,
    /// At most so many lines (1 to 1,000; 200 where absent).
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub limit: Option<u32>,
}

impl Query for ListAudit {
    const NAME: &str = "list_audit";
    const SUMMARY: &str = "Lists the audit trail, newest first: who did what, through which door, to what, with which outcome.";
    type Response = Vec<AuditLine>;

    fn answer(self, scope: &Scope) -> Outcome<Vec<AuditLine>> {
        let limit = self.limit.unwrap_or(200).clamp(1, 1000);
        scope.engine.store().read(|connection| audit::list(connection, self.before, limit))
    }
}

/// Recomputes every digest of the audit trail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct VerifyAudit {}

/// Whether the chain holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AuditVerdict {
    /// Lines in the trail.
    pub lines: Count,
    /// Digest of the newest line; absent while there is none.
    pub head: Option<Digest>,
    /// What does not fit, in words; empty where the chain holds.
    pub findings: Vec<String>,
}

impl Query for VerifyAudit {
    const NAME: &str = "verify_audit";
    const SUMMARY: &str = "Recomputes the digest of every line and statement, and compares the chain with the heads that snapshots carry.";
    type Response = AuditVerdict;

    fn answer(self, scope: &Scope) -> Outcome<AuditVerdict> {
        let verdict = scope.engine.store().read(verify_record)?;
        Ok(AuditVerdict { lines: Count(verdict.lines), head: verdict.head, findings: verdict.findings })
    }
}

/// The trail itself, the heads that snapshots carry, and every chain of statements: one answer for all who ask whether the record is whole.
pub(crate) fn verify_record(connection: &Connection) -> Outcome<audit::Verdict> {
    let mut verdict = audit::verify(connection)?;
    for (snapshot, head) in snapshots::audit_heads(connection)? {
        if !audit::contains(connection, &head)? {
            let (snapshot, head) = (snapshot.short(), head.short());
            verdict
                .findings
                .push(format!("Snapshot {snapshot} carries the head {head}, which no line has: the chain was rewritten since."));
        }
    }
    verdict.findings.extend(statements::verify(connection)?);
    Ok(verdict)
}
