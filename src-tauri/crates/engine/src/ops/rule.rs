//! Rules: how they are, what is wrong with their files, and their unit tests.

use quarterdeck_model::{
    Instant, Outcome, WirePath,
    alert::{RuleCheck, RuleGroup, RuleTests},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Query, Scope};

/// Asks how rules are.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListRules {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for ListRules {
    const NAME: &str = "list_rules";
    const SUMMARY: &str = "Lists groups of rules with their health: firing, cannot fire, failed, and how long each takes.";
    type Response = RuleList;

    fn answer(self, scope: &Scope) -> Outcome<RuleList> {
        crate::alerting::rules(scope, &self)
    }
}

/// Rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RuleList {
    /// By origin, file and place in it.
    pub groups: Vec<RuleGroup>,
    /// What is wrong with files; such a file is used as it was before.
    pub findings: Vec<quarterdeck_model::system::DefinitionFinding>,
    /// When it was read.
    pub as_of: Instant,
}

/// Asks what is wrong with rule files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct CheckRules {
    /// Files and folders.
    pub paths: Vec<WirePath>,
}

impl Query for CheckRules {
    const NAME: &str = "check_rules";
    const SUMMARY: &str = "Reads rule files (or folders of them) and lists what is wrong, each with its place.";
    type Response = RuleCheck;

    fn answer(self, scope: &Scope) -> Outcome<RuleCheck> {
        crate::alerting::check_rules(scope, &self)
    }
}

/// Runs unit tests of rules.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct TestRules {
    /// Files of tests.
    pub paths: Vec<WirePath>,
}

impl Query for TestRules {
    const NAME: &str = "test_rules";
    const SUMMARY: &str = "Runs unit tests of rules as promtool does.";
    type Response = RuleTests;

    fn answer(self, scope: &Scope) -> Outcome<RuleTests> {
        crate::alerting::test_rules(scope, &self)
    }
}
