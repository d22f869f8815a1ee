//! Plan → apply → report: what a plan promises, and the digest that holds it to that.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256 in lowercase hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(type = "string"))]
pub struct Digest(pub String);

impl Digest {
    /// Digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(hex(&Sha256::digest(bytes)))
    }

    /// Digest over what must not change between a plan and its application: the JSON of `facts`, whose field order is fixed
    /// by its type.
    pub fn over(facts: &impl Serialize) -> Self {
        // Facts are our own structures of strings and numbers, which always serialise.
        Self::of(serde_json::to_string(facts).unwrap_or_default().as_bytes())
    }

    /// The first eight figures in two groups, for people: `7f3a 11c9`.
    pub fn short(&self) -> String {
        match (self.0.get(..4), self.0.get(4..8)) {
            (Some(a), Some(b)) => format!("{a} {b}"),
            _ => self.0.clone(),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lowercase hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
