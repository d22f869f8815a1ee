//! Smoke tests: the newest runs, and the history of each case.

use quarterdeck_model::{
    Count, Instant, JobId, Millis, Outcome,
    readiness::{SmokeMark, SmokeOutcome, SmokeResult, SmokeRun},
    system::Name,
};
use rusqlite::{Connection, Row, params};
use serde::Serialize;

use crate::database::{at, fault, from_word, json, parsed, parsed_option, to_json, word};

/// Runs that are kept of a system.
pub const RUNS: u32 = 100;

/// Results that are kept of a case; more of them while a watch rests on them.
const RESULTS: u32 = 200;

/// Results whose details are kept of a case.
const DETAILS: u32 = 10;

/// Records a run with its results, all or nothing, and drops what is too old to matter. `unasked` are results of cases before which
/// somebody cancelled the run: they belong to it, and not to the history of their cases.
pub fn record(connection: &Connection, run: &SmokeRun, unasked: &[SmokeResult]) -> Outcome<()> {
    let sql = "INSERT INTO smoke_runs (id, system, job, began, took_ms, passed, failed, skipped, unreadable, sentence)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let (job, took) = (run.job.map(|job| job.0), i64::try_from(run.took.0).unwrap_or(i64::MAX));
    let (passed, failed, skipped, unreadable) = (number(run.passed), number(run.failed), number(run.skipped), number(run.unreadable));
    let values = params![run.id, run.system.as_str(), job, at(run.began), took, passed, failed, skipped, unreadable, run.sentence];
    connection.execute(sql, values).map_err(fault)?;
    for result in &run.results {
        add(connection, run, result, true)?;
    }
    for result in unasked {
        add(connection, run, result, false)?;
    }
    forget(connection, &run.system)
}

fn add(connection: &Connection, run: &SmokeRun, result: &SmokeResult, asked: bool) -> Outcome<()> {
    let body = SmokeResult { detail: None, ..result.clone() };
    let sql = "INSERT INTO smoke_results (run, system, suite, case_id, at, outcome, p99, body, detail, asked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let p99 = result.latency.as_ref().map(|latency| latency.p99);
    let (outcome, system) = (word(&result.outcome)?, run.system.as_str());
    let values = params![run.id, system, result.suite, result.case, at(result.at), outcome, p99, to_json(&body)?, result.detail, asked];
    connection.execute(sql, values).map_err(fault)?;
    if asked {
        let newest =
            "SELECT id FROM smoke_results WHERE system = ?1 AND suite = ?2 AND case_id = ?3 AND asked = 1 ORDER BY id DESC LIMIT ?4";
        let of_case = "system = ?1 AND suite = ?2 AND case_id = ?3 AND asked = 1";
        let watched =
            "SELECT 1 FROM validations WHERE validations.system = smoke_results.system AND figures IS NULL AND at BETWEEN begins AND ends";
        let sql = format!("DELETE FROM smoke_results WHERE {of_case} AND id NOT IN ({newest}) AND NOT EXISTS ({watched})");
        connection.execute(&sql, params![system, result.suite, result.case, RESULTS]).map_err(fault)?;
        let sql = format!("UPDATE smoke_results SET detail = NULL WHERE {of_case} AND detail IS NOT NULL AND id NOT IN ({newest})");
        connection.execute(&sql, params![system, result.suite, result.case, DETAILS]).map_err(fault)?;
    }
    Ok(())
}

fn forget(connection: &Connection, system: &Name) -> Outcome<()> {
    let sql =
        "DELETE FROM smoke_runs WHERE system = ?1 AND id NOT IN (SELECT id FROM smoke_runs WHERE system = ?1 ORDER BY rowid DESC LIMIT ?2)";
    connection.execute(sql, params![system.as_str(), RUNS]).map_err(fault)?;
    let sql = "DELETE FROM smoke_results WHERE system = ? AND asked = 0 AND run NOT IN (SELECT id FROM smoke_runs)";
    connection.execute(sql, [system.as_str()]).map_err(fault)?;
    Ok(())
}

/// The newest runs, newest first, without their results: of one system, or of all.
pub fn runs(connection: &Connection, system: Option<&Name>, limit: u32) -> Outcome<Vec<SmokeRun>> {
    let sql = "SELECT * FROM smoke_runs WHERE ?1 IS NULL OR system = ?1 ORDER BY rowid DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let rows = statement.query_map(params![system.map(Name::as_str), limit], run).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// The marks of a case, newest first.
pub fn marks(connection: &Connection, system: &Name, suite: &str, case: &str) -> Outcome<Vec<SmokeMark>> {
    let sql =
        "SELECT at, outcome, p99 FROM smoke_results WHERE system = ? AND suite = ? AND case_id = ? AND asked = 1 ORDER BY id DESC LIMIT ?";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let mark = |row: &Row<'_>| {
        let micros: Option<u32> = row.get("p99")?;
        Ok(SmokeMark { at: parsed(row, "at")?, outcome: from_word(row, "outcome")?, micros })
    };
    let rows = statement.query_map(params![system.as_str(), suite, case, RESULTS], mark).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// The newest results of a case, newest first; details as far as they are kept.
pub fn results(connection: &Connection, system: &Name, suite: &str, case: &str, limit: u32) -> Outcome<Vec<SmokeResult>> {
    let sql =
        "SELECT body, detail FROM smoke_results WHERE system = ? AND suite = ? AND case_id = ? AND asked = 1 ORDER BY id DESC LIMIT ?";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let result = |row: &Row<'_>| Ok(SmokeResult { detail: row.get("detail")?, ..json(row, "body")? });
    let rows = statement.query_map(params![system.as_str(), suite, case, limit], result).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// How many cases passed in the runs that began in a window, and how many were asked.
pub fn between(connection: &Connection, system: &Name, from: Instant, until: Instant) -> Outcome<(u64, u64)> {
    let sql = "SELECT count(*) FILTER (WHERE outcome = ?1), count(*) FROM smoke_results
               WHERE system = ?2 AND asked = 1 AND outcome <> ?3 AND at > ?4 AND at <= ?5";
    let (passed, skipped) = (word(&SmokeOutcome::Passed)?, word(&SmokeOutcome::Skipped)?);
    let counts = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs()));
    connection.query_row(sql, params![passed, system.as_str(), skipped, at(from), at(until)], counts).map_err(fault)
}

/// A case that did not pass in a stretch of time: it failed, was too slow, or could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedCase {
    /// Its suite.
    pub suite: String,
    /// The case.
    pub case: String,
    /// How often it failed.
    pub failed: u64,
    /// How often it was asked, skipped ones apart.
    pub asked: u64,
    /// When it failed last.
    pub last: Instant,
}

/// Cases that did not pass in [`from`, `until`), the most often first.
pub fn failed_cases(connection: &Connection, system: &Name, from: Instant, until: Instant) -> Outcome<Vec<FailedCase>> {
    let sql = "SELECT suite, case_id, count(*) FILTER (WHERE outcome <> ?1) AS failed, count(*) AS asked,
                   max(at) FILTER (WHERE outcome <> ?1) AS last
               FROM smoke_results WHERE system = ?2 AND asked = 1 AND outcome <> ?3 AND at >= ?4 AND at < ?5
               GROUP BY suite, case_id HAVING failed > 0 ORDER BY failed DESC, suite, case_id";
    let (passed, skipped) = (word(&SmokeOutcome::Passed)?, word(&SmokeOutcome::Skipped)?);
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let case = |row: &Row<'_>| {
        let count = |column: &str| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.unsigned_abs());
        let (suite, case) = (row.get("suite")?, row.get("case_id")?);
        Ok(FailedCase { suite, case, failed: count("failed")?, asked: count("asked")?, last: parsed(row, "last")? })
    };
    let rows = statement.query_map(params![passed, system.as_str(), skipped, at(from), at(until)], case).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// Runs of a system that began in [`from`, `until`), the newest first; only so many are kept at all.
pub fn runs_between(connection: &Connection, system: &Name, from: Instant, until: Instant) -> Outcome<Vec<SmokeRun>> {
    let sql = "SELECT * FROM smoke_runs WHERE system = ? AND began >= ? AND began < ? ORDER BY rowid DESC";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let rows = statement.query_map(params![system.as_str(), at(from), at(until)], run).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// Until when results of some case may have been forgotten; none where nothing was.
pub fn forgotten_until(connection: &Connection, system: &Name) -> Outcome<Option<Instant>> {
    let sql = "SELECT max(oldest) AS until FROM (SELECT min(at) AS oldest FROM smoke_results WHERE system = ?1 AND asked = 1
               GROUP BY suite, case_id HAVING count(*) >= ?2)";
    connection.query_row(sql, params![system.as_str(), RESULTS], |row| parsed_option(row, "until")).map_err(fault)
}

fn run(row: &Row<'_>) -> rusqlite::Result<SmokeRun> {
    let count = |column: &str| Ok::<_, rusqlite::Error>(Count(row.get::<_, i64>(column)?.unsigned_abs()));
    Ok(SmokeRun {
        id: row.get("id")?,
        system: parsed(row, "system")?,
        job: row.get::<_, Option<i64>>("job")?.map(JobId),
        began: parsed(row, "began")?,
        took: Millis(row.get::<_, i64>("took_ms")?.unsigned_abs()),
        passed: count("passed")?,
        failed: count("failed")?,
        skipped: count("skipped")?,
        unreadable: count("unreadable")?,
        results: Vec::new(),
        sentence: row.get("sentence")?,
    })
}

fn number(count: Count) -> i64 {
    i64::try_from(count.0).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use chrono::{DateTime, TimeDelta};
    use quarterdeck_model::Digest;

    fn result(case: &str, outcome: SmokeOutcome, at: Instant) -> SmokeResult {
        SmokeResult {
            suite: "core".into(),
            case: case.into(),
            title: case.into(),
            category: "core".into(),
            at,
            outcome,
            sentence: "said".into(),
            asked: Count(1),
            latency: None,
            detail: Some("seen".into()),
            definition: Digest::of(b"one"),
        }
    }

    fn a_run(number: i64, results: Vec<SmokeResult>) -> SmokeRun {
        SmokeRun {
            id: format!("{number:016x}"),
            system: Name::from_file_stem("shop"),
            job: Some(JobId(number)),
            began: DateTime::UNIX_EPOCH + TimeDelta::minutes(number),
            took: Millis(5),
            passed: Count(1),
            failed: Count(0),
            skipped: Count(0),
            unreadable: Count(2),
            results,
            sentence: "one passed".into(),
        }
    }

    #[test]
    fn history_is_bounded_and_what_was_not_asked_is_no_part_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db")).unwrap();
        let shop = Name::from_file_stem("shop");
        store
            .write(|tx| {
                for number in 0..205 {
                    let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(number);
                    let outcome = if number == 204 { SmokeOutcome::Failed } else { SmokeOutcome::Passed };
                    record(tx, &a_run(number, vec![result("orders", outcome, at)]), &[result("later", SmokeOutcome::Skipped, at)])?;
                }
                Ok(())
            })
            .unwrap();
        store
            .read(|c| {
                assert_eq!(runs(c, Some(&shop), 1000)?.len(), 100);
                assert_eq!(runs(c, None, 1)?[0].job, Some(JobId(204)));
                assert_eq!(runs(c, None, 1)?[0].unreadable, Count(2));
                let marks = marks(c, &shop, "core", "orders")?;
                assert_eq!((marks.len(), marks[0].outcome, marks[1].outcome), (200, SmokeOutcome::Failed, SmokeOutcome::Passed));
                let kept = results(c, &shop, "core", "orders", 1000)?;
                assert_eq!(kept.iter().filter(|result| result.detail.is_some()).count(), 10);
                assert!(kept[0].detail.is_some() && kept[10].detail.is_none());
                assert_eq!(results(c, &shop, "core", "later", 10)?, []);
                let (from, until) = (DateTime::UNIX_EPOCH + TimeDelta::minutes(199), DateTime::UNIX_EPOCH + TimeDelta::minutes(204));
                assert_eq!(between(c, &shop, from, until)?, (4, 5));
                let failed = failed_cases(c, &shop, from, until + TimeDelta::seconds(1))?;
                assert_eq!((failed.len(), failed[0].failed, failed[0].asked, failed[0].last), (1, 1, 6, until));
                assert_eq!(failed_cases(c, &shop, from, until)?, [], "the end is not in it");
                assert_eq!(runs_between(c, &shop, from, until)?.len(), 5);
                Ok(())
            })
            .unwrap();
    }
}
