//! Who may do what.

use quarterdeck_model::{Fault, Instant, Outcome, Role};
use serde::{Deserialize, Serialize};

use crate::operation::{Command, Query, Scope};

/// Lists who was granted what.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ListRoles {}

/// One grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Grant {
    /// The operating system's user.
    pub who: String,
    /// The role.
    pub role: Role,
    /// Who granted it.
    pub granted_by: String,
    /// When.
    pub at: Instant,
}

impl Query for ListRoles {
    const NAME: &str = "list_roles";
    const SUMMARY: &str = "Lists who was granted which role, by whom and when. Whoever can open the store is a viewer.";
    type Response = Vec<Grant>;

    fn answer(self, scope: &Scope) -> Outcome<Vec<Grant>> {
        let grants = scope.engine.store().read(quarterdeck_store::roles::list)?;
        Ok(grants.into_iter().map(|grant| Grant { who: grant.who, role: grant.role, granted_by: grant.granted_by, at: grant.at }).collect())
    }
}

/// Grants a role.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct GrantRole {
    /// The operating system's user.
    pub who: String,
    /// The role.
    pub role: Role,
}

impl Command for GrantRole {
    const NAME: &str = "grant_role";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Grants a role to a user of this machine.";
    type Response = ();

    fn touches(&self) -> String {
        format!("{} {}", self.who, self.role)
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        if self.who.trim().is_empty() {
            return Err(Fault::usage("bad-request", "A role needs somebody to hold it.").hint("Name a user of this machine."));
        }
        let now = scope.engine.clock().now();
        scope.engine.store().write(|tx| quarterdeck_store::roles::grant(tx, &self.who, self.role, &scope.caller.who, now))
    }
}

/// Takes a role away.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RevokeRole {
    /// The operating system's user.
    pub who: String,
    /// The role.
    pub role: Role,
}

impl Command for RevokeRole {
    const NAME: &str = "revoke_role";
    const ROLE: Role = Role::Operator;
    const SUMMARY: &str = "Takes a role away. The last operator cannot be revoked: nobody could grant again.";
    type Response = ();

    fn touches(&self) -> String {
        format!("{} {}", self.who, self.role)
    }

    fn perform(self, scope: &Scope) -> Outcome<()> {
        scope.engine.store().write(|tx| quarterdeck_store::roles::revoke(tx, &self.who, self.role))
    }
}
