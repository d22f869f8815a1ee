//! People who sign.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;

use crate::Instant;

/// What a person types to sign: travels to the engine, and is neither kept, nor logged, nor shown.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(type = "string"))]
pub struct Passphrase(pub String);

impl<'de> Deserialize<'de> for Passphrase {
    /// By hand: the usual sentence quotes what was found instead of text, and that may be what was typed, as a number.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Self(text)),
            _ => Err(D::Error::custom("a passphrase is text")),
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_refused_without_being_quoted() {
        for wrong in ["12345678", "[\"harbour\"]", "null"] {
            let error = serde_json::from_str::<Passphrase>(wrong).unwrap_err().to_string();
            assert!(error.starts_with("a passphrase is text"), "{error}");
        }
        let typed: Passphrase = serde_json::from_str("\"a quiet harbour\"").unwrap();
        assert_eq!(serde_json::to_string(&typed).unwrap(), "\"a quiet harbour\"");
        assert!(!format!("{typed:?}").contains("harbour"));
    }
}
