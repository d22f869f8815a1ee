//! Items of a checklist, and what is said about them.

use serde::{Deserialize, Serialize};

use super::{Evidence, Statement};
use crate::{Digest, Instant, Role};

/// How an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ItemState {
    /// Its evidence holds, and whoever has to sign has signed what is shown now.
    Holds,
    /// Exempt until a moment: it counts as held, and is named.
    Waived,
    /// Does not apply to this release until a moment: it does not count.
    NotApplicable,
    /// Nobody has signed yet, or not everybody who has to.
    Waiting,
    /// Something that it depends on does not hold.
    Blocked,
    /// It held or was signed once; evidence under it changed or expired since.
    Stale,
    /// Its evidence could not be measured, or never was.
    Unknown,
    /// Its evidence fails.
    Fails,
    /// Somebody says no, and why.
    Refused,
}

/// One line of a checklist as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Item {
    /// Unique in its checklist.
    pub id: String,
    /// What has to hold.
    pub title: String,
    /// Its phase.
    pub phase: String,
    /// What it counts for; none where it counts for no score.
    pub category: Option<ReadinessCategory>,
    /// Whose it is: the id of a role of the checklist.
    pub owner: Option<String>,
    /// Until when.
    pub due: Option<Instant>,
    /// That is past, and it does not hold.
    pub overdue: bool,
    /// How much it counts.
    pub weight: u32,
    /// No verdict but No-go while it does not hold.
    pub critical: bool,
    /// Items that have to hold before it.
    pub after: Vec<String>,
    /// What a person signs; none where machines alone say it.
    pub manual: Option<String>,
    /// How many different persons have to sign; 0 where none.
    pub signatures: u32,
    /// In which role they sign: the id of a role of the checklist; none where nobody signs.
    pub role: Option<String>,
    /// How it stands.
    pub state: ItemState,
    /// Since when, where that is known.
    pub since: Option<Instant>,
    /// Why it stands so: `error rate 6.8 %, below 1 % expected`, `waits for one of two signatures`.
    pub sentence: String,
    /// In the order of the file.
    pub evidence: Vec<Evidence>,
    /// What is said of it and stands, oldest first: signatures, refusals, waivers, notes.
    pub statements: Vec<Statement>,
    /// Until when it is exempt or does not apply.
    pub waived_until: Option<Instant>,
    /// What helps where it does not hold.
    pub cure: Option<Cure>,
    /// Over everything that a signer sees of it; a signature names it.
    pub shown: Digest,
}

/// One item with everything about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ItemDetail {
    /// As in the list, with the details of its evidence.
    pub item: Item,
    /// What it is for: Markdown of the checklist, sanitised.
    pub html: Option<String>,
    /// Everything that was ever said of it, oldest first, with what was revoked.
    pub history: Vec<Statement>,
    /// When it was read.
    pub as_of: Instant,
}

/// What helps, and the button that does it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Cure {
    /// A verb and an object: `Run drill`, `Sign item`.
    pub label: String,
    /// The page to go to, down to its row or dialog; where a job does it, the page where that is seen.
    pub address: Option<String>,
    /// The job that the button starts; absent where something has to be chosen, typed or agreed to first.
    #[serde(default)]
    pub job: Option<CureJob>,
}

/// A job that one press starts: nothing live changes by it, and nothing is forgotten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct CureJob {
    /// The operation.
    pub operation: String,
    /// What it is asked, as a whole.
    pub request: serde_json::Value,
    /// Who may start it.
    pub role: Role,
    /// The same on the command line.
    pub command: String,
}

/// What a readiness score is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ReadinessCategory {
    /// Databases, backups, restores, migrations.
    Data,
    /// Series, rules, alerts.
    Monitoring,
    /// Who may read and change what.
    Security,
    /// Schedules, runbooks, people.
    Operations,
    /// What users wait for.
    Performance,
    /// What is written down.
    Documentation,
}
