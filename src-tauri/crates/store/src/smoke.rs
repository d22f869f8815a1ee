//! How smoke tests went.

use quarterdeck_model::{
    Instant, Outcome,
    readiness::{SmokeResult, SmokeRun},
    system::Name,
};
use rusqlite::{Connection, params};

use crate::database::{at, fault, json, to_json};

/// Results that are kept of each case.
const RESULTS: u32 = 200;

/// Runs that are kept of each system.
const RUNS: u32 = 100;

/// Keeps how a case went; the oldest of too many go.
pub fn add_result(connection: &Connection, system: &Name, result: &SmokeResult) -> Outcome<()> {
    let sql = r#"INSERT INTO smoke_results (system, suite, "case", at, result) VALUES (?, ?, ?, ?, ?)"#;
    let row = params![system.as_str(), result.suite, result.case, at(result.at), to_json(result)?];
    connection.prepare_cached(sql).map_err(fault)?.execute(row).map_err(fault)?;
    let sql = r#"DELETE FROM smoke_results WHERE system = ?1 AND suite = ?2 AND "case" = ?3 AND id <=
                 (SELECT id FROM smoke_results WHERE system = ?1 AND suite = ?2 AND "case" = ?3 ORDER BY id DESC LIMIT 1 OFFSET ?4)"#;
    let row = params![system.as_str(), result.suite, result.case, RESULTS];
    connection.prepare_cached(sql).map_err(fault)?.execute(row).map(drop).map_err(fault)
}

/// How a case went, newest first.
pub fn results(connection: &Connection, system: &Name, suite: &str, case: &str, most: u32) -> Outcome<Vec<SmokeResult>> {
    let sql = r#"SELECT result FROM smoke_results WHERE system = ? AND suite = ? AND "case" = ? ORDER BY id DESC LIMIT ?"#;
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map(params![system.as_str(), suite, case, most], |row| json(row, "result")).and_then(Iterator::collect).map_err(fault)
}

/// Results of a system after a moment up to another one.
pub fn between(connection: &Connection, system: &Name, from: Instant, until: Instant) -> Outcome<Vec<SmokeResult>> {
    let sql = "SELECT result FROM smoke_results WHERE system = ? AND at > ? AND at <= ? ORDER BY id";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map(params![system.as_str(), at(from), at(until)], |row| json(row, "result")).and_then(Iterator::collect).map_err(fault)
}

/// Keeps a run, without its results.
pub fn add_run(connection: &Connection, run: &SmokeRun) -> Outcome<()> {
    let bare = SmokeRun { results: Vec::new(), ..run.clone() };
    let sql = "INSERT INTO smoke_runs (id, system, began, run) VALUES (?, ?, ?, ?)";
    connection.execute(sql, params![bare.id, bare.system.as_str(), at(bare.began), to_json(&bare)?]).map_err(fault)?;
    let sql = "DELETE FROM smoke_runs WHERE system = ?1 AND began <=
               (SELECT began FROM smoke_runs WHERE system = ?1 ORDER BY began DESC LIMIT 1 OFFSET ?2)";
    connection.execute(sql, params![bare.system.as_str(), RUNS]).map(drop).map_err(fault)
}

/// Runs, newest first, without their results: of one system, or of all.
pub fn runs(connection: &Connection, system: Option<&Name>, most: u32) -> Outcome<Vec<SmokeRun>> {
    let sql = "SELECT run FROM smoke_runs WHERE ?1 IS NULL OR system = ?1 ORDER BY began DESC LIMIT ?2";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map(params![system.map(Name::as_str), most], |row| json(row, "run")).and_then(Iterator::collect).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use chrono::{DateTime, TimeDelta};
    use quarterdeck_model::{Count, Digest, Millis, readiness::SmokeOutcome};

    fn result(case: &str, minute: i64) -> SmokeResult {
        SmokeResult {
            suite: "core".to_owned(),
            case: case.to_owned(),
            title: "It answers".to_owned(),
            category: "core".to_owned(),
            at: DateTime::UNIX_EPOCH + TimeDelta::minutes(minute),
            outcome: SmokeOutcome::Passed,
            sentence: "as expected".to_owned(),
            asked: Count(1),
            latency: None,
            detail: None,
            definition: Digest::of(b"case"),
        }
    }

    #[test]
    fn the_newest_results_of_each_case_and_the_newest_runs_stay() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("quarterdeck.db")).unwrap();
        let shop: Name = "shop".parse().unwrap();
        let many = i64::from(RESULTS) + 5;
        store.write(|tx| (0..many).try_for_each(|minute| add_result(tx, &shop, &result("a", minute)))).unwrap();
        store.write(|tx| add_result(tx, &shop, &result("b", 0))).unwrap();
        let kept = store.read(|c| results(c, &shop, "core", "a", 1_000)).unwrap();
        assert_eq!((kept.len(), &kept[0]), (RESULTS as usize, &result("a", many - 1)));
        assert_eq!(store.read(|c| results(c, &shop, "core", "b", 1_000)).unwrap(), [result("b", 0)]);
        let moment = |minute| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        assert_eq!(store.read(|c| between(c, &shop, moment(100), moment(102))).unwrap(), [result("a", 101), result("a", 102)]);
        let run = |minute: i64| SmokeRun {
            id: format!("{minute:016}"),
            system: shop.clone(),
            job: None,
            began: moment(minute),
            took: Millis(1),
            passed: Count(1),
            failed: Count(0),
            skipped: Count(0),
            results: vec![result("a", minute)],
            sentence: "1 of 1 passed".to_owned(),
        };
        store.write(|tx| (0..i64::from(RUNS) + 3).try_for_each(|minute| add_run(tx, &run(minute)))).unwrap();
        let kept = store.read(|c| runs(c, Some(&shop), 1_000)).unwrap();
        assert_eq!((kept.len(), kept[0].results.len(), kept[0].began), (RUNS as usize, 0, moment(i64::from(RUNS) + 2)));
    }
}
