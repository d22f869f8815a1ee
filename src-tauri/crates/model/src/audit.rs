//! The audit trail: who did what, through which door, to what, with which outcome.

use serde::{Deserialize, Serialize};

use crate::{Digest, Face, Instant};

/// One line of the trail. No row contents and no secrets, at any level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AuditLine {
    /// Counted from 1, without gaps.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub number: i64,
    /// When.
    pub at: Instant,
    /// Who.
    pub who: String,
    /// Through which door.
    pub face: Face,
    /// The operation.
    pub operation: String,
    /// On what; empty where it concerns the store itself.
    pub target: String,
    /// How it ended: `started`, `succeeded`, `cancelled`, `interrupted`, or the fault's code.
    pub outcome: String,
    /// A short sentence, e.g. the snapshot that was restored.
    pub detail: String,
    /// Digest of the line before; that of the empty text for the first line.
    pub previous: Digest,
    /// Digest over all of the above.
    pub digest: Digest,
}
