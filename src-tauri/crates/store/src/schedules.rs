//! Schedules that were set here, and what ran at which due moment.

use quarterdeck_model::{
    Instant, JobId, JobState, Outcome,
    schedule::{RunOutcome, Runs, Schedule, ScheduleRun},
    system::Name,
};
use rusqlite::{Connection, Row, params};

use crate::database::{at, fault, from_word, from_word_option, json, json_option, optional, parsed, parsed_option, to_json, word};

/// A run, with what decides whether it is tried again.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRun {
    /// Its row.
    pub id: i64,
    /// The system.
    pub system: Name,
    /// The schedule's name.
    pub schedule: Name,
    /// What it runs.
    pub runs: Runs,
    /// When it got its row: its window is counted from here.
    pub claimed_at: Instant,
    /// When it was last tried.
    pub attempted_at: Option<Instant>,
    /// Everything that is shown.
    pub run: ScheduleRun,
    /// The outcome of the row itself, without its job's.
    pub recorded: RunOutcome,
}

/// A moment at which something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The moment.
    pub at: Instant,
    /// Earlier ones that it stands for.
    pub missed: u32,
}

/// The schedules of a system that were set here, in their order.
pub fn list(connection: &Connection, system: &Name) -> Outcome<Vec<Schedule>> {
    let mut statement = connection.prepare_cached("SELECT * FROM schedules WHERE system = ? ORDER BY position").map_err(fault)?;
    let rows = statement.query_map([system.as_str()], |row| {
        Ok(Schedule {
            name: parsed(row, "name")?,
            runs: from_word(row, "runs")?,
            cron: row.get("cron")?,
            zone: row.get("zone")?,
            enabled: row.get("enabled")?,
        })
    });
    rows.map_err(fault)?.collect::<Result<_, _>>().map_err(fault)
}

/// Puts these in the place of all that were set.
pub fn set(connection: &Connection, system: &Name, schedules: &[Schedule]) -> Outcome<()> {
    connection.execute("DELETE FROM schedules WHERE system = ?", [system.as_str()]).map_err(fault)?;
    for (position, schedule) in (0_u32..).zip(schedules) {
        let sql = "INSERT INTO schedules (system, position, name, runs, cron, zone, enabled) VALUES (?, ?, ?, ?, ?, ?, ?)";
        let (name, runs) = (schedule.name.as_str(), word(&schedule.runs)?);
        connection
            .execute(sql, params![system.as_str(), position, name, runs, schedule.cron, schedule.zone, schedule.enabled])
            .map_err(fault)?;
    }
    Ok(())
}

/// Since when the schedule has been exactly as it is; none where nobody has seen it so.
pub fn seen_since(connection: &Connection, system: &Name, schedule: &Schedule) -> Outcome<Option<Instant>> {
    let sql = "SELECT schedule, since FROM schedules_seen WHERE system = ? AND name = ?";
    let values = params![system.as_str(), schedule.name.as_str()];
    let found = optional(connection.query_row(sql, values, |row| Ok((json::<Schedule>(row, "schedule")?, parsed(row, "since")?))))?;
    Ok(found.and_then(|(known, since)| (known == *schedule).then_some(since)))
}

/// The schedules of a system as whoever runs them saw them last.
pub fn seen(connection: &Connection, system: &Name) -> Outcome<Vec<Schedule>> {
    let mut statement = connection.prepare_cached("SELECT schedule FROM schedules_seen WHERE system = ? ORDER BY name").map_err(fault)?;
    let rows = statement.query_map([system.as_str()], |row| json(row, "schedule")).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// A schedule that is no longer there: under its name another begins anew.
pub fn lose_sight(connection: &Connection, system: &Name, schedule: &Name) -> Outcome<()> {
    let sql = "DELETE FROM schedules_seen WHERE system = ? AND name = ?";
    connection.execute(sql, params![system.as_str(), schedule.as_str()]).map_err(fault)?;
    Ok(())
}

/// Remembers that the schedule is as it is since `now`.
pub fn see(connection: &Connection, system: &Name, schedule: &Schedule, now: Instant) -> Outcome<()> {
    let sql = "INSERT INTO schedules_seen (system, name, schedule, since) VALUES (?, ?, ?, ?)
               ON CONFLICT DO UPDATE SET schedule = excluded.schedule, since = excluded.since";
    connection.execute(sql, params![system.as_str(), schedule.name.as_str(), to_json(schedule)?, at(now)]).map_err(fault)?;
    Ok(())
}

/// The newest due moment up to `now` that has its row.
pub fn last_due(connection: &Connection, system: &Name, schedule: &Name, now: Instant) -> Outcome<Option<Instant>> {
    let sql = "SELECT due_at FROM schedule_runs WHERE system = ? AND schedule = ? AND due_at <= ? ORDER BY due_at DESC LIMIT 1";
    optional(connection.query_row(sql, params![system.as_str(), schedule.as_str(), at(now)], |row| parsed(row, "due_at")))
}

/// A due moment gets its row; none where it has one already: another process was first.
pub fn claim(connection: &Connection, system: &Name, schedule: &Schedule, due: Due, now: Instant) -> Outcome<Option<i64>> {
    let sql = "INSERT INTO schedule_runs (system, schedule, runs, due_at, missed, claimed_at, outcome) VALUES (?, ?, ?, ?, ?, ?, 'waiting')
               ON CONFLICT DO NOTHING";
    let values = params![system.as_str(), schedule.name.as_str(), word(&schedule.runs)?, at(due.at), due.missed, at(now)];
    Ok((connection.execute(sql, values).map_err(fault)? > 0).then(|| connection.last_insert_rowid()))
}

/// The run has a job.
pub fn started(connection: &Connection, id: i64, job: Option<JobId>, now: Instant) -> Outcome<()> {
    let outcome = word(&if job.is_some() { RunOutcome::Running } else { RunOutcome::Succeeded })?;
    let sql = "UPDATE schedule_runs SET outcome = ?, job = ?, started_at = ?, attempted_at = ?, reason = NULL WHERE id = ?";
    connection.execute(sql, params![outcome, job.map(|job| job.0), at(now), at(now), id]).map_err(fault)?;
    Ok(())
}

/// The run stands so, for this reason.
pub fn stand(connection: &Connection, id: i64, outcome: RunOutcome, reason: &str, now: Instant) -> Outcome<()> {
    let sql = "UPDATE schedule_runs SET outcome = ?, reason = ?, attempted_at = ? WHERE id = ?";
    connection.execute(sql, params![word(&outcome)?, reason, at(now), id]).map_err(fault)?;
    Ok(())
}

/// One run.
pub fn get(connection: &Connection, id: i64) -> Outcome<Option<StoredRun>> {
    optional(connection.query_row(&format!("{RUNS} WHERE r.id = ?"), [id], run))
}

/// Runs that wait, or whose job was not seen to end.
pub fn open(connection: &Connection) -> Outcome<Vec<StoredRun>> {
    let sql = format!("{RUNS} WHERE r.outcome IN ('waiting', 'running') ORDER BY r.due_at");
    let mut statement = connection.prepare_cached(&sql).map_err(fault)?;
    let rows = statement.query_map([], run).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// The newest runs of a schedule, newest first.
pub fn runs(connection: &Connection, system: &Name, schedule: &Name, limit: u32) -> Outcome<Vec<StoredRun>> {
    let sql = format!("{RUNS} WHERE r.system = ? AND r.schedule = ? ORDER BY r.id DESC LIMIT ?");
    let mut statement = connection.prepare_cached(&sql).map_err(fault)?;
    let rows = statement.query_map(params![system.as_str(), schedule.as_str(), limit], run).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// Runs of a system that were due in [`from`, `until`), in the order of time.
pub fn between(connection: &Connection, system: &Name, from: Instant, until: Instant) -> Outcome<Vec<StoredRun>> {
    let sql = format!("{RUNS} WHERE r.system = ? AND r.due_at >= ? AND r.due_at < ? ORDER BY r.due_at, r.id");
    let mut statement = connection.prepare_cached(&sql).map_err(fault)?;
    let rows = statement.query_map(params![system.as_str(), at(from), at(until)], run).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// When the newest run that succeeded was started.
pub fn last_success(connection: &Connection, system: &Name, schedule: &Name) -> Outcome<Option<Instant>> {
    let sql = "SELECT r.started_at FROM schedule_runs r LEFT JOIN jobs j ON j.id = r.job
               WHERE r.system = ? AND r.schedule = ? AND coalesce(j.state, r.outcome) = 'succeeded' ORDER BY r.started_at DESC LIMIT 1";
    let found = optional(connection.query_row(sql, params![system.as_str(), schedule.as_str()], |row| parsed_option(row, "started_at")))?;
    Ok(found.flatten())
}

const RUNS: &str = "SELECT r.*, j.state AS job_state, j.fault AS job_fault FROM schedule_runs r LEFT JOIN jobs j ON j.id = r.job";

fn run(row: &Row<'_>) -> rusqlite::Result<StoredRun> {
    let recorded: RunOutcome = from_word(row, "outcome")?;
    let state: Option<JobState> = from_word_option(row, "job_state")?;
    let reason: Option<String> = row.get("reason")?;
    let job: Option<quarterdeck_model::Fault> = json_option(row, "job_fault")?;
    // A run that waits for its next attempt is not what its last job was.
    let outcome = match state {
        Some(state) if matches!(recorded, RunOutcome::Running) => state.into(),
        _ => recorded,
    };
    Ok(StoredRun {
        id: row.get("id")?,
        system: parsed(row, "system")?,
        schedule: parsed(row, "schedule")?,
        runs: from_word(row, "runs")?,
        claimed_at: parsed(row, "claimed_at")?,
        attempted_at: parsed_option(row, "attempted_at")?,
        run: ScheduleRun {
            due_at: parsed(row, "due_at")?,
            missed: row.get("missed")?,
            started_at: parsed_option(row, "started_at")?,
            job: row.get::<_, Option<i64>>("job")?.map(JobId),
            outcome,
            reason: reason.or_else(|| job.map(|fault| fault.message)),
        },
        recorded,
    })
}
