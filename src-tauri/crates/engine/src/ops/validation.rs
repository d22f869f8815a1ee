//! The watch after a deployment.

use quarterdeck_model::{
    Instant, Millis, Outcome, Role,
    readiness::{Validation, ValidationFile},
    system::Name,
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Asks for watches.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListValidations {
    /// Only those of this system; absent for all.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub system: Option<Name>,
}

impl Query for ListValidations {
    const NAME: &str = "list_validations";
    const SUMMARY: &str = "Lists watches, newest first, and what each system's validation.yml says.";
    type Response = ValidationList;

    fn answer(self, scope: &Scope) -> Outcome<ValidationList> {
        crate::readiness::validations(scope, &self)
    }
}

/// Watches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ValidationList {
    /// By system.
    pub files: Vec<ValidationFile>,
    /// Newest first, at most fifty.
    pub validations: Vec<Validation>,
    /// When it was read.
    pub as_of: Instant,
}

/// Asks for one watch.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetValidation {
    /// Its id, or its first figures.
    pub id: String,
}

impl Query for GetValidation {
    const NAME: &str = "get_validation";
    const SUMMARY: &str = "Shows a watch: each target, what was measured so far, where nothing was.";
    type Response = Validation;

    fn answer(self, scope: &Scope) -> Outcome<Validation> {
        crate::readiness::validation(scope, &self)
    }
}

/// Begins a watch.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct StartValidation {
    /// The system.
    pub system: Name,
    /// Which release is watched.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub release: Option<String>,
    /// How long; absent for what the file says.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub length: Option<Millis>,
    /// From when, not before the series began; absent for now.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub from: Option<Instant>,
}

impl Command for StartValidation {
    const NAME: &str = "start_validation";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Begins a watch of a system over its validation.yml.";
    type Response = Validation;

    fn touches(&self) -> String {
        self.system.to_string()
    }

    fn perform(self, scope: &Scope) -> Outcome<Validation> {
        crate::readiness::start_validation(scope, &self)
    }
}

/// Ends a watch before its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct StopValidation {
    /// Its id.
    pub id: String,
}

impl Command for StopValidation {
    const NAME: &str = "stop_validation";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Ends a watch now; its figures are kept.";
    type Response = Validation;

    fn touches(&self) -> String {
        self.id.clone()
    }

    fn perform(self, scope: &Scope) -> Outcome<Validation> {
        crate::readiness::stop_validation(scope, &self)
    }
}
