//! Who is here, and where.

use quarterdeck_model::{Face, Outcome, Role, WirePath};
use serde::{Deserialize, Serialize};

use crate::operation::{Query, Scope};

/// Who asks, with which roles, on which host.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GetSession {}

/// The caller as the engine sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Session {
    /// The operating system's user.
    pub who: String,
    /// What the store grants.
    pub roles: Vec<Role>,
    /// Through which door.
    pub face: Face,
    /// This host's name.
    pub host: String,
    /// Where the engine keeps its own things.
    pub home: WirePath,
    /// The program's version.
    pub version: String,
    /// What recovery did when the engine started, one sentence for each interrupted job.
    pub recovered: Vec<String>,
}

impl Query for GetSession {
    const NAME: &str = "get_session";
    const SUMMARY: &str = "Says who asks, with which roles, on which host, and what recovery did at the start.";
    type Response = Session;

    fn answer(self, scope: &Scope) -> Outcome<Session> {
        let engine = &scope.engine;
        Ok(Session {
            who: scope.caller.who.clone(),
            roles: scope.caller.roles.iter().copied().collect(),
            face: scope.caller.face,
            host: engine.host().to_owned(),
            home: engine.home().folder().into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            recovered: engine.recovered(),
        })
    }
}
