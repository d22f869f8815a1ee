//! The poll: stations say Go or No-go, one director decides.

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
    /// Who must be different people, in words; none where one person may say it all.
    pub apart: Option<String>,
    /// Over everything; a decision names it.
    pub shown: Digest,
    /// When it was read.
    pub as_of: Instant,
}
