//! The intent journal: what is about to be half done, so that recovery can finish or undo it.

use quarterdeck_model::{JobId, Outcome};
use rusqlite::{Connection, params};
use serde::{Serialize, de::DeserializeOwned};

use crate::database::{fault, json, to_json};

/// Notes an intent in place of those that the job noted before: a job is in one half-done step at a time.
pub fn note(connection: &Connection, job: JobId, body: &impl Serialize) -> Outcome<()> {
    clear(connection, job)?;
    connection.execute("INSERT INTO intents (job, body) VALUES (?, ?)", params![job.0, to_json(body)?]).map_err(fault)?;
    Ok(())
}

/// What the job was in the middle of; none where it was in the middle of nothing.
pub fn of<T: DeserializeOwned>(connection: &Connection, job: JobId) -> Outcome<Option<T>> {
    crate::database::optional(connection.query_row("SELECT body FROM intents WHERE job = ?", [job.0], |row| json(row, "body")))
}

/// The step is done, or undone.
pub fn clear(connection: &Connection, job: JobId) -> Outcome<()> {
    connection.execute("DELETE FROM intents WHERE job = ?", [job.0]).map_err(fault)?;
    Ok(())
}
