//! Routes: who is told what.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Instant, Outcome, Role,
    alert::{AlertNotice, Oncall, RouteTest, Router},
};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Asks how alerts are routed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListRoutes {}

impl Query for ListRoutes {
    const NAME: &str = "list_routes";
    const SUMMARY: &str = "Shows the routes of each configuration with its receivers, and how their newest messages went.";
    type Response = RouteList;

    fn answer(self, scope: &Scope) -> Outcome<RouteList> {
        crate::alerting::routes(scope)
    }
}

/// Routes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct RouteList {
    /// Those of systems, then the one of the home, then the built-in one.
    pub routers: Vec<Router>,
    /// When it was read.
    pub as_of: Instant,
}

/// Asks who would be told of an alert.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct TestRoute {
    /// Whose configuration; absent for the one that the labels lead to.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub router: Option<String>,
    /// The labels of the alert.
    pub labels: BTreeMap<String, String>,
    /// When; absent for now.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub at: Option<Instant>,
}

impl Query for TestRoute {
    const NAME: &str = "test_route";
    const SUMMARY: &str = "Tells who would be told of an alert with certain labels, when, and why.";
    type Response = RouteTest;

    fn answer(self, scope: &Scope) -> Outcome<RouteTest> {
        crate::alerting::test_route(scope, &self)
    }
}

/// Asks who is on call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListOncall {}

impl Query for ListOncall {
    const NAME: &str = "list_oncall";
    const SUMMARY: &str = "Lists contacts, rotas and ladders, and who is on call now.";
    type Response = OncallList;

    fn answer(self, scope: &Scope) -> Outcome<OncallList> {
        crate::alerting::oncall(scope)
    }
}

/// Who is on call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct OncallList {
    /// Those of systems, then the one of the home.
    pub oncall: Vec<Oncall>,
    /// When it was read.
    pub as_of: Instant,
}

/// Tries the channels of a receiver.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct TestReceiver {
    /// Whose configuration.
    pub router: String,
    /// Who.
    pub receiver: String,
}

impl Command for TestReceiver {
    const NAME: &str = "test_receiver";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Sends a marked test message by each channel of a receiver, and tells what was answered.";
    type Response = NoticeAnswers;

    fn touches(&self) -> String {
        format!("{}/{}", self.router, self.receiver)
    }

    fn perform(self, scope: &Scope) -> Outcome<NoticeAnswers> {
        crate::alerting::test_receiver(scope, &self)
    }
}

/// Drills a route.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RunFireDrill {
    /// Whose configuration; absent for the one that the labels lead to.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub router: Option<String>,
    /// The labels of the alert; `alertname` where it lacks one is `FireDrill`.
    pub labels: BTreeMap<String, String>,
}

impl Command for RunFireDrill {
    const NAME: &str = "run_fire_drill";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Sends a marked alert with certain labels all the way: routed, told, resolved; and tells what was answered.";
    type Response = NoticeAnswers;

    fn touches(&self) -> String {
        self.router.clone().unwrap_or_else(|| "routes".to_owned())
    }

    fn perform(self, scope: &Scope) -> Outcome<NoticeAnswers> {
        crate::alerting::fire_drill(scope, &self)
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct NoticeAnswers {
    /// One for each channel.
    pub notices: Vec<AlertNotice>,
    /// When it was over.
    pub as_of: Instant,
}
