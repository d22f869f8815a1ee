//! Hurry-up notes. The store holds the truth: on a gap or a reconnect, fetch again.

use serde::{Deserialize, Serialize};

use crate::{JobId, job::Progress};

/// Something changed; whoever shows it should fetch it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Event {
    /// A job began, moved or ended.
    Job {
        /// Which.
        id: JobId,
    },
    /// Systems, snapshots, roles or the audit trail changed.
    Store,
    /// Something was measured.
    Tick,
    /// An alert began, ended or was told; a rule lost its data.
    Alert,
    /// A query that the caller numbered is this far.
    Query {
        /// The number that the caller gave it.
        ticket: u32,
        /// How far it is.
        progress: Progress,
    },
}
