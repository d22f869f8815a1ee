//! Who asks: rides on every call and into the audit trail.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Outcome};

/// A person (or the agent) asking the engine for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The operating system's user of the process; never sent by a face.
    pub who: String,
    /// The door that was used.
    pub face: Face,
    /// What the store grants to `who`.
    pub roles: BTreeSet<Role>,
}

/// What a person may do. Granted in the store, checked in the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Role {
    /// Sees everything, changes nothing (support).
    Viewer,
    /// Backs up, restores, undoes, grants (DBA).
    Operator,
    /// Signs (manager).
    Approver,
}

/// The doors to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Face {
    /// The window.
    Desktop,
    /// The command line.
    Cli,
    /// Line-delimited JSON on standard input and output.
    Stdio,
    /// A schedule, in whichever process runs the schedules.
    Agent,
}

impl Caller {
    /// `Ok` where the caller may act in the given role. Everybody who can open the store is a viewer.
    pub fn require(&self, role: Role, operation: &str) -> Outcome<()> {
        if role == Role::Viewer || self.roles.contains(&role) {
            return Ok(());
        }
        Err(Fault::refused("forbidden", format!("{} may not {operation}: it takes the role {role}.", self.who))
            .hint(format!("Ask an operator to run: quarterdeck roles grant {} {role}", self.who))
            .fact("role", role.to_string())
            .fact("who", self.who.clone()))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Approver => "approver",
        })
    }
}

impl std::str::FromStr for Role {
    type Err = Fault;

    fn from_str(text: &str) -> Outcome<Self> {
        match text {
            "viewer" => Ok(Self::Viewer),
            "operator" => Ok(Self::Operator),
            "approver" => Ok(Self::Approver),
            _ => Err(Fault::usage("unknown-role", format!("There is no role {text:?}.")).hint("Name one of: viewer, operator, approver.")),
        }
    }
}

impl fmt::Display for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Desktop => "desktop",
            Self::Cli => "cli",
            Self::Stdio => "stdio",
            Self::Agent => "agent",
        })
    }
}
