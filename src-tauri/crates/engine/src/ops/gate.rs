//! Gates and the poll.

use quarterdeck_model::{
    Digest, Instant, Outcome, Role,
    readiness::{GateRow, Passphrase, Poll, Statement},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Asks for gates.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListGates {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for ListGates {
    const NAME: &str = "list_gates";
    const SUMMARY: &str = "Lists gates, what each protects, and what it says now.";
    type Response = GateList;

    fn answer(self, scope: &Scope) -> Outcome<GateList> {
        crate::readiness::gates(scope, &self)
    }
}

/// Gates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct GateList {
    /// By system, checklist and place in it.
    pub gates: Vec<GateRow>,
    /// When it was read.
    pub as_of: Instant,
}

/// Asks what a gate says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CheckGate {
    /// The system.
    pub system: Name,
    /// Its name.
    pub gate: String,
}

impl Query for CheckGate {
    const NAME: &str = "check_gate";
    const SUMMARY: &str = "Forms the verdict of a gate: Go, Waived, or No-go with reasons and what cures each.";
    type Response = GateRow;

    fn answer(self, scope: &Scope) -> Outcome<GateRow> {
        crate::readiness::gate(scope, &self)
    }
}

/// Withdraws a gate.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct WithdrawGate {
    /// The system.
    pub system: Name,
    /// Its name.
    pub gate: String,
    /// Why.
    pub text: String,
}

impl Command for WithdrawGate {
    const NAME: &str = "withdraw_gate";
    const ROLE: Role = Role::Approver;
    const SUMMARY: &str = "Withdraws a gate that no file protects with any more: until somebody says so with a reason, it stays closed.";
    type Response = Vec<Statement>;

    fn touches(&self) -> String {
        format!("{}/{}", self.system, self.gate)
    }

    fn perform(self, scope: &Scope) -> Outcome<Vec<Statement>> {
        crate::readiness::withdraw_gate(scope, &self)
    }
}

/// Asks for the poll.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetPoll {
    /// The copy: its id, or its first figures.
    pub copy: String,
}

impl Query for GetPoll {
    const NAME: &str = "get_poll";
    const SUMMARY: &str = "Shows the poll of a copy: stations with live evidence, what each said, what is decided.";
    type Response = Poll;

    fn answer(self, scope: &Scope) -> Outcome<Poll> {
        crate::readiness::poll(scope, &self)
    }
}

/// Says Go or No-go at a station.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct AnswerPoll {
    /// The copy: its id, or its first figures.
    pub copy: String,
    /// Which station.
    pub station: String,
    /// Go, or No-go.
    #[serde(default)]
    pub go: bool,
    /// Why; may be empty for Go.
    #[serde(default)]
    pub text: String,
    /// The digest of what was shown.
    pub shown: Digest,
    /// Who signs.
    pub person: String,
    /// Their passphrase.
    pub passphrase: Passphrase,
}

impl Command for AnswerPoll {
    const NAME: &str = "answer_poll";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Answers at a station of the poll; a No-go needs a reason.";
    type Response = Poll;

    fn touches(&self) -> String {
        format!("{}/{}", self.copy, self.station)
    }

    fn perform(self, scope: &Scope) -> Outcome<Poll> {
        crate::readiness::answer_poll(scope, &self)
    }
}

/// Lets the poll wait.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct HoldPoll {
    /// The copy: its id, or its first figures.
    pub copy: String,
    /// Why.
    pub text: String,
}

impl Command for HoldPoll {
    const NAME: &str = "hold_poll";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Lets the poll wait at the station whose turn it is, with a reason.";
    type Response = Poll;

    fn touches(&self) -> String {
        self.copy.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<Poll> {
        crate::readiness::hold_poll(scope, &self)
    }
}

/// Lets the poll go on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ResumePoll {
    /// The copy: its id, or its first figures.
    pub copy: String,
}

impl Command for ResumePoll {
    const NAME: &str = "resume_poll";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Lets the poll go on at the station where it waits.";
    type Response = Poll;

    fn touches(&self) -> String {
        self.copy.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<Poll> {
        crate::readiness::resume_poll(scope, &self)
    }
}

/// Decides.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct DecidePoll {
    /// The copy: its id, or its first figures.
    pub copy: String,
    /// Go, or No-go.
    #[serde(default)]
    pub go: bool,
    /// In which words; needed for No-go.
    pub text: String,
    /// The digest of what was shown.
    pub shown: Digest,
    /// Who signs.
    pub person: String,
    /// Their passphrase.
    pub passphrase: Passphrase,
}

impl Command for DecidePoll {
    const NAME: &str = "decide_poll";
    const ROLE: Role = Role::Viewer;
    const SUMMARY: &str = "Decides for all: Go (refused while anything stands against it) or No-go with a reason.";
    type Response = Poll;

    fn touches(&self) -> String {
        self.copy.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<Poll> {
        crate::readiness::decide_poll(scope, &self)
    }
}
