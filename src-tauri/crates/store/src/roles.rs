//! Who was granted what.

use std::collections::BTreeSet;

use quarterdeck_model::{Fault, Instant, Outcome, Role};
use rusqlite::{Connection, params};

use crate::database::{at, fault, from_word, parsed, word};

/// One grant.
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

/// All grants, by name.
pub fn list(connection: &Connection) -> Outcome<Vec<Grant>> {
    let mut statement = connection.prepare("SELECT * FROM grants ORDER BY who, role").map_err(fault)?;
    let rows = statement.query_map([], |row| {
        Ok(Grant {
            who: row.get("who")?,
            role: from_word(row, "role")?,
            granted_by: row.get("granted_by")?,
            at: parsed(row, "granted_at")?,
        })
    });
    rows.map_err(fault)?.collect::<Result<_, _>>().map_err(fault)
}

/// The roles of one person. Whoever can open the store is a viewer.
pub fn of(connection: &Connection, who: &str) -> Outcome<BTreeSet<Role>> {
    let granted = list(connection)?.into_iter().filter(|grant| grant.who == who).map(|grant| grant.role);
    Ok(granted.chain([Role::Viewer]).collect())
}

/// Makes the first user of a new store its operator and approver. Does nothing once anybody was granted anything.
pub fn welcome(connection: &Connection, who: &str, now: Instant) -> Outcome<bool> {
    if !list(connection)?.is_empty() {
        return Ok(false);
    }
    grant(connection, who, Role::Operator, who, now)?;
    grant(connection, who, Role::Approver, who, now)?;
    Ok(true)
}

/// Grants a role; granting it again changes nothing.
pub fn grant(connection: &Connection, who: &str, role: Role, by: &str, now: Instant) -> Outcome<()> {
    let sql = "INSERT INTO grants (who, role, granted_by, granted_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    connection.execute(sql, params![who, word(&role)?, by, at(now)]).map_err(fault)?;
    Ok(())
}

/// Takes a role away. The last operator stays: nobody could grant again.
pub fn revoke(connection: &Connection, who: &str, role: Role) -> Outcome<()> {
    let removed = connection.execute("DELETE FROM grants WHERE who = ? AND role = ?", params![who, word(&role)?]).map_err(fault)?;
    if removed == 0 {
        return Err(Fault::refused("not-granted", format!("{who} does not hold the role {role}.")).hint("Run: quarterdeck roles list"));
    }
    if !list(connection)?.iter().any(|grant| grant.role == Role::Operator) {
        return Err(Fault::refused("last-operator", format!("{who} is the last operator of this store; nobody could grant a role again."))
            .hint("Grant operator to somebody else first."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use chrono::DateTime;

    #[test]
    fn the_first_user_rules_and_the_last_operator_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db")).unwrap();
        let now = DateTime::UNIX_EPOCH;
        assert!(store.write(|tx| welcome(tx, "ada", now)).unwrap());
        assert!(!store.write(|tx| welcome(tx, "bob", now)).unwrap());
        assert_eq!(store.read(|c| of(c, "ada")).unwrap(), [Role::Viewer, Role::Operator, Role::Approver].into());
        assert_eq!(store.read(|c| of(c, "bob")).unwrap(), [Role::Viewer].into());
        assert!(store.write(|tx| revoke(tx, "ada", Role::Operator)).unwrap_err().is("last-operator"));
        assert!(store.read(|c| of(c, "ada")).unwrap().contains(&Role::Operator), "a refused revocation changes nothing");
        store.write(|tx| grant(tx, "bob", Role::Operator, "ada", now)).unwrap();
        store.write(|tx| revoke(tx, "ada", Role::Operator)).unwrap();
        assert!(store.write(|tx| revoke(tx, "ada", Role::Operator)).unwrap_err().is("not-granted"));
    }
}
