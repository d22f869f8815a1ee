//! Jobs: rows that are the truth for every process.

use quarterdeck_model::{
    Fault, Instant, Job, JobId, JobState, Outcome,
    job::{PhaseRun, Progress},
    system::Name,
};
use rusqlite::{Connection, Row, params};
use serde_json::Value;

use crate::database::{at, fault, from_word, from_word_option, json, json_option, optional, parsed, parsed_option, to_json, word};

/// Records an accepted job; its `id` is ignored and the new one returned.
pub fn insert(connection: &Connection, job: &Job, request: &Value, process: &str) -> Outcome<JobId> {
    connection
        .execute(
            "INSERT INTO jobs (operation, title, system, target, environment, state, phases, who, face, created_at, request, process)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                job.operation,
                job.title,
                job.target.as_ref().map(|target| target.system.to_string()),
                job.target.as_ref().map(ToString::to_string),
                job.environment.as_ref().map(word).transpose()?,
                word(&job.state)?,
                to_json(&job.phases)?,
                job.who,
                word(&job.face)?,
                at(job.created_at),
                request.to_string(),
                process
            ],
        )
        .map_err(fault)?;
    Ok(JobId(connection.last_insert_rowid()))
}

/// One job.
pub fn get(connection: &Connection, id: JobId) -> Outcome<Job> {
    let found = optional(connection.query_row("SELECT * FROM jobs WHERE id = ?", [id.0], job))?;
    found.ok_or_else(|| Fault::refused("job-missing", format!("There is no job {id} in this store.")).hint("Run: quarterdeck jobs"))
}

/// What a job was asked, as JSON of its operation's request.
pub fn request(connection: &Connection, id: JobId) -> Outcome<Value> {
    get(connection, id)?;
    connection.query_row("SELECT request FROM jobs WHERE id = ?", [id.0], |row| json(row, "request")).map_err(fault)
}

/// Jobs, newest first.
pub fn list(connection: &Connection, system: Option<&Name>, unfinished: bool, limit: u32) -> Outcome<Vec<Job>> {
    let mut statement = connection
        .prepare("SELECT * FROM jobs WHERE (?1 IS NULL OR system = ?1) AND (NOT ?2 OR finished_at IS NULL) ORDER BY id DESC LIMIT ?3")
        .map_err(fault)?;
    let rows = statement.query_map(params![system.map(Name::as_str), unfinished, limit], job).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// Jobs that were under way within a stretch of time, newest first.
pub fn between(connection: &Connection, system: Option<&Name>, from: Instant, until: Instant, limit: u32) -> Outcome<Vec<Job>> {
    let sql = "SELECT * FROM jobs WHERE (?1 IS NULL OR system = ?1) AND created_at <= ?3 AND (finished_at IS NULL OR finished_at >= ?2)
         ORDER BY id DESC LIMIT ?4";
    let mut statement = connection.prepare(sql).map_err(fault)?;
    let rows = statement.query_map(params![system.map(Name::as_str), at(from), at(until), limit], job).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// Jobs that have not ended, or left something half done, with the process that runs or ran each.
pub fn abandoned(connection: &Connection) -> Outcome<Vec<(Job, String)>> {
    let sql = "SELECT * FROM jobs WHERE finished_at IS NULL OR id IN (SELECT job FROM intents) ORDER BY id";
    let mut statement = connection.prepare(sql).map_err(fault)?;
    let rows = statement.query_map([], |row| Ok((job(row)?, row.get("process")?))).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// Moves a job that has not ended to another state.
pub fn set_state(connection: &Connection, id: JobId, state: JobState) -> Outcome<()> {
    let sql = "UPDATE jobs SET state = ? WHERE id = ? AND finished_at IS NULL";
    connection.execute(sql, params![word(&state)?, id.0]).map_err(fault)?;
    Ok(())
}

/// Records how far a job is.
pub fn set_progress(connection: &Connection, id: JobId, phases: &[PhaseRun], progress: Option<Progress>) -> Outcome<()> {
    let progress = progress.as_ref().map(to_json).transpose()?;
    let sql = "UPDATE jobs SET phases = ?, progress = ? WHERE id = ?";
    connection.execute(sql, params![to_json(&phases)?, progress, id.0]).map_err(fault)?;
    Ok(())
}

/// Asks for a stop; the process that runs the job polls for it. True where the job had not ended.
pub fn request_cancel(connection: &Connection, id: JobId) -> Outcome<bool> {
    let sql = "UPDATE jobs SET cancel_requested = 1, state = 'cancelling' WHERE id = ? AND finished_at IS NULL";
    Ok(connection.execute(sql, [id.0]).map_err(fault)? > 0)
}

/// True once somebody asked for a stop.
pub fn cancel_requested(connection: &Connection, id: JobId) -> Outcome<bool> {
    connection.query_row("SELECT cancel_requested FROM jobs WHERE id = ?", [id.0], |row| row.get(0)).map_err(fault)
}

/// How a job ended.
pub struct End<'a> {
    /// A final state.
    pub state: JobState,
    /// When.
    pub at: Instant,
    /// What it returned.
    pub report: Option<&'a Value>,
    /// Why it did not succeed.
    pub fault: Option<&'a Fault>,
    /// What recovery did.
    pub recovery: Option<&'a str>,
}

/// Ends a job.
pub fn finish(connection: &Connection, id: JobId, end: &End<'_>) -> Outcome<()> {
    let report = end.report.map(ToString::to_string);
    let why = end.fault.map(to_json).transpose()?;
    let sql = "UPDATE jobs SET state = ?, finished_at = ?, report = ?, fault = ?, recovery = ?, progress = NULL WHERE id = ? AND finished_at IS NULL";
    connection.execute(sql, params![word(&end.state)?, at(end.at), report, why, end.recovery, id.0]).map_err(fault)?;
    Ok(())
}

/// Says what recovery did for a job.
pub fn set_recovery(connection: &Connection, id: JobId, sentence: &str) -> Outcome<()> {
    connection.execute("UPDATE jobs SET recovery = ? WHERE id = ?", params![sentence, id.0]).map_err(fault)?;
    Ok(())
}

/// Replaces the report of a job that has ended (an Undo that was used).
pub fn set_report(connection: &Connection, id: JobId, report: &Value) -> Outcome<()> {
    connection.execute("UPDATE jobs SET report = ? WHERE id = ?", params![report.to_string(), id.0]).map_err(fault)?;
    Ok(())
}

fn job(row: &Row<'_>) -> rusqlite::Result<Job> {
    Ok(Job {
        id: JobId(row.get("id")?),
        operation: row.get("operation")?,
        title: row.get("title")?,
        target: parsed_option(row, "target")?,
        environment: from_word_option(row, "environment")?,
        state: from_word(row, "state")?,
        phases: json(row, "phases")?,
        progress: json_option(row, "progress")?,
        who: row.get("who")?,
        face: from_word(row, "face")?,
        created_at: parsed(row, "created_at")?,
        finished_at: parsed_option(row, "finished_at")?,
        report: json_option(row, "report")?,
        fault: json_option(row, "fault")?,
        recovery: row.get("recovery")?,
    })
}
