//! Drills: what each restore to scratch has shown, from its beginning on.

use quarterdeck_model::{
    Digest, JobId, Millis, Outcome,
    drill::{DrillReport, DrillTimes},
    snapshot::SnapshotId,
    system::Name,
};
use rusqlite::{Connection, Row, params};

use crate::database::{at, fault, from_word, json, json_option, optional, parsed, parsed_option, to_json, word};

/// Records a drill as it stands now, in place of what was recorded of it before.
pub fn record(connection: &Connection, drill: &DrillReport) -> Outcome<()> {
    let times = drill.times.as_ref();
    let sql = "INSERT OR REPLACE INTO drills (job, system, environment, component, snapshot, cut_at, started_at, outcome, sentence,
                   fetch_ms, verify_ms, checks_ms, total_ms, measured_rto_ms, measured_rpo_ms, age_ms, rto_ms, rpo_ms, components, fault, evidence)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = params![
        drill.job.0,
        drill.system.as_str(),
        word(&drill.environment)?,
        drill.component.as_ref().map(Name::as_str),
        drill.snapshot.0,
        at(drill.cut_at),
        at(drill.started_at),
        word(&drill.outcome)?,
        drill.sentence,
        times.map(|times| ms(times.fetch)),
        times.map(|times| ms(times.verify)),
        times.map(|times| ms(times.checks)),
        times.map(|times| ms(times.total)),
        drill.measured_rto.map(ms),
        drill.measured_rpo.map(ms),
        ms(drill.age),
        drill.rto.map(ms),
        drill.rpo.map(ms),
        to_json(&drill.components)?,
        drill.fault.as_ref().map(to_json).transpose()?,
        drill.evidence.as_ref().map(|digest| digest.0.clone()),
    ];
    connection.execute(sql, values).map_err(fault)?;
    Ok(())
}

/// Drills of a system, newest first.
pub fn list(connection: &Connection, system: &Name, limit: u32) -> Outcome<Vec<DrillReport>> {
    let sql = "SELECT * FROM drills WHERE system = ? ORDER BY job DESC LIMIT ?";
    let mut statement = connection.prepare(sql).map_err(fault)?;
    let rows = statement.query_map(params![system.as_str(), limit], drill).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// What a job has drilled; none where it is no drill.
pub fn of(connection: &Connection, job: JobId) -> Outcome<Option<DrillReport>> {
    optional(connection.query_row("SELECT * FROM drills WHERE job = ?", [job.0], drill))
}

fn drill(row: &Row<'_>) -> rusqlite::Result<DrillReport> {
    let millis = |column: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(|ms| Millis(ms.unsigned_abs())));
    let times = match (millis("fetch_ms")?, millis("verify_ms")?, millis("checks_ms")?, millis("total_ms")?) {
        (Some(fetch), Some(verify), Some(checks), Some(total)) => Some(DrillTimes { fetch, verify, checks, total }),
        _ => None,
    };
    Ok(DrillReport {
        job: JobId(row.get("job")?),
        sentence: row.get("sentence")?,
        system: parsed(row, "system")?,
        environment: from_word(row, "environment")?,
        component: parsed_option(row, "component")?,
        snapshot: SnapshotId(row.get("snapshot")?),
        cut_at: parsed(row, "cut_at")?,
        started_at: parsed(row, "started_at")?,
        outcome: from_word(row, "outcome")?,
        components: json(row, "components")?,
        times,
        measured_rto: millis("measured_rto_ms")?,
        measured_rpo: millis("measured_rpo_ms")?,
        age: millis("age_ms")?.unwrap_or_default(),
        rto: millis("rto_ms")?,
        rpo: millis("rpo_ms")?,
        fault: json_option(row, "fault")?,
        evidence: row.get::<_, Option<String>>("evidence")?.map(Digest),
    })
}

fn ms(millis: Millis) -> i64 {
    i64::try_from(millis.0).unwrap_or(i64::MAX)
}
