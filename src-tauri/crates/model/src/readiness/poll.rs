//! The poll: stations say Go or No-go, one director decides.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Item, Statement, Verdict, VerdictWord};
use crate::{Digest, Instant};

/// How a station stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum StationState {
    /// Not asked yet: one before it has not answered.
    Waiting,
    /// It is its turn.
    Asked,
    /// The poll waits here.
    Held,
    /// It says Go, of what is shown now.
    Go,
    /// It said Go; evidence under it changed or expired since.
    Stale,
    /// It says No-go.
    NoGo,
}

/// One role that is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Station {
    /// Unique in the checklist.
    pub id: String,
    /// In words: `Tech lead`.
    pub title: String,
    /// Who may answer: the id of a role.
    pub role: String,
    /// How it stands.
    pub state: StationState,
    /// E.g. `Go since 11:20; stale since 13:42: error rate changed`.
    pub sentence: String,
    /// Its newest answer.
    pub statement: Option<Statement>,
    /// What is shown beside its buttons: ids of items.
    pub items: Vec<String>,
    /// Over everything that it is shown; an answer names it.
    pub shown: Digest,
}

/// The poll of a copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Poll {
    /// Which copy.
    pub copy: String,
    /// Of what.
    pub title: String,
    /// Which release.
    pub release: String,
    /// In the order of asking.
    pub stations: Vec<Station>,
    /// What stations are shown.
    pub items: Vec<Item>,
    /// What the gate of the poll says without the director.
    pub verdict: Verdict,
    /// Who decides: the id of a role.
    pub director: String,
    /// In words.
    pub director_title: String,
    /// Why the poll waits, and where.
    pub held: Option<String>,
    /// What was decided, where that still stands.
    pub decided: Option<VerdictWord>,
    /// The newest decision.
    pub decision: Option<Statement>,
    /// Why nothing can be decided now; none where it can.
    pub refusal: Option<String>,
    /// Who must be different people; none where one person may say it all.
    pub apart: Option<Apart>,
    /// Over everything; a decision names it.
    pub shown: Digest,
    /// When it was read.
    pub as_of: Instant,
}

/// Who must be different people in a poll, and whom that keeps from saying Go where: drawn before somebody answers. A No-go needs nobody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Apart {
    /// For everybody: `Each station is another person, and whoever decides is none of them.`
    pub rule: String,
    /// Of each station, by its id.
    pub stations: BTreeMap<String, Seat>,
    /// Of whoever decides.
    pub director: Seat,
}

/// Who may not say Go at one place of a poll: at a station, or as its decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Seat {
    /// Whose Go is in the way, e.g. `Ada says Go at Tech lead: another person says Go here.`; none where nobody's is.
    pub sentence: Option<String>,
    /// Those who have the role, and whose Go would be refused here.
    pub barred: Vec<Barred>,
    /// False where that is everybody who has the role.
    pub open: bool,
}

/// Somebody whose Go would be refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Barred {
    /// By name, as people are listed.
    pub person: String,
    /// E.g. `Ada says Go at Tech lead already, and another person has to say it here`
    pub why: String,
}
