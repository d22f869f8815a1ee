//! Who is on call, and who is told next.

use serde::{Deserialize, Serialize};

use crate::{Instant, Millis, WirePath, system::DefinitionFinding, system::Name};

/// Contacts, rotas and ladders of one `oncall.yml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Oncall {
    /// A system's name or `home`.
    pub key: String,
    /// Of which system.
    pub system: Option<Name>,
    /// Its file.
    pub file: WirePath,
    /// Who can be reached how.
    pub contacts: Vec<Contact>,
    /// Who is on call when.
    pub rotas: Vec<Rota>,
    /// Who is told after whom.
    pub ladders: Vec<Ladder>,
    /// What is wrong with it.
    pub findings: Vec<DefinitionFinding>,
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Contact {
    /// Name.
    pub name: String,
    /// Role, e.g. `DBA`.
    pub role: String,
    /// Ways to reach them, in words: `e-mail ada@example.com`, `phone +49 …`, `receiver dba-pager`.
    pub ways: Vec<String>,
}

/// A rota, now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Rota {
    /// Its name.
    pub name: String,
    /// In words: `weekly, Mondays 09:00 Europe/Berlin`.
    pub sentence: String,
    /// Who is on call now.
    pub now: String,
    /// Until when.
    pub until: Instant,
    /// The shifts that follow.
    pub next: Vec<Shift>,
}

/// One turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Shift {
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// Who.
    pub who: String,
    /// True where somebody stands in.
    pub stands_in: bool,
}

/// A ladder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Ladder {
    /// Its name.
    pub name: String,
    /// For which alerts, as written.
    pub matchers: Vec<String>,
    /// From the first to the last.
    pub levels: Vec<LadderLevel>,
}

/// One level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LadderLevel {
    /// After how long of firing with nobody on it.
    pub after: Millis,
    /// Who, in words.
    pub tell: Vec<String>,
    /// Again after so long; none for once.
    pub again: Option<Millis>,
}
