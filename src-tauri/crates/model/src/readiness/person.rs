//! People who sign.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Instant;

/// What a person types to sign: travels to the engine, and is neither kept, nor logged, nor shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(type = "string"))]
pub struct Passphrase(pub String);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// Somebody who signs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Person {
    /// As it is shown beside signatures.
    pub name: String,
    /// Ids of roles in checklists: `tech-lead`, `dba`.
    pub roles: Vec<String>,
    /// Has a passphrase of their own; until then the one-time word sets it.
    pub ready: bool,
    /// When.
    pub added: Instant,
    /// By whom.
    pub added_by: String,
    /// After too many wrong passphrases.
    pub paused_until: Option<Instant>,
}
